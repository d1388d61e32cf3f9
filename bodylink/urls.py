"""Every address, in one place."""

from django.contrib import admin
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView

from apps.core.api_docs import ApiDocs
from apps.core.problems import unknown_address

API_APPS = ("accounts", "patients", "devices", "readings", "scores", "twin", "alerts", "ingest")
API_V1 = [path("", include(f"apps.{app}.urls")) for app in API_APPS]

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("_allauth/", include("allauth.headless.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include(API_V1)),
    path("api/schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("api/docs/", ApiDocs.as_view(url_name="api_schema"), name="api_docs"),
    re_path("^api/", unknown_address),
    # The original papers' own addresses.
    path("", include("apps.ingest.http.urls")),
    path("", include("apps.dashboard.urls")),
]

handler400 = "apps.core.problems.bad_request"
handler404 = "apps.core.problems.page_not_found"
handler500 = "apps.core.problems.server_error"
