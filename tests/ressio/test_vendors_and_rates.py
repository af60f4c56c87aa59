"""Vendors, and what an hour of a team member costs."""

from datetime import date
from decimal import Decimal

import pytest

from ressio.models import Activity, MemberRate, TeamMember, Vendor
from ressio.people import rates
from ressio.scoping import scope
from tests.support.cast import Cast, SignIn

VENDORS = "/c/ridge/settings/vendors/"


def test_a_vendor_is_added_changed_deactivated_and_back(cast: Cast, sign_in: SignIn) -> None:
    alice = sign_in(cast.alice)

    alice.post(f"{VENDORS}new/", {"name": "Hall & Sons", "email": "hall@example.com", "phone": "555-0100"})
    alice.post(f"{VENDORS}{cast.lumber_yard.pk}/", {"name": "Lumber Yard West"})
    alice.post(f"{VENDORS}{cast.lumber_yard.pk}/deactivate/")
    inactive = [vendor.name for vendor in alice.get(f"{VENDORS}?state=inactive").context["vendors"]]
    alice.post(f"{VENDORS}{cast.lumber_yard.pk}/reactivate/")

    with scope(company=cast.ridge):
        stored = list(Vendor.objects.order_by("name").values_list("name", "email", "phone", "is_active"))
    assert inactive == ["Lumber Yard West"]
    assert stored == [
        ("Hall & Sons", "hall@example.com", "555-0100", True),
        ("Lumber Yard West", "", "", True),
    ]


@pytest.mark.parametrize(
    ("values", "field"),
    [({"name": "LUMBER yard"}, "name"), ({"name": "Bob's", "email": "BOB@ridge.example"}, "email")],
)
def test_a_clash_stands_at_its_field(cast: Cast, sign_in: SignIn, values: dict[str, str], field: str) -> None:
    page = sign_in(cast.alice).post(f"{VENDORS}new/", values)

    assert list(page.context["form"].errors) == [field]


def rate_values(**more: str) -> dict[str, str]:
    return {
        "shift_type": "Standard",
        "starts_on": "2026-01-01",
        "cost_rate": "42.50",
        "billable_rate": "",
        **more,
    }


def stored_rates(cast: Cast) -> list[tuple[str, date, Decimal | None, Decimal | None, bool]]:
    with scope(company=cast.ridge):
        return list(
            MemberRate.objects.filter(team_member=cast.bob)
            .order_by("shift_type", "starts_on")
            .values_list("shift_type", "starts_on", "cost_rate", "billable_rate", "is_default")
        )


def test_rates_have_start_days_and_one_default_shift_type(cast: Cast, sign_in: SignIn) -> None:
    alice, url = sign_in(cast.alice), f"/c/ridge/settings/team/{cast.bob.pk}/rates/"

    alice.post(url, rate_values(is_default="on"))
    alice.post(url, rate_values(starts_on="2026-07-01", cost_rate="45", billable_rate="90"))
    alice.post(url, rate_values(shift_type="Overtime", cost_rate="63.75", is_default="on"))

    assert stored_rates(cast) == [
        ("Overtime", date(2026, 1, 1), Decimal("63.75"), None, True),
        ("Standard", date(2026, 1, 1), Decimal("42.50"), None, False),
        ("Standard", date(2026, 7, 1), Decimal("45.00"), Decimal("90.00"), False),
    ]


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        (rate_values(), ["There is a rate for Standard from this day already. Change that one."]),
        (rate_values(cost_rate=""), ["Give a cost or a billable rate, or both."]),
        (rate_values(cost_rate="-1"), ["Ensure this value is greater than or equal to 0."]),
        (rate_values(cost_rate="1.005"), ["Ensure that there are no more than 2 decimal places."]),
        (rate_values(cost_rate="NaN"), ["Enter a number."]),
    ],
)
def test_a_bad_rate_is_refused(
    cast: Cast, sign_in: SignIn, values: dict[str, str], errors: list[str]
) -> None:
    alice, url = sign_in(cast.alice), f"/c/ridge/settings/team/{cast.bob.pk}/rates/"
    alice.post(url, rate_values())

    page = alice.post(url, values)

    assert [
        message for messages in page.context["rate_form"].errors.values() for message in messages
    ] == errors
    assert len(stored_rates(cast)) == 1


def test_a_rate_is_changed_and_removed_and_the_amounts_stay_out_of_the_activity(
    cast: Cast, sign_in: SignIn
) -> None:
    alice, url = sign_in(cast.alice), f"/c/ridge/settings/team/{cast.bob.pk}/rates/"
    alice.post(url, rate_values(cost_rate="77.77"))
    with scope(company=cast.ridge):
        rate = MemberRate.objects.get(team_member=cast.bob)

    alice.post(f"{url}{rate.pk}/", rate_values(cost_rate="88.88"))
    changed = stored_rates(cast)
    alice.post(f"{url}{rate.pk}/remove/")

    with scope(company=cast.ridge):
        activities = list(Activity.objects.order_by("pk").values_list("verb", "changes"))
    assert changed == [("Standard", date(2026, 1, 1), Decimal("88.88"), None, False)]
    assert stored_rates(cast) == []
    assert activities == [("added a rate of", {}), ("changed a rate of", {}), ("removed a rate of", {})]


def test_who_keeps_prices_hears_of_a_change(cast: Cast, sign_in: SignIn) -> None:
    heard: list[TeamMember] = []
    rates.register_rates_changed(heard.append)
    try:
        sign_in(cast.alice).post(f"/c/ridge/settings/team/{cast.bob.pk}/rates/", rate_values())
    finally:
        rates._hooks.remove(heard.append)

    assert heard == [cast.bob]
