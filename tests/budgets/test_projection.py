"""V1, V2, V5, V6 and the kinds of documents, on QuickBooks' own JSON."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from budgets.models import CostLine, Kind
from budgets.projection import COST_ENTITIES, CostLineValues, KnownLists, cost_lines_of
from tests.budgets.documents import (
    Json,
    as_row,
    bill,
    category_line,
    item_line,
    purchase,
    ref,
    time_entry,
    vendor_credit,
)

KNOWN = KnownLists(home_currency="USD", projects={"90": "90", "393363026": "91"})


def lines_of(entity: str, document: Json) -> list[CostLineValues]:
    return cost_lines_of(entity, as_row(document).data, known=KNOWN)


def amounts(entity: str, document: Json) -> list[Decimal | None]:
    return [line.amount for line in lines_of(entity, document)]


def taxes(entity: str, document: Json) -> list[Decimal]:
    return [line.tax_amount for line in lines_of(entity, document)]


def test_a_bill_gives_one_cost_line_a_line() -> None:
    line = item_line(
        "277.69",
        "20",
        customer="10",
        billable="Billable",
        Qty=3,
        UnitPrice=Decimal("92.5633333"),
        Description="Beams",
    )
    made = bill("7", line, category_line("12.5", "60"), DocNumber="INV-9", CurrencyRef=ref("USD"))

    assert lines_of("Bill", made) == [
        CostLineValues(
            entity="Bill",
            document_ref="7",
            line_ref="1",
            kind="bill",
            customer_ref="10",
            named_customer_ref="10",
            project_ref="",
            billable_status="Billable",
            description="Beams",
            payee_ref="55",
            payee_name="Norwood Lumber",
            txn_date=date(2026, 3, 12),
            recorded_at=datetime(2026, 3, 12, 15, tzinfo=UTC),
            number="INV-9",
            item_ref="20",
            currency="USD",
            amount=Decimal("277.69"),
            quantity=Decimal("3.0000000"),
            unit_price=Decimal("92.5633333"),
        ),
        CostLineValues(
            entity="Bill",
            document_ref="7",
            line_ref="2",
            kind="bill",
            customer_ref="",
            named_customer_ref="",
            project_ref="",
            billable_status="NotBillable",
            description="",
            payee_ref="55",
            payee_name="Norwood Lumber",
            txn_date=date(2026, 3, 12),
            recorded_at=datetime(2026, 3, 12, 15, tzinfo=UTC),
            number="INV-9",
            account_ref="60",
            currency="USD",
            amount=Decimal("12.50"),
        ),
    ]


@pytest.mark.parametrize(
    "entity",
    ["Invoice", "Payment", "CreditMemo", "BillPayment", "Transfer", "PurchaseOrder", "Estimate", "Deposit"],
)
def test_v1_other_documents_are_no_cost(entity: str) -> None:
    assert lines_of(entity, bill("7", item_line("10", customer="10"))) == []


# Kinds ------------------------------------------------------------------------------------------------------------

FROM_BANK_FEED: Json = {"PrivateNote": "POS 4411 HARDWARE "}


@pytest.mark.parametrize(
    ("entity", "members", "kind"),
    [
        ("Bill", {}, Kind.BILL),
        ("VendorCredit", {}, Kind.VENDOR_CREDIT),
        ("Purchase", {"PaymentType": "Cash"}, Kind.EXPENSE),
        ("Purchase", {"PaymentType": "Check"}, Kind.CHECK),
        ("Purchase", {"PaymentType": "CreditCard", "Credit": False}, Kind.CARD_CHARGE),
        ("Purchase", {"PaymentType": "CreditCard"}, Kind.CARD_CHARGE),
        ("Purchase", {"PaymentType": "CreditCard", "Credit": True}, Kind.CARD_CREDIT),
        ("Purchase", {"PaymentType": "Expense"}, Kind.EXPENSE),
        ("Purchase", {"PaymentType": "Cash", **FROM_BANK_FEED}, Kind.BANK_TRANSACTION),
        ("Purchase", {"PaymentType": "Cash", "EntityRef": ref("5"), **FROM_BANK_FEED}, Kind.EXPENSE),
        ("Purchase", {"PaymentType": "Cash", "PrivateNote": "something else"}, Kind.EXPENSE),
        ("Purchase", {"PaymentType": "CreditCard", **FROM_BANK_FEED}, Kind.CARD_CHARGE),
    ],
)
def test_m22_to_m29_the_kind_is_told_as_quickbooks_tells_it(entity: str, members: Json, kind: Kind) -> None:
    made = purchase("7", category_line("10", Description="POS 4411 HARDWARE"))
    made.pop("PaymentType")

    assert [line.kind for line in lines_of(entity, {**made, **members})] == [kind.value]


def test_time_is_a_kind_of_its_own() -> None:
    assert [line.kind for line in lines_of("TimeActivity", time_entry("7"))] == ["time"]


# Customers (V2) -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("project", "customer", "expected"),
    [
        ("", "10", "10"),
        ("90", "10", "90"),  # the id of a customer row that is a project
        ("393363026", "10", "91"),  # a number mapped by an admin
        ("555", "10", "10"),  # a number nobody knows
        ("555", "", ""),
        ("90", "", "90"),
        ("", "", ""),
    ],
)
def test_v2_the_project_of_a_line_goes_before_its_customer(
    project: str, customer: str, expected: str
) -> None:
    (line,) = lines_of("Bill", bill("7", item_line("10", customer=customer, project=project)))

    assert (line.customer_ref, line.named_customer_ref, line.project_ref) == (expected, customer, project)


def test_v2_time_carries_its_project_in_the_head() -> None:
    (line,) = lines_of("TimeActivity", time_entry("7", ProjectRef=ref("393363026")))

    assert (line.customer_ref, line.named_customer_ref, line.project_ref) == ("91", "10", "393363026")


def test_v2_the_payee_of_a_purchase_is_never_its_project() -> None:
    payee = {"value": "10", "name": "Ada Quill", "type": "Customer"}
    (line,) = lines_of("Purchase", purchase("7", item_line("10"), EntityRef=payee))

    assert (line.customer_ref, line.payee_ref, line.payee_name) == ("", "10", "Ada Quill")


def test_m32_one_document_serves_two_projects() -> None:
    made = bill("7", item_line("10", customer="10"), item_line("20", customer="11"))

    assert [(line.customer_ref, line.amount) for line in lines_of("Bill", made)] == [
        ("10", Decimal("10.00")),
        ("11", Decimal("20.00")),
    ]


# Amounts (V5, V6) ---------------------------------------------------------------------------------------------------


def test_v5_the_stored_amount_is_taken_and_never_quantity_times_price() -> None:
    line = item_line("99.99", Qty=2, UnitPrice=Decimal("10"))

    assert amounts("Bill", bill("7", line)) == [Decimal("99.99")]


def test_v5_each_line_is_converted_and_rounded_by_itself_half_away_from_zero() -> None:
    made = bill(
        "7",
        item_line("1.50"),
        item_line("1.50"),
        item_line("-1.50"),
        CurrencyRef=ref("CAD"),
        ExchangeRate=Decimal("0.75"),
    )
    lines = lines_of("Bill", made)

    # 1.125 each: rounding the sum would give 2.25 for the first two.
    assert [line.amount for line in lines] == [Decimal("1.13"), Decimal("1.13"), Decimal("-1.13")]
    assert [line.foreign_amount for line in lines] == [Decimal("1.5"), Decimal("1.5"), Decimal("-1.5")]
    assert {(line.currency, line.exchange_rate) for line in lines} == {("CAD", Decimal("0.75"))}


@pytest.mark.parametrize("rate", [{}, {"ExchangeRate": 1}, {"ExchangeRate": 0}, {"ExchangeRate": None}])
def test_v5_home_currency_needs_no_rate(rate: Json) -> None:
    (line,) = lines_of("Bill", bill("7", item_line("10.01"), **rate))

    assert (line.amount, line.foreign_amount, line.currency) == (Decimal("10.01"), None, "USD")


def test_v6_vendor_credits_and_card_credits_are_negative_and_negative_lines_are_added_as_they_are() -> None:
    lines = (item_line("10"), item_line("-2.5"))

    assert amounts("VendorCredit", vendor_credit("7", *lines)) == [Decimal("-10.00"), Decimal("2.50")]
    refund = purchase("7", *lines, payment="CreditCard", Credit=True)
    assert amounts("Purchase", refund) == [Decimal("-10.00"), Decimal("2.50")]
    assert amounts("Bill", bill("7", *lines)) == [Decimal("10.00"), Decimal("-2.50")]


def test_v6_credit_on_a_bill_means_nothing() -> None:
    assert amounts("Bill", bill("7", item_line("10"), Credit=True)) == [Decimal("10.00")]


def test_v4_a_voided_document_keeps_its_lines_at_zero() -> None:
    made = bill("7", item_line("0", customer="10"), PrivateNote="Voided", TotalAmt=0)

    assert amounts("Bill", made) == [Decimal("0.00")]


def test_v7_a_line_without_billable_status_is_not_billable() -> None:
    made = bill("7", item_line("1"), item_line("1", billable="HasBeenBilled"), item_line("1", billable="Odd"))

    assert [line.billable_status for line in lines_of("Bill", made)] == [
        "NotBillable",
        "HasBeenBilled",
        "NotBillable",
    ]


# Tax (V5) ---------------------------------------------------------------------------------------------------------


def test_v5_the_tax_of_a_document_is_shared_out_exactly() -> None:
    made = bill(
        "7",
        item_line("10", TaxCodeRef=ref("5")),
        item_line("10", TaxCodeRef=ref("5")),
        item_line("10", TaxCodeRef=ref("5")),
        item_line("1000", TaxCodeRef=ref("NON")),
        TxnTaxDetail={"TotalTax": Decimal("1.00")},
    )

    assert taxes("Bill", made) == [Decimal("0.34"), Decimal("0.33"), Decimal("0.33"), Decimal("0.00")]
    assert sum(taxes("VendorCredit", made)) == Decimal("-1.00")


def test_v5_tax_is_converted_once_for_the_whole_document() -> None:
    made = bill(
        "7",
        item_line("10", TaxCodeRef=ref("5")),
        item_line("10", TaxCodeRef=ref("5")),
        TxnTaxDetail={"TotalTax": Decimal("0.03")},
        ExchangeRate=Decimal("1.5"),
        CurrencyRef=ref("EUR"),
    )

    assert sum(taxes("Bill", made)) == Decimal("0.05")  # 0.045, half away from zero


@pytest.mark.parametrize(
    ("first", "second", "members", "expected"),
    [
        # Each line tells its own tax.
        ({"TaxAmount": Decimal("3")}, {"TaxAmount": Decimal("1")}, {}, ["3.00", "1.00"]),
        # Tax-inclusive: Amount is the net, TaxInclusiveAmt the gross.
        ({"TaxInclusiveAmt": Decimal("12")}, {"TaxInclusiveAmt": Decimal("10")}, {}, ["2.00", "0.00"]),
        # The document's figure stands; the lines only say how it divides.
        (
            {"TaxAmount": Decimal("3")},
            {"TaxAmount": Decimal("1")},
            {"TxnTaxDetail": {"TotalTax": 8}},
            ["6.00", "2.00"],
        ),
        # Only the tax lines tell.
        (
            {"TaxCodeRef": ref("5")},
            {},
            {"TxnTaxDetail": {"TaxLine": [{"Amount": 1}, {"Amount": Decimal("0.5")}]}},
            ["1.50", "0.00"],
        ),
        # Nothing says which line is taxed.
        ({}, {}, {"TxnTaxDetail": {"TotalTax": 2}}, ["1.00", "1.00"]),
        ({}, {}, {"TxnTaxDetail": {}}, ["0.00", "0.00"]),
    ],
)
def test_v5_where_the_tax_stands(first: Json, second: Json, members: Json, expected: list[str]) -> None:
    made = bill("7", item_line("10", **first), item_line("10", **second), **members)

    assert taxes("Bill", made) == [Decimal(text) for text in expected]


def test_a_tax_line_among_the_lines_is_tax_and_no_cost() -> None:
    tax_line = {"Amount": Decimal("1.30"), "DetailType": "TaxLineDetail", "TaxLineDetail": {}}
    made = bill("7", item_line("10", customer="10"), tax_line)

    (line,) = lines_of("Bill", made)
    assert (line.amount, line.tax_amount) == (Decimal("10.00"), Decimal("1.30"))


# Lines of every shape -------------------------------------------------------------------------------------------------


def test_a_group_gives_its_children_and_not_itself() -> None:
    group = {
        "Id": "9",
        "Amount": Decimal("30"),
        "DetailType": "GroupLineDetail",
        "ProjectRef": ref("90"),
        "GroupLineDetail": {
            "GroupItemRef": ref("99"),
            "Line": [{"Id": "10", **item_line("10")}, {"Id": "11", **item_line("20", project="393363026")}],
        },
    }
    found = lines_of("Bill", bill("7", group))

    assert [(line.line_ref, line.amount, line.customer_ref) for line in found] == [
        ("10", Decimal("10.00"), "90"),
        ("11", Decimal("20.00"), "91"),
    ]


def test_texts_and_subtotals_are_no_cost() -> None:
    texts: list[Json] = [
        {"Amount": Decimal("10"), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
        {"Amount": Decimal("10"), "DetailType": "SUB_TOTAL_LINE_DETAIL", "SubTotalLineDetail": {}},
        {"DetailType": "DescriptionOnly", "DescriptionLineDetail": {}, "Description": "Subtotal: 10"},
    ]

    assert amounts("Bill", bill("7", item_line("10"), *texts)) == [Decimal("10.00")]


def test_a_detail_named_as_a_constant_is_read() -> None:
    line = {**item_line("10", "20", customer="10"), "DetailType": "ITEM_BASED_EXPENSE_LINE_DETAIL"}

    (found,) = lines_of("Bill", bill("7", line))
    assert (found.item_ref, found.customer_ref) == ("20", "10")


def test_an_unknown_kind_of_line_keeps_its_money() -> None:
    line = {
        "Amount": Decimal("8"),
        "DetailType": "MysteryLineDetail",
        "MysteryLineDetail": {"CustomerRef": ref("10")},
    }

    (found,) = lines_of("Bill", bill("7", line))
    assert (found.customer_ref, found.item_ref, found.amount) == ("10", "", Decimal("8.00"))


def test_every_line_has_a_reference_of_its_own() -> None:
    nameless, twin = item_line("1"), {"Id": "5", **item_line("2")}
    made = {
        **bill("7"),
        "Line": [nameless, twin, twin, {"Id": "#1", **item_line("3")}, {"Id": "5#3", **twin}],
    }

    refs = [line.line_ref for line in lines_of("Bill", made)]
    assert refs == ["#1", "5", "5#3", "#1#4", "5#5"]


@pytest.mark.parametrize(
    "odd",
    [
        {"Line": None},
        {"Line": []},
        {"Line": "nothing"},
        {"Line": [None, "text", 5]},
        {"Line": [{}]},
        {"Line": [{"Amount": "much", "DetailType": "ItemBasedExpenseLineDetail"}]},
        {"Line": [{"DetailType": "ItemBasedExpenseLineDetail"}]},
        {},
    ],
)
@pytest.mark.parametrize("entity", ["Bill", "Purchase", "VendorCredit"])
def test_a_document_without_readable_lines_is_no_cost(entity: str, odd: Json) -> None:
    assert cost_lines_of(entity, {"Id": "7", **odd}, known=KNOWN) == []


@pytest.mark.parametrize("entity", COST_ENTITIES)
def test_nearly_nothing_is_needed(entity: str) -> None:
    bare = {"Id": "7", "Line": [{"Amount": 5, "DetailType": "ItemBasedExpenseLineDetail"}]}

    (line,) = cost_lines_of(entity, bare, known=KNOWN)
    assert (line.document_ref, line.txn_date, line.recorded_at) == ("7", None, None)
    assert (line.customer_ref, line.item_ref, line.payee_name, line.number) == ("", "", "", "")


@pytest.mark.parametrize("entity", COST_ENTITIES)
def test_texts_fit_their_columns(entity: str) -> None:
    long = "x\x00" * 3000
    detail = {"ItemRef": ref(long), "CustomerRef": ref(long), "AccountRef": ref(long), "Qty": 10**30}
    line = {"Id": long, "Amount": 1, "DetailType": "ItemBasedExpenseLineDetail", "Description": long}
    people = {name: ref(long, long) for name in ("VendorRef", "EntityRef", "EmployeeRef", "CustomerRef")}
    heads: dict[str, Any] = {
        "Id": long,
        "DocNumber": long,
        "CurrencyRef": ref(long),
        "ProjectRef": ref(long),
        "Hours": 10**12,
    }
    made = {**heads, **people, "Line": [{**line, "ItemBasedExpenseLineDetail": detail}] * 3}

    for values in cost_lines_of(entity, made, known=KNOWN):
        stored = CostLine(**values._asdict())
        stored.clean_fields(exclude=["company", "connection"])
        assert "\x00" not in "".join(text for text in values if isinstance(text, str))
