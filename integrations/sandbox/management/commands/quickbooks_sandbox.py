"""``python manage.py quickbooks_sandbox``: the stand-in QuickBooks server."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from integrations.sandbox.cli import add_arguments, run


class Command(BaseCommand):
    help = "Runs a stand-in for QuickBooks Online: OAuth, Accounting API, and a web page of its books."
    # It has no database of Django's and must start before one exists.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        run(options)
