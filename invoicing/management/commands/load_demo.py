from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from budgets.demo import describe_sign_ins, load_demo
from invoicing.demo import load_demo_invoices


class Command(BaseCommand):
    help = "Makes the demo builder, unless it is there already, and prints how to sign in."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo has a published password; it is not for production.")
        with transaction.atomic():
            today = timezone.localdate()
            load_demo_invoices(load_demo(today=today), today=today)
        self.stdout.write(describe_sign_ins())
