"""The pages: taps by form and by script, the grid, approving with numbers, the history, cost codes (R30, R38)."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from budgets.models import BudgetLine
from ressio.models import Activity, ClockShown, CostCode, Role
from ressio.scoping import scope
from tests.support.cast import Cast, SignIn, make_member
from timeclock.clock import clock_in
from timeclock.models import Shift, ShiftState
from timeclock.recording import ShiftInput, record_shift

NOW = datetime(2026, 11, 18, 17, tzinfo=UTC)  # Wednesday, noon in New York
CLOCK, REVIEW = "/c/ridge/time/", "/c/ridge/time/review/"


@pytest.fixture
def ridge(cast: Cast) -> Iterator[Cast]:
    with scope(company=cast.ridge), time_machine.travel(NOW, tick=False):
        BudgetLine.objects.create(company=cast.ridge, project=cast.ridge_house, cost_code=cast.framing)
        yield cast


def text_of(html: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.decode()).split())


def tap(client: Client, deed: str, **values: Any) -> Any:
    return client.post(f"{CLOCK}tap/{deed}/", {"key": f"key of {deed}", **values})


def test_a_day_by_plain_forms(ridge: Cast, sign_in: SignIn) -> None:
    client = sign_in(ridge.fred)
    first = client.get(CLOCK)
    assert f'value="{ridge.ridge_house.pk}" selected' in first.content.decode()  # the only project
    assert "Ridge Barn" not in first.content.decode()
    choice = {"project": ridge.ridge_house.pk, "cost_code": ridge.framing.pk}
    assert tap(client, "in", **choice).status_code == 302
    shift = Shift.objects.get()
    refused = tap(client, "in", key="another one", **choice)
    assert (refused.status_code, "clocked in already" in text_of(refused.content)) == (409, True)
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        assert tap(client, "break", started=shift.client_key).status_code == 302
        page = client.get(CLOCK)
        assert "On a break since 13:00. It ends by itself at 13:30." in text_of(page.content)
        assert 'data-seconds="3600" data-break-left="1800"' in page.content.decode()
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        assert 'data-seconds="5400" data-break-left="0"' in client.get(CLOCK).content.decode()
        assert "ended by itself at 13:30" in text_of(
            tap(client, "end-break", started=shift.client_key).content
        )
        assert tap(client, "out", started=shift.client_key).status_code == 302
        done = text_of(client.get(CLOCK).content)
    assert "Clocked out at 14:00: 1.50 hours." in done
    assert "Worked today: 1.50 hours" in done


def test_a_tap_that_the_script_kept(ridge: Cast, sign_in: SignIn) -> None:
    """The answer is the clock alone, and says in its header whether the tap was taken. Sent twice it is one shift."""
    client = sign_in(ridge.fred)
    kept = {"project": ridge.ridge_house.pk, "cost_code": "", "by": "script", "age": "7200", "key": "a" * 32}
    for _ in range(2):
        answer = tap(client, "in", **kept)
        assert (answer.status_code, answer["X-Clock"]) == (200, "taken")
        assert "<html" not in answer.content.decode()
        assert "Clocked in on Ridge House at 10:00. This is when you tapped" in text_of(answer.content)
    shift = Shift.objects.get()
    assert (shift.started_at, shift.recorded_at) == (NOW - timedelta(hours=2), NOW)
    answers = [
        tap(client, "out", by="script", started="never heard of"),
        tap(client, "out", by="script", started=shift.client_key, age=str(4 * 24 * 3600)),
        tap(client, "in", **(kept | {"key": "short"})),
        tap(client, "in", **(kept | {"project": ridge.ridge_barn.pk, "key": "b" * 32})),
    ]
    assert [(answer.status_code, answer["X-Clock"]) for answer in answers] == [(409, "refused")] * 4
    assert "has not arrived here" in text_of(answers[0].content)
    assert tap(client, "nonsense").status_code == 404


def test_a_forgotten_shift(ridge: Cast, sign_in: SignIn) -> None:
    began = NOW - timedelta(hours=30)
    shift = clock_in(
        member=ridge.fred, project=ridge.ridge_house, cost_code=ridge.framing, key="yesterday", now=began
    )
    client, admin = sign_in(ridge.fred), sign_in(ridge.alice)
    assert "Did you forget to clock out?" in text_of(client.get(CLOCK).content)
    assert "Still running" in text_of(admin.get(f"{REVIEW}?status=error").content)
    for stopped, sentence in (("", "Clocked out"), ("2026-11-19T10:00", "yet to come"), ("x", "Say when")):
        if stopped:
            answer = tap(client, "out", started=shift.client_key, stopped=stopped)
            assert sentence in text_of(answer.content)
    assert tap(client, "out", started=shift.client_key, stopped="2026-11-17T15:00").status_code == 302
    shift.refresh_from_db()
    assert (shift.worked_seconds, shift.changes.order_by("-pk")[0].fields[0][2]) == (
        9 * 3600,
        "15:00, sent at 18 Nov 2026, 12:00",
    )


def record(cast: Cast, worker: Any, key: str, day: date = date(2026, 11, 16), **values: Any) -> Shift:
    given: dict[str, Any] = {
        "project": cast.ridge_house,
        "cost_code": cast.framing,
        "started": time(7),
        "ended": time(15),
    } | values
    return record_shift(
        worker=worker, given=ShiftInput(worked_on=day, **given), member=cast.alice, key=key, now=NOW
    )  # fmt: skip


def test_the_grid_and_approving_with_numbers(ridge: Cast, sign_in: SignIn) -> None:
    first = record(ridge, ridge.fred, "1")
    record(ridge, ridge.fred, "2", started=time(14), ended=time(16, 30))
    record(ridge, ridge.bob, "3", cost_code=None)
    record(ridge, ridge.bob, "4", date(2026, 11, 9), started=None, ended=None, seconds=5400)
    admin, fred = sign_in(ridge.alice), sign_in(ridge.fred)
    week = text_of(admin.get(REVIEW).content)
    for words in ("16 – 22 Nov 2026", "3 shifts · 18.50 hours draft", "Total hours 18.50", "No cost code",
                  "Approve all 2 drafts found, 10.50 hours"):  # fmt: skip
        assert words in week
    assert week.count("Overlaps") == 2
    assert "1 shift " in text_of(admin.get(f"{REVIEW}?week=2026-11-11").content)
    assert "2 shifts" in text_of(fred.get(f"{REVIEW}?week=all").content)
    assert admin.get(f"{REVIEW}?week=x").status_code == 400
    assert "4 shifts" in text_of(admin.get(f"/c/ridge/projects/{ridge.ridge_house.pk}/time/").content)
    lines = (
        admin.get(f"/c/ridge/time/review/time.csv?week=all&worker={ridge.bob.pk}")
        .content.decode()
        .splitlines()
    )
    assert [[*line.split(",")[:3], line.split(",")[7]] for line in lines[1:]] == [
        ["Bob", "2026-11-09", "Ridge House", "1.50"],
        ["Bob", "2026-11-16", "Ridge House", "8.00"],
    ]
    approve = f"{REVIEW}approve/"
    asked = admin.post(
        approve, {"which": "ticked", "shift": [s.pk for s in Shift.objects.all()], "next": REVIEW}
    )
    words = text_of(asked.content)
    for part in (
        "These 3 shifts of 2 people come to 12.00 hours",
        "1 shift: Choose a cost code first.",
        "2 × overlaps",
    ):
        assert part in words
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', asked.content.decode()))
    found = {"which": "found", "query": "", "next": REVIEW, "expected": fields["expected"]}
    changed = admin.post(approve, found)  # other shifts than those that were shown
    assert (changed.status_code, "These 2 shifts" in text_of(changed.content)) == (409, True)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', changed.content.decode()))
    done = admin.post(approve, found | {"expected": fields["expected"]}, follow=True)
    assert "2 shifts are approved: 10.50 hours." in text_of(done.content)
    first.refresh_from_db()
    assert first.state == ShiftState.APPROVED
    people = text_of(admin.get(f"{REVIEW}?by=person").content)
    assert "Bob 8.00 8.00 8.00 0.00 Fred 10.50 10.50 0.00 10.50 Total hours 18.50 18.50 0.00" in people
    assert f"worker={ridge.fred.pk}" in admin.get(f"{REVIEW}?by=person").content.decode()
    table = admin.get("/c/ridge/time/review/time.csv?by=person").content.decode().splitlines()
    assert table[2] == f"Fred,10.50,{'0.00,' * 6}0.00,10.50,10.50"
    assert "Sun 22 Draft Approved" not in text_of(fred.get(f"{REVIEW}?by=person").content)


def test_one_shift_recorded_changed_approved_and_removed(ridge: Cast, sign_in: SignIn) -> None:
    admin = sign_in(ridge.alice)
    values = {
        "worker": ridge.fred.pk, "project": ridge.ridge_house.pk, "cost_code": ridge.framing.pk, "key": "form",
        "worked_on": "2026-11-01", "started": "01:30", "ended": "09:00", "breaks": "4:00–4:30", "is_billable": "on",
    }  # fmt: skip
    asked = admin.post("/c/ridge/time/shifts/new/", values)
    assert "The clocks showed 01:30 twice" in text_of(asked.content)
    assert 'name="started_is"' in asked.content.decode()
    made = admin.post("/c/ridge/time/shifts/new/", values | {"started_is": "first"})
    shift = Shift.objects.get()
    page = f"/c/ridge/time/shifts/{shift.pk}/"
    assert (made["Location"], shift.worked_seconds) == (page, 8 * 3600)
    form = admin.get(f"{page}edit/").content.decode()
    assert 'value="04:00–04:30"' in form
    seen = re.findall(r'name="seen" value="(\w+)"', form)[0]
    wrong = admin.post(f"{page}edit/", values | {"breaks": "noon", "seen": seen})
    assert (wrong.status_code, "“noon” is no break" in text_of(wrong.content)) == (400, True)
    changed = values | {"started_is": "second", "description": "Roof", "seen": seen}
    assert admin.post(f"{page}edit/", changed).status_code == 302
    shown = text_of(admin.get(page).content)
    for words in ("Hours 8.00 7.00", "Description Roof", "04:00 – 04:30", "recorded by Alice"):
        assert words in shown
    assert "Somebody changed this shift" in text_of(admin.post(f"{page}approve/", {"seen": seen}).content)
    assert "Approved. It does not count in the budget: Time without a rate." in text_of(
        admin.post(f"{page}approve/", follow=True).content
    )
    assert admin.get(f"{page}edit/").status_code == 403
    assert "Take back the approval first" in text_of(admin.post(f"{page}remove/").content)
    assert admin.post(f"{page}take-back/").status_code == 302
    assert admin.post(f"{page}remove/").status_code == 302
    assert Shift.objects.count() == 0
    hours = admin.post(
        "/c/ridge/time/shifts/new/",
        values | {"key": "h", "started": "", "ended": "", "breaks": "", "seconds": "8:30"},
    )
    assert (hours.status_code, Shift.objects.get().worked_seconds) == (302, 8.5 * 3600)
    # Fred sees it, and with the grant changes it; nobody else finds it.
    own = f"/c/ridge/time/shifts/{Shift.objects.get().pk}/"
    assert [sign_in(who).get(own).status_code for who in (ridge.fred, ridge.bob)] == [200, 404]
    assert sign_in(ridge.fred).get(f"{own}edit/").status_code == 403
    ridge.fred.can_edit_own_time = True
    ridge.fred.save()
    form = sign_in(ridge.fred).get(f"{own}edit/").content.decode()
    assert ('name="breaks"' in form, f'data-projects="{ridge.ridge_house.pk}"' in form) == (False, True)


def test_which_codes_the_clock_shows_is_set_for_many_at_once(ridge: Cast, sign_in: SignIn) -> None:
    admin = sign_in(ridge.alice)
    roof = CostCode.objects.create(company=ridge.ridge, name="0700 Roof")
    url = "/c/ridge/settings/cost-codes/time-clock/"
    nothing = admin.post(url, {"shown": "always"})
    assert (nothing.status_code, "Tick the cost codes first." in text_of(nothing.content)) == (400, True)
    done = admin.post(url, {"shown": "always", "code": [ridge.framing.pk, roof.pk]}, follow=True)
    assert "2 cost codes changed to “Always”." in text_of(done.content)
    assert Activity.objects.latest("pk").changes == {"shown_in_clock": ["if_used", "always"]}
    assert set(CostCode.objects.values_list("shown_in_clock", flat=True)) == {ClockShown.ALWAYS}
    assert text_of(admin.get("/c/ridge/settings/cost-codes/").content).count("Always") == 2


def test_a_week_of_two_hundred_people_takes_as_many_queries_as_one_of_two(
    ridge: Cast, sign_in: SignIn
) -> None:
    admin = sign_in(ridge.alice)

    def count(ask: Callable[[], Any]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert ask().status_code == 200
        return len(queries)

    record(ridge, ridge.fred, "1")
    admin.get(REVIEW)
    few = count(lambda: admin.get(REVIEW))
    workers = [make_member(ridge.ridge, f"Worker{n}", Role.FIELD) for n in range(3)]
    Shift.objects.bulk_create(
        Shift(
            company=ridge.ridge, team_member=workers[n % 3], project=ridge.ridge_house, cost_code=ridge.framing,
            worked_on=date(2026, 11, 16) + timedelta(days=n % 7), zone="America/New_York", worked_seconds=3600,
            started_at=NOW - timedelta(hours=5 * n), ended_at=NOW - timedelta(hours=5 * n - 4),
        )
        for n in range(250)
    )  # fmt: skip
    assert count(lambda: admin.get(REVIEW)) == few
    page = text_of(admin.get(f"{REVIEW}?page=3").content)
    assert ("251 shifts" in page, "Page 3 of 3" in page) == (True, True)
