"""The law of the budget against the stand-in QuickBooks, over HTTP and through real syncs (N1, N3).

Whatever is entered, changed, voided and deleted there: after a sync the cost lines hold, customer by customer,
what the books themselves say; another sync changes nothing; reading everything again changes nothing.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pytest_django import Settings

from budgets.amounts import Tally
from budgets.counting import count_project
from budgets.models import CostLine
from budgets.projection import CostLineValues
from budgets.quickbooks import rebuild_cost_lines
from integrations.models import Connection, RunKind, RunStatus, RunTrigger, SyncRun
from integrations.sync import perform_sync, request_sync
from ressio.models import Company, Project
from ressio.scoping import scope
from tests.budgets.books import Books
from tests.budgets.documents import Json
from tests.budgets.generated import (
    CUSTOMERS,
    any_lines,
    customer_rows,
    employee_rows,
    expenses,
    item_rows,
    links,
    times,
)
from tests.budgets.test_law import Links, open_projects
from tests.budgets.test_reach import look_up
from tests.support.quickbooks import connect, use_sandbox
from tests.support.sandbox import Realm, Sandbox, SandboxError

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


# What people do in QuickBooks -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Enter:
    entity: str
    document: Json


@dataclass(frozen=True)
class Edit:
    which: int
    lines: list[Json]


@dataclass(frozen=True)
class Remove:
    which: int
    is_void: bool


Deed = Enter | Edit | Remove

whiches = st.integers(0, 30)
plain_lines = any_lines.filter(lambda line: line["DetailType"] != "GroupLineDetail")
plain_expenses = expenses().filter(
    lambda made: all(line["DetailType"] != "GroupLineDetail" for line in made[1]["Line"])
)
rows = st.one_of(plain_expenses, plain_expenses, times(), customer_rows(), item_rows(), employee_rows())
deeds: st.SearchStrategy[Deed] = st.one_of(
    rows.map(lambda made: Enter(*made)),
    rows.map(lambda made: Enter(*made)),
    st.builds(Edit, whiches, st.lists(plain_lines, min_size=1, max_size=3)),
    st.builds(Remove, whiches, st.booleans()),
)


@dataclass
class Bookkeeper:
    """Works in the books; knows which documents are still there."""

    realm: Realm
    living: list[tuple[str, str]] = field(default_factory=list)
    ids: Iterator[int] = field(default_factory=lambda: count(1000))

    def do(self, deed: Deed) -> None:
        match deed:
            case Enter(entity, made):
                self.enter(entity, made)
            case Edit(which, lines):
                self.edit(which, lines)
            case Remove(which, is_void):
                self.remove(which, is_void)

    def enter(self, entity: str, made: Json) -> None:
        """Documents get an id of their own; customers, items and employees keep theirs and may be changed."""
        made = {name: value for name, value in made.items() if name not in ("MetaData", "SyncToken")}
        if entity in ("Customer", "Item", "Employee"):
            self._keep(entity, made)
            return
        made["Id"] = str(next(self.ids))
        self.realm.load_documents({entity: made})
        self.living.append((entity, made["Id"]))

    def _keep(self, entity: str, made: Json) -> None:
        if any(row["Id"] == made["Id"] for row in self.realm.list_documents(entity)):
            self._put(entity, made["Id"], made)
        else:
            self.realm.load_documents({entity: made})

    def _put(self, entity: str, document_id: str, changes: Json) -> None:
        self.realm.send("PATCH", f"documents/{entity}/{document_id}", changes, raw=1)

    def edit(self, which: int, lines: list[Json]) -> None:
        if not self.living:
            return
        entity, document_id = self.living[which % len(self.living)]
        if entity == "TimeActivity":
            self._put(entity, document_id, {"CustomerRef": {"value": CUSTOMERS[which % len(CUSTOMERS)]}})
        else:
            self._put(entity, document_id, {"Line": lines})

    def remove(self, which: int, is_void: bool) -> None:
        if not self.living:
            return
        entity, document_id = self.living[which % len(self.living)]
        try:
            self._remove(entity, document_id, is_void=is_void and entity != "TimeActivity")
        except SandboxError as refusal:
            if "6400" not in str(refusal):  # billed to a customer: QuickBooks itself keeps it
                raise

    def _remove(self, entity: str, document_id: str, *, is_void: bool) -> None:
        if is_void:
            self.realm.void_document(entity, document_id)
        else:
            self.realm.delete_document(entity, document_id)
            self.living.remove((entity, document_id))


# What we have of it --------------------------------------------------------------------------------------------------


def sync(connection: Connection, *, is_full: bool = False) -> SyncRun:
    run = request_sync(
        connection=connection,
        kind=RunKind.ALL,
        trigger=RunTrigger.BUTTON,
        is_full=is_full,
        now=timezone.now(),
    )
    perform_sync(run.pk)
    run.refresh_from_db()
    assert run.status == RunStatus.SUCCEEDED, run.error
    return run


def stored(connection: Connection) -> Counter[tuple[Any, ...]]:
    lines = CostLine.objects.filter(connection=connection)
    return Counter(lines.values_list(*CostLineValues._fields))


def check_customers(connection: Connection, totals: dict[str, Any]) -> None:
    """Line by line of the books' own totals: money, number of lines, time."""
    money: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    for line in CostLine.objects.filter(connection=connection).exclude(customer_ref=""):
        if line.kind == "time":
            seconds[line.customer_ref] += line.seconds or 0
        else:
            money[line.customer_ref] += line.amount
            lines[line.customer_ref] += 1
    assert dict(money) == {ref: Decimal(amount) for ref, amount in totals["customers"].items()}
    assert dict(lines) == totals["lines"]
    assert {ref: worked for ref, worked in seconds.items() if worked} == {
        ref: worked for ref, worked in totals["seconds"].items() if worked
    }


