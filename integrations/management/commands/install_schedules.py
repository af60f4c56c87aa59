from typing import Any

from django.core.management.base import BaseCommand

from integrations.schedules import install_schedules


class Command(BaseCommand):
    help = "Tell beat what to do by itself: look after sync runs, sync hourly companies, forget what is old."

    def handle(self, *args: Any, **options: Any) -> None:
        installed = install_schedules()
        for name in installed:
            self.stdout.write(f"Installed: {name}")
        if not installed:
            self.stdout.write("All schedules are there already.")
