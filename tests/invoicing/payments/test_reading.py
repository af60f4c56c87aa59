"""N9, U15: what Payment and CreditMemo documents say; parts of an invoice come to its line exactly."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from invoicing.models import PaymentKind
from invoicing.payments.reading import (
    CreditHead,
    InvoicePart,
    PaymentHead,
    read_credit,
    read_deposit,
    read_parts,
    read_payment,
    read_standing,
)
from tests.budgets.documents import Json, document, ref
from tests.budgets.test_samples import SAMPLES, read_documents

pytestmark = pytest.mark.pure

ON = date(2026, 3, 12)
NUMBERS = {"68": "1012"}


def line(amount: str, kind: str, target: str) -> Json:
    return {"Amount": Decimal(amount), "LinkedTxn": [{"TxnId": target, "TxnType": kind}]}


def payment(total: str, *lines: Json, **members: Any) -> Json:
    made = {"CustomerRef": ref("20"), "TotalAmt": Decimal(total), "Line": list(lines)}
    return document("900", **{**made, **members})


def parts(made: Json) -> list[tuple[str, str, str, str]]:
    found = read_parts(made, numbers=NUMBERS)
    return [(part.invoice_ref, str(part.amount), part.kind.value, part.source) for part in found]


def test_one_payment_of_two_invoices_with_money_left() -> None:
    made = payment(
        "65", line("40", "Invoice", "70"), line("15.5", "Invoice", "71"), UnappliedAmt=Decimal("9.50")
    )
    assert read_parts(made) == [
        InvoicePart("900", "70", Decimal("40.00"), PaymentKind.PAYMENT, ON, "", ""),
        InvoicePart("900", "71", Decimal("15.50"), PaymentKind.PAYMENT, ON, "", ""),
    ]
    made |= {"PaymentMethodRef": ref("2"), "PaymentRefNum": "1042", "PrivateNote": "by mail"}
    assert read_payment(made) == PaymentHead(
        payment_ref="900",
        customer_ref="20",
        received_on=ON,
        total=Decimal("65.00"),
        unapplied=Decimal("9.50"),
        refunded=Decimal("0.00"),
        method_ref="2",
        reference="1042",
        memo="by mail",
        is_void=False,
    )


MIXED = (line("60", "Invoice", "70"), line("50", "Invoice", "71"))


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        # A credit memo alone pays without money.
        (
            payment("0", line("300", "Invoice", "67"), line("300", "CreditMemo", "68")),
            [("67", "300.00", "credit", "Credit memo 1012")],
        ),
        # Credits first, in the order of the lines; money pays the rest.
        (
            payment("30", *MIXED, line("70", "CreditMemo", "68"), line("10", "CreditMemo", "69")),
            [
                ("70", "60.00", "credit", "Credit memo 1012"),
                ("71", "10.00", "credit", "Credit memo 1012"),
                ("71", "10.00", "credit", "Credit memo"),
                ("71", "30.00", "payment", ""),
            ],
        ),
        # A journal entry's line has no sign: what the whole payment comes to says whether it is a credit …
        (
            payment("80", *MIXED, line("30", "JournalEntry", "5"), UnappliedAmt=0),
            [
                ("70", "30.00", "other", "Journal entry"),
                ("70", "30.00", "payment", ""),
                ("71", "50.00", "payment", ""),
            ],
        ),
        # … or a charge that the money paid too.
        (
            payment("140", *MIXED, line("30", "JournalEntry", "5"), UnappliedAmt=0),
            [("70", "60.00", "payment", ""), ("71", "50.00", "payment", "")],
        ),
        # Money paid back uses a payment up, and is no part of an invoice.
        (
            payment("140", *MIXED, line("30", "Expense", "6"), UnappliedAmt=0),
            [("70", "60.00", "payment", ""), ("71", "50.00", "payment", "")],
        ),
        # An invoice on two lines is one part; its own credit is left over when it was deleted.
        (
            payment("7", line("4", "Invoice", "70"), line("3", "Invoice", "70")),
            [("70", "7.00", "payment", "")],
        ),
        (payment("0", line("30", "CreditMemo", "68"), UnappliedAmt=30), []),
        (payment("0", PrivateNote="Voided - by mail", UnappliedAmt=0), []),
    ],
)
def test_parts(made: Json, expected: list[tuple[str, str, str, str]]) -> None:
    assert parts(made) == expected


def test_what_is_paid_back_void_or_not_said() -> None:
    assert read_payment(payment("140", line("30", "Check", "6"))).refunded == Decimal("30.00")
    assert read_payment(payment("140", line("30", "Check", "6"))).unapplied == Decimal("110.00")
    assert read_payment(payment("0", PrivateNote="Voided")).is_void
    assert not read_payment(payment("5", PrivateNote="Voided the other one")).is_void
    odd = {"Id": 7, "TotalAmt": "x", "Line": [None, {"LinkedTxn": "?"}, {"Amount": "1", "LinkedTxn": [{}]}]}
    assert (read_parts(odd), read_payment(odd).total) == ([], Decimal("0.00"))


def test_credit_memo_and_invoice() -> None:
    made = document(
        "68", CustomerRef=ref("20"), DocNumber="1012", TotalAmt=300, Balance=20, RemainingCredit=20
    )
    assert read_credit(made) == CreditHead("68", "20", "1012", ON, Decimal("300.00"), Decimal("20.00"))

    links = [
        {"TxnType": kind, "TxnId": "9"} for kind in ("Payment", "ChargeCredit", "TimeActivity", "Estimate")
    ]
    invoice = document("70", TotalAmt=100, Deposit=Decimal("10.5"), LinkedTxn=links)
    standing = read_standing(invoice)
    assert (standing.balance, standing.payment_refs, standing.other_links) == (
        Decimal("89.50"),
        ("9",),
        ("Charge credit 9",),
    )
    assert read_deposit(invoice) == InvoicePart(
        "", "70", Decimal("10.50"), PaymentKind.DEPOSIT, ON, "", "Deposit"
    )
    assert read_deposit(document("70", TotalAmt=100, Deposit=0)) is None


@pytest.mark.parametrize("entity", ["Payment", "CreditMemo", "Invoice"])
def test_recorded_documents_add_up(entity: str) -> None:
    if not SAMPLES.is_dir():
        pytest.skip(
            f"NOT RUN: there are no recorded samples at {SAMPLES}. Set QBO_SAMPLES to where they are."
        )
    found = list(read_documents(entity))
    assert found, f"no recorded {entity} in {SAMPLES}"
    for name, made in found:
        CHECKS[entity](name, made)


def check_payment(name: str, made: Json) -> None:
    head, found = read_payment(made), read_parts(made)
    money = sum((part.amount for part in found if part.kind == PaymentKind.PAYMENT), Decimal(0))
    assert (head.total - head.unapplied - head.refunded == money, head.received_on is None) == (
        True,
        False,
    ), name


def check_credit(name: str, made: Json) -> None:
    head = read_credit(made)
    assert (0 <= head.remaining <= head.total, bool(head.number)) == (True, True), name


def check_invoice(name: str, made: Json) -> None:
    standing = read_standing(made)
    assert 0 <= standing.balance <= standing.total - standing.deposit, name


CHECKS = {"Payment": check_payment, "CreditMemo": check_credit, "Invoice": check_invoice}
