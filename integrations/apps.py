from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"
    verbose_name = "Integrations"

    def ready(self) -> None:
        from integrations.banner import register_banners
        from integrations.lists import register_list_projectors
        from integrations.panels import register_panels
        from integrations.registry import ring_after_restore
        from ressio.navigation import SettingsPage, register_settings_page
        from ressio.projects import register_restored

        register_list_projectors()
        register_panels()
        register_banners()
        register_restored(ring_after_restore)
        register_settings_page(SettingsPage("integrations", "Integrations", "quickbooks", order=80))
