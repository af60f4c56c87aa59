"""The budget page, the Applied Actuals window and the tie-out sheet, as the people of a company see them."""

import csv
import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from budgets.budget_lines import set_budget_line
from budgets.models import BudgetLine, CostLine
from integrations.models import Connection, ConnectionStatus
from ressio.models import CostCode, Project, Role
from tests.budgets.books import Books
from tests.budgets.documents import bill, category_line, item_line, ref, time_entry
from tests.support.cast import SignIn, assign, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(books: Books) -> Project:
    """Two counted lines (one over budget), one on an unlinked item, one category line; a budget of two codes."""
    books.customer("1")
    for item in ("10", "11", "12"):
        books.item(item)
    house = books.project("House", "1")
    framing, paint = books.cost_code("06-100 Framing", "10"), books.cost_code("09-200 Painting", "11")
    books.store(
        "Bill",
        bill("100", item_line("900.00", "10", customer="1"), item_line("75.25", "12", customer="1")),
        bill("101", item_line("50.50", "11", customer="1"), category_line("20.00", customer="1")),
    )
    set_budget_line(project=house, cost_code=framing, original_amount=Decimal("800.00"), actor=None)
    set_budget_line(
        project=house,
        cost_code=paint,
        original_amount=Decimal("100.00"),
        approved_changes=Decimal("-20.00"),
        actor=None,
    )
    return house


@pytest.fixture
def client(books: Books, sign_in: SignIn) -> Client:
    return sign_in(make_member(books.company, "Dana", Role.ADMIN))


def url(project: Project, rest: str = "") -> str:
    return f"/c/{project.company.slug}/projects/{project.pk}/budget/{rest}"


def test_the_budget_says_what_was_planned_and_what_it_cost(client: Client, project: Project) -> None:
    response = client.get(url(project))

    figures = response.context["budget"].figures
    assert response.status_code == 200
    assert (figures.original, figures.approved_changes, figures.revised) == (
        Decimal("900.00"),
        Decimal("-20.00"),
        Decimal("880.00"),
    )
    assert figures.actuals.amount == Decimal("950.50")
    assert figures.variance == Decimal("-70.50")
    assert figures.cost_to_complete == Decimal("29.50"), "the sum of the rows: one over, one with 29.50 left"
    rows = {
        row.cost_code.name: (row.figures.actuals.amount, row.figures.variance, row.figures.cost_to_complete)
        for group in response.context["budget"].groups
        for row in group.rows
    }
    assert rows == {
        "06-100 Framing": (Decimal("900.00"), Decimal("-100.00"), Decimal("0.00")),
        "09-200 Painting": (Decimal("50.50"), Decimal("29.50"), Decimal("29.50")),
    }


def test_the_strip_adds_up_to_what_quickbooks_holds(client: Client, project: Project) -> None:
    costs = client.get(url(project)).context["costs"]

    assert costs.total.amount == Decimal("1045.75")
    assert {reason.code: tally.amount for reason, tally in costs.excluded_by_reason.items()} == {
        "category_line": Decimal("20.00"),
        "item_not_linked": Decimal("75.25"),
    }
    assert costs.difference == 0


def test_costs_on_a_code_nobody_budgeted_are_a_row_of_their_own(
    client: Client, project: Project, books: Books
) -> None:
    BudgetLine.objects.filter(project=project, cost_code__name="09-200 Painting").delete()

    (group,) = client.get(url(project)).context["budget"].groups

    assert [(row.cost_code.name, row.line is None) for row in group.rows] == [
        ("06-100 Framing", False),
        ("09-200 Painting", True),
    ]


def test_the_overview_shows_the_budget_in_a_few_figures(
    client: Client, project: Project, books: Books, sign_in: SignIn
) -> None:
    fred = make_member(books.company, "Fred", Role.FIELD)
    assign(project, fred)
    overview = f"/c/{project.company.slug}/projects/{project.pk}/"

    assert "USD 950.50" in client.get(overview).content.decode()
    assert "950.50" not in sign_in(fred).get(overview).content.decode()


def test_categories_stand_in_the_order_of_their_codes(client: Client, project: Project, books: Books) -> None:
    for name, category in [("06-100 Framing", "Structure"), ("09-200 Painting", "Finishes")]:
        CostCode.objects.filter(name=name).update(category=category)

    groups = client.get(url(project)).context["budget"].groups

    assert [group.name for group in groups] == ["Structure", "Finishes"]


def test_an_empty_budget_teaches(client: Client, books: Books) -> None:
    books.customer("1")
    response = client.get(url(books.project("Shed", "1")))

    assert "No budget yet" in response.content.decode()