def check_projects(projects: dict[str, Project], chosen: Links, realm: Realm, totals: dict[str, Any]) -> None:
    """Counted and left out, against the books' totals of the customers that belong to each project."""
    rows = realm.list_documents("Customer")
    parents = {row["Id"]: row.get("ParentRef", {}).get("value", "") for row in rows}
    subs = {customer: includes for customer, (includes, _) in chosen.items()}
    for customer, project in projects.items():
        theirs = sum(
            Decimal(amount)
            for ref, amount in totals["customers"].items()
            if look_up(ref, {ref: "", **parents}, subs) == customer
        )
        costs = count_project(project)
        ours = [group for group in costs.groups if group.signature.kind != "time"]
        assert sum((group.tally for group in ours), Tally()).amount == theirs
        assert costs.difference == 0
        assert costs.counted.lines + costs.excluded.lines == costs.total.lines


@contextmanager
def connected(sandbox: Sandbox, number: int) -> Iterator[tuple[Books, Realm]]:
    realm = sandbox.open_company()
    company = Company.objects.create(name=f"Builder {number}", slug=f"builder-{number}")
    try:
        with scope(company=company):
            yield Books(company, connect(realm, company)), realm
    finally:
        realm.close()


numbers = count(1)


@given(rounds=st.lists(st.lists(deeds, min_size=1, max_size=12), min_size=1, max_size=4), chosen=links)
@examples(
    max_examples=8,
    deadline=None,
    phases=[Phase.reuse, Phase.generate],  # making a failure smaller would take hours of syncs
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
        HealthCheck.filter_too_much,
    ],
)
def test_after_every_sync_the_budget_holds_what_the_books_hold(
    rounds: list[list[Deed]], chosen: Links, sandbox: Sandbox, settings: Settings
) -> None:
    use_sandbox(settings, sandbox)
    with connected(sandbox, next(numbers)) as (books, realm):
        projects = open_projects(books, chosen)
        bookkeeper = Bookkeeper(realm)
        for work in rounds:
            for deed in work:
                bookkeeper.do(deed)
            sync(books.connection)
            totals = realm.fetch_totals()
            check_customers(books.connection, totals)
            check_projects(projects, chosen, realm, totals)
        check_that_nothing_moves(books.connection)


def check_that_nothing_moves(connection: Connection) -> None:
    before = stored(connection)

    for is_full in (False, True):
        run = sync(connection, is_full=is_full)
        changes = list(run.changes.values_list("entity", "quickbooks_id", "action"))
        assert (changes, run.changed_count, run.deleted_count) == ([], 0, 0)
        assert stored(connection) == before

    rebuild_cost_lines(connection)
    assert stored(connection) == before
