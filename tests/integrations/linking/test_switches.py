"""The switches of a project: defaults, changes, and the moment time tracking began."""

from typing import Any

import pytest
from django.db import connection as database

from integrations.models import LaborBasis, ProjectSwitches
from integrations.switches import (
    SWITCHES,
    SwitchRefused,
    labor_basis_of,
    restart_time_tracking,
    set_switches,
    switches_of,
)
from ressio.models import Activity, CostStructure, User
from tests.support.cast import Cast

from .conftest import LATER, NOW, Books


def values(switches: ProjectSwitches) -> dict[str, Any]:
    return {switch.key: getattr(switches, switch.key) for switch in SWITCHES}


ALL_OFF = {
    "push_bills": False,
    "push_invoices": False,
    "default_invoice_code": None,
    "profit_code": None,
    "default_billing_code": None,
    "push_bill_files": True,
    "pull_bill_files": False,
    "exclude_non_billable": False,
    "time_tracking": False,
    "include_billed_time": False,
    "include_non_billable_time": False,
    "vendor_credits": False,
    "tax_is_cost": False,
    "labor_basis": "",
}


def test_everything_is_off_until_somebody_turns_it_on(cast: Cast, books: Books) -> None:
    assert values(switches_of(cast.ridge_house)) == ALL_OFF
    assert ProjectSwitches.objects.count() == 0


def test_the_labels_are_the_products_own() -> None:
    labels = [switch.label for switch in SWITCHES]

    assert labels[:12] == [
        "Enable Pushing Bills to QuickBooks",
        "Exclude pulling non-billable bills and expenses from actuals",
        "Default billing cost code",
        "Push bill attachments to QuickBooks",
        "Pull bill attachments from QuickBooks",
        "Enable sending Invoice to QuickBooks",
        "Default Invoice Code",
        "Profit Code",
        "Enable QuickBooks Time Tracking",
        "Include already billed time in budget actuals",
        "Include non-billable time in budget actuals",
        "Enable QuickBooks Vendor Credits",
    ]
    assert all(switch.help for switch in SWITCHES)


def test_only_what_is_named_changes_and_it_is_recorded(cast: Cast, books: Books, alice: User) -> None:
    set_switches(project=cast.ridge_house, changes={"vendor_credits": True}, actor=alice, now=NOW)
    set_switches(
        project=cast.ridge_house,
        changes={"vendor_credits": True, "tax_is_cost": True},
        actor=alice,
        now=LATER,
    )

    assert values(switches_of(cast.ridge_house)) == ALL_OFF | {"vendor_credits": True, "tax_is_cost": True}
    assert values(switches_of(cast.ridge_barn)) == ALL_OFF
    assert [activity.changes for activity in Activity.objects.order_by("pk")] == [
        {"Enable QuickBooks Vendor Credits": ["False", "True"]},
        {"Count tax on bills and expenses as cost": ["False", "True"]},
    ]


def test_saving_without_a_change_records_nothing(cast: Cast, books: Books, alice: User) -> None:
    set_switches(project=cast.ridge_house, changes={"vendor_credits": False}, actor=alice, now=NOW)

    assert Activity.objects.count() == 0


def test_time_tracking_remembers_the_first_moment(cast: Cast, books: Books, alice: User) -> None:
    house = cast.ridge_house
    set_switches(project=house, changes={"time_tracking": True}, actor=alice, now=NOW)
    assert switches_of(house).time_tracking_since == NOW

    set_switches(project=house, changes={"time_tracking": False}, actor=alice, now=LATER)
    set_switches(project=house, changes={"time_tracking": True}, actor=alice, now=LATER)
    assert switches_of(house).time_tracking_since == NOW  # both ways, exactly as it was (U9)

    restart_time_tracking(project=house, actor=alice, now=LATER)
    assert switches_of(house).time_tracking_since == LATER


