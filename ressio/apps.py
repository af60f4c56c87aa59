from django.apps import AppConfig


class RessioConfig(AppConfig):
    name = "ressio"
    verbose_name = "Ressio"

    def ready(self) -> None:
        # They import models, which are ready only by now.
        from ressio.api import schema  # noqa: F401  registers itself
        from ressio.files import upkeep  # noqa: F401  content goes with its row
        from ressio.shell import register_shell

        register_shell()
