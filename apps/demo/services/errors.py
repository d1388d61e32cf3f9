"""What goes wrong while services start, each said in one line that a user can act on."""


class ServiceError(RuntimeError):
    """A service cannot be started; the message is one line for the user."""


class AlreadyRunning(ServiceError):
    """Another supervisor holds this state directory."""


class StartFailed(ServiceError):
    """A child ended, or was not ready in time, while it was being started."""


class StopRequested(Exception):
    """A signal asked us to stop while children were still being started."""
