from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"
    verbose_name = "Integrations"

    def ready(self) -> None:
        from integrations.banner import register_banners
        from integrations.lists import register_list_projectors
        from integrations.panels import register_panels
        from ressio.navigation import SettingsPage, register_settings_page

        register_list_projectors()
        register_panels()
        register_banners()
        register_settings_page(SettingsPage("integrations", "Integrations", "quickbooks", order=80))
