"""A project's Financials tab, projects made from customers, project numbers."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from integrations.linking import link_project
from integrations.models import ProjectLink, ProjectRefMapping
from integrations.switches import set_switches, switches_of
from ressio.models import Project, TeamMember, User
from ressio.scoping import scope
from tests.support.cast import Cast

from .conftest import NOW, Books


@pytest.fixture
def page(cast: Cast, sign_in: Callable[[TeamMember], Client]) -> Client:
    return sign_in(cast.alice)


@pytest.fixture
def path(cast: Cast) -> str:
    return f"/c/ridge/projects/{cast.ridge_house.pk}/financials/"


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def links() -> list[tuple[str, str]]:
    return sorted((str(link.project), link.customer_ref) for link in ProjectLink.objects.all())


def test_before_a_connection_no_project_can_be_connected(page: Client, path: str) -> None:
    body = text_of(page.get(path))

    assert "QuickBooks Online is not connected yet" in body
    assert "Connect Project" not in body
    assert page.post(f"{path}connect/", {"customer": "71"}).status_code == 409


def test_the_tree_shows_all_three_kinds_taken_and_inactive(
    page: Client, path: str, cast: Cast, books: Books, alice: User
) -> None:
    top = books.customer("71", "Quill")
    house = books.customer("72", "House", under=top)
    books.customer("73", "Kitchen", under=house, is_project=True)
    books.customer("74", "Old (deleted)", is_active=False)
    books.customer("75", "Gone for good", is_deleted=True)
    link_project(project=cast.ridge_barn, customer=house, actor=alice, now=NOW)

    body = text_of(page.get(path))

    for words in ("Customer", "Sub-customer", "Project", "Inactive", "Connected to the project “Ridge Barn”"):
        assert words in body
    assert "Gone for good" not in body
    assert "depth-2" in body
    found = text_of(page.get(f"{path}?q=kitch"))
    assert "Quill:House:Kitchen" in found
    assert 'value="74"' not in found


def test_near_equal_names_come_first(page: Client, path: str, books: Books) -> None:
    books.customer("71", "Aardvark")
    books.customer("72", "ridge house")

    body = text_of(page.get(path))

    assert body.index("Near-equal names") < body.index('id="customer-suggested-72"') < body.index("Aardvark")


def test_connect_include_and_disconnect(page: Client, path: str, cast: Cast, books: Books) -> None:
    top = books.customer("71", "Quill")
    books.customer("72", "House", under=top)

    assert page.post(f"{path}connect/", {"customer": "71"}).status_code == 302
    assert links() == [("Ridge House", "71")]
    assert "Would count as well: 1 sub-customer with 0 cost lines" in text_of(page.get(path))

    page.post(f"{path}sub-customers/", {"include": "yes"})
    assert ProjectLink.objects.get().include_sub_customers
    page.post(f"{path}sub-customers/")
    assert not ProjectLink.objects.get().include_sub_customers

    assert "No cost line is counted from QuickBooks now" in text_of(page.get(f"{path}disconnect/"))
    assert links() == [("Ridge House", "71")]
    assert page.post(f"{path}disconnect/").status_code == 302
    assert links() == []


@pytest.mark.parametrize("customer", ["", "999", "75", "72"])
def test_a_customer_that_cannot_be_connected_is_refused(
    page: Client, path: str, cast: Cast, books: Books, alice: User, customer: str
) -> None:
    books.customer("75", "Gone", is_deleted=True)
    link_project(project=cast.ridge_barn, customer=books.customer("72", "House"), actor=alice, now=NOW)

    assert page.post(f"{path}connect/", {"customer": customer}).status_code == 409
    assert links() == [("Ridge Barn", "72")]


def test_another_companys_project_is_not_found(page: Client, cast: Cast, books: Books) -> None:
    books.customer("71", "Quill")
    base = f"/c/ridge/projects/{cast.summit_tower.pk}/financials/"

    assert page.get(base).status_code == 404
    for action in ("connect/", "disconnect/", "sub-customers/", "switches/", "restart-time/"):
        assert page.post(f"{base}{action}", {"customer": "71", "all": "yes"}).status_code == 404
    with scope(company=cast.summit):
        assert links() == []


def test_a_team_member_reads_and_an_admin_edits(
    path: str, cast: Cast, books: Books, sign_in: Callable[[TeamMember], Client]
) -> None:
    books.customer("71", "Quill")
    bob = sign_in(cast.bob)

    body = text_of(bob.get(path))

    assert "Enable QuickBooks Time Tracking" in body
    assert "hx-post" not in body
    assert "Quill" not in body
    assert bob.post(f"{path}connect/", {"customer": "71"}).status_code == 403
    assert bob.post(f"{path}switches/", {"only": "vendor_credits", "vendor_credits": "on"}).status_code == 403
    assert sign_in(cast.fred).get(path).status_code == 403
    assert links() == []
    assert not switches_of(cast.ridge_house).vendor_credits


def test_one_switch_is_saved_alone(page: Client, path: str, cast: Cast, books: Books) -> None:
    set_switches(project=cast.ridge_house, changes={"tax_is_cost": True}, actor=None, now=NOW)

    response = page.post(
        f"{path}switches/",
        {"all": "yes", "only": "vendor_credits", "vendor_credits": "on"},
        headers={"HX-Request": "true"},
    )

    assert "Saved: Enable QuickBooks Vendor Credits." in text_of(response)
    switches = switches_of(cast.ridge_house)
    assert (switches.vendor_credits, switches.tax_is_cost, switches.time_tracking) == (True, True, False)


def test_the_plain_form_saves_all(page: Client, path: str, cast: Cast, books: Books) -> None:
    set_switches(project=cast.ridge_house, changes={"tax_is_cost": True}, actor=None, now=NOW)

    response = page.post(f"{path}switches/", {"all": "yes", "time_tracking": "on", "labor_basis": "billable"})

    assert response.status_code == 302
    switches = switches_of(cast.ridge_house)
    assert (switches.time_tracking, switches.tax_is_cost, switches.labor_basis) == (True, False, "billable")
    assert switches.time_tracking_since is not None
    body = text_of(page.get(path))
    assert "time made earlier never counts" in body
    assert "In use now: billable rate" in body


@pytest.mark.parametrize(
    "data",
    [{}, {"only": "no_such_switch"}, {"only": "labor_basis", "labor_basis": "free"}, {"only": "company_id"}],
)
def test_a_broken_form_changes_nothing(
    page: Client, path: str, cast: Cast, books: Books, data: dict[str, str]
) -> None:
    set_switches(project=cast.ridge_house, changes={"vendor_credits": True}, actor=None, now=NOW)

    assert page.post(f"{path}switches/", data).status_code == 400

    assert switches_of(cast.ridge_house).vendor_credits


def test_time_starts_anew_from_the_page(page: Client, path: str, cast: Cast, books: Books) -> None:
    assert page.post(f"{path}restart-time/").status_code == 400
    set_switches(project=cast.ridge_house, changes={"time_tracking": True}, actor=None, now=NOW)

    assert page.post(f"{path}restart-time/").status_code == 302

    since = switches_of(cast.ridge_house).time_tracking_since
    assert since is not None
    assert since > NOW


def test_a_project_is_made_from_a_customer(page: Client, cast: Cast, books: Books) -> None:
    books.customer("72", "Kitchen", under=books.customer("71", "Quill"))
    assert "Kitchen" in text_of(page.get("/c/ridge/projects/from-quickbooks/"))

    assert page.post("/c/ridge/projects/from-quickbooks/", {"customer": "72"}).status_code == 302

    assert links() == [("Kitchen", "72")]


def test_a_name_that_exists_is_offered_for_connecting(
    page: Client, cast: Cast, books: Books, path: str
) -> None:
    books.customer("71", "Ridge House")

    response = page.post("/c/ridge/projects/from-quickbooks/", {"customer": "71"})

    assert response.status_code == 409
    assert path in text_of(response)
    assert (Project.objects.count(), links()) == (2, [])


def test_project_numbers_are_mapped_and_forgotten(page: Client, books: Books) -> None:
    books.customer("71", "Quill")
    numbers = "/c/ridge/settings/integrations/quickbooks/project-numbers/"

    assert page.post(numbers, {"project_ref": "393363026", "customer": "71"}).status_code == 302
    mapping = ProjectRefMapping.objects.get()
    assert (mapping.project_ref, mapping.customer_ref) == ("393363026", "71")
    assert "393363026 is “Quill”" in text_of(page.get(numbers))

    assert page.post(numbers, {"project_ref": "<x>", "customer": "71"}).status_code == 409
    assert page.post(numbers, {"project_ref": "5", "customer": "999"}).status_code == 409
    assert page.post(f"{numbers}{mapping.pk}/forget/").status_code == 302
    assert ProjectRefMapping.objects.count() == 0


def test_a_refused_switch_says_why_on_the_page(page: Client, path: str, cast: Cast) -> None:
    answer = page.post(
        f"{path}switches/",
        {"only": "push_bills", "push_bills": "on"},
        headers={"HX-Request": "true"},
    )

    assert answer.status_code == 200
    assert "Choose the default billing cost code first" in text_of(answer)
    with scope(company=cast.ridge):
        assert switches_of(cast.ridge_house).push_bills is False
