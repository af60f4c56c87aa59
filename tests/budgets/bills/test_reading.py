"""A QuickBooks Bill as the facts people edit, and as its head."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from budgets.bills.merging import BillFacts, BillFactsLine
from budgets.bills.reading import BillHead, customer_refs, read_bill_facts, read_head
from budgets.projection import KnownLists, cost_lines_of
from tests.budgets.documents import Json, bill, category_line, item_line, numbered, ref
from tests.budgets.test_samples import SAMPLES, read_documents

pytestmark = pytest.mark.pure

TEXT = {"DetailType": "DescriptionOnly", "Description": "For lot 15", "DescriptionLineDetail": {}}
SUBTOTAL = {"Amount": Decimal(77), "DetailType": "SUB_TOTAL_LINE_DETAIL", "SubTotalLineDetail": {}}
TAX = {"Amount": Decimal(5), "DetailType": "TaxLineDetail", "TaxLineDetail": {}}


def group(*children: Json, **members: Any) -> Json:
    detail = {"GroupItemRef": ref("30"), "Quantity": 1, "Line": list(children)}
    return {"Amount": Decimal(999), "DetailType": "GroupLineDetail", "GroupLineDetail": detail, **members}


def test_a_bill_as_people_edit_it() -> None:
    document = bill(
        "100",
        item_line(
            "11.00",
            "20",
            customer="10",
            billable="Billable",
            Qty=2,
            UnitPrice=Decimal("5.5"),
            Description="Studs",
        ),
        category_line("-3.25", "60", customer="10", billable="HasBeenBilled", project="393"),
        DocNumber="NL-18-77-00000000000A",
        DueDate="2026-04-11",
        PrivateNote="Ask Joe",
    )

    assert read_bill_facts(document, projects={"393": "12"}) == BillFacts(
        vendor_ref="55",
        number="NL-18-77-00000000000A",
        issued_on=date(2026, 3, 12),
        due_on=date(2026, 4, 11),
        memo="Ask Joe",
        lines=(
            BillFactsLine("1", "20", "", "Studs", Decimal(2), Decimal("5.5"), Decimal("11.00"), True, "10"),
            BillFactsLine("2", "", "60", "", None, None, Decimal("-3.25"), True, "12"),
        ),
    )
    assert read_bill_facts(document).lines[1].customer_ref == "10"
    assert customer_refs(document) == {"10", "393"}


def test_what_quickbooks_alone_changes_is_no_edit() -> None:
    """Once an invoice has the line, and where an item posts to."""
    before = bill("100", item_line("11", customer="10", billable="Billable"))
    after = bill("100", item_line("11", customer="10", billable="HasBeenBilled"), SyncToken="1")
    after["Line"][0]["ItemBasedExpenseLineDetail"]["ItemAccountRef"] = ref("60")

    assert read_bill_facts(after) == read_bill_facts(before)


def test_only_lines_a_person_can_edit() -> None:
    """With the keys of their cost lines; a group gives its children, in its own project."""
    children = numbered([item_line("4", customer="10"), category_line("6", customer="11", project="394")])
    nameless = [{**line, "Id": None} for line in [category_line("8", "61")]]
    lines = [TEXT, group(*children, Id="3", ProjectRef=ref("393")), SUBTOTAL, TAX, *nameless]
    document = bill("100", Line=lines)

    found = read_bill_facts(document, projects={"393": "12"}).lines

    assert [(line.key, line.item_ref, line.account_ref, line.customer_ref) for line in found] == [
        ("1", "20", "", "12"),
        ("2", "", "60", "11"),
        ("#3", "", "61", ""),
    ]
    costs = cost_lines_of("Bill", document, known=KnownLists(projects={"393": "12"}))
    assert [(line.line_ref, line.customer_ref) for line in costs] == [
        (line.key, line.customer_ref) for line in found
    ]
    assert customer_refs(document) == {"10", "11", "393", "394"}


def test_the_head() -> None:
    document = bill(
        "100",
        item_line("100"),
        DocNumber="A-1",
        DueDate="2026-04-11",
        PrivateNote="Ask Joe",
        CurrencyRef=ref("CAD"),
        ExchangeRate=Decimal("0.75"),
        TotalAmt=Decimal("105.00"),
        Balance=Decimal("5.00"),
    )

    assert read_head(document) == BillHead(
        vendor_ref="55",
        vendor_name="Norwood Lumber",
        number="A-1",
        issued_on=date(2026, 3, 12),
        due_on=date(2026, 4, 11),
        memo="Ask Joe",
        currency="CAD",
        exchange_rate=Decimal("0.75"),
        total=Decimal("105.00"),
        balance=Decimal("5.00"),
        is_voided=False,
    )


def test_a_head_with_hardly_anything() -> None:
    """Nothing raises; a bill that does not tell its balance is owed."""
    bare = read_head({"TotalAmt": 12, "TxnDate": "soon", "VendorRef": None})

    assert bare == BillHead("", "", "", None, None, "", "", Decimal(1), Decimal(12), Decimal(12), False)
    assert read_bill_facts({}) == BillFacts("", "", None, None, "", ())
    assert customer_refs({}) == frozenset()


@pytest.mark.parametrize(
    ("note", "amounts", "total", "is_voided"),
    [
        ("Voided", ["0", "0"], 0, True),
        ("Voided - Entered twice", ["0.00"], Decimal("0.00"), True),
        ("VOIDED", [], None, True),
        ("Entered twice", ["0"], 0, False),
        ("", ["0"], 0, False),
        ("Not voided", ["0"], 0, False),
        ("Voidedness", ["0"], 0, False),
        ("Voided check replaced by this", ["12"], 12, False),
        ("Voided check replaced by this", ["12", "-12"], 0, False),
    ],
)
def test_u7_a_void_is_told_by_its_note_and_its_zeros(
    note: str, amounts: list[str], total: Any, is_voided: bool
) -> None:
    document = bill("100", *(item_line(amount) for amount in amounts), PrivateNote=note, TotalAmt=total)

    assert read_head(document).is_voided == is_voided


def test_recorded_bills() -> None:
    if not SAMPLES.is_dir():
        pytest.skip(
            f"NOT RUN: there are no recorded samples at {SAMPLES}. Set QBO_SAMPLES to where they are."
        )
    found = list(read_documents("Bill"))
    assert found, f"no recorded Bill in {SAMPLES}"

    for name, document in found:
        head, facts = read_head(document), read_bill_facts(document)
        keys = [line.line_ref for line in cost_lines_of("Bill", document, known=KnownLists())]
        assert [line.key for line in facts.lines] == keys, name
        assert all(bool(line.item_ref) != bool(line.account_ref) for line in facts.lines), name
        assert (head.vendor_ref, head.total, head.balance) == (
            document["VendorRef"]["value"],
            document["TotalAmt"],
            document["Balance"],
        ), name
        assert (str(head.issued_on), str(head.due_on)) == (document["TxnDate"], document["DueDate"]), name
