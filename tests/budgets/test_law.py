"""The law of the budget (N1, N3), for any company: counted + left out = what QuickBooks holds, to the cent.

Documents, lists, links, rates and project numbers change in any order; the result depends on the last state only.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budgets.amounts import Tally
from budgets.counting import ProjectCosts, count_connection, count_project
from budgets.lines import LineFilter, Verdict, lines_of
from budgets.models import CostLine
from budgets.projection import CostLineValues, KnownLists, cost_lines_of
from budgets.quickbooks import rebuild_cost_lines
from budgets.reasons import Reason
from integrations.models import EmployeeLink, ProjectLink, ProjectRefMapping
from ressio.models import MemberRate, Project, TeamMember
from ressio.money import round_cents
from ressio.scoping import scope
from tests.budgets.books import Books, open_books
from tests.budgets.documents import as_row
from tests.budgets.generated import (
    ITEMS,
    Delete,
    Happening,
    LinkWorker,
    MapNumber,
    SetRate,
    Store,
    Truth,
    expenses,
    links,
    stories,
)
from tests.budgets.test_reach import look_up

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SINCE = datetime(2026, 3, 10, tzinfo=UTC)
Links = dict[str, tuple[bool, dict[str, Any]]]

generously = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@contextmanager
def some_books() -> Iterator[Books]:
    """Books that vanish when the example ends."""
    with transaction.atomic():
        books = open_books()
        with scope(company=books.company):
            yield books
        transaction.set_rollback(True)


def act(books: Books, member: TeamMember, happening: Happening) -> None:
    match happening:
        case Store(entity, made):
            books.store(entity, made)
        case Delete(entity, document_id):
            books.delete(entity, document_id)
        case MapNumber(number, customer):
            map_number(books, number, customer)
        case LinkWorker(worker):
            link_worker(books, member, worker)
        case SetRate(starts_on, cost, billable):
            MemberRate.objects.filter(team_member=member, starts_on=starts_on).delete()
            books.rate(member, starts_on, cost_rate=cost, billable_rate=billable)


def map_number(books: Books, number: str, customer: str) -> None:
    ProjectRefMapping.objects.filter(project_ref=number).delete()
    if customer:
        ProjectRefMapping.objects.create(
            company=books.company, connection=books.connection, project_ref=number, customer_ref=customer
        )


def link_worker(books: Books, member: TeamMember, worker: str) -> None:
    """Now a new link, now another employee for the same one, as people do."""
    link = EmployeeLink.objects.filter(team_member=member).first()
    if not worker:
        EmployeeLink.objects.all().delete()
    elif link:
        link.employee_ref = worker
        link.save()
    else:
        EmployeeLink.objects.create(
            company=books.company, connection=books.connection, team_member=member, employee_ref=worker
        )


def open_projects(books: Books, chosen: Links) -> dict[str, Project]:
    for item in ITEMS[:3]:
        books.cost_code(f"Code {item}", item)
    return {
        customer: books.project(
            f"Project {customer}",
            customer,
            subs=subs,
            time_tracking_since=SINCE if made["since"] else None,
            **{name: value for name, value in made.items() if name != "since"},
        )
        for customer, (subs, made) in chosen.items()
    }


def live_through(books: Books, story: list[Happening]) -> Truth:
    member = TeamMember.objects.create(company=books.company, name="Emily", on_payroll=True)
    truth = Truth()
    for happening in story:
        act(books, member, happening)
        truth.note(happening)
    return truth


def expected_totals(truth: Truth, chosen: Links) -> dict[str, Tally]:
    """By linked customer, what its project's lines are worth at its labor basis."""
    subs = {customer: includes for customer, (includes, _) in chosen.items()}
    parents = truth.parents
    totals = dict.fromkeys(chosen, Tally())
    for line in truth.lines():
        owner = look_up(line.customer, {line.customer: "", **parents}, subs) if line.customer else ""
        if owner:
            worth = line.worth(chosen[owner][1]["labor_basis"])
            totals[owner] += Tally(lines=1, amount=worth, seconds=line.seconds)
    return totals


def without_unpriced(tally: Tally) -> Tally:
    return Tally(tally.lines, tally.amount, Decimal("0.00"), tally.seconds)


def stored() -> Counter[tuple[Any, ...]]:
    return Counter(CostLine.objects.values_list(*CostLineValues._fields))


