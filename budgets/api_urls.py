"""The API of `budgets`, below `api/v1/`. Paths have no slash at the end."""

from django.urls import URLPattern, URLResolver, include, path

from budgets.api.bill_files import BillFilesViewSet, BillFileView, EarlierFilesView
from budgets.api.bill_steps import (
    AllowDuplicateView,
    ApproveBillView,
    BillConflictsView,
    CopyBillView,
    EarlierBillsView,
    LinkBillView,
    MoveBillView,
    PreviewBillView,
    RetryBillView,
    ReturnBillView,
    SendBillView,
    SkipBillView,
    SubmitBillView,
    TakeBackBillView,
    UnlinkBillView,
    WaitForReopeningView,
)
from budgets.api.bills import BillsViewSet, BillView, ProjectBillsViewSet
from budgets.api.budget import BudgetView, TieOutView
from budgets.api.cost_lines import CostLinesView
from budgets.api.lines import BudgetLinesView, BudgetLineView, ImportBudgetView
from budgets.api.vendors import CreateVendorView

project_urls = [
    path("bills", ProjectBillsViewSet.as_view({"get": "list", "post": "create"}), name="api-project-bills"),
    path("bills/earlier", EarlierBillsView.as_view(), name="api-project-bills-earlier"),
    path("bills/earlier-files", EarlierFilesView.as_view(), name="api-project-bill-files-earlier"),
    path("budget", BudgetView.as_view(), name="api-budget"),
    path("budget/lines", BudgetLinesView.as_view(), name="api-budget-lines"),
    path("budget/lines/<int:line_id>", BudgetLineView.as_view(), name="api-budget-line"),
    path("budget/import", ImportBudgetView.as_view(), name="api-budget-import"),
    path("cost-lines", CostLinesView.as_view(), name="api-cost-lines"),
    path("tie-out", TieOutView.as_view(), name="api-tie-out"),
]

bill_urls = [
    path("files", BillFilesViewSet.as_view({"get": "list", "post": "create"}), name="api-bill-files"),
    path("submit", SubmitBillView.as_view(), name="api-bill-submit"),
    path("send-back", ReturnBillView.as_view(), name="api-bill-send-back"),
    path("approve", ApproveBillView.as_view(), name="api-bill-approve"),
    path("take-back", TakeBackBillView.as_view(), name="api-bill-take-back"),
    path("send", SendBillView.as_view(), name="api-bill-send"),
    path("preview", PreviewBillView.as_view(), name="api-bill-preview"),
    path("move-to-open-period", MoveBillView.as_view(), name="api-bill-move"),
    path("wait-for-reopening", WaitForReopeningView.as_view(), name="api-bill-wait"),
    path("conflicts", BillConflictsView.as_view(), name="api-bill-conflicts"),
    path("retry", RetryBillView.as_view(), name="api-bill-retry"),
    path("skip", SkipBillView.as_view(), name="api-bill-skip"),
    path("allow-duplicate", AllowDuplicateView.as_view(), name="api-bill-allow-duplicate"),
    path("link", LinkBillView.as_view(), name="api-bill-link"),
    path("unlink", UnlinkBillView.as_view(), name="api-bill-unlink"),
    path("copy", CopyBillView.as_view(), name="api-bill-copy"),
]

company_urls: list[URLPattern | URLResolver] = [
    path("bills", BillsViewSet.as_view({"get": "list"}), name="api-bills"),
    path("bills/<int:bill_id>", BillView.as_view(), name="api-bill"),
    path("bills/<int:bill_id>/", include(bill_urls)),
    path("bill-files/<int:bill_file_id>", BillFileView.as_view(), name="api-bill-file"),
    path(
        "vendors/<int:vendor_id>/create-in-quickbooks", CreateVendorView.as_view(), name="api-vendor-create"
    ),
    path("projects/<int:project_id>/", include(project_urls)),
]

urlpatterns = [path("companies/<slug:company>/", include(company_urls))]
