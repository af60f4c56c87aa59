from django.apps import AppConfig


class RessioConfig(AppConfig):
    name = "ressio"
    verbose_name = "Ressio"

    def ready(self) -> None:
        from ressio.shell import register_shell  # imports models, which are ready only by now

        register_shell()
