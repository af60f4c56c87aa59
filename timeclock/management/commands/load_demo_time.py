from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from timeclock.demo import load_shifts


class Command(BaseCommand):
    help = "Gives the demo builder a week of shifts, unless it has some already."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo is not for production.")
        with transaction.atomic():
            load_shifts(now=timezone.now())
