"""Make what clients paid on a company's invoices anew from the documents already here. Asks QuickBooks nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.models import Connection
from invoicing.payments.rebuilding import rebuild_payments
from ressio.models import Company
from ressio.scoping import scope


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--company", required=True, help="The company's short name, as in its address.")

    def handle(self, *args: Any, company: str, **options: Any) -> None:
        builder = Company.objects.filter(slug=company).first()
        if builder is None:
            raise CommandError(f"There is no company “{company}”.")
        with scope(company=builder):
            connection = Connection.objects.filter(company=builder, is_current=True).first()
            if connection is None:
                raise CommandError(f"{builder} has never been connected to QuickBooks.")
            count = rebuild_payments(connection)
        self.stdout.write(f"{count} payments read from the documents of {connection}.")