def test_a_project_without_a_link_says_how_to_get_costs(client: Client, books: Books) -> None:
    project = Project.objects.create(company=books.company, name="Shed")

    page = client.get(url(project)).content.decode()

    assert "not linked to a customer in QuickBooks" in page
    assert "Sync Expenses" not in page.replace("Press Sync Expenses", "")


def test_a_member_is_told_who_connects_a_project(books: Books, sign_in: SignIn) -> None:
    project = Project.objects.create(company=books.company, name="Shed")
    bob = make_member(books.company, "Bob", Role.TEAM_MEMBER)
    assign(project, bob)

    page = sign_in(bob).get(url(project)).content.decode()

    assert "An Admin of your company connects it." in page
    assert "Connect the project" not in page


def test_a_budget_says_that_quickbooks_is_disconnected(
    client: Client, project: Project, books: Books
) -> None:
    Connection.objects.filter(pk=books.connection.pk).update(status=ConnectionStatus.DISCONNECTED)

    page = client.get(url(project)).content.decode()

    assert "QuickBooks is disconnected, so nothing new arrives." in page
    assert "Connect again" in page


def test_lines_of_a_project_without_a_link_lead_to_it(client: Client, books: Books) -> None:
    project = Project.objects.create(company=books.company, name="Shed")

    page = client.get(url(project, "actuals/")).content.decode()

    assert "Not connected to QuickBooks" in page
    assert f"/projects/{project.pk}/financials/" in page


def test_time_without_a_service_is_not_called_a_category(
    client: Client, project: Project, books: Books
) -> None:
    books.store("TimeActivity", time_entry("1", CustomerRef=ref("1"), ItemRef=None))

    page = client.get(url(project, "actuals/?kind=time")).content.decode()

    assert "No service chosen" in page
    assert "Category:" not in page


@pytest.mark.parametrize(
    ("query", "amounts"),
    [
        ("", ["900.00", "75.25", "50.50", "20.00"]),
        ("verdict=counted", ["900.00", "50.50"]),
        ("verdict=excluded", ["75.25", "20.00"]),
        ("reason=category_line", ["20.00"]),
        ("q=75.25", ["75.25"]),
        ("q=nothing+like+it", []),
        ("q=%2475.25", ["75.25"]),
        ("q=%E2%88%9275.25", ["75.25"]),
        ("q=99999999999999999999", []),
        ("q=1e400", []),
        ("q=2026-03-12", ["900.00", "75.25", "50.50", "20.00"]),
        ("q=12+Mar+2026", ["900.00", "75.25", "50.50", "20.00"]),
        ("q=3/12/2026", ["900.00", "75.25", "50.50", "20.00"]),
        ("q=March+13,+2026", []),
        ("kind=check", []),
        ("amount_from=60&amount_to=800", ["75.25"]),
    ],
)
def test_the_window_shows_the_lines_behind_a_number(
    client: Client, project: Project, query: str, amounts: list[str]
) -> None:
    response = client.get(url(project, f"actuals/?{query}&sort=-amount"))

    found = response.context["found"]
    assert [str(line.amount) for line in found.lines] == amounts
    assert found.total_amount == sum(map(Decimal, amounts))


def test_a_cell_opens_the_lines_of_its_cost_code(client: Client, project: Project) -> None:
    line = BudgetLine.objects.get(project=project, cost_code__name="06-100 Framing")

    found = client.get(url(project, f"actuals/?cost_code={line.cost_code_id}&verdict=counted")).context[
        "found"
    ]

    assert [line.amount for line in found.lines] == [Decimal("900.00")]


def test_the_window_is_the_same_content_as_the_page(client: Client, project: Project) -> None:
    page = client.get(url(project, "actuals/?verdict=counted"))
    window = client.get(
        url(project, "actuals/?verdict=counted"),
        headers={"HX-Request": "true", "HX-Target": "actuals-window"},
    )

    assert [line.line.pk for line in window.context["found"].lines] == [
        line.line.pk for line in page.context["found"].lines
    ]
    assert "<html" not in window.content.decode()


@pytest.mark.parametrize(
    "query", ["verdict=maybe", "reason=nope", "date_from=yesterday", "page=0", "sort=colour"]
)
def test_a_filter_that_makes_no_sense_is_refused(client: Client, project: Project, query: str) -> None:
    assert client.get(url(project, f"actuals/?{query}")).status_code == 400
    assert client.get(url(project, f"actuals.csv?{query}")).status_code == 400


