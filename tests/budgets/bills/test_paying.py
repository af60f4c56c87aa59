"""N9: what BillPayment documents pay on bills, and how far that pays them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgets.bills.paying import PaidPart, paid_state, read_payment_parts
from tests.budgets.documents import Json, document, ref
from tests.budgets.test_samples import SAMPLES, read_documents

pytestmark = pytest.mark.pure


def pays(amount: str, target: str, kind: str = "Bill") -> Json:
    return {"Amount": Decimal(amount), "LinkedTxn": [{"TxnId": target, "TxnType": kind}]}


def payment(*lines: Json, **members: Any) -> Json:
    made = {"VendorRef": ref("55"), "PayType": "Check", "CheckPayment": {"BankAccountRef": ref("35")}}
    return document("900", **{**made, "Line": list(lines), **members})


def part(amount: str, bill_ref: str = "100", **values: Any) -> PaidPart:
    made: dict[str, Any] = {
        "payment_ref": "900",
        "bill_ref": bill_ref,
        "amount": Decimal(amount),
        "paid_on": date(2026, 3, 12),
        "pay_type": "Check",
        "reference": "",
        "currency": "",
        "exchange_rate": Decimal(1),
    }
    return PaidPart(**{**made, **values})


def test_one_payment_of_several_bills_with_a_credit() -> None:
    """The credit pays its share of the bill: the line of the bill has it all."""
    made = payment(
        pays("250.00", "100"),
        pays("75.50", "101"),
        pays("40.00", "300", "VendorCredit"),
        pays("10.00", "400", "JournalEntry"),
        pays("5.00", "500", "Deposit"),
        {"Amount": Decimal("3.00")},
        TotalAmt=Decimal("285.50"),
        DocNumber="1042",
    )

    assert read_payment_parts(made) == [
        part("250.00", "100", reference="1042"),
        part("75.50", "101", reference="1042"),
    ]


def test_a_bill_on_two_lines_is_one_part() -> None:
    made = payment(pays("20", "100"), pays("1", "101"), pays("5.25", "100"))

    assert read_payment_parts(made) == [part("25.25", "100"), part("1", "101")]


def test_money_of_one_line_counts_once() -> None:
    links = [{"TxnId": "300", "TxnType": "VendorCredit"}, *pays("0", "100")["LinkedTxn"]]
    made = payment({"Amount": 20, "LinkedTxn": [*links, {"TxnId": "101", "TxnType": "Bill"}]})

    assert read_payment_parts(made) == [part("20", "100")]


def test_by_card_in_another_currency() -> None:
    made = payment(
        pays("80.00", "100"),
        PayType="CreditCard",
        CheckPayment=None,
        CreditCardPayment={"CCAccountRef": ref("41")},
        CurrencyRef=ref("CAD", "Canadian Dollar"),
        ExchangeRate=Decimal("0.75"),
    )

    assert read_payment_parts(made) == [
        part("80.00", pay_type="CreditCard", currency="CAD", exchange_rate=Decimal("0.75"))
    ]


@pytest.mark.parametrize(
    ("members", "pay_type", "reference"),
    [
        ({"PayType": "CREDIT_CARD"}, "CreditCard", ""),
        ({"PayType": "CHECK", "CheckPayment": {"CheckDetail": {"CheckNum": "77"}}}, "Check", "77"),
        ({"DocNumber": "78", "CheckPayment": {"CheckDetail": {"CheckNum": "77"}}}, "Check", "78"),
        ({"PayType": None}, "", ""),
    ],
)
def test_how_it_was_paid(members: Json, pay_type: str, reference: str) -> None:
    assert read_payment_parts(payment(pays("20", "100"), **members)) == [
        part("20", pay_type=pay_type, reference=reference)
    ]


@pytest.mark.parametrize(
    "made",
    [
        payment(TotalAmt=0, PrivateNote="Voided"),
        payment(pays("0", "100"), TotalAmt=0, PrivateNote="Voided"),
        payment(TotalAmt=Decimal("110.00")),  # all of it unapplied
        {"Id": "900", "domain": "QBO", "status": "Deleted"},
        payment({"Amount": "much", "LinkedTxn": [{"TxnId": "100", "TxnType": "Bill"}]}),
    ],
)
def test_what_pays_nothing(made: Json) -> None:
    assert read_payment_parts(made) == []


def test_recorded_payments() -> None:
    if not SAMPLES.is_dir():
        pytest.skip(
            f"NOT RUN: there are no recorded samples at {SAMPLES}. Set QBO_SAMPLES to where they are."
        )
    found = list(read_documents("BillPayment"))
    assert found, f"no recorded BillPayment in {SAMPLES}"

    for name, made in found:
        parts = read_payment_parts(made)
        assert sum(part.amount for part in parts) == (made["TotalAmt"] if made["Line"] else 0), name
        assert {part.pay_type for part in parts} <= {made["PayType"]}, name
        assert {part.reference for part in parts} <= {made.get("DocNumber", "")}, name


@pytest.mark.parametrize(
    ("total", "amounts", "balance", "state", "paid"),
    [
        ("100.00", [], None, "unpaid", "0.00"),
        ("100.00", [], "0", "unpaid", "0.00"),  # never inferred from the balance
        ("100.00", ["40.00"], "60", "partly_paid", "40.00"),
        ("100.00", ["40.00", "59.99"], "0.01", "partly_paid", "99.99"),
        ("100.00", ["40.00", "60.00"], "0", "paid", "100.00"),
        ("100.00", ["40.00", "60.00"], "100", "paid", "100.00"),
        ("100.00", ["110.00"], None, "paid", "110.00"),
        ("100.00", ["40.00", "-40.00"], None, "unpaid", "0.00"),
        ("0.00", [], "0.00", "paid", "0.00"),
        ("0.00", [], None, "unpaid", "0.00"),
        ("0.00", [], "5.00", "unpaid", "0.00"),
    ],
)
def test_how_far_a_bill_is_paid(
    total: str, amounts: list[str], balance: str | None, state: str, paid: str
) -> None:
    reached = sum(map(Decimal, amounts), Decimal(0))
    owed = None if balance is None else Decimal(balance)

    assert (paid_state(Decimal(total), reached, owed), reached) == (state, Decimal(paid))


cents = st.integers(1, 400).map(lambda amount: Decimal(amount) / 100)


@given(cents, st.lists(cents, max_size=5))
def test_a_bill_is_paid_when_its_payments_reach_its_total(total: Decimal, amounts: list[Decimal]) -> None:
    reached = sum(amounts, Decimal(0))
    expected = "paid" if reached >= total else "partly_paid" if reached else "unpaid"

    assert paid_state(total, reached, None) == expected
