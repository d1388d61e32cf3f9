"""The human page of the API: Swagger UI under our content security policy, which allows no inline script or style."""

from drf_spectacular.views import SpectacularSwaggerSplitView


class ApiDocs(SpectacularSwaggerSplitView):
    template_name = "core/api_docs.html"
