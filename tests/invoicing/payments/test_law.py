"""N9: whatever is done with payments in QuickBooks, our balance of each invoice is QuickBooks' own, to the cent."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from typing import NamedTuple

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.models import Connection
from invoicing.models import Invoice, InvoiceState
from invoicing.payments.standing import balance_difference, payments_of
from ressio.models import Company, Project
from ressio.scoping import scope
from tests.invoicing.payments.ledger import ApiFault, Ledger

pytestmark = pytest.mark.django_db


class Deed(NamedTuple):
    """`which` and `other` choose among the documents there are; `cents` and `parts` are amounts."""

    name: str
    which: int
    other: int
    cents: int
    parts: tuple[int, int]


NAMES = (
    *("pay", "pay", "pay too much", "settle", "settle", "credit", "credit", "use credit", "both", "reapply"),
    *("move", "unapply", "change money", "change invoice", "void", "delete", "delete credit", "refund"),
    *("void invoice", "delete invoice", "sync", "sync"),
)
cents = st.integers(1, 6_000)
deeds = st.builds(
    Deed,
    st.sampled_from(NAMES),
    st.integers(0, 5),
    st.integers(0, 2),
    cents,
    st.tuples(cents, cents),
)


@contextmanager
def some_ledger() -> Iterator[Ledger]:
    """Books that vanish when the example ends."""
    with transaction.atomic():
        company = Company.objects.create(name="Ridge", slug="ridge")
        with scope(company=company):
            connection = Connection.objects.create(company=company, realm_id="1", home_currency="USD")
            project = Project.objects.create(company=company, name="House")
            yield Ledger(company, project, connection)
        transaction.set_rollback(True)


def do(ledger: Ledger, deed: Deed) -> None:
    """What QuickBooks refuses, such as paying more on an invoice than it owes, is not done."""
    with suppress(ApiFault):
        DEEDS[deed.name](ledger, deed)


def pick(ids: Sequence[str], number: int) -> str:
    return ids[number % len(ids)] if ids else "0"


def two_invoices(ledger: Ledger, deed: Deed) -> list[tuple[str, str, int]]:
    found = ledger.ids("Invoice")
    chosen = dict.fromkeys((pick(found, deed.which), pick(found, deed.other)))
    return [("Invoice", ref, part) for ref, part in zip(chosen, deed.parts, strict=False)]


def pay_both_ways(ledger: Ledger, deed: Deed) -> None:
    """Money and a credit memo for several invoices in one payment."""
    ledger.receive(sum(deed.parts), some_credit(ledger, deed), *two_invoices(ledger, deed))


def some_credit(ledger: Ledger, deed: Deed) -> tuple[str, str, int]:
    memo = pick(ledger.ids("CreditMemo"), deed.other)
    return "CreditMemo", memo, min(deed.cents, balance_in_cents(ledger, "CreditMemo", memo))


def balance_in_cents(ledger: Ledger, entity: str, ref: str) -> int:
    return int(ledger.books.get(entity, ref)["Balance"] * 100)


def use_credit(ledger: Ledger, deed: Deed) -> None:
    credit = some_credit(ledger, deed)
    ledger.receive(0, credit, ("Invoice", pick(ledger.ids("Invoice"), deed.which), credit[2]))


def settle(ledger: Ledger, deed: Deed) -> None:
    """The client pays exactly what is open."""
    invoice = pick(ledger.ids("Invoice"), deed.which)
    balance = balance_in_cents(ledger, "Invoice", invoice)
    ledger.receive(balance, ("Invoice", invoice, balance))


def refund(ledger: Ledger, deed: Deed) -> None:
    invoice = pick(ledger.ids("Invoice"), deed.which)
    ledger.receive(sum(deed.parts), ("Expense", "777", deed.parts[1]), ("Invoice", invoice, deed.parts[0]))


def payment(ledger: Ledger, deed: Deed) -> str:
    return pick(ledger.ids("Payment"), deed.which)


DEEDS: dict[str, Callable[[Ledger, Deed], object]] = {
    "pay": lambda ledger, deed: ledger.receive(sum(deed.parts), *two_invoices(ledger, deed)),
    "pay too much": lambda ledger, deed: ledger.receive(
        deed.cents + sum(deed.parts), *two_invoices(ledger, deed)
    ),
    "credit": lambda ledger, deed: ledger.bill(deed.cents, entity="CreditMemo"),
    "use credit": use_credit,
    "both": pay_both_ways,
    "refund": refund,
    "settle": settle,
    "reapply": lambda ledger, deed: ledger.reapply(payment(ledger, deed), *two_invoices(ledger, deed)),
    "move": lambda ledger, deed: ledger.reapply(
        payment(ledger, deed), ("Invoice", pick(ledger.ids("Invoice"), deed.other), deed.parts[0])
    ),
    "unapply": lambda ledger, deed: ledger.reapply(payment(ledger, deed)),
    "change money": lambda ledger, deed: ledger.edit(
        "Payment", payment(ledger, deed), TotalAmt=Decimal(deed.cents) / 100
    ),
    "change invoice": lambda ledger, deed: ledger.rebill(
        "Invoice", pick(ledger.ids("Invoice"), deed.which), deed.cents
    ),
    "void": lambda ledger, deed: ledger.books.void("Payment", payment(ledger, deed)),
    "delete": lambda ledger, deed: ledger.books.delete("Payment", payment(ledger, deed)),
    "delete credit": lambda ledger, deed: ledger.books.delete(
        "CreditMemo", pick(ledger.ids("CreditMemo"), deed.which)
    ),
    "void invoice": lambda ledger, deed: ledger.books.void(
        "Invoice", pick(ledger.ids("Invoice"), deed.which)
    ),
    "delete invoice": lambda ledger, deed: ledger.books.delete(
        "Invoice", pick(ledger.ids("Invoice"), deed.which)
    ),
    "sync": lambda ledger, deed: ledger.sync(),
}


@given(story=st.lists(deeds, min_size=4, max_size=14), deposit=st.sampled_from([0, 0, 2_500]))
@settings(max_examples=30, suppress_health_check=list(HealthCheck))
def test_our_balance_is_quickbooks_own(story: list[Deed], deposit: int) -> None:
    with some_ledger() as ledger:
        early = [ledger.bill(20_000, deposit=deposit), ledger.bill(7_500)]
        late = ledger.bill(12_345)
        for ref in early:
            ledger.link(ref)
        for deed in story:
            do(ledger, deed)
        ledger.sync()
        if late in ledger.ids("Invoice"):
            ledger.link(late)

        for document in ledger.books.all("Invoice"):
            check(ledger.invoice(document["Id"]), Decimal(document["Balance"]))


def check(invoice: Invoice, balance: Decimal) -> None:
    assert invoice.outstanding == balance
    assert balance_difference(invoice) == 0
    if invoice.counts:
        assert sum((line.amount for line in payments_of(invoice)), Decimal(0)) == invoice.paid
        assert (invoice.state == InvoiceState.PAID) == (balance <= 0)
        assert (invoice.state == InvoiceState.UNPAID) == (invoice.paid == 0 and balance > 0)
        assert (invoice.paid_on is None) == (invoice.paid == 0 or balance > 0)
