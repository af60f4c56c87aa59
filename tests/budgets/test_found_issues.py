"""What the sync log says about costs that are left out."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from budgets.found_issues import find_issues, report_left_out_lines
from budgets.reasons import Reason
from budgets.tasks import refresh_issues, report_after_sync, ring_after_links_changed
from integrations.issues import FoundIssue
from integrations.linking import map_project_ref
from integrations.models import (
    Connection,
    CostCodeLink,
    QuickBooksCustomer,
    RunKind,
    RunTrigger,
    SyncIssue,
    SyncRun,
)
from integrations.registry import after_sync_hooks
from ressio.models import Project
from tests.budgets.books import NOW, Books
from tests.budgets.documents import (
    Json,
    bill,
    category_line,
    document,
    item_line,
    purchase,
    ref,
    time_entry,
    vendor_credit,
)

ON = {"time_tracking": True, "include_non_billable_time": True, "include_billed_time": True}


@pytest.fixture
def house(books: Books) -> Project:
    books.customer("10")
    books.item("20")
    books.cost_code("Framing", "20")
    books.store(
        "Account", document("60", Name="Job Supplies", FullyQualifiedName="Job Expenses:Job Supplies")
    )
    return books.project("House", "10")


def find(books: Books) -> dict[tuple[str, str, str], FoundIssue]:
    return {issue.key: issue for issue in find_issues(books.connection)}


def test_everything_counted_leaves_nothing_to_say(books: Books, house: Project) -> None:
    books.store("Bill", bill("1", item_line("10", customer="10")))

    assert find_issues(books.connection) == []


def test_one_issue_for_a_thing_and_reason_with_what_it_holds_up(books: Books, house: Project) -> None:
    books.project("Barn", "11")
    books.item("21")
    books.store("Bill", bill("1", item_line("10", "21", customer="10"), item_line("50", "21", customer="11")))
    books.store(
        "Purchase", purchase("2", item_line("5", "21", customer="10"), payment="CreditCard", Credit=True)
    )

    assert find_issues(books.connection) == [
        FoundIssue(
            reason="item_not_linked",
            level="problem",
            subject_type="item",
            subject_id="21",
            subject_label="Item 21",
            title="Item 21: no cost code linked (Barn and 1 more project)",
            way_out="Link the product or service to a cost code.",
            fix_url=reverse("link-cost-codes-row", args=["ridge", "21"]),
            fix_label="Link it",
            amount=Decimal("55.00"),
            line_count=3,
        )
    ]


def test_lines_of_customers_without_a_project_are_no_issue(books: Books, house: Project) -> None:
    books.store("Bill", bill("1", category_line("10", customer="99"), category_line("10")))

    assert find_issues(books.connection) == []


def test_category_lines_are_told_by_account(books: Books, house: Project) -> None:
    books.store(
        "Bill", bill("1", category_line("10", "60", customer="10"), category_line("4", "61", customer="10"))
    )
    found = find(books)

    assert {key: (issue.subject_label, issue.amount) for key, issue in found.items()} == {
        ("category_line", "account", "60"): ("Job Expenses:Job Supplies", Decimal("10.00")),
        ("category_line", "account", "61"): ("Account 61", Decimal("4.00")),
    }
    url = reverse("project-actuals", args=["ridge", house.pk])
    assert {issue.fix_url for issue in found.values()} == {f"{url}?reason=category_line"}


def test_time_is_told_by_employee_with_its_hours(books: Books, house: Project) -> None:
    books.switch(house, **ON)
    books.employee("70")
    books.employee("71")
    emily = books.member("Emily", "70")
    books.store(
        "TimeActivity",
        time_entry("1", hours=5),
        time_entry("2", hours=2, EmployeeRef=ref("71"), CostRate=10),
        time_entry("3", hours=1, ItemRef=None, CostRate=10),
    )
    found = find(books)

    assert {key: (issue.subject_label, issue.amount, issue.hours) for key, issue in found.items()} == {
        ("no_rate", "employee", "70"): ("Employee 70", Decimal("0.00"), Decimal("5.00")),
        ("not_on_payroll", "employee", "71"): ("Employee 71", Decimal("20.00"), Decimal("2.00")),
        ("item_not_linked", "item", ""): (
            "Time without a product or service",
            Decimal("10.00"),
            Decimal("1.00"),
        ),
    }
    assert found["no_rate", "employee", "70"].fix_url == reverse("settings-member", args=["ridge", emily.pk])
    link = reverse("link-team-members-row", args=["ridge", "71"])
    assert found["not_on_payroll", "employee", "71"].fix_url == link, "not in the list of team members"


def test_a_linked_employee_is_ticked_in_the_list(books: Books, house: Project) -> None:
    books.switch(house, **ON)
    books.employee("70")
    books.member("Emily", "70", on_payroll=False)
    books.store("TimeActivity", time_entry("1", CostRate=10))

    (issue,) = find_issues(books.connection)

    assert (issue.reason, issue.fix_url) == ("not_on_payroll", reverse("settings-team", args=["ridge"]))


def test_an_unknown_project_number_is_told_until_somebody_explains_it(books: Books, house: Project) -> None:
    books.customer("11", is_project=True)
    stray = {**item_line("7", customer="99"), "ProjectRef": ref("435514740")}
    at_home = {**item_line("5", customer="11"), "ProjectRef": ref("435514740")}
    books.store("Bill", bill("1", stray, at_home))

    (issue,) = find_issues(books.connection)

    assert (issue.reason, issue.level) == ("unknown_project_number", "problem")
    assert (issue.amount, issue.line_count) == (Decimal("7.00"), 1)
    assert issue.fix_url == reverse("quickbooks-project-numbers", args=["ridge"])
    report_left_out_lines(books.connection, now=NOW)
    map_project_ref(
        connection=books.connection,
        project_ref="435514740",
        customer=QuickBooksCustomer.objects.get(quickbooks_id="10"),
        actor=None,
        now=NOW,
    )
    report_left_out_lines(books.connection, now=NOW)
    assert open_issues() == {}


def test_without_a_linked_project_no_number_is_asked_for(books: Books) -> None:
    stray = {**item_line("7", customer="99"), "ProjectRef": ref("435514740")}
    books.store("Bill", bill("1", stray))

    assert find_issues(books.connection) == []


def test_switches_are_told_by_project(books: Books, house: Project) -> None:
    books.switch(house, exclude_non_billable=True)
    books.store("Bill", bill("1", item_line("10", customer="10")))
    books.store("VendorCredit", vendor_credit("2", item_line("4", customer="10")))
    books.store("TimeActivity", time_entry("3", CostRate=1))
    found = find(books)

    house_id = str(house.pk)
    assert {key: (issue.level, issue.amount) for key, issue in found.items()} == {
        ("non_billable", "project", house_id): ("setting", Decimal("10.00")),
        ("credits_off", "project", house_id): ("setting", Decimal("-4.00")),
        ("time_off", "project", house_id): ("setting", Decimal("8.00")),
    }
    assert {issue.fix_url for issue in found.values()} == {
        reverse("project-financials", args=["ridge", house.pk])
    }


def everything_left_out(books: Books, house: Project) -> None:
    """A line for every reason there is."""
    books.switch(house, **ON)
    for item, flags in {"22": (False, True), "23": (True, False), "24": (False, False)}.items():
        books.item(item, is_sold=flags[0], is_purchased=flags[1])
    books.employee("70")
    books.member("Emily", "70")
    books.project("Strict", "11", exclude_non_billable=True)
    books.project("Late", "12", time_tracking=True, time_tracking_since=NOW)
    books.project("Picky", "13", time_tracking=True)
    lines = [item_line("1", item, customer="10") for item in ("21", "22", "23", "24")]
    books.store("Bill", bill("1", *lines, category_line("1", customer="10"), item_line("1", customer="11")))
    books.store("VendorCredit", vendor_credit("2", item_line("1", customer="10")))
    billed: Json = {"CustomerRef": ref("13"), "BillableStatus": "HasBeenBilled"}
    books.store(
        "TimeActivity",
        time_entry("3"),
        time_entry("4", EmployeeRef=ref("71")),
        time_entry("5", NameOf="Vendor", VendorRef=ref("55")),
        time_entry("6", CustomerRef=ref("11")),
        time_entry("7", CustomerRef=ref("12")),
        time_entry("8", **billed),
        time_entry("9", **{**billed, "BillableStatus": "NotBillable"}),
    )


def test_every_reason_becomes_an_issue_with_a_page_that_ends_it(books: Books, house: Project) -> None:
    everything_left_out(books, house)
    found = find_issues(books.connection)

    assert {issue.reason for issue in found} == {reason.code for reason in Reason}
    for issue in found:
        assert issue.fix_url.startswith("/c/ridge/")
        assert issue.way_out
        assert "None" not in issue.title


def open_issues() -> dict[str, Decimal]:
    return dict(SyncIssue.objects.filter(resolved_at=None).values_list("reason", "amount"))


def test_an_issue_closes_itself_when_the_cause_is_gone(books: Books, house: Project) -> None:
    books.store("Bill", bill("1", item_line("10", customer="10"), category_line("3", customer="10")))
    CostCodeLink.objects.all().delete()
    report_left_out_lines(books.connection, now=NOW)
    assert open_issues() == {"item_not_linked": Decimal("10.00"), "category_line": Decimal("3.00")}

    books.cost_code("Walls", "20")
    report_left_out_lines(books.connection, now=NOW + timedelta(hours=1))
    assert open_issues() == {"category_line": Decimal("3.00")}


def test_the_end_of_a_sync_reports(books: Books, house: Project) -> None:
    books.store("Bill", bill("1", category_line("3", customer="10")))
    run = SyncRun.objects.create(
        company=books.company, connection=books.connection, kind=RunKind.ALL, trigger=RunTrigger.BUTTON
    )
    assert report_after_sync in after_sync_hooks()

    report_after_sync(books.connection, run)
    assert open_issues() == {"category_line": Decimal("3.00")}


@pytest.fixture
def celery_runs_at_once(settings: object) -> Iterator[None]:
    from celery import current_app

    before = current_app.conf.task_always_eager
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = before


@pytest.mark.usefixtures("celery_runs_at_once")
def test_changed_links_report_through_the_task(books: Books, house: Project) -> None:
    books.store("Bill", bill("1", category_line("3", customer="10")))

    ring_after_links_changed(books.connection)
    assert open_issues() == {"category_line": Decimal("3.00")}


def test_the_task_survives_a_connection_that_is_gone(books: Books) -> None:
    gone = Connection.objects.get().pk
    books.company.delete()

    refresh_issues(connection_id=gone)