@given(story=stories, chosen=links)
@generously
def test_counted_and_left_out_are_what_quickbooks_holds(story: list[Happening], chosen: Links) -> None:
    with some_books() as books:
        projects = open_projects(books, chosen)
        truth = live_through(books, story)
        costs = {customer: count_project(project) for customer, project in projects.items()}

        for customer, expected in expected_totals(truth, chosen).items():
            found = costs[customer]
            assert without_unpriced(found.total) == expected
            assert found.counted.amount + found.excluded.amount == expected.amount
            assert found.counted.lines + found.excluded.lines == expected.lines
            assert sum(tally.amount for tally in found.by_cost_code.values()) == found.counted.amount
            check_lists(found)
        check_company(books, list(costs.values()))


def check_lists(costs: ProjectCosts) -> None:
    """Every line stands in exactly one list, and each list comes to its total."""
    seen: list[int] = []
    for wanted, tally in [
        (LineFilter(verdict=Verdict.COUNTED), costs.counted),
        *((LineFilter(reason=reason), tally) for reason, tally in costs.excluded_by_reason.items()),
    ]:
        page = lines_of(costs.project, wanted, page_size=500, costs=costs)
        assert (page.total_lines, page.total_amount) == (tally.lines, tally.amount)
        assert sum((line.amount for line in page.lines), Decimal(0)) == tally.amount
        assert {line.reason for line in page.lines} <= {wanted.reason}
        seen += [line.line.pk for line in page.lines]
    everything = CostLine.objects.filter(customer_ref__in=costs.customers)
    assert sorted(seen) == sorted(everything.values_list("pk", flat=True))


def check_company(books: Books, costs: list[ProjectCosts]) -> None:
    """All projects in one go come to the same as one by one."""
    amounts: dict[tuple[int, Reason | None], Tally] = {}
    for group in count_connection(books.connection):
        key = (group.project.pk, group.group.reason)
        amounts[key] = amounts.get(key, Tally()) + group.group.tally
    for project in costs:
        assert amounts.pop((project.project.pk, None), Tally()) == project.counted
        for reason, tally in project.excluded_by_reason.items():
            assert amounts.pop((project.project.pk, reason)) == tally
    assert amounts == {}


@given(story=stories)
@generously
def test_what_was_projected_step_by_step_is_what_a_rebuild_makes(story: list[Happening]) -> None:
    with some_books() as books:
        live_through(books, story)
        before = stored()

        rebuild_cost_lines(books.connection)
        assert stored() == before


@given(
    story=stories,
    chosen=links,
    switch=st.sampled_from(
        [
            "exclude_non_billable",
            "time_tracking",
            "include_billed_time",
            "include_non_billable_time",
            "vendor_credits",
            "tax_is_cost",
            "include_sub_customers",
        ]
    ),
)
@settings(generously, max_examples=20)
def test_a_switch_flipped_twice_leaves_everything_as_it_was(
    story: list[Happening], chosen: Links, switch: str
) -> None:
    with some_books() as books:
        projects = list(open_projects(books, chosen).values())
        live_through(books, story)
        before = [count_project(project).groups for project in projects]

        flip(books, projects, switch)
        for project in projects:
            assert count_project(project).difference == 0
        flip(books, projects, switch)
        assert [count_project(project).groups for project in projects] == before


def flip(books: Books, projects: list[Project], switch: str) -> None:
    for project in projects:
        if switch == "include_sub_customers":
            link = ProjectLink.objects.get(project=project)
            link.include_sub_customers = not link.include_sub_customers
            link.save()
        else:
            project.refresh_from_db()
            books.switch(project, **{switch: not getattr(project.switches, switch)})


@given(made=expenses())
@settings(generously, max_examples=100)
def test_the_tax_of_the_lines_is_the_tax_of_the_document(made: tuple[str, dict[str, Any]]) -> None:
    entity, document = made
    lines = cost_lines_of(entity, as_row(document).data, known=KnownLists())
    is_credit = entity == "VendorCredit" or document.get("Credit")
    tax = Decimal(document.get("TxnTaxDetail", {}).get("TotalTax", 0))
    rate = Decimal(document["ExchangeRate"] or 1) * (-1 if is_credit else 1)

    assert sum(line.tax_amount for line in lines) == (round_cents(tax * rate) if lines else 0)
    assert len({line.line_ref for line in lines}) == len(lines)
