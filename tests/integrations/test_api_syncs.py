"""API: start a sync and follow it; issues."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from pytest_django import Settings

from integrations.models import Connection, ConnectionStatus, SyncIssue, SyncRun, SyncStep
from integrations.sync import perform_sync
from ressio.models import Project
from ressio.scoping import scope
from tests.integrations.api_books import Ridge, open_ridge
from tests.integrations.sync.books import bill, load
from tests.support.api import Program
from tests.support.cast import Cast
from tests.support.quickbooks import connect, use_sandbox
from tests.support.sandbox import Realm, Sandbox

OPENED = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fresh_request_limits() -> None:
    cache.clear()


@pytest.fixture
def ridge(cast: Cast) -> Ridge:
    return open_ridge(cast)


def make_run(ridge: Ridge, **values: Any) -> SyncRun:
    with scope(company=ridge.cast.ridge):
        fields = {"kind": "expenses", "trigger": "button", "status": "succeeded"} | values
        run: SyncRun = SyncRun.objects.create(company=ridge.cast.ridge, connection=ridge.connection, **fields)
        return run


def count_runs(cast: Cast) -> int:
    with scope(company=cast.ridge):
        return int(SyncRun.objects.count())


def sync_address(project: Project) -> str:
    return f"projects/{project.pk}/sync"


# The whole way, over HTTP -------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_sync_is_started_and_followed_to_its_end(
    cast: Cast, realm: Realm, sandbox: Sandbox, settings: Settings
) -> None:
    use_sandbox(settings, sandbox)
    with scope(company=cast.ridge):
        connect(realm, cast.ridge, user=cast.alice.user)
    load(realm, [bill(1), bill(2)])
    bob = Program(cast.bob)

    started = bob.post(sync_address(cast.ridge_house))
    waiting = bob.fetch(started.headers["Location"]).body
    perform_sync(started.body["id"])
    ended = bob.get(f"quickbooks/sync-runs/{started.body['id']}")

    assert (started.status, waiting["status"], waiting["is_active"]) == (202, "queued", True)
    assert (ended.body["status"], ended.body["is_active"], ended.body["error"]) == ("succeeded", False, "")
    bills = [step for step in ended.body["steps"] if step["name"] == "Bills"]
    assert [(step["status"], step["done"], step["total"]) for step in bills] == [("succeeded", 2, 2)]
    assert ended.body["changed_count"] >= 2
    status = Program(cast.alice).get("quickbooks").body
    assert (status["active_run_id"], status["expenses_as_of"] is not None) == (None, True)


# Starting -----------------------------------------------------------------------------------------------------------


def test_a_second_one_joins_the_first(ridge: Ridge) -> None:
    first = ridge.bob.post(sync_address(ridge.cast.ridge_house))
    second = ridge.alice.post("quickbooks/sync-runs", kind="all")

    told = {key: first.body[key] for key in ("kind", "trigger", "project_id", "requested_by", "was_joined")}
    assert told == {
        "kind": "expenses",
        "trigger": "api",
        "project_id": ridge.cast.ridge_house.pk,
        "requested_by": "Bob",
        "was_joined": False,
    }
    assert (first.status, first.body["message"]) == (202, "Sync started.")
    assert (second.status, second.body["id"], second.body["was_joined"]) == (202, first.body["id"], True)
    assert second.body["message"] == "A sync is running already; this one joined it."
    assert count_runs(ridge.cast) == 1


def test_a_full_sync_may_be_asked_for(ridge: Ridge) -> None:
    body = ridge.alice.post("quickbooks/sync-runs", kind="lists", is_full=True).body

    assert (body["kind"], body["is_full"], body["project_id"]) == ("lists", True, None)


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({}, {"kind": ["This field is required."]}),
        ({"kind": "some"}, {"kind": ['"some" is not a valid choice.']}),
        ({"kind": "all", "is_full": "perhaps"}, {"is_full": ["Must be a valid boolean."]}),
    ],
)
def test_a_sync_of_nothing_known(ridge: Ridge, values: Any, errors: Any) -> None:
    answer = ridge.alice.ask("POST", "quickbooks/sync-runs", values)

    assert (answer.status, answer.body["errors"], count_runs(ridge.cast)) == (400, errors, 0)


@pytest.mark.parametrize(
    ("status", "detail"),
    [
        (ConnectionStatus.RECONNECT_NEEDED, "The sign-in to QuickBooks Online has ended. Reconnect first."),
        (ConnectionStatus.DISCONNECTED, "This company is not connected to QuickBooks Online."),
    ],
)
def test_without_a_usable_connection_nothing_starts(ridge: Ridge, status: str, detail: str) -> None:
    with scope(company=ridge.cast.ridge):
        Connection.objects.update(status=status)

    answers = [
        ridge.alice.post("quickbooks/sync-runs", kind="all"),
        ridge.bob.post(sync_address(ridge.cast.ridge_house)),
    ]

    assert [(answer.status, answer.body) for answer in answers] == [(409, {"detail": detail})] * 2
    assert count_runs(ridge.cast) == 0


def test_who_may_start_and_follow(ridge: Ridge) -> None:
    cast, run = ridge.cast, make_run(ridge)
    people = (ridge.alice, ridge.bob, ridge.fred)

    assert [who.post("quickbooks/sync-runs", kind="all").status for who in people] == [202, 403, 403]
    assert [who.post(sync_address(cast.ridge_house)).status for who in people] == [202, 202, 403]
    assert [who.post(sync_address(cast.ridge_barn)).status for who in people] == [202, 404, 403]
    assert [who.get(f"quickbooks/sync-runs/{run.pk}").status for who in people] == [200, 200, 403]
    assert [who.get("quickbooks/sync-runs").status for who in people] == [200, 403, 403]
    assert [who.get("quickbooks/issues").status for who in people] == [200, 403, 403]
    charlie = Program(cast.charlie)
    assert charlie.get(f"quickbooks/sync-runs/{run.pk}").status == 404
    charlie.base = ridge.alice.base
    assert charlie.post("quickbooks/sync-runs", kind="all").status == 404


# The log ------------------------------------------------------------------------------------------------------------


def test_a_run_with_its_steps(ridge: Ridge) -> None:
    run = make_run(
        ridge, status="failed", error="Try again.", error_code="610", requested_at=OPENED, request_count=3
    )
    with scope(company=ridge.cast.ridge):
        for position, (name, done) in enumerate([("Vendors", 4), ("Bills", 0)]):
            SyncStep.objects.create(
                company=ridge.cast.ridge, run=run, position=1 - position, name=name, done=done
            )

    body = ridge.alice.get(f"quickbooks/sync-runs/{run.pk}").body

    assert [(step["name"], step["done"], step["total"]) for step in body.pop("steps")] == [
        ("Bills", 0, None),
        ("Vendors", 4, None),
    ]
    assert body == {
        "id": run.pk,
        "kind": "expenses",
        "is_full": False,
        "project_id": None,
        "trigger": "button",
        "requested_by": None,
        "status": "failed",
        "is_active": False,
        "requested_at": "2026-03-01T08:00:00Z",
        "started_at": None,
        "finished_at": None,
        "request_count": 3,
        "changed_count": 0,
        "deleted_count": 0,
        "error": "Try again.",
        "error_code": "610",
        "note": "",
    }


def test_runs_are_listed_latest_first_and_chosen_from(ridge: Ridge) -> None:
    histories: list[dict[str, Any]] = [{}, {"changed_count": 2}, {"status": "failed"}]
    old, changed, failed = (
        make_run(ridge, requested_at=OPENED + timedelta(hours=hour), **values)
        for hour, values in enumerate(histories)
    )

    found = {
        show: [row["id"] for row in ridge.alice.list_all("quickbooks/sync-runs", show=show, limit=2)]
        for show in ("all", "changes", "failed")
    }

    assert found == {"all": [failed.pk, changed.pk, old.pk], "changes": [changed.pk], "failed": [failed.pk]}
    assert ridge.alice.get("quickbooks/sync-runs", show="some").status == 400


def make_issue(ridge: Ridge, reason: str, **values: Any) -> None:
    with scope(company=ridge.cast.ridge):
        fields = {"subject_type": "item", "subject_id": "20", "subject_label": "Framing", "title": reason}
        SyncIssue.objects.create(
            company=ridge.cast.ridge,
            connection=ridge.connection,
            reason=reason,
            opened_at=OPENED,
            last_seen_at=OPENED,
            way_out="Link it.",
            **fields,
            **values,
        )


def test_issues_are_chosen_by_state_and_level(ridge: Ridge) -> None:
    make_issue(ridge, "item_not_linked", amount=Decimal("75.2"), line_count=2, hours=Decimal("7.5"))
    make_issue(ridge, "category_line", amount=Decimal("900"))
    make_issue(ridge, "credits_off", level="setting")
    make_issue(ridge, "no_rate", resolved_at=OPENED)

    def reasons(**query: str) -> list[str]:
        return [row["reason"] for row in ridge.alice.get("quickbooks/issues", **query).body["results"]]

    assert reasons() == reasons(state="open") == ["category_line", "item_not_linked", "credits_off"]
    assert reasons(state="resolved") == ["no_rate"]
    assert reasons(state="all", level="problem") == ["category_line", "item_not_linked", "no_rate"]
    assert ridge.alice.get("quickbooks/issues", state="some").status == 400
    row = ridge.alice.get("quickbooks/issues").body["results"][1]
    assert row.pop("id")
    assert row == {
        "reason": "item_not_linked",
        "level": "problem",
        "subject_type": "item",
        "subject_id": "20",
        "subject_label": "Framing",
        "title": "item_not_linked",
        "way_out": "Link it.",
        "fix_url": "",
        "fix_label": "",
        "amount": "75.20",
        "line_count": 2,
        "hours": "7.50",
        "opened_at": "2026-03-01T08:00:00Z",
        "last_seen_at": "2026-03-01T08:00:00Z",
        "resolved_at": None,
    }
