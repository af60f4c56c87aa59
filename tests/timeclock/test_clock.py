"""In, switch, break, out: two taps make one shift, one shift runs for a person, lengths add up (R29, R37, R38)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from budgets.models import BudgetLine, CostLine
from integrations.models import CostCodeLink, ProjectLink
from ressio.models import Activity, ClockShown, CostCode, MemberRate
from ressio.scoping import scope
from tests.support.cast import Cast
from tests.support.quickbooks import make_connection
from timeclock.choices import clockable_codes, shift_types_of
from timeclock.clock import clock_in, clock_out, end_break, running_shift, seconds_of, start_break, switch_to
from timeclock.durations import LONGEST_BREAK
from timeclock.errors import ShiftRefused
from timeclock.models import Break, Shift
from timeclock.tasks import look_after_shifts
from timeclock.upkeep import end_breaks, tell_forgotten

SEVEN = datetime(2026, 6, 1, 11, tzinfo=UTC)  # 07:00 in New York


def after(hours: float) -> datetime:
    return SEVEN + timedelta(hours=hours)


@pytest.fixture
def ridge(cast: Cast) -> Iterator[Cast]:
    with scope(company=cast.ridge):
        BudgetLine.objects.create(company=cast.ridge, project=cast.ridge_house, cost_code=cast.framing)
        yield cast


def begin(cast: Cast, key: str = "in", **how: object) -> Shift:
    values = {"project": cast.ridge_house, "cost_code": cast.framing, "now": SEVEN} | how
    return clock_in(member=cast.fred, key=key, **values)  # type: ignore[arg-type]


def test_a_day_with_a_break_and_a_switch(ridge: Cast) -> None:
    """Every tap is sent twice, as on a bad connection: the second changes nothing."""
    fred = ridge.fred
    for _ in range(2):
        shift = begin(ridge, place="40.71280, -74.00600", description=" Walls ")
    for _ in range(2):
        pause = start_break(shift=shift, member=fred, key="b1", now=after(2))
    for _ in range(2):
        end_break(shift=shift, member=fred, key="b2", now=after(2.25))
    start_break(shift=shift, member=fred, key="b3", now=after(3))
    for _ in range(2):
        second = switch_to(member=fred, project=ridge.ridge_house, cost_code=None, key="switch", now=after(5))
    for _ in range(2):
        done = clock_out(shift=second, member=fred, key="out", now=after(9), place="somewhere")
    first = Shift.objects.get(pk=shift.pk)
    assert (Shift.objects.count(), Break.objects.count()) == (2, 2)
    # Fifteen minutes, and thirty of the break that nobody ended.
    assert (first.ended_at, first.worked_seconds) == (second.started_at, (5 - 0.25 - 0.5) * 3600)
    assert (first.start_place, first.description, done.end_place) == ("40.71280, -74.00600", "Walls", "")
    assert (done.worked_seconds, running_shift(fred)) == (4 * 3600, None)
    assert pause.shift_id == first.pk
    assert list(first.changes.order_by("pk").values_list("what", flat=True)) == [
        "clocked in",
        "started a break",
        "ended the break",
        "started a break",
        "the break ended by itself after thirty minutes",
        "switched away",
    ]
    assert Activity.objects.filter(actor=fred.user).count() == 7
    with pytest.raises(ShiftRefused, match="This shift ended at 16:00 already"):
        clock_out(shift=second, member=fred, key="another tap", now=after(10))


def test_one_shift_runs_for_a_person(ridge: Cast) -> None:
    shift = begin(ridge)
    with pytest.raises(ShiftRefused, match="clocked in already on Ridge House since 07:00") as refused:
        begin(ridge, key="another", now=after(1))
    assert refused.value.code == "running"
    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.create(
            company=ridge.ridge,
            team_member=ridge.fred,
            started_at=after(1),
            worked_on=SEVEN.date(),
            zone="UTC",
        )
    refusals = {
        "You are on this already. Choose another project or cost code.": lambda: switch_to(
            member=ridge.fred, project=ridge.ridge_house, cost_code=ridge.framing, key="s", now=after(1)
        ),
        "somebody else's": lambda: clock_out(shift=shift, member=ridge.bob, key="o", now=after(1)),
        "You are not clocked in.": lambda: switch_to(
            member=ridge.bob, project=ridge.ridge_house, cost_code=None, key="s", now=after(1)
        ),
        "not on a break": lambda: end_break(shift=shift, member=ridge.fred, key="e", now=after(1)),
        "cannot clock on Ridge Barn": lambda: clock_in(
            member=ridge.bob, project=ridge.ridge_barn, cost_code=None, key="b", now=after(1)
        ),
        "began only at 07:00": lambda: clock_out(
            shift=shift, member=ridge.fred, key="o", now=after(1), at=after(-1)
        ),
        "three days": lambda: clock_out(shift=shift, member=ridge.fred, key="o", now=after(80), at=after(1)),
    }
    for sentence, deed in refusals.items():
        with pytest.raises(ShiftRefused, match=sentence):
            deed()
    start_break(shift=shift, member=ridge.fred, key="b", now=after(1))
    with pytest.raises(ShiftRefused, match="on a break already"):
        start_break(shift=shift, member=ridge.fred, key="b2", now=after(1.1))
    with pytest.raises(ShiftRefused, match="ended by itself at 08:30"):
        end_break(shift=shift, member=ridge.fred, key="b2", now=after(2))


def test_a_tap_that_was_kept_counts_from_when_it_was_made(ridge: Cast) -> None:
    """A phone's clock that runs ahead is not believed."""
    shift = begin(ridge, now=after(3), at=after(0.5))
    assert (shift.started_at, shift.recorded_at) == (after(0.5), after(3))
    assert shift.changes.get().fields == [["Time", "", "07:30, sent at 10:00"]]
    assert (
        clock_out(shift=shift, member=ridge.fred, key="o", now=after(4), at=after(9)).worked_seconds
        == 3.5 * 3600
    )
    # Two phones: a break tapped on one, after the other had said when the work ended.
    second = begin(ridge, "in2", now=after(5))
    start_break(shift=second, member=ridge.fred, key="b", now=after(7))
    done = clock_out(shift=second, member=ridge.fred, key="o2", now=after(7.1), at=after(6.5))
    assert (done.worked_seconds, done.breaks.count()) == (1.5 * 3600, 0)


