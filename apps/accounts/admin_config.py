"""Django's admin under our site, which asks our policy."""

from django.contrib.admin.apps import AdminConfig


class BodyLinkAdminConfig(AdminConfig):
    default_site = "apps.accounts.admin_site.BodyLinkAdminSite"
