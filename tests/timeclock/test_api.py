"""The time clock for programs (R29–R31, R38)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from budgets.models import BudgetLine
from ressio.scoping import scope
from tests.support.api import Answer, Program
from tests.support.cast import Cast
from timeclock.models import Shift

NOW = datetime(2026, 11, 18, 17, tzinfo=UTC)  # noon in New York


@pytest.fixture
def ridge(cast: Cast) -> Iterator[Cast]:
    with scope(company=cast.ridge):
        BudgetLine.objects.create(company=cast.ridge, project=cast.ridge_house, cost_code=cast.framing)
    with time_machine.travel(NOW, tick=False):
        yield cast


def test_a_day_at_the_clock(ridge: Cast) -> None:
    fred = Program(ridge.fred)
    choice: dict[str, Any] = {"project_id": ridge.ridge_house.pk, "cost_code_id": ridge.framing.pk}

    def tap(deed: str, key: str, **values: Any) -> Answer:
        fred.client.defaults["HTTP_IDEMPOTENCY_KEY"] = key
        return fred.post(f"clock/{deed}", **values)

    free = fred.get("clock").body
    assert (free["running"], free["shift_types"]) == (None, [])
    assert free["projects"] == [
        {
            "id": ridge.ridge_house.pk,
            "name": "Ridge House",
            "cost_codes": [{"id": ridge.framing.pk, "name": "0500 Framing"}],
        }
    ]
    assert tap("out", "0").status == 409
    begun = [tap("in", "1", **choice, at="2026-11-18T12:00:00Z", place="40.7, -74.0") for _ in range(2)]
    assert [(answer.status, answer.body["id"]) for answer in begun] == [(200, begun[0].body["id"])] * 2
    assert begun[0].body["started_at"] == "2026-11-18T12:00:00Z"
    assert begun[0].body["history"][0]["fields_changed"] == [["Time", "", "07:00, sent at 12:00"]]
    assert tap("in", "2", **choice).status == 409
    assert tap("in", "3", **choice, at="2026-11-10T12:00:00Z").body["errors"].keys() == {"at"}
    assert tap("switch", "4", project_id=ridge.ridge_barn.pk).body["errors"].keys() == {"project_id"}
    assert tap("break", "5").body["breaks"][0]["ended_at"] is None
    with time_machine.travel(NOW + timedelta(minutes=20), tick=False):
        assert tap("end-break", "6").body["breaks"][0]["was_auto_ended"] is False
        second = tap("switch", "7", project_id=ridge.ridge_house.pk).body
        assert (second["marks"], second["is_running"]) == (["no_code"], True)
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        done = tap("out", "8").body
    assert (done["id"], done["hours"]) == (second["id"], "1.6667")
    listed = fred.get("shifts", state="draft", first_day="2026-11-18").body["results"]
    assert [(shift["hours"], shift["start_place"]) for shift in listed] == [
        ("1.6667", ""),
        ("5.0000", "40.7, -74.0"),
    ]


def test_recording_changing_approving(ridge: Cast) -> None:
    alice, bob, fred = Program(ridge.alice), Program(ridge.bob), Program(ridge.fred)
    values: dict[str, Any] = {
        "team_member_id": ridge.fred.pk, "project_id": ridge.ridge_house.pk, "cost_code_id": ridge.framing.pk,
        "worked_on": "2026-11-16", "started": "07:00", "ended": "15:30",
        "breaks": [{"started": "12:00", "ended": "12:30"}],
    }  # fmt: skip
    assert fred.post("shifts", **values).status == 403
    made = alice.post("shifts", **values)
    assert (made.status, made.body["hours"], made.body["worker_name"]) == (201, "8.0000", "Fred")
    path = f"shifts/{made.body['id']}"
    assert alice.post("shifts", **(values | {"hours": "3.0"})).body["errors"].keys() == {"hours"}
    assert alice.post("shifts", **(values | {"worked_on": "2026-11-30"})).body["errors"].keys() == {
        "worked_on"
    }
    assert [who.get(path).status for who in (fred, bob)] == [200, 404]
    nothing = {"is_counted": False, "reason": "no_rate", "amount": None, "rate": ""}
    assert {name: made.body["in_budget"][name] for name in nothing} == nothing
    assert fred.get(path).body["in_budget"] is None
    assert fred.patch(path, description="x").status == 403
    later = alice.patch(path, ended="16:00", is_billable=False).body
    assert (later["hours"], later["is_billable"], later["started_at"]) == (
        "8.5000",
        False,
        "2026-11-16T12:00:00Z",
    )
    by_hours = alice.patch(path, hours="2.5").body
    assert (by_hours["hours"], by_hours["started_at"], by_hours["breaks"]) == ("2.5000", None, [])
    whole = alice.put(
        path, **{name: values[name] for name in ("project_id", "worked_on", "started", "ended")}
    ).body
    assert (whole["hours"], whole["marks"]) == ("8.5000", ["no_code"])
    assert alice.post(f"{path}/approve").status == 409
    assert [
        alice.get("shifts", project_id=10**30).status,
        alice.post("shifts/approve", shift_ids=[10**30]).status,
    ] == [
        400,
        400,
    ]
    alice.patch(path, cost_code_id=ridge.framing.pk)
    approved = alice.post("shifts/approve", shift_ids=[made.body["id"], 10**6]).body
    assert approved == {
        "approved": [made.body["id"]],
        "refused": [{"shift_id": 10**6, "reason": "There is no such shift."}],
    }
    assert [alice.patch(path, description="x").status, alice.delete(path).status] == [409, 409]
    assert alice.post(f"{path}/take-back").body["state"] == "draft"
    assert alice.post(f"{path}/approve").body["state"] == "approved"
    assert alice.post(f"{path}/take-back").status == 200
    assert alice.delete(path).status == 204
    with scope(company=ridge.ridge):
        assert Shift.objects.count() == 0
