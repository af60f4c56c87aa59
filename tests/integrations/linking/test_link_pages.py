"""The pages in Settings that link, import and tick. Who may open which is proven in `tests/test_access.py`."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from integrations.linking import link_cost_code, link_employee
from integrations.models import CostCodeLink, EmployeeLink, VendorLink
from ressio.models import CostCode, TeamMember, User
from ressio.scoping import scope
from tests.support.cast import Cast

from .conftest import NOW, Books

CODES = "/c/ridge/settings/cost-codes/"
TEAM = "/c/ridge/settings/team/"


@pytest.fixture
def page(cast: Cast, sign_in: Callable[[TeamMember], Client]) -> Client:
    return sign_in(cast.alice)


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def headings(response: Any) -> list[str]:
    """Of the columns, without what only sorts."""
    cells = re.findall(r"<th scope=.col.[^>]*>(.*?)</th>", text_of(response))
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]


def code_links() -> list[tuple[str, str]]:
    return sorted((str(link.cost_code), link.item_ref) for link in CostCodeLink.objects.all())


@pytest.mark.parametrize(
    "path",
    [
        "settings/cost-codes/quickbooks/",
        "settings/vendors/quickbooks/",
        "settings/team/quickbooks/",
        "settings/cost-codes/quickbooks/import/",
        "projects/from-quickbooks/",
        "settings/integrations/quickbooks/project-numbers/",
    ],
)
def test_before_a_connection_the_page_says_what_to_do(page: Client, path: str) -> None:
    response = page.get(f"/c/ridge/{path}")

    assert response.status_code == 200
    assert "QuickBooks Online is not connected yet" in text_of(response)
    assert page.post(f"/c/ridge/{path}").status_code in (405, 409)


@pytest.mark.parametrize("place", ["cost-codes", "vendors", "team"])
def test_lists_have_columns_of_quickbooks_only_once_it_is_connected(
    page: Client, cast: Cast, place: str, request: pytest.FixtureRequest
) -> None:
    """M3."""
    before = headings(page.get(f"/c/ridge/settings/{place}/"))
    request.getfixturevalue("books")
    after = headings(page.get(f"/c/ridge/settings/{place}/"))

    added = {
        "cost-codes": ["QuickBooks product/service", "GL accounts"],
        "vendors": ["QuickBooks vendor"],
        "team": ["QuickBooks Employee", "On payroll"],
    }
    assert after == before + added[place]


@pytest.mark.parametrize("place", ["cost-codes", "vendors", "team"])
@pytest.mark.parametrize("show", ["unlinked", "linked", "only-there", "ineligible", "nonsense"])
def test_every_filter_of_every_list_opens(page: Client, books: Books, place: str, show: str) -> None:
    books.item("11", "Framing")
    books.item("12", "Siding", expense_account_ref="")
    books.vendor("31", "Lumber Yard")
    books.employee("51", "Fred")

    assert page.get(f"/c/ridge/settings/{place}/quickbooks/?show={show}").status_code == 200
    assert page.get(f"/c/ridge/settings/{place}/quickbooks/?show={show}&q=zzz").status_code == 200


def test_suggestions_are_ticked_or_not_and_stored_only_when_sent(
    page: Client, cast: Cast, books: Books
) -> None:
    books.item("11", "Framing", full_name="Structure:Framing")
    CostCode.objects.create(company=cast.ridge, name="Paint")
    books.item("12", "Print")

    body = text_of(page.get(f"{CODES}quickbooks/"))

    assert f'name="pair" value="{cast.framing.pk}:11" checked' in body
    assert 'value="12"' not in body
    paint = CostCode.objects.get(name="Paint")
    assert f'name="pair" value="{paint.pk}:12" >' in body
    assert code_links() == []

    response = page.post(f"{CODES}quickbooks/accept/", {"pair": [f"{cast.framing.pk}:11", f"{paint.pk}:12"]})
    assert response.status_code == 302
    assert code_links() == [("0500 Framing", "11"), ("Paint", "12")]


def test_a_list_with_one_bad_pair_links_nothing(page: Client, cast: Cast, books: Books) -> None:
    books.item("11", "Framing")
    books.item("12", "Siding", expense_account_ref="")
    siding = CostCode.objects.create(company=cast.ridge, name="Siding")
    pairs = [f"{cast.framing.pk}:11", f"{siding.pk}:12"]

    response = page.post(f"{CODES}quickbooks/accept/", {"pair": pairs})

    assert response.status_code == 409
    assert "Nothing was linked." in text_of(response)
    assert code_links() == []


@pytest.mark.parametrize("pair", ["", "x:11", "999999:11", "{framing}:999", "{framing}", "{foreign}:11"])
def test_pairs_that_no_page_offers_are_refused(page: Client, cast: Cast, books: Books, pair: str) -> None:
    books.item("11", "Framing")
    value = pair.format(framing=cast.framing.pk, foreign=cast.summit_code.pk)

    assert page.post(f"{CODES}quickbooks/accept/", {"pair": [value]}).status_code in (404, 409)
    assert code_links() == []
    with scope(company=cast.summit):
        assert code_links() == []


def test_ineligible_items_say_which_tick_is_missing_and_where(page: Client, books: Books) -> None:
    books.item("12", "Siding", expense_account_ref="")

    body = text_of(page.get(f"{CODES}quickbooks/?show=ineligible"))

    assert "Siding" in body
    assert "“I purchase this product/service from a vendor” is not ticked." in body
    assert "Sales → Products &amp; Services" in body


def test_a_code_whose_namesake_cannot_be_linked_says_why(page: Client, cast: Cast, books: Books) -> None:
    books.item("11", "Framing", expense_account_ref="")

    body = text_of(page.get(f"{CODES}quickbooks/"))

    assert 'name="pair"' not in body
    assert "Not purchased" in body
    assert "“I purchase this product/service from a vendor” is not ticked." in body


def test_accounts_are_shown_by_name(page: Client, cast: Cast, books: Books, alice: User) -> None:
    link_cost_code(cost_code=cast.framing, item=books.item("11", "Framing"), actor=alice, now=NOW)

    for path in (f"{CODES}quickbooks/?show=linked", CODES):
        body = text_of(page.get(path))
        assert "Construction Income" in body
        assert "Job Materials" in body


def test_a_linked_code_whose_item_lost_a_tick_is_marked(
    page: Client, cast: Cast, books: Books, alice: User
) -> None:
    item = books.item("11", "Framing")
    link_cost_code(cost_code=cast.framing, item=item, actor=alice, now=NOW)
    item.expense_account_ref = ""
    item.save()

    for path in (f"{CODES}quickbooks/?show=linked", CODES):
        assert "Not purchased" in text_of(page.get(path))


def test_doubles_are_pointed_out(page: Client, cast: Cast, books: Books) -> None:
    CostCode.objects.create(company=cast.ridge, name="Framing")

    assert "“0500 Framing” and “Framing”" in text_of(page.get(f"{CODES}quickbooks/"))


def test_one_code_is_linked_changed_and_unlinked(page: Client, cast: Cast, books: Books) -> None:
    books.item("11", "Framing")
    books.item("12", "Lumber")
    path = f"{CODES}{cast.framing.pk}/quickbooks/"
    assert "Near-equal names" in text_of(page.get(path))

    assert page.post(path, {"row": "11"}).status_code == 302
    assert code_links() == [("0500 Framing", "11")]
    assert page.post(path, {"row": "12"}).status_code == 302
    assert code_links() == [("0500 Framing", "12")]
    assert "Linked now" in text_of(page.get(path))

    assert page.post(f"{path}unlink/").status_code == 302
    assert code_links() == []


@pytest.mark.parametrize("row", ["", "999", "12"])
def test_a_row_that_cannot_be_linked_is_refused(page: Client, cast: Cast, books: Books, row: str) -> None:
    books.item("12", "Siding", income_account_ref="")

    response = page.post(f"{CODES}{cast.framing.pk}/quickbooks/", {"row": row})

    assert response.status_code == 409
    assert code_links() == []


def test_one_item_finds_its_code(page: Client, cast: Cast, books: Books) -> None:
    books.item("11", "Framing")
    path = f"{CODES}quickbooks/rows/11/"
    assert f'id="thing-suggested-{cast.framing.pk}"' in text_of(page.get(path))

    assert page.post(path, {"thing": str(cast.framing.pk)}).status_code == 302

    assert code_links() == [("0500 Framing", "11")]
    assert "It is linked to the cost code" in text_of(page.get(path))


def test_one_item_that_cannot_be_linked_says_why(page: Client, cast: Cast, books: Books) -> None:
    books.item("12", "Siding", expense_account_ref="")
    path = f"{CODES}quickbooks/rows/12/"

    assert "“I purchase this product/service from a vendor” is not ticked." in text_of(page.get(path))
    assert page.post(path, {"thing": str(cast.framing.pk)}).status_code == 409
    assert page.post(path, {"thing": str(cast.summit_code.pk)}).status_code == 404
    assert page.post(path, {"thing": "x"}).status_code == 404
    assert page.get(f"{CODES}quickbooks/rows/999/").status_code == 404
    assert code_links() == []


def test_another_companys_code_is_not_found(page: Client, cast: Cast, books: Books) -> None:
    books.item("11", "Framing")

    path = f"{CODES}{cast.summit_code.pk}/quickbooks/"
    assert [page.get(path).status_code, page.post(path, {"row": "11"}).status_code] == [404, 404]
    assert page.post(f"{path}unlink/").status_code == 404


def test_chosen_items_are_imported(page: Client, cast: Cast, books: Books) -> None:
    books.item("11", "Roofing", full_name="Envelope:Roofing", sku="RF")
    books.item("12", "Siding")
    assert "Envelope" in text_of(page.get(f"{CODES}quickbooks/import/"))

    assert page.post(f"{CODES}quickbooks/import/", {"row": ["11"]}).status_code == 302

    assert code_links() == [("Roofing", "11")]


def test_all_that_is_ready_is_imported_and_namesakes_are_left_alone(
    page: Client, cast: Cast, books: Books
) -> None:
    books.item("11", "Roofing")
    books.item("12", "0500 framing")

    page.post(f"{CODES}quickbooks/import/", {"all": "yes"})

    assert code_links() == [("Roofing", "11")]


def test_a_namesake_is_linked_when_ticked_and_refused_when_imported(
    page: Client, cast: Cast, books: Books
) -> None:
    books.item("12", "0500 framing")

    refused = page.post(f"{CODES}quickbooks/import/", {"row": ["12"]})
    assert refused.status_code == 409
    assert "Nothing was imported." in text_of(refused)
    assert (code_links(), CostCode.objects.count()) == ([], 1)

    assert page.post(f"{CODES}quickbooks/import/", {"link": ["12"]}).status_code == 302
    assert code_links() == [("0500 Framing", "12")]


def test_vendors_and_employees_are_imported_by_the_same_page(page: Client, cast: Cast, books: Books) -> None:
    books.vendor("31", "Pike Plumbing")
    books.employee("51", "Gina")

    page.post("/c/ridge/settings/vendors/quickbooks/import/", {"row": ["31"]})
    page.post(f"{TEAM}quickbooks/import/", {"row": ["51"]})

    assert [(link.vendor.name, link.vendor_ref) for link in VendorLink.objects.all()] == [
        ("Pike Plumbing", "31")
    ]
    assert EmployeeLink.objects.get().team_member.name == "Gina"


def test_a_contractor_is_no_employee(page: Client, cast: Cast, books: Books) -> None:
    books.vendor("61", "Carl Contractor", is_1099=True)

    response = page.post(f"{TEAM}{cast.fred.pk}/quickbooks/", {"row": "61"})

    assert response.status_code == 409
    assert "1099 contractor" in text_of(response)
    assert EmployeeLink.objects.count() == 0


def test_payroll_is_ticked_and_withdrawn(page: Client, cast: Cast, books: Books) -> None:
    path = f"{TEAM}{cast.fred.pk}/payroll/"

    assert page.post(path, {"on_payroll": "yes"}).status_code == 302
    cast.fred.refresh_from_db()
    assert (cast.fred.on_payroll, cast.fred.on_payroll_confirmed_by) == (True, cast.alice.user)
    assert "Alice," in text_of(page.get(TEAM))

    page.post(path)
    cast.fred.refresh_from_db()
    assert not cast.fred.on_payroll


def test_the_tick_is_fixed_where_quickbooks_decides(
    page: Client, cast: Cast, books: Books, alice: User
) -> None:
    employee = books.employee("51", "Fred", uses_time_entry="UseTimeEntry")
    link_employee(team_member=cast.fred, employee=employee, actor=alice, now=NOW)

    page.post(f"{TEAM}{cast.fred.pk}/payroll/", {"on_payroll": "yes"})

    cast.fred.refresh_from_db()
    assert not cast.fred.on_payroll
    assert "QuickBooks says that this employee uses time data for payroll." in text_of(page.get(TEAM))


def test_columns_do_not_query_row_by_row(
    page: Client, cast: Cast, books: Books, alice: User, django_assert_max_num_queries: Any
) -> None:
    for place in range(30):
        code = CostCode.objects.create(company=cast.ridge, name=f"Code {place}")
        item = books.item(f"9{place}", f"Item {place}")
        link_cost_code(cost_code=code, item=item, actor=alice, now=NOW)

    with django_assert_max_num_queries(18):
        page.get(CODES)


def test_links_stay_visible_after_a_disconnect(page: Client, cast: Cast, books: Books, alice: User) -> None:
    link_cost_code(cost_code=cast.framing, item=books.item("11", "Framing lumber"), actor=alice, now=NOW)
    books.connection.status = "disconnected"
    books.connection.save()

    body = text_of(page.get(f"{CODES}quickbooks/?show=linked"))
    assert "Framing lumber" in body
    assert "reconnect" in body
    books.item("12", "Lumber")
    assert page.post(f"{CODES}{cast.framing.pk}/quickbooks/", {"row": "12"}).status_code == 409


@pytest.mark.parametrize("guide", ["setting-up", "cost-codes", "people", "projects", "what-counts", "time"])
def test_guides_can_be_read_in_the_product(page: Client, guide: str) -> None:
    assert page.get(f"/c/ridge/guides/{guide}/").status_code == 200
    assert page.get("/c/ridge/guides/none/").status_code == 404


@pytest.mark.parametrize("number", ["9" * 30, "-" + "9" * 30, "one", ""])
def test_an_id_that_cannot_be_one_is_not_found(page: Client, books: Books, number: str) -> None:
    assert page.post(f"{CODES}quickbooks/accept/", {"pair": f"{number}:1"}).status_code == 404
