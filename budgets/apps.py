from django.apps import AppConfig


class BudgetsConfig(AppConfig):
    name = "budgets"
    verbose_name = "Budgets"

    def ready(self) -> None:
        """Hang this room into the ones below."""
        from budgets.bills.attachments import register_attachment_projector
        from budgets.bills.builder import register_bill_builder
        from budgets.bills.file_builder import register_bill_file_builder
        from budgets.bills.files import register_bill_files
        from budgets.bills.panels import render_earlier_bills
        from budgets.bills.twins import register_bill_projectors
        from budgets.bills.vendors import register_vendor_builder
        from budgets.figures import BudgetFigures
        from budgets.overview import render_budget_section
        from budgets.quickbooks import register_projectors
        from budgets.rate_changes import listen_for_changes
        from budgets.tasks import (
            follow_files_after_links_changed,
            follow_files_after_sync,
            release_after_sync,
            report_after_sync,
            ring_after_links_changed,
        )
        from budgets.views.bills.files import render_earlier_files
        from budgets.views.vendors import render_vendor_section
        from integrations.cost_figures import register_cost_figures
        from integrations.registry import register_after_sync, register_links_changed
        from ressio.navigation import (
            NavPage,
            ProjectTab,
            for_financials,
            register_nav_page,
            register_project_tab,
        )
        from ressio.panels import Section, register_section

        register_projectors()
        register_bill_projectors()
        register_bill_builder()
        register_vendor_builder()
        register_bill_file_builder()
        register_bill_files()
        register_attachment_projector()
        listen_for_changes()
        register_after_sync(report_after_sync)
        register_after_sync(release_after_sync)
        register_links_changed(ring_after_links_changed)
        register_after_sync(follow_files_after_sync)
        register_links_changed(follow_files_after_links_changed)
        register_cost_figures(BudgetFigures())
        register_project_tab(ProjectTab("budget", "Budget", "project-budget", 20, for_financials))
        register_nav_page(NavPage("bills", "Bills", "document-text", "bills", 20, for_financials))
        register_project_tab(ProjectTab("bills", "Bills", "project-bills", 30, for_financials))
        register_section("project_financials", Section("earlier_bills", render_earlier_bills, 10))
        register_section("project_overview", Section("budget", render_budget_section, 10))
        register_section("project_financials", Section("earlier_files", render_earlier_files, 20))
        register_section("vendor_link", Section("create_in_quickbooks", render_vendor_section, 10))
