"""Settings come from the environment (twelve-factor). What is missing or weak stops the boot with one clear line."""

from bodylink.settings.applications import *  # noqa: F403
from bodylink.settings.security import *  # noqa: F403
from bodylink.settings.services import *  # noqa: F403
