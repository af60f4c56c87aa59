"""What an invoice says, as facts: kept and read back, whatever QuickBooks leaves out."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicing.invoices.facts import (
    differences,
    dump_facts,
    is_voided,
    load_facts,
    read_applied,
    read_invoice_facts,
)
from invoicing.invoices.recognising import is_same_invoice, says_the_same

pytestmark = pytest.mark.pure

odd = st.recursive(
    st.none() | st.booleans() | st.text(max_size=5) | st.decimals(-99, 99, places=2),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
HEAD = ("CustomerRef", "DocNumber", "TxnDate", "DueDate", "CustomerMemo")
NAMES = (*HEAD, "TxnTaxDetail", "TotalAmt", "Balance", "Line")


def document(**changes: Any) -> dict[str, Any]:
    line = {
        "Id": "1",
        "Amount": Decimal("120.00"),
        "DetailType": "SalesItemLineDetail",
        "Description": "Draw",
        "SalesItemLineDetail": {"ItemRef": {"value": "7"}, "Qty": Decimal(3), "UnitPrice": Decimal(40)},
    }
    head = {
        "Id": "9",
        "SyncToken": "0",
        "CustomerRef": {"value": "58"},
        "DocNumber": "1001",
        "TxnDate": "2026-03-02",
        "TotalAmt": Decimal("120.00"),
        "Balance": Decimal("120.00"),
        "Line": [line, {"Amount": Decimal("120.00"), "DetailType": "SubTotalLineDetail"}],
    }
    return head | changes


@settings(max_examples=20)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, odd)))
def test_nothing_odd_breaks_it_and_all_of_it_is_kept(changes: dict[str, Any]) -> None:
    facts = read_invoice_facts(document(**changes))
    assert load_facts(dump_facts(facts)) == facts
    assert differences(facts, facts, {}) == []
    is_voided(document(**changes))


def test_a_payment_is_no_edit_and_a_price_is_one() -> None:
    before = read_invoice_facts(document())
    paid = document(SyncToken="1", Balance=Decimal("20.00"), LinkedTxn=[{"TxnId": "5", "TxnType": "Payment"}])
    assert read_invoice_facts(paid) == before
    assert read_applied(paid) == Decimal("100.00")
    [line, total] = document()["Line"]
    dearer = document(Line=[line | {"Amount": Decimal("150.00")}, total], TotalAmt=Decimal("150.00"))
    changes = differences(before, read_invoice_facts(dearer), {"item/7": "Framing"})
    assert [(change.label, change.before, change.after) for change in changes] == [
        ("Total", "120.00", "150.00"),
        ("Line 1", "Framing · Draw · 3 × 40 = 120.00", "Framing · Draw · 3 × 40 = 150.00"),
    ]
    assert not is_same_invoice(document(), dearer)
    other_words = document(Line=[line | {"Description": "Deposit"}, total])
    assert is_same_invoice(document(), other_words)
    assert not says_the_same(document(), other_words)
    assert says_the_same(document(), paid)


def test_voided_is_told_by_note_and_amounts_together() -> None:
    [line, _] = document()["Line"]
    nothing = {"TotalAmt": 0, "Balance": 0, "Line": [line | {"Amount": 0}]}
    assert is_voided(document(PrivateNote="Voided - rained", **nothing))
    assert not is_voided(document(**nothing))
    assert not is_voided(document(PrivateNote="Voided"))
