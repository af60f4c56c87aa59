from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"
    verbose_name = "Integrations"

    def ready(self) -> None:
        from integrations.lists import register_list_projectors
        from integrations.panels import register_panels

        register_list_projectors()
        register_panels()
