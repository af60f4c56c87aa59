"""Everything about payments made anew from the mirrored documents. Asks QuickBooks nothing."""

import json
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

from django.db import transaction

from integrations.gateway.rows import Row
from integrations.mirror import lock_books
from integrations.models import Connection, Document
from invoicing.models import AppliedPart, ClientCredit, ClientPayment, Invoice
from invoicing.payments.paid import refresh_paid
from invoicing.payments.projecting import AT_ONCE, write_credits, write_deposits, write_payments

_ENTITIES = (("CreditMemo", write_credits), ("Invoice", write_deposits), ("Payment", write_payments))


def rebuild_payments(connection: Connection) -> int:
    """Returns how many payments there are. The way back after a correction of the rules or of the mirror.

    Invoices are refreshed once, in the end: one that stands as before says nothing in its history.
    """
    with transaction.atomic():
        lock_books(connection.pk)
        for model in (AppliedPart, ClientPayment, ClientCredit):
            model.objects.filter(connection=connection).delete()
        for entity, write in _ENTITIES:
            for rows in _read(connection, entity):
                write(connection, rows)
        ours = Invoice.objects.filter(connection=connection).exclude(quickbooks_id="")
        refresh_paid(connection, list(ours.values_list("quickbooks_id", flat=True)))
        return ClientPayment.objects.filter(connection=connection).count()


def rebuild_if_never_read(connection: Connection) -> None:
    """Payments that were mirrored before this software knew what they mean. One query for whoever has any."""
    if ClientPayment.objects.filter(connection=connection).exists():
        return
    if Document.objects.filter(connection=connection, entity="Payment", deleted_at=None).exists():
        rebuild_payments(connection)


def _read(connection: Connection, entity: str) -> Iterator[list[Row]]:
    documents = Document.objects.filter(connection=connection, entity=entity, deleted_at=None)
    bodies = iter(documents.order_by("pk").values_list("body", flat=True).iterator(chunk_size=AT_ONCE))
    while some := list(islice(bodies, AT_ONCE)):
        yield [Row(json.loads(body, parse_float=Decimal), body) for body in some]