def test_pushing_bills_needs_something_to_fall_back_on(cast: Cast, books: Books, alice: User) -> None:
    house = cast.ridge_house
    with pytest.raises(SwitchRefused, match="Choose the default billing cost code first"):
        set_switches(project=house, changes={"push_bills": True}, actor=alice, now=NOW)
    with pytest.raises(SwitchRefused, match="no such active cost code"):
        set_switches(project=house, changes={"default_billing_code": cast.summit_code}, actor=alice, now=NOW)

    changes = {"push_bills": True, "default_billing_code": cast.framing}
    set_switches(project=house, changes=changes, actor=alice, now=NOW)
    with pytest.raises(SwitchRefused, match="required while pushing bills is on"):
        set_switches(project=house, changes={"default_billing_code": None}, actor=alice, now=NOW)
    assert switches_of(house).default_billing_code == cast.framing


def test_pushing_and_pulling_begin_when_they_were_last_turned_on(
    cast: Cast, books: Books, alice: User
) -> None:
    house = cast.ridge_house
    on = {"push_bills": True, "default_billing_code": cast.framing, "pull_bill_files": True}
    set_switches(project=house, changes=on, actor=alice, now=NOW)
    assert (switches_of(house).push_bills_since, switches_of(house).pull_bill_files_since) == (NOW, NOW)

    set_switches(project=house, changes={"push_bills": False}, actor=alice, now=NOW)
    set_switches(project=house, changes={"push_bills": True}, actor=alice, now=LATER)
    assert (switches_of(house).push_bills_since, switches_of(house).pull_bill_files_since) == (LATER, NOW)


def test_time_tracking_starts_anew_only_while_it_is_on(cast: Cast, books: Books, alice: User) -> None:
    with pytest.raises(SwitchRefused):
        restart_time_tracking(project=cast.ridge_house, actor=alice, now=NOW)

    assert switches_of(cast.ridge_house).time_tracking_since is None


@pytest.mark.parametrize(
    "changes",
    [
        {"no_such_switch": True},
        {"time_tracking_since": NOW},
        {"vendor_credits": "yes"},
        {"vendor_credits": None},
        {"labor_basis": "free"},
        {"labor_basis": True},
        {"vendor_credits": True, "company_id": 1},
    ],
)
def test_bad_changes_change_nothing(cast: Cast, books: Books, alice: User, changes: dict[str, Any]) -> None:
    with pytest.raises(SwitchRefused):
        set_switches(project=cast.ridge_house, changes=changes, actor=alice, now=NOW)

    assert values(switches_of(cast.ridge_house)) == ALL_OFF


@pytest.mark.parametrize(
    ("structure", "chosen", "expected"),
    [
        (CostStructure.FIXED_PRICE, "", LaborBasis.COST),
        (CostStructure.COST_PLUS, "", LaborBasis.BILLABLE),
        (CostStructure.COST_PLUS, "cost", LaborBasis.COST),
        (CostStructure.FIXED_PRICE, "billable", LaborBasis.BILLABLE),
    ],
)
def test_labor_basis_follows_the_cost_structure_unless_chosen(
    cast: Cast, books: Books, alice: User, structure: CostStructure, chosen: str, expected: LaborBasis
) -> None:
    cast.ridge_house.cost_structure = structure
    cast.ridge_house.save()
    set_switches(project=cast.ridge_house, changes={"labor_basis": chosen}, actor=alice, now=NOW)

    assert labor_basis_of(switches_of(cast.ridge_house), cast.ridge_house) == expected


def test_flipping_a_switch_is_a_handful_of_queries(
    cast: Cast, books: Books, alice: User, django_assert_max_num_queries: Any
) -> None:
    set_switches(project=cast.ridge_house, changes={"vendor_credits": True}, actor=alice, now=NOW)

    with django_assert_max_num_queries(10):
        set_switches(project=cast.ridge_house, changes={"vendor_credits": False}, actor=alice, now=LATER)
    assert database.vendor in ("sqlite", "postgresql")
