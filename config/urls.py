"""The map of the site. Each app brings its own pages; this file only says where they hang."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from config.health import show_health
from config.views import show_icon
from ressio.views.sign_in import send_staff_to_sign_in

urlpatterns = [
    path("admin/login/", send_staff_to_sign_in, name="staff-sign-in"),
    path("admin/", admin.site.urls),
    path("healthz", show_health, name="healthz"),
    path("favicon.ico", show_icon),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/v1/", include("ressio.api_urls")),
    path("api/v1/", include("integrations.api_urls")),
    path("api/v1/", include("budgets.api_urls")),
    path("api/v1/", include("invoicing.api_urls")),
    path("api/v1/", include("timeclock.api_urls")),
    path("", include("invoicing.urls")),
    path("", include("timeclock.urls")),
    path("", include("budgets.urls")),
    path("", include("integrations.urls")),
    path("", include("ressio.urls")),
]

handler400 = "ressio.views.errors.show_bad_request"
handler403 = "ressio.views.errors.show_forbidden"
handler404 = "ressio.views.errors.show_not_found"
handler500 = "ressio.views.errors.show_server_error"