def test_what_the_clock_does_by_itself(ridge: Cast) -> None:
    """A forgotten shift is asked about once, and never ended."""
    shift = begin(ridge)
    start_break(shift=shift, member=ridge.fred, key="b", now=after(1))
    assert (end_breaks(now=after(1.4)), end_breaks(now=after(1.5)), end_breaks(now=after(2))) == (0, 1, 0)
    ended = Break.objects.get()
    assert (ended.ended_at, ended.was_auto_ended) == (ended.started_at + LONGEST_BREAK, True)
    assert (tell_forgotten(now=after(14)), tell_forgotten(now=after(15)), tell_forgotten(now=after(16))) == (
        0,
        1,
        0,
    )
    look_after_shifts()
    (letter,) = mail.outbox
    assert (letter.to, "since 07:00: more than fourteen" in " ".join(letter.body.split())) == (
        [ridge.fred.email],
        True,
    )
    running = running_shift(ridge.fred)
    assert running is not None
    assert seconds_of(running, now=after(20)) == 19.5 * 3600


def test_which_codes_and_types_the_clock_offers(ridge: Cast) -> None:
    """R38: a code is used by a project that has a budget line or a cost on it."""
    house, company = ridge.ridge_house, ridge.ridge
    always, never, paint, tile, _unused = (
        CostCode.objects.create(company=company, name=name, shown_in_clock=shown)
        for name, shown in [
            ("1 Always", ClockShown.ALWAYS),
            ("2 Never", ClockShown.NEVER),
            ("3 Paint", ClockShown.IF_USED),
            ("4 Tile", ClockShown.IF_USED),
            ("5 Unused", ClockShown.IF_USED),
        ]
    )
    BudgetLine.objects.create(company=company, project=house, cost_code=never)
    connection = make_connection(company, realm_id="1")
    shared = {"company": company, "connection": connection}
    ProjectLink.objects.create(**shared, project=house, customer_ref="7")
    CostCodeLink.objects.create(**shared, cost_code=paint, item_ref="9")
    line = {"entity": "Bill", "document_ref": "1", "kind": "bill", "amount": Decimal("5.00")}
    CostLine.objects.create(**shared, **line, line_ref="1", customer_ref="7", item_ref="9")
    CostLine.objects.create(
        **{**line, "entity": "OwnBill"}, company=company, project=house, cost_code=tile, line_ref="2"
    )
    assert clockable_codes(house) == [ridge.framing, always, paint, tile]
    assert clockable_codes(ridge.ridge_barn) == [always]
    with pytest.raises(ShiftRefused, match="“2 Never” cannot be clocked on Ridge House"):
        begin(ridge, cost_code=never)
    for name, is_default in (("Overtime", False), ("Standard", True)):
        MemberRate.objects.create(
            company=company,
            team_member=ridge.fred,
            shift_type=name,
            is_default=is_default,
            starts_on=SEVEN.date(),
        )
    assert shift_types_of(ridge.fred) == ["Standard", "Overtime"]
    assert begin(ridge, cost_code=paint, shift_type="Overtime").shift_type == "Overtime"
    with pytest.raises(ShiftRefused, match="no shift type “PTO”"):
        clock_in(member=ridge.bob, project=house, cost_code=None, shift_type="PTO", key="x", now=SEVEN)
