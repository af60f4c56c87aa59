"""The API of `integrations`, below `api/v1/`. Paths have no slash at the end."""

from django.urls import URLPattern, URLResolver, include, path
from rest_framework.routers import SimpleRouter

from integrations.api.connection import ConnectionView
from integrations.api.links import (
    CostCodeLinkViewSet,
    EmployeeLinkViewSet,
    ProjectLinkViewSet,
    VendorLinkViewSet,
)
from integrations.api.lists import (
    AccountViewSet,
    CustomerViewSet,
    EmployeeViewSet,
    ItemViewSet,
    QuickBooksVendorViewSet,
)
from integrations.api.pushes import PushingView, PushViewSet
from integrations.api.settings import OnPayrollView, SwitchesView
from integrations.api.syncs import IssueViewSet, ProjectSyncView, RunViewSet

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("customers", CustomerViewSet, basename="api-quickbooks-customer")
router.register("items", ItemViewSet, basename="api-quickbooks-item")
router.register("vendors", QuickBooksVendorViewSet, basename="api-quickbooks-vendor")
router.register("employees", EmployeeViewSet, basename="api-quickbooks-employee")
router.register("accounts", AccountViewSet, basename="api-quickbooks-account")
router.register("links/cost-codes", CostCodeLinkViewSet, basename="api-cost-code-link")
router.register("links/vendors", VendorLinkViewSet, basename="api-vendor-link")
router.register("links/team-members", EmployeeLinkViewSet, basename="api-team-member-link")
router.register("links/projects", ProjectLinkViewSet, basename="api-project-link")
router.register("sync-runs", RunViewSet, basename="api-sync-run")
router.register("issues", IssueViewSet, basename="api-sync-issue")
router.register("pushes", PushViewSet, basename="api-push")

company_urls: list[URLPattern | URLResolver] = [
    path("quickbooks", ConnectionView.as_view(), name="api-quickbooks"),
    path("quickbooks/pushing", PushingView.as_view(), name="api-pushing"),
    path("quickbooks/", include(router.urls)),
    path("team-members/<int:member_id>/on-payroll", OnPayrollView.as_view(), name="api-on-payroll"),
    path("projects/<int:project_id>/switches", SwitchesView.as_view(), name="api-project-switches"),
    path("projects/<int:project_id>/sync", ProjectSyncView.as_view(), name="api-project-sync"),
]

urlpatterns = [path("companies/<slug:company>/", include(company_urls))]
