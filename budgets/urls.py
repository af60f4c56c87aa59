"""Pages of a project's budget."""

from django.urls import include, path

from budgets.views import actuals, bill_files, budget, lines

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

bill_file_urls = [
    path("", bill_files.add_files, name="bill-files-add"),
    path("<int:file_id>/remove/", bill_files.remove_file, name="bill-file-remove"),
    path("again/<int:attachment_id>/", bill_files.fetch_again, name="bill-attachment-again"),
]

urlpatterns = [
    path("c/<slug:company>/bills/<int:bill_id>/files/", include(bill_file_urls)),
    path(
        "c/<slug:company>/projects/<int:project_id>/bills/earlier-files/",
        bill_files.fetch_earlier,
        name="bill-files-earlier",
    ),
    path("c/<slug:company>/projects/<int:project_id>/budget/", include(project_urls)),
]
