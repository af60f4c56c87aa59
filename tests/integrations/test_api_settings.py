"""API: the switches of a project, and who is on payroll."""

from typing import Any

import pytest
from django.core.cache import cache

from integrations.models import ProjectSwitches
from ressio.models import Activity, Project, TeamMember
from ressio.scoping import scope
from tests.integrations.api_books import Ridge, open_ridge
from tests.support.cast import Cast

DEFAULTS = {
    "push_bills": False,
    "push_invoices": False,
    "push_invoices_since": None,
    "default_invoice_code": None,
    "profit_code": None,
    "default_billing_code": None,
    "push_bill_files": True,
    "pull_bill_files": False,
    "push_bills_since": None,
    "push_bill_files_since": None,
    "pull_bill_files_since": None,
    "exclude_non_billable": False,
    "time_tracking": False,
    "include_billed_time": False,
    "include_non_billable_time": False,
    "vendor_credits": False,
    "tax_is_cost": False,
    "labor_basis": "",
    "time_tracking_since": None,
    "labor_basis_now": "cost",
}


@pytest.fixture(autouse=True)
def fresh_request_limits() -> None:
    cache.clear()


@pytest.fixture
def ridge(cast: Cast) -> Ridge:
    return open_ridge(cast)


def address(project: Project) -> str:
    return f"projects/{project.pk}/switches"


def stored(cast: Cast) -> list[Any]:
    with scope(company=cast.ridge):
        return list(ProjectSwitches.objects.order_by("pk").values_list())


# Switches -----------------------------------------------------------------------------------------------------------


def test_a_project_begins_with_the_defaults(ridge: Ridge) -> None:
    house = address(ridge.cast.ridge_house)

    assert ridge.alice.get(house).body == ridge.bob.get(house).body == DEFAULTS
    assert stored(ridge.cast) == []


def test_the_switches_named_are_changed_and_no_other(ridge: Ridge) -> None:
    house = address(ridge.cast.ridge_house)
    first = ridge.alice.patch(house, time_tracking=True, labor_basis="billable")

    second = ridge.alice.patch(house, vendor_credits=True)

    since = first.body["time_tracking_since"]
    assert since is not None
    assert (first.status, second.status) == (200, 200)
    assert (
        second.body
        == ridge.alice.get(house).body
        == DEFAULTS
        | {
            "time_tracking": True,
            "time_tracking_since": since,
            "vendor_credits": True,
            "labor_basis": "billable",
            "labor_basis_now": "billable",
        }
    )
    assert ridge.alice.get(address(ridge.cast.ridge_barn)).body == DEFAULTS


def test_the_same_again_is_not_a_change(ridge: Ridge) -> None:
    house = address(ridge.cast.ridge_house)
    first = ridge.alice.patch(house, tax_is_cost=True)
    with scope(company=ridge.cast.ridge):
        activities = Activity.objects.count()

    second = ridge.alice.patch(house, tax_is_cost=True)

    with scope(company=ridge.cast.ridge):
        assert Activity.objects.count() == activities
    assert second.body == first.body


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"vendor_credit": True}, {"vendor_credit": ["There is no such switch."]}),
        (
            {"tax_is_cost": True, "time_tracking_since": None},
            {"time_tracking_since": ["There is no such switch."]},
        ),
        ({"tax_is_cost": "perhaps"}, {"tax_is_cost": ["Must be a valid boolean."]}),
        ({"tax_is_cost": True, "labor_basis": "free"}, {"labor_basis": ['"free" is not a valid choice.']}),
        (["tax_is_cost"], {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
    ],
)
def test_what_is_no_switch_is_refused_and_nothing_changes(
    ridge: Ridge, values: Any, errors: dict[str, list[str]]
) -> None:
    answer = ridge.alice.ask("PATCH", address(ridge.cast.ridge_house), values)

    assert (answer.status, answer.body["errors"], stored(ridge.cast)) == (400, errors, [])


def test_only_admins_change_switches(ridge: Ridge) -> None:
    house, barn = address(ridge.cast.ridge_house), address(ridge.cast.ridge_barn)

    assert [program.patch(house, tax_is_cost=True).status for program in (ridge.bob, ridge.fred)] == [
        403,
        403,
    ]
    assert [ridge.fred.get(house).status, ridge.bob.get(barn).status] == [403, 404]
    assert stored(ridge.cast) == []


# On payroll ---------------------------------------------------------------------------------------------------------


def test_on_payroll_is_confirmed_and_withdrawn(ridge: Ridge) -> None:
    bob = f"team-members/{ridge.cast.bob.pk}/on-payroll"
    before = ridge.alice.get(bob)

    confirmed, again = ridge.alice.put(bob), ridge.alice.put(bob)
    withdrawn = ridge.alice.delete(bob)

    nobody = {
        "team_member_id": ridge.cast.bob.pk,
        "is_on_payroll": False,
        "is_decided_by_quickbooks": False,
        "reason": "Nobody has confirmed that this person is on payroll.",
        "confirmed_by": None,
        "confirmed_at": None,
    }
    assert [answer.status for answer in (before, confirmed, again, withdrawn)] == [200] * 4
    assert before.body == withdrawn.body == ridge.alice.delete(bob).body == nobody
    assert confirmed.body["confirmed_at"] is not None
    assert (
        confirmed.body
        == again.body
        == nobody
        | {
            "is_on_payroll": True,
            "reason": "Confirmed by an admin.",
            "confirmed_by": "Alice",
            "confirmed_at": confirmed.body["confirmed_at"],
        }
    )


def test_what_quickbooks_decides_is_not_ours_to_say(ridge: Ridge) -> None:
    bob = f"team-members/{ridge.cast.bob.pk}/on-payroll"
    ridge.alice.put(f"quickbooks/links/team-members/{ridge.cast.bob.pk}", employee_id="71")

    refused = ridge.alice.put(bob)

    assert (refused.status, refused.body) == (
        409,
        {"detail": "QuickBooks itself says whether “Bob” is on payroll. Change it there."},
    )
    assert ridge.alice.get(bob).body["is_decided_by_quickbooks"] is True
    with scope(company=ridge.cast.ridge):
        assert TeamMember.objects.get(pk=ridge.cast.bob.pk).on_payroll is False


def test_payroll_is_for_admins_and_for_people_of_the_company(ridge: Ridge) -> None:
    bob = f"team-members/{ridge.cast.bob.pk}/on-payroll"
    methods = ("GET", "PUT", "DELETE")

    assert [ridge.bob.ask(method, bob).status for method in methods] == [403] * 3
    charlie = f"team-members/{ridge.cast.charlie.pk}/on-payroll"
    assert [ridge.alice.ask(method, charlie).status for method in methods] == [404] * 3
