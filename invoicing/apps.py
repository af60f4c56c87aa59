from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    name = "invoicing"
    verbose_name = "Invoicing"

    def ready(self) -> None:
        """Hang this room into the ones below."""
        from integrations.registry import register_after_sync, register_links_changed
        from invoicing.invoices.builder import register_invoice_builder
        from invoicing.invoices.panels import render_earlier_invoices
        from invoicing.invoices.tax_use import count_invoices_by_tax_code
        from invoicing.invoices.twins import register_invoice_projector
        from invoicing.payments.overview import render_invoiced_section
        from invoicing.payments.projecting import register_payment_projectors
        from invoicing.tasks import release_after_sync, report_balances_after_sync, ring_after_links_changed
        from invoicing.tax_codes.builder import register_tax_code_builder
        from invoicing.tax_codes.usage import register_usage_counts
        from ressio.navigation import (
            NavPage,
            ProjectTab,
            SettingsPage,
            for_financials,
            register_nav_page,
            register_project_tab,
            register_settings_page,
        )
        from ressio.panels import Section, register_section

        register_invoice_builder()
        register_invoice_projector()
        register_after_sync(release_after_sync)
        register_links_changed(ring_after_links_changed)
        register_section("project_financials", Section("earlier_invoices", render_earlier_invoices, 30))
        register_tax_code_builder()
        register_usage_counts(count_invoices_by_tax_code)
        register_settings_page(SettingsPage("tax_codes", "Tax codes", "settings-tax-codes", order=50))
        register_payment_projectors()
        register_after_sync(report_balances_after_sync, also_after_sales=True)
        register_section("project_overview", Section("invoiced", render_invoiced_section, 20))
        register_nav_page(NavPage("invoices", "Invoices", "banknotes", "invoices", 30, for_financials))
        register_project_tab(ProjectTab("invoices", "Invoices", "project-invoices", 40, for_financials))
