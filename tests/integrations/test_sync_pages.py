"""The pages of syncing: who may see them, what they say, what they start."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integrations.issues import RECONNECT_NEEDED
from integrations.models import (
    ChangeAction,
    Connection,
    ConnectionStatus,
    Document,
    Exchange,
    Feed,
    IssueLevel,
    RunStatus,
    SyncChange,
    SyncIssue,
    SyncRun,
    SyncStep,
)
from integrations.registry import ENTITIES
from integrations.sync_log import describe_health
from ressio.scoping import scope
from tests.support.cast import Cast, SignIn
from tests.support.quickbooks import make_connection

NOW = timezone.now()


@pytest.fixture
def connection(cast: Cast) -> Iterator[Connection]:
    with scope(company=cast.ridge):
        yield make_connection(cast.ridge, realm_id="4620816365000000001")


@pytest.fixture
def alice(cast: Cast, sign_in: SignIn) -> Client:
    return sign_in(cast.alice)


def url(name: str, **kwargs: Any) -> str:
    return reverse(name, kwargs={"company": "ridge", **kwargs})


def make_run(connection: Connection, status: str = RunStatus.SUCCEEDED, **values: Any) -> SyncRun:
    ended = {} if status in (RunStatus.QUEUED, RunStatus.RUNNING) else {"finished_at": NOW}
    return SyncRun.objects.create(
        company=connection.company,
        connection=connection,
        **{
            "kind": "all",
            "trigger": "button",
            "status": status,
            "started_at": NOW - timedelta(seconds=125),
            **ended,
            **values,
        },
    )


def make_step(run: SyncRun, position: int, name: str, **values: Any) -> SyncStep:
    return SyncStep.objects.create(company=run.company, run=run, position=position, name=name, **values)


def make_issue(connection: Connection, **values: Any) -> SyncIssue:
    return SyncIssue.objects.create(
        **{
            "company": connection.company,
            "connection": connection,
            "reason": "unlinked_item",
            "subject_type": "item",
            "subject_id": "3",
            "subject_label": "Framing & Trim",
            "title": "No cost code for Framing & Trim",
            "way_out": "Link the product to a cost code.",
            "fix_url": "/c/ridge/settings/cost-codes/",
            "fix_label": "Link it",
            "amount": Decimal("1234.50"),
            "line_count": 3,
            **values,
        }
    )


def mark_synced(connection: Connection, at: datetime = NOW) -> None:
    Feed.objects.bulk_create(
        Feed(company=connection.company, connection=connection, entity=entity, last_success_at=at)
        for entity in ENTITIES
    )


# Is everything all right? ---------------------------------------------------------------------------------


def say(connection: Connection | None) -> tuple[str, str]:
    health = describe_health(connection)
    return health.sentence, health.tone


def test_health_of_a_company_without_quickbooks(db: None) -> None:
    assert say(None) == ("QuickBooks Online is not connected, so nothing is synced.", "warn")


def test_health_before_and_during_the_first_sync(connection: Connection) -> None:
    assert say(connection) == ("Nothing has been read from QuickBooks yet.", "info")
    make_run(connection, RunStatus.QUEUED)
    assert say(connection) == ("The first sync is on its way.", "info")


def test_health_when_all_is_well(connection: Connection) -> None:
    mark_synced(connection)
    make_issue(connection, level=IssueLevel.SETTING)

    assert say(connection) == ("Everything in QuickBooks is here, and nothing needs you.", "ok")
    assert describe_health(connection).as_of == NOW


def test_health_adds_up_what_is_held_up(connection: Connection) -> None:
    mark_synced(connection)
    make_issue(connection)
    assert say(connection) == (
        "Everything in QuickBooks is here. 1 thing needs you, holding up USD 1,234.50.",
        "warn",
    )
    make_issue(connection, subject_id="4", amount=Decimal("10.00"))
    make_issue(connection, subject_id="5", resolved_at=NOW)
    assert say(connection) == (
        "Everything in QuickBooks is here. 2 things need you, holding up USD 1,244.50.",
        "warn",
    )


def test_health_after_a_failure_and_without_a_sign_in(connection: Connection) -> None:
    mark_synced(connection)
    make_run(connection, RunStatus.FAILED, error="QuickBooks did not answer.")
    assert say(connection) == ("The last sync failed. Figures are as of the one before.", "bad")
    connection.status = ConnectionStatus.RECONNECT_NEEDED
    assert say(connection) == ("The sign-in to QuickBooks Online has ended. Nothing new arrives.", "bad")
    assert describe_health(connection).as_of == NOW


# The log --------------------------------------------------------------------------------------------------


def test_log_answers_in_order(connection: Connection, alice: Client) -> None:
    mark_synced(connection)
    make_issue(connection)
    make_issue(connection, subject_id="9", level=IssueLevel.SETTING, title="Vendor credits are off")
    make_run(connection, changed_count=12, deleted_count=1, request_count=3)

    page = alice.get(url("sync-log")).content.decode()

    order = [
        "Everything in QuickBooks is here. 1 thing needs you",
        "What needs you",
        "No cost code for Framing &amp; Trim",
        "Left out by setting",
        "Vendor credits are off",
        "What happened",
        "12 new or changed · 1 deleted · 3 requests · 2 min 5 s",
        "For Intuit&#x27;s support",
    ]
    places = [
        page.find(words) if page.find(words) >= 0 else page.find(words.replace("&#x27;", "'"))
        for words in order
    ]
    assert -1 not in places
    assert places == sorted(places)
    assert 'href="/c/ridge/settings/cost-codes/"' in page


def test_largest_amount_comes_first(connection: Connection, alice: Client) -> None:
    make_issue(connection, subject_id="1", amount=Decimal("5.00"), title="small")
    make_issue(connection, subject_id="2", amount=Decimal("500.00"), title="large")

    response = alice.get(url("sync-log"))

    assert [issue.title for issue in response.context["problems"]] == ["large", "small"]


def test_a_lost_sign_in_stands_above_every_amount(connection: Connection, alice: Client) -> None:
    make_issue(connection, subject_id="1", amount=Decimal("500.00"), title="large")
    make_issue(
        connection,
        reason=RECONNECT_NEEDED,
        subject_id="2",
        amount=Decimal("0.00"),
        title="The sign-in has ended",
    )

    response = alice.get(url("sync-log"))

    assert [issue.title for issue in response.context["problems"]] == ["The sign-in has ended", "large"]


def test_an_issue_says_once_what_it_is_about(connection: Connection, alice: Client) -> None:
    make_issue(
        connection, title="Framing: no cost code linked", subject_label="Framing", fix_url="", fix_label=""
    )

    page = alice.get(url("sync-log")).content.decode()

    assert page.count("Framing") == 1


@pytest.mark.parametrize(
    ("which", "expected"), [("all", [3, 2, 1]), ("failed", [2]), ("changes", [3]), ("?", [3, 2, 1])]
)
def test_runs_can_be_filtered(connection: Connection, alice: Client, which: str, expected: list[int]) -> None:
    runs = [
        make_run(connection, requested_at=NOW - timedelta(hours=3)),
        make_run(connection, RunStatus.FAILED, error="It failed.", requested_at=NOW - timedelta(hours=2)),
        make_run(connection, changed_count=4, requested_at=NOW - timedelta(hours=1)),
    ]

    response = alice.get(url("sync-log"), {"runs": which})

    assert [run.pk for run in response.context["page"]] == [runs[number - 1].pk for number in expected]


def test_log_takes_the_same_few_queries_however_much_there_is(
    connection: Connection, alice: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    mark_synced(connection)
    for number in range(20):
        make_issue(connection, subject_id=str(number))
        make_run(connection, requested_by=cast.alice.user, project=cast.ridge_house)

    with django_assert_max_num_queries(18):
        alice.get(url("sync-log"))


def test_log_without_a_connection_says_how_to_begin(cast: Cast, alice: Client) -> None:
    response = alice.get(url("sync-log"))

    assert response.status_code == 200
    assert "Connect QuickBooks" in response.content.decode()


# A run ----------------------------------------------------------------------------------------------------


def test_run_page_shows_steps_documents_and_requests(
    connection: Connection, alice: Client, cast: Cast
) -> None:
    run = make_run(connection, changed_count=1, deleted_count=1, requested_by=cast.alice.user)
    make_step(run, 0, "Bills", status=RunStatus.SUCCEEDED, done=7, total=7, changed=1, deleted=1)
    Document.objects.create(
        company=connection.company,
        connection=connection,
        entity="Bill",
        quickbooks_id="145",
        last_updated_at=NOW,
        body='{"Id":"145","DocNumber":"B-77","VendorRef":{"value":"5","name":"Lumber Yard"},'
        '"TxnDate":"2026-03-12","TotalAmt":1250.5}',
    )
    for quickbooks_id, action in [("145", ChangeAction.CHANGED), ("146", ChangeAction.DELETED)]:
        SyncChange.objects.create(
            company=connection.company, run=run, entity="Bill", quickbooks_id=quickbooks_id, action=action
        )
    Exchange.objects.create(
        company=connection.company,
        connection=connection,
        run=run,
        operation="cdc",
        entity="Bill,Purchase",
        status=200,
        intuit_tid="1-abc",
        milliseconds=87,
    )

    page = alice.get(url("sync-run", run_id=run.pk)).content.decode()

    for words in (
        "7 of 7",
        "B-77",
        "Lumber Yard",
        "12 Mar 2026",
        "1,250.50",
        "1-abc",
        "Bill,Purchase",
        "Alice",
        "87",
    ):
        assert words in page, words


def test_failed_run_says_why(connection: Connection, alice: Client) -> None:
    run = make_run(
        connection,
        RunStatus.FAILED,
        error="QuickBooks did not answer.",
        error_code="10000",
        note="Taken up again.",
    )

    page = alice.get(url("sync-run", run_id=run.pk)).content.decode()

    assert "QuickBooks did not answer." in page
    assert "10000" in page
    assert "Taken up again." in page


# Progress -------------------------------------------------------------------------------------------------


def get_progress(client: Client, run: SyncRun) -> Any:
    return client.get(url("sync-progress", run_id=run.pk), headers={"HX-Request": "true"})


def test_progress_asks_for_itself_while_the_run_goes_on(connection: Connection, alice: Client) -> None:
    run = make_run(connection, RunStatus.RUNNING)
    make_step(run, 0, "Vendors", status=RunStatus.SUCCEEDED, done=30, total=30, changed=30)
    make_step(run, 1, "Bills", status=RunStatus.RUNNING, done=2000, total=5000, changed=1990)

    page = get_progress(alice, run).content.decode()

    assert f'hx-get="{url("sync-progress", run_id=run.pk)}"' in page
    assert 'value="2030" max="5030"' in page
    assert "2000 of 5000 · 1990 new or changed" in page


def test_waiting_run_says_so(connection: Connection, alice: Client) -> None:
    page = get_progress(alice, make_run(connection, RunStatus.QUEUED)).content.decode()

    assert "Waiting for a worker" in page
    assert "hx-get" in page


def test_page_is_loaded_anew_when_the_run_has_succeeded(connection: Connection, alice: Client) -> None:
    response = get_progress(alice, make_run(connection))

    assert response.headers["HX-Refresh"] == "true"


def test_failure_stays_to_be_read_and_asks_no_more(connection: Connection, alice: Client) -> None:
    response = get_progress(alice, make_run(connection, RunStatus.FAILED, error="QuickBooks did not answer."))

    assert "HX-Refresh" not in response.headers
    assert "QuickBooks did not answer." in response.content.decode()
    assert "hx-get" not in response.content.decode()


# Starting -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "kind", "is_full"),
    [
        ({"kind": "all"}, "all", False),
        ({"kind": "lists"}, "lists", False),
        ({"kind": "all", "is_full": "on"}, "all", True),
    ],
)
def test_sync_is_started(
    connection: Connection, alice: Client, cast: Cast, sent: dict[str, str], kind: str, is_full: bool
) -> None:
    response = alice.post(url("sync-start"), sent, follow=True)

    run = SyncRun.objects.get()
    assert (run.kind, run.is_full, run.requested_by, run.trigger) == (
        kind,
        is_full,
        cast.alice.user,
        "button",
    )
    assert response.redirect_chain[-1][0] == url("quickbooks")
    page = response.content.decode()
    assert "Sync started." in page
    assert f'id="run-progress-{run.pk}"' in page


def test_second_press_says_that_it_joined(connection: Connection, alice: Client) -> None:
    alice.post(url("sync-start"), {"kind": "all"})

    page = alice.post(url("sync-start"), {"kind": "all"}, follow=True).content.decode()

    assert "this one joined it" in page
    assert SyncRun.objects.count() == 1


@pytest.mark.parametrize("status", [ConnectionStatus.RECONNECT_NEEDED, ConnectionStatus.DISCONNECTED])
def test_nothing_starts_without_a_usable_connection(
    connection: Connection, alice: Client, status: str
) -> None:
    Connection.objects.update(status=status)

    response = alice.post(url("sync-start"), {"kind": "all"}, follow=True)

    assert not SyncRun.objects.exists()
    assert "onnect" in str(next(iter(response.context["messages"])))


def test_unknown_kind_is_refused(connection: Connection, alice: Client) -> None:
    assert alice.post(url("sync-start"), {"kind": "payroll"}).status_code == 400
    assert not SyncRun.objects.exists()


def test_looking_starts_nothing(connection: Connection, alice: Client) -> None:
    assert alice.get(url("sync-start")).status_code == 405


# For Intuit's support -------------------------------------------------------------------------------------


def exchange(connection: Connection, at: datetime, **values: Any) -> None:
    Exchange.objects.create(
        company=connection.company,
        connection=connection,
        at=at,
        **{
            "operation": "query",
            "entity": "Bill",
            "status": 200,
            "intuit_tid": "1-abc",
            "milliseconds": 12,
            **values,
        },
    )


def test_requests_are_exported_for_the_days_asked_for(connection: Connection, alice: Client) -> None:
    """Days of the company, whose zone is New York."""
    exchange(connection, datetime(2026, 11, 20, 4, 59, tzinfo=UTC))
    exchange(connection, datetime(2026, 11, 20, 5, 0, tzinfo=UTC), is_metered=True, request_id="r-1")
    exchange(
        connection, datetime(2026, 11, 22, 4, 59, tzinfo=UTC), status=None, fault_code="", operation="cdc"
    )
    exchange(connection, datetime(2026, 11, 22, 5, 0, tzinfo=UTC))

    response = alice.get(url("sync-requests-export"), {"first": "2026-11-20", "last": "2026-11-21"})

    rows = list(csv.reader(io.StringIO(response.content.decode())))
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert rows[1:] == [
        ["2026-11-20T05:00:00.000000Z", "query", "Bill", "200", "", "1-abc", "12", "yes", "r-1"],
        ["2026-11-22T04:59:00.000000Z", "cdc", "Bill", "no answer", "", "1-abc", "12", "no", ""],
    ]


@pytest.mark.parametrize(
    "days",
    [
        {"first": "yesterday"},
        {"first": "2026-11-21", "last": "2026-11-20"},
        {"first": "9999-12-31", "last": "9999-12-31"},
        {"last": "0001-01-02"},
    ],
)
def test_export_of_days_that_are_none_is_refused(
    connection: Connection, alice: Client, days: dict[str, str]
) -> None:
    assert alice.get(url("sync-requests-export"), days).status_code == 400


# Who may --------------------------------------------------------------------------------------------------


def test_only_admins_see_the_log(connection: Connection, cast: Cast, sign_in: SignIn) -> None:
    run = make_run(connection, RunStatus.RUNNING)
    names = [("sync-log", {}), ("sync-run", {"run_id": run.pk}), ("sync-requests-export", {})]
    for member, expected in [(cast.bob, 403), (cast.fred, 403), (cast.charlie, 404)]:
        client = sign_in(member)
        assert [client.get(url(name, **kwargs)).status_code for name, kwargs in names] == [expected] * 3
        assert client.post(url("sync-start"), {"kind": "all"}).status_code == expected


def test_progress_is_for_all_who_see_money(connection: Connection, cast: Cast, sign_in: SignIn) -> None:
    run = make_run(connection, RunStatus.RUNNING)
    members = [cast.alice, cast.bob, cast.fred, cast.charlie]

    assert [get_progress(sign_in(member), run).status_code for member in members] == [200, 200, 403, 404]


def test_run_of_another_company_is_not_there(connection: Connection, cast: Cast, sign_in: SignIn) -> None:
    run = make_run(connection, RunStatus.RUNNING)
    client = sign_in(cast.charlie)

    for name in ("sync-run", "sync-progress"):
        theirs = reverse(name, kwargs={"company": cast.summit.slug, "run_id": run.pk})
        assert client.get(theirs).status_code == 404
