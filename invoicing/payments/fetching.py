"""Invoices that are known to have changed, fetched many at a time (for webhooks, and for whoever cannot wait)."""

from collections.abc import Iterator, Sequence

from django.utils import timezone

from integrations.feeds.statements import one_of, where
from integrations.gateway import Gateway, Row
from integrations.gateway.limiter import Priority
from integrations.mirror import store_documents
from integrations.models import Connection
from integrations.registry import ENTITIES
from invoicing.models import AppliedPart
from invoicing.payments.reading import read_standing

IDS_IN_A_QUESTION = 500


def fetch_invoices(connection: Connection, ids: Sequence[str]) -> list[str]:
    """Read these invoices and the payments on them, and store both; two requests for five hundred.

    Returns the ids that QuickBooks did not give: deleted perhaps, which only the changes it tells can prove. Call it
    outside of a transaction. Raises QuickBooksError.
    """
    gateway = Gateway(connection, priority=Priority.BACKGROUND)
    wanted = list(dict.fromkeys(ids))
    invoices = _fetch(gateway, "Invoice", wanted)
    payments = {ref for row in invoices for ref in read_standing(row.data).payment_refs}
    _fetch(gateway, "Payment", sorted(payments | _known_payments(connection, wanted)))
    found = {str(row.data["Id"]) for row in invoices}
    return [invoice_id for invoice_id in wanted if invoice_id not in found]


def _known_payments(connection: Connection, ids: Sequence[str]) -> set[str]:
    """One that was taken off an invoice is no longer named there."""
    parts = AppliedPart.objects.filter(connection=connection, invoice_ref__in=ids).exclude(payment_ref="")
    return set(parts.values_list("payment_ref", flat=True))


def _fetch(gateway: Gateway, entity: str, ids: Sequence[str]) -> list[Row]:
    rows: list[Row] = []
    for some in _slices(ids):
        page = gateway.query_rows(entity, where(ENTITIES[entity], one_of(some)))
        store_documents(
            gateway.connection,
            entity,
            page.rows,
            now=timezone.now(),
            seen_at=page.server_time,
            take_equal=True,
        )
        rows += page.rows
    return rows


def _slices(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + IDS_IN_A_QUESTION] for start in range(0, len(ids), IDS_IN_A_QUESTION))