def test_all_lines_can_be_exported(client: Client, project: Project) -> None:
    response = client.get(url(project, "actuals.csv"))

    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert sum(Decimal(row["Amount"]) for row in rows) == Decimal("1045.75")
    assert sorted(row["Reason"] for row in rows if row["Verdict"] == "Left out") == [
        "Entered under Category",
        "No cost code linked",
    ]


def test_the_sheet_proves_itself_against_the_documents(client: Client, project: Project) -> None:
    response = client.get(url(project, "tie-out/"))

    check = response.context["check"]
    assert (check.documents, check.lines, check.differences) == (2, 4, [])
    assert "every line stands in the figures above" in response.content.decode()


def test_the_sheet_names_the_document_that_is_wrong(client: Client, project: Project) -> None:
    CostLine.objects.filter(document_ref="101", line_ref="1").update(amount=Decimal("51.50"))

    response = client.get(url(project, "tie-out/"))

    (difference,) = response.context["check"].differences
    assert (difference.entity, difference.document_ref) == ("Bill", "101")
    assert (difference.stored, difference.expected) == (Decimal("71.50"), Decimal("70.50"))
    assert "Bill 101" in response.content.decode()


def test_the_sheet_notices_a_document_without_lines(client: Client, project: Project) -> None:
    CostLine.objects.filter(document_ref="100").delete()

    (difference,) = client.get(url(project, "tie-out/")).context["check"].differences

    assert (difference.document_ref, difference.stored) == ("100", Decimal("0.00"))


def test_a_line_is_added_changed_and_removed_on_the_page(
    client: Client, project: Project, books: Books
) -> None:
    code = books.cost_code("12-100 Cabinets", "13")

    added = client.post(url(project, "lines/new/"), {"cost_code": code.pk, "original_amount": "$1,500"})
    line = BudgetLine.objects.get(project=project, cost_code=code)
    client.post(url(project, f"lines/{line.pk}/"), {"original_amount": "1600", "approved_changes": "(100)"})

    assert added.status_code == 302
    line.refresh_from_db()
    assert (line.original_amount, line.approved_changes) == (Decimal("1600.00"), Decimal("-100.00"))
    client.post(url(project, f"lines/{line.pk}/remove/"))
    assert not BudgetLine.objects.filter(pk=line.pk).exists()


@pytest.mark.parametrize("amount", ["twelve", "1.005", "1,25"])
def test_a_bad_amount_is_refused_and_changes_nothing(
    client: Client, project: Project, books: Books, amount: str
) -> None:
    code = books.cost_code("12-100 Cabinets", "13")

    response = client.post(url(project, "lines/new/"), {"cost_code": code.pk, "original_amount": amount})

    assert response.status_code == 400
    assert not BudgetLine.objects.filter(cost_code=code).exists()


def test_a_pasted_budget_with_a_bad_row_shows_it_and_keeps_the_text(client: Client, project: Project) -> None:
    response = client.post(url(project, "import/"), {"text": "06-100 Framing,1\nNo such code,2"})

    page = response.content.decode()
    assert response.status_code == 400
    assert "There is no cost code “No such code”." in page
    assert "06-100 Framing,1" in page
    assert BudgetLine.objects.get(cost_code__name="06-100 Framing").original_amount == Decimal("800.00")


def test_a_file_is_imported_and_the_export_reads_back(client: Client, project: Project) -> None:
    exported = client.get(url(project, "budget.csv")).content

    response = client.post(url(project, "import/"), {"file": SimpleUploadedFile("budget.csv", exported)})

    assert response.status_code == 302
    assert client.get(url(project, "budget.csv")).content == exported


def test_a_file_that_is_no_text_is_refused(client: Client, project: Project) -> None:
    response = client.post(url(project, "import/"), {"file": SimpleUploadedFile("x.csv", b"PK\x00")})

    assert response.status_code == 400
    assert "not a CSV file" in response.content.decode()


def test_field_sees_no_money_and_a_team_member_only_own_projects(
    books: Books, project: Project, sign_in: SignIn
) -> None:
    bob = make_member(books.company, "Bob", Role.TEAM_MEMBER)
    fred = make_member(books.company, "Fred", Role.FIELD)
    assign(project, fred)

    assert sign_in(fred).get(url(project)).status_code == 403
    assert sign_in(bob).get(url(project)).status_code == 404
    assign(project, bob)
    assert sign_in(bob).get(url(project)).status_code == 200


def test_a_budget_takes_the_same_few_queries_however_long_it_is(
    client: Client, project: Project, books: Books, django_assert_max_num_queries: "object"
) -> None:
    client.get(url(project))  # the first page of a session also writes the session

    with django_assert_max_num_queries(16):  # type: ignore[operator]
        client.get(url(project))
