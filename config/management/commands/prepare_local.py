"""What `make run` does before it starts anything: bring the local database up to date, with demo data."""

import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = (
        "Migrates the local database and loads the demo company. Prints only what a person needs to sign in."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("This loads demo data; it is not for production. Use: manage.py migrate")
        call_command("migrate", interactive=False, verbosity=1, stdout=sys.stderr)
        call_command("createcachetable", verbosity=0)
        call_command("install_schedules", stdout=sys.stderr)
        call_command("load_demo", stdout=self.stdout, stderr=self.stderr)
        call_command("load_demo_time", stderr=self.stderr)
