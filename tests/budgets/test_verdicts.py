"""V10–V13: the first reason that applies."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from budgets.models import Kind
from budgets.reasons import TEXTS, Reason
from budgets.verdicts import CompanyFacts, ItemFlags, Rules, Signature, decide
from integrations.models import LaborBasis

pytestmark = pytest.mark.pure

FACTS = CompanyFacts(
    items={
        "20": ItemFlags(is_sold=True, is_purchased=True),
        "21": ItemFlags(is_sold=False, is_purchased=True),
        "22": ItemFlags(is_sold=True, is_purchased=False),
        "23": ItemFlags(is_sold=False, is_purchased=False),
        "24": ItemFlags(is_sold=True, is_purchased=True),
    },
    # Links made earlier stay when a flag is taken off an item; 29 is in no list of ours.
    cost_codes={"20": 1, "21": 2, "22": 3, "23": 4, "29": 5},
    on_payroll=frozenset({"70"}),
)
DEFAULTS = Rules(FACTS)
ALL_ON = Rules(
    FACTS,
    time_tracking=True,
    include_billed_time=True,
    include_non_billable_time=True,
    vendor_credits=True,
)
EXPENSE_KINDS = [kind for kind in Kind if kind not in (Kind.TIME, Kind.VENDOR_CREDIT)]


def expense(kind: Kind = Kind.BILL, item: str = "20", status: str = "NotBillable") -> Signature:
    return Signature(kind.value, item, status)


TIME = Signature("time", "20", "Billable", "70", has_cost_price=True, has_billable_price=True)


@pytest.mark.parametrize("kind", [*EXPENSE_KINDS, Kind.VENDOR_CREDIT])
@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ("20", None),
        ("", Reason.CATEGORY_LINE),
        ("21", Reason.ITEM_NOT_SOLD),
        ("22", Reason.ITEM_NOT_PURCHASED),
        ("23", Reason.ITEM_NEITHER),
        ("24", Reason.ITEM_NOT_LINKED),
        ("28", Reason.ITEM_NOT_LINKED),
        ("29", None),
    ],
)
def test_v12_the_line_itself(kind: Kind, item: str, reason: Reason | None) -> None:
    assert decide(expense(kind, item), ALL_ON) is reason


@pytest.mark.parametrize("kind", EXPENSE_KINDS)
@pytest.mark.parametrize(
    ("status", "is_excluding", "reason"),
    [
        ("NotBillable", True, Reason.NON_BILLABLE),
        ("Billable", True, None),
        ("HasBeenBilled", True, None),
        ("NotBillable", False, None),
        ("Billable", False, None),
    ],
)
def test_v13_non_billable_lines_of_bills_and_purchases(
    kind: Kind, status: str, is_excluding: bool, reason: Reason | None
) -> None:
    rules = replace(DEFAULTS, exclude_non_billable=is_excluding)

    assert decide(expense(kind, status=status), rules) is reason


def test_v13_non_billable_goes_before_the_line_itself() -> None:
    rules = replace(DEFAULTS, exclude_non_billable=True)

    assert decide(expense(item=""), rules) is Reason.NON_BILLABLE
    assert decide(expense(item="", status="Billable"), rules) is Reason.CATEGORY_LINE


def test_v10_vendor_credits_count_only_when_switched_on_and_need_not_be_billable() -> None:
    on = replace(DEFAULTS, vendor_credits=True, exclude_non_billable=True)

    assert decide(expense(Kind.VENDOR_CREDIT), DEFAULTS) is Reason.CREDITS_OFF
    assert decide(expense(Kind.VENDOR_CREDIT, item=""), DEFAULTS) is Reason.CREDITS_OFF
    assert decide(expense(Kind.VENDOR_CREDIT), on) is None
    assert decide(expense(Kind.VENDOR_CREDIT, item=""), on) is Reason.CATEGORY_LINE


def test_card_credits_need_no_switch() -> None:
    assert decide(expense(Kind.CARD_CREDIT), DEFAULTS) is None


# Everything that can be wrong with a time entry at once, and what is put right one after the other (V11).
WORST = Signature("time", "22", "NotBillable", "71", is_vendor_time=True, is_before_time_tracking=True)
V11_IN_ORDER: list[tuple[dict[str, Any], dict[str, Any], Reason | None]] = [
    ({}, {"time_tracking": True}, Reason.TIME_OFF),
    ({"is_before_time_tracking": False}, {}, Reason.BEFORE_TIME_TRACKING),
    ({"is_vendor_time": False}, {}, Reason.VENDOR_TIME),
    ({"employee_ref": "70"}, {}, Reason.NOT_ON_PAYROLL),
    ({"billable_status": "HasBeenBilled"}, {}, Reason.NON_BILLABLE_TIME),
    ({}, {"include_billed_time": True}, Reason.ALREADY_BILLED),
    ({"item_ref": "24"}, {}, Reason.ITEM_NOT_PURCHASED),
    ({"item_ref": "20"}, {}, Reason.ITEM_NOT_LINKED),
    ({"has_cost_price": True}, {}, Reason.NO_RATE),
    ({}, {}, None),
]


def test_v11_the_reasons_of_time_in_their_order() -> None:
    signature, rules, found = WORST, DEFAULTS, []

    for better_line, better_rules, _ in V11_IN_ORDER:
        found.append(decide(signature, rules))
        signature, rules = signature._replace(**better_line), replace(rules, **better_rules)

    assert found == [reason for _, _, reason in V11_IN_ORDER]


@pytest.mark.parametrize(
    ("status", "billed", "non_billable", "reason"),
    [
        ("Billable", False, False, None),  # M64
        ("NotBillable", False, False, Reason.NON_BILLABLE_TIME),
        ("NotBillable", False, True, None),
        ("NotBillable", True, False, Reason.NON_BILLABLE_TIME),
        ("HasBeenBilled", False, False, Reason.ALREADY_BILLED),
        ("HasBeenBilled", False, True, Reason.ALREADY_BILLED),
        ("HasBeenBilled", True, False, None),
    ],
)
def test_m62_m63_m64_billed_and_non_billable_time(
    status: str, billed: bool, non_billable: bool, reason: Reason | None
) -> None:
    rules = Rules(
        FACTS, time_tracking=True, include_billed_time=billed, include_non_billable_time=non_billable
    )

    assert decide(TIME._replace(billable_status=status), rules) is reason


def test_v11_time_approved_here_stands_alone_until_quickbooks_shares_its_time() -> None:
    own = Signature("time", "", "NotBillable", "71", is_before_time_tracking=True, is_own=True)
    assert decide(own, Rules()) == Reason.NO_RATE
    assert decide(own._replace(has_cost_price=True), Rules()) is None
    shared = Rules(FACTS, time_tracking=True)
    assert decide(own, shared) == Reason.BEFORE_TIME_TRACKING
    late = own._replace(is_before_time_tracking=False)
    assert decide(late, shared) == Reason.NOT_ON_PAYROLL
    assert decide(late._replace(employee_ref="70"), shared) == Reason.NON_BILLABLE_TIME
    billable = late._replace(employee_ref="70", billable_status="Billable")
    assert decide(billable, shared) == Reason.NO_RATE
    assert decide(billable._replace(has_cost_price=True), shared) is None


def test_v12_time_without_an_item_counts_as_not_linked() -> None:
    assert decide(TIME._replace(item_ref=""), ALL_ON) is Reason.ITEM_NOT_LINKED


def test_k7_time_of_an_employee_that_nobody_confirmed_does_not_count() -> None:
    assert decide(TIME._replace(employee_ref="71"), ALL_ON) is Reason.NOT_ON_PAYROLL
    assert decide(TIME._replace(employee_ref=""), ALL_ON) is Reason.NOT_ON_PAYROLL


def test_the_switch_for_non_billable_bills_does_not_touch_time() -> None:
    rules = replace(ALL_ON, exclude_non_billable=True)

    assert decide(TIME._replace(billable_status="NotBillable"), rules) is None


@pytest.mark.parametrize(
    ("basis", "has_cost", "has_billable", "reason"),
    [
        (LaborBasis.COST, True, False, None),
        (LaborBasis.COST, False, True, Reason.NO_RATE),
        (LaborBasis.BILLABLE, False, True, None),
        (LaborBasis.BILLABLE, False, False, Reason.NO_RATE),
    ],
)
def test_u5_no_rate_depends_on_the_labor_basis(
    basis: LaborBasis, has_cost: bool, has_billable: bool, reason: Reason | None
) -> None:
    signature = TIME._replace(has_cost_price=has_cost, has_billable_price=has_billable)

    assert decide(signature, replace(ALL_ON, labor_basis=basis)) is reason


SINCE = datetime(2026, 3, 12, 15, 0, 0, 700_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("recorded_at", "is_before"),
    [
        (SINCE.replace(microsecond=0), False),  # QuickBooks tells seconds only: the same second is not before
        (SINCE.replace(microsecond=0) - timedelta(seconds=1), True),
        (SINCE + timedelta(days=1), False),
        (None, True),
    ],
)
def test_m61_made_before_time_tracking_was_switched_on(recorded_at: datetime | None, is_before: bool) -> None:
    assert Rules(time_tracking_since=SINCE).is_before_time_tracking(recorded_at) is is_before


def test_without_a_moment_nothing_was_before() -> None:
    assert Rules().is_before_time_tracking(None) is False


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_speaks_to_a_bookkeeper(reason: Reason) -> None:
    """One sentence and one way out each, and no shorthand for QuickBooks."""
    text = " ".join(TEXTS[reason][1:])

    assert reason.title[0].isupper()
    assert reason.sentence.endswith(".")
    assert reason.way_out.endswith(".")
    assert "QB" not in text
    assert "Quickbooks" not in text
