"""Payments and credit memos as QuickBooks has them, and what they mean for our invoices (N9, M70, M75).

Runs in the transaction that stores the documents: a payment and the invoices it pays change together. All parts of a
payment are replaced as a set, so what was edited, moved to another invoice, unapplied, voided or deleted comes off
again. A fixed number of statements for any number of documents that arrive at once.
"""

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import QuerySet

from integrations.gateway.rows import Row
from integrations.models import Connection
from integrations.registry import register_projector
from invoicing.models import AppliedPart, ClientCredit, ClientPayment, PaymentKind
from invoicing.payments.paid import refresh_paid
from invoicing.payments.reading import (
    InvoicePart,
    name_credit,
    read_credit,
    read_deposit,
    read_parts,
    read_payment,
)
from ressio.bulk import bulk_insert, bulk_upsert

__all__ = ["refresh_paid", "register_payment_projectors"]

AT_ONCE = 1000

_PAYMENT_COLUMNS = (
    *("company_id", "connection_id", "payment_ref", "customer_ref", "received_on", "total", "unapplied"),
    *("refunded", "method_ref", "reference", "memo", "is_void"),
)
_CREDIT_COLUMNS = (
    *("company_id", "connection_id", "credit_ref", "customer_ref", "number", "issued_on", "total"),
    "remaining",
)
_PART_COLUMNS = ("company_id", "connection_id", *InvoicePart._fields)


def register_payment_projectors() -> None:
    """After the invoices' own projector, so that an invoice is known when its deposit is."""
    register_projector("Invoice", follow_deposits)
    register_projector("CreditMemo", follow_credits)
    register_projector("Payment", follow_payments)


def follow_payments(connection: Connection, changed: Sequence[Row], deleted_ids: Sequence[str]) -> None:
    """The invoices a payment paid before follow, and those it pays now."""
    ids = [*_ids(changed), *deleted_ids]
    affected = _drop(AppliedPart.objects.filter(connection=connection), "payment_ref", ids)
    for some in _slices(deleted_ids):
        ClientPayment.objects.filter(connection=connection, payment_ref__in=some).delete()
    refresh_paid(connection, [*affected, *write_payments(connection, changed)])


def write_payments(connection: Connection, rows: Sequence[Row]) -> set[str]:
    """Returns the invoices they are applied to, which the caller refreshes. Their parts must not be there yet."""
    owner = (connection.company_id, connection.pk)
    heads = [read_payment(row.data) for row in rows]
    bulk_upsert(
        ClientPayment,
        _PAYMENT_COLUMNS,
        [(*owner, *(getattr(head, name) for name in _PAYMENT_COLUMNS[2:])) for head in heads],
        conflict=("connection_id", "payment_ref"),
    )
    numbers = _load_numbers(connection, rows)
    return _insert_parts(connection, [part for row in rows for part in read_parts(row.data, numbers=numbers)])


def follow_deposits(connection: Connection, changed: Sequence[Row], deleted_ids: Sequence[str]) -> None:
    """A deposit is paid with the invoice itself. The balance QuickBooks says follows too."""
    ids = [*_ids(changed), *deleted_ids]
    deposits = AppliedPart.objects.filter(connection=connection, kind=PaymentKind.DEPOSIT)
    _drop(deposits, "invoice_ref", ids)
    write_deposits(connection, changed)
    refresh_paid(connection, ids)


def write_deposits(connection: Connection, rows: Sequence[Row]) -> set[str]:
    """As `write_payments`."""
    return _insert_parts(connection, [part for row in rows if (part := read_deposit(row.data))])


def follow_credits(connection: Connection, changed: Sequence[Row], deleted_ids: Sequence[str]) -> None:
    """What is left of them. Payments say where they were used; a number that changed is said there too."""
    for some in _slices(deleted_ids):
        ClientCredit.objects.filter(connection=connection, credit_ref__in=some).delete()
    names = write_credits(connection, changed)
    _rename_sources(connection, names)


def write_credits(connection: Connection, rows: Sequence[Row]) -> dict[str, str]:
    """Returns what each is called at the parts that used it."""
    owner = (connection.company_id, connection.pk)
    heads = [read_credit(row.data) for row in rows]
    bulk_upsert(
        ClientCredit,
        _CREDIT_COLUMNS,
        [(*owner, *(getattr(head, name) for name in _CREDIT_COLUMNS[2:])) for head in heads],
        conflict=("connection_id", "credit_ref"),
    )
    return {head.credit_ref: name_credit(head.number) for head in heads}


def _rename_sources(connection: Connection, names: dict[str, str]) -> None:
    renamed = []
    for some in _slices(list(names)):
        for part in AppliedPart.objects.filter(connection=connection, credit_ref__in=some):
            if part.source != names[part.credit_ref]:
                part.source = names[part.credit_ref]
                renamed.append(part)
    AppliedPart.objects.bulk_update(renamed, ["source"], batch_size=AT_ONCE)


# Parts --------------------------------------------------------------------------------------------------------------


def _drop(parts: "QuerySet[AppliedPart]", column: str, ids: Sequence[str]) -> set[str]:
    """Returns the invoices they were on."""
    affected: set[str] = set()
    for some in _slices(ids):
        found = parts.filter(**{f"{column}__in": some})
        affected |= set(found.values_list("invoice_ref", flat=True))
        found.delete()
    return affected


def _insert_parts(connection: Connection, parts: Iterable[InvoicePart]) -> set[str]:
    """Returns the invoices they are on."""
    owner = (connection.company_id, connection.pk)
    rows = [(*owner, *part[:3], part.kind.value, *part[4:]) for part in parts]
    bulk_insert(AppliedPart, _PART_COLUMNS, rows)
    return {part.invoice_ref for part in parts}


def _load_numbers(connection: Connection, payments: Sequence[Row]) -> dict[str, str]:
    """Numbers of the credit memos that these payments use up."""
    refs = sorted({part.credit_ref for row in payments for part in read_parts(row.data) if part.credit_ref})
    numbers: dict[str, str] = {}
    for some in _slices(refs):
        known = ClientCredit.objects.filter(connection=connection, credit_ref__in=some)
        numbers |= dict(known.values_list("credit_ref", "number"))
    return numbers


def _ids(rows: Sequence[Row]) -> list[str]:
    return [str(row.data["Id"]) for row in rows]


def _slices(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
