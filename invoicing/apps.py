from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    name = "invoicing"
    verbose_name = "Invoicing"

    def ready(self) -> None:
        """Hang this room into the ones below."""
        from invoicing.tax_codes.builder import register_tax_code_builder
        from ressio.navigation import SettingsPage, register_settings_page

        register_tax_code_builder()
        register_settings_page(SettingsPage("tax_codes", "Tax codes", "settings-tax-codes", order=50))
