"""The API of `ressio`, below `api/v1/`. Paths have no slash at the end."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from ressio.api.files import FileDownloadView, FilesViewSet, FileView
from ressio.api.people import MeView, SignInView
from ressio.api.resources import (
    CompanyView,
    CostCodeViewSet,
    ProjectViewSet,
    TeamMemberViewSet,
    VendorViewSet,
)

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("projects", ProjectViewSet, basename="api-project")
router.register("cost-codes", CostCodeViewSet, basename="api-cost-code")
router.register("vendors", VendorViewSet, basename="api-vendor")
router.register("team-members", TeamMemberViewSet, basename="api-team-member")

file_urls = [
    path("files", FilesViewSet.as_view({"get": "list", "post": "create"}), name="api-file-list"),
    path("files/<int:file_id>", FileView.as_view(), name="api-file-detail"),
    path("files/<int:file_id>/download", FileDownloadView.as_view(), name="api-file-download"),
]

urlpatterns = [
    path("sign-in", SignInView.as_view(), name="api-sign-in"),
    path("me", MeView.as_view(), name="api-me"),
    path("companies/<slug:company>", CompanyView.as_view(), name="api-company"),
    path("companies/<slug:company>/", include(router.urls)),
    path("companies/<slug:company>/projects/<int:project_id>/", include(file_urls)),
]
