"""Pages of a project's budget, and of bills."""

from django.urls import include, path

from budgets.views import actuals, budget, lines, vendors
from budgets.views.bills import approving, deeds, entering, files, lists, showing

project_urls = [
    path("", budget.show_budget, name="project-budget"),
    path("sync/", budget.sync_expenses, name="project-sync-expenses"),
    path("tie-out/", budget.show_tie_out_sheet, name="project-tie-out"),
    path("actuals/", actuals.show_actuals, name="project-actuals"),
    path("actuals.csv", actuals.export_actuals, name="project-actuals-export"),
    path("lines/new/", lines.add_line, name="budget-line-new"),
    path("lines/<int:line_id>/", lines.edit_line, name="budget-line"),
    path("lines/<int:line_id>/remove/", lines.remove_line, name="budget-line-remove"),
    path("import/", lines.import_lines, name="budget-import"),
    path("budget.csv", lines.export_lines, name="budget-export"),
]

bill_urls = [
    path("", lists.list_bills, name="bills"),
    path("bills.csv", lists.export_bills, name="bills-export"),
    path("columns/", lists.choose_columns, name="bills-columns"),
    path("approve/", approving.approve_many, name="bills-approve"),
    path("new/", entering.new_bill, name="bill-new"),
    path("<int:bill_id>/", showing.show_bill, name="bill"),
    path("<int:bill_id>/edit/", entering.edit_bill, name="bill-edit"),
    path("<int:bill_id>/preview/", showing.show_preview, name="bill-preview"),
    path("<int:bill_id>/do/<slug:deed>/", deeds.do_deed, name="bill-deed"),
    path("<int:bill_id>/files/", files.add_files, name="bill-file-add"),
    path("<int:bill_id>/files/<int:bill_file_id>/remove/", files.remove_file, name="bill-file-remove"),
    path(
        "<int:bill_id>/files/<int:bill_file_id>/<slug:decision>/",
        files.decide_about_file,
        name="bill-file-deed",
    ),
    path("attachments/<int:attachment_id>/again/", files.fetch_again, name="bill-attachment-again"),
]

project_bill_urls = [
    path("", lists.list_project_bills, name="project-bills"),
    path("send-earlier/", deeds.send_earlier, name="bills-send-earlier"),
    path("earlier-files/", files.fetch_earlier, name="bill-files-earlier"),
]

urlpatterns = [
    path("c/<slug:company>/bills/", include(bill_urls)),
    path("c/<slug:company>/projects/<int:project_id>/bills/", include(project_bill_urls)),
    path("c/<slug:company>/projects/<int:project_id>/budget/", include(project_urls)),
    path(
        "c/<slug:company>/settings/vendors/<int:vendor_id>/quickbooks/create/",
        vendors.create_in_quickbooks,
        name="vendor-create-in-quickbooks",
    ),
]
