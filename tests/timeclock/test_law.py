"""The tie-out law with time of both origins: counted + left out = all there is, each hour once, at its rate (N3, N11).

Shifts approved here and entries of QuickBooks come, arrive, change and go in any order, and rates with them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from budgets.counting import count_project
from budgets.tie_out import check_documents
from integrations.models import Push, PushState
from ressio.models import CostCode, Project, Role, TeamMember
from ressio.money import round_cents
from ressio.people.rates import add_rate, remove_rate
from ressio.scoping import scope
from tests.budgets.books import Books, open_books
from tests.budgets.documents import Json
from tests.support.cast import make_member
from timeclock.approval import approve_shift
from timeclock.errors import ShiftRefused
from timeclock.models import Shift, ShiftOrigin
from timeclock.pushes import KIND
from timeclock.taking_back import take_back_approval

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
FIRST_DAY = date(2026, 3, 1)
TYPES = ("", "Standard", "Overtime")


@dataclass
class Worked:
    """What is true of one piece of time, in plain values."""

    day: date
    seconds: int
    shift_type: str = ""
    cost_rate: Decimal = Decimal(0)
    """What the entry itself says."""
    shift: Shift | None = None
    entry: Json = field(default_factory=dict)
    """As QuickBooks has it; empty while it does not."""
    is_live: bool = True


@dataclass
class World:
    books: Books
    admin: TeamMember
    emily: TeamMember
    project: Project
    code: CostCode
    work: list[Worked] = field(default_factory=list)
    rates: dict[tuple[str, date], Decimal] = field(default_factory=dict)

    def approve(self, day: int, seconds: int, shift_type: str) -> None:
        when = FIRST_DAY + timedelta(days=day)
        shift = Shift.objects.create(
            company=self.books.company,
            team_member=self.emily,
            project=self.project,
            cost_code=self.code,
            shift_type=shift_type,
            zone="UTC",
            worked_on=when,
            worked_seconds=seconds,
            recorded_at=NOW,
        )
        approve_shift(shift=shift, member=self.admin, now=NOW)
        self.work.append(Worked(when, seconds, shift_type, shift=shift))

    def enter_there(self, day: int, seconds: int, cost_rate: int) -> None:
        when = FIRST_DAY + timedelta(days=day)
        piece = Worked(when, seconds, cost_rate=Decimal(cost_rate))
        self.work.append(piece)
        self._store(piece)

    def _store(self, piece: Worked) -> None:
        number = piece.entry.get("Id") or str(1000 + len(self.work) * 50 + self.work.index(piece))
        piece.entry = {
            "Id": number,
            "NameOf": "Employee",
            "EmployeeRef": {"value": "70"},
            "TxnDate": piece.day.isoformat(),
            "Hours": piece.seconds // 3600,
            "Minutes": piece.seconds // 60 % 60,
            "Seconds": piece.seconds % 60,
            "CustomerRef": {"value": "1"},
            "ItemRef": {"value": "20"},
            "BillableStatus": "Billable",
            "CostRate": piece.cost_rate,
            "MetaData": {"CreateTime": NOW.isoformat()},
        }
        self.books.store("TimeActivity", piece.entry)

    def arrive(self, which: int) -> None:
        """A sync brings the entry while the answer is out."""
        piece = self._pick(which, lambda each: each.shift is not None and not each.entry and each.is_live)
        if piece is not None and piece.shift is not None:
            push = Push.objects.get(kind=KIND, subject_id=str(piece.shift.pk), state=PushState.WAITING)
            payload = (
                f'{{"NameOf":"Employee","EmployeeRef":{{"value":"70"}},"TxnDate":"{piece.day}",'
                f'"Seconds":{piece.seconds},"CustomerRef":{{"value":"1"}},"ItemRef":{{"value":"20"}}}}'
            )
            push.state, push.payload, push.first_sent_at = PushState.UNKNOWN, payload, NOW
            push.save()
            self._store(piece)

    def edit_there(self, which: int, seconds: int) -> None:
        piece = self._pick(which, lambda each: bool(each.entry) and each.is_live)
        if piece is not None:
            piece.seconds = seconds
            self._store(piece)

    def delete_there(self, which: int) -> None:
        piece = self._pick(which, lambda each: bool(each.entry) and each.is_live)
        if piece is not None:
            self.books.delete("TimeActivity", piece.entry["Id"])
            piece.is_live = False

    def take_back(self, which: int) -> None:
        piece = self._pick(which, lambda each: each.shift is not None and each.is_live)
        if piece is None or piece.shift is None:
            return
        try:
            take_back_approval(shift=piece.shift, member=self.admin, now=NOW)
        except ShiftRefused:
            assert piece.entry
        else:
            assert not piece.entry
            piece.is_live = False

    def set_rate(self, shift_type: str, day: int, rate: int) -> None:
        when, name = FIRST_DAY + timedelta(days=day), shift_type or "Standard"
        assert self.admin.user is not None
        for old in self.emily.rates.filter(shift_type=name, starts_on=when):
            remove_rate(rate=old, actor=self.admin.user)
        add_rate(
            member=self.emily,
            actor=self.admin.user,
            shift_type=name,
            starts_on=when,
            cost_rate=Decimal(rate),
            billable_rate=None,
            is_default=name == "Standard",
        )
        self.rates[name, when] = Decimal(rate)

    def _pick(self, which: int, fits: Any) -> Worked | None:
        found = [each for each in self.work if fits(each)]
        return found[which % len(found)] if found else None

    # What it must come to -------------------------------------------------------------------------------------------

    def worth(self, piece: Worked) -> Decimal | None:
        rate = piece.cost_rate or self._in_force(piece.shift_type or "Standard", piece.day)
        rate = rate or self._in_force("Standard", piece.day)
        return round_cents(piece.seconds * rate / 3600) if rate else None

    def _in_force(self, name: str, day: date) -> Decimal | None:
        begun = [start for kind, start in self.rates if kind == name and start <= day]
        return self.rates[name, max(begun)] if begun else None


days, lengths = st.integers(0, 9), st.sampled_from([60, 3600, 5407, 28_800, 30_659])
places = st.integers(0, 5)
happenings = st.one_of(
    st.tuples(st.just("approve"), days, lengths, st.sampled_from(TYPES)),
    st.tuples(st.just("approve"), days, lengths, st.sampled_from(TYPES)),
    st.tuples(st.just("enter_there"), days, lengths, st.sampled_from([0, 0, 40])),
    st.tuples(st.just("arrive"), places),
    st.tuples(st.just("arrive"), places),
    st.tuples(st.just("edit_there"), places, lengths),
    st.tuples(st.just("delete_there"), places),
    st.tuples(st.just("take_back"), places),
    st.tuples(st.just("set_rate"), st.sampled_from(TYPES[1:]), days, st.sampled_from([31, 55])),
)


@contextmanager
def a_world() -> Iterator[World]:
    """One that vanishes when the example ends."""
    with transaction.atomic():
        books = open_books()
        with scope(company=books.company):
            books.employee("70")
            books.customer("1")
            books.item("20")
            emily = books.member("Emily", "70")
            project = books.project("House", "1", time_tracking=True)
            admin = make_member(books.company, "Alice", Role.ADMIN)
            yield World(books, admin, emily, project, books.cost_code("Framing", "20"))
        transaction.set_rollback(True)


OVERTIME_THERE = [
    ("set_rate", "Standard", 0, 31),
    ("set_rate", "Overtime", 0, 55),
    ("approve", 3, 5407, "Overtime"),
    ("arrive", 0),
    ("set_rate", "Overtime", 2, 31),
    ("edit_there", 0, 3600),
]


@given(story=st.lists(happenings, min_size=4, max_size=14))
@example(story=OVERTIME_THERE)
@example(story=OVERTIME_THERE[:4])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_hour_once_at_its_own_rate(story: list[tuple[Any, ...]]) -> None:
    with a_world() as world:
        for name, *values in story:
            getattr(world, name)(*values)
        live = [each for each in world.work if each.is_live]
        worths = [world.worth(each) for each in live]

        costs = count_project(world.project)
        assert check_documents(costs).differences == []
        assert (costs.total.lines, costs.total.seconds) == (len(live), sum(each.seconds for each in live))
        assert costs.counted.amount == sum((worth for worth in worths if worth), Decimal(0))
        assert costs.counted.seconds == sum(
            each.seconds for each, worth in zip(live, worths, strict=True) if worth is not None
        )
        assert costs.difference == 0
        ours = [each for each in world.work if each.shift]
        assert Shift.objects.filter(origin=ShiftOrigin.QUICKBOOKS).count() == len(world.work) - len(ours)
