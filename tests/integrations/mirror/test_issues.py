from datetime import timedelta
from decimal import Decimal
from typing import Any

from integrations.issues import (
    NOT_SYNCED,
    OTHER_CURRENCY,
    RECONNECT_NEEDED,
    SYNC_FAILED,
    FoundIssue,
    Reconciled,
    reconcile_connection_issues,
    reconcile_issues,
)
from integrations.models import (
    Connection,
    ConnectionStatus,
    IssueLevel,
    RunStatus,
    SyncIssue,
    SyncRun,
    SyncStep,
)
from tests.integrations.mirror.documents import NOW

REASONS = {"no_rate", "unlinked_item"}
LATER = NOW + timedelta(hours=1)


def found(subject_id: str = "3", **changes: Any) -> FoundIssue:
    values: dict[str, Any] = {
        "reason": "unlinked_item",
        "subject_type": "item",
        "subject_id": subject_id,
        "subject_label": "Framing",
        "title": "Framing is not linked to a cost code",
        "way_out": "Link it.",
        "fix_url": "/fix",
        "fix_label": "Link",
        "amount": Decimal("125.50"),
        "line_count": 2,
    }
    return FoundIssue(**{**values, **changes})


def reconcile(
    connection: Connection, *issues: FoundIssue, now: Any = NOW, reasons: Any = REASONS
) -> Reconciled:
    return reconcile_issues(connection, issues, now=now, scope_reasons=reasons)


def rows() -> list[tuple[str, str, bool]]:
    found_rows = SyncIssue.objects.order_by("pk")
    return [(row.reason, row.subject_id, row.resolved_at is None) for row in found_rows]


def test_new_issue_is_opened(connection: Connection) -> None:
    assert reconcile(connection, found()) == Reconciled(opened=1, refreshed=0, closed=0)

    row = SyncIssue.objects.get()
    assert (row.title, row.way_out, row.fix_url) == (
        "Framing is not linked to a cost code",
        "Link it.",
        "/fix",
    )
    assert (row.amount, row.line_count, row.level) == (Decimal("125.50"), 2, IssueLevel.PROBLEM)
    assert (row.opened_at, row.last_seen_at, row.resolved_at) == (NOW, NOW, None)


def test_issue_that_lasts_keeps_its_row_and_gets_new_figures(connection: Connection) -> None:
    reconcile(connection, found())

    again = reconcile(connection, found(amount=Decimal("99.00"), title="Still not linked"), now=LATER)

    row = SyncIssue.objects.get()
    assert again == Reconciled(opened=0, refreshed=1, closed=0)
    assert (row.amount, row.title) == (Decimal("99.00"), "Still not linked")
    assert (row.opened_at, row.last_seen_at) == (NOW, LATER)


def test_issue_whose_cause_is_gone_closes_itself(connection: Connection) -> None:
    reconcile(connection, found("3"), found("4"))

    assert reconcile(connection, found("4"), now=LATER) == Reconciled(opened=0, refreshed=1, closed=1)

    assert rows() == [("unlinked_item", "3", False), ("unlinked_item", "4", True)]
    assert SyncIssue.objects.get(subject_id="3").resolved_at == LATER


def test_issue_that_comes_back_is_a_new_row(connection: Connection) -> None:
    reconcile(connection, found())
    reconcile(connection, now=LATER)

    reconcile(connection, found(), now=LATER)

    assert rows() == [("unlinked_item", "3", False), ("unlinked_item", "3", True)]


def test_reasons_outside_the_scope_are_not_touched(connection: Connection) -> None:
    reconcile(connection, found(reason="no_rate", subject_type="employee"), found())

    reconcile(connection, reasons={"no_rate"}, now=LATER)

    assert rows() == [("no_rate", "3", False), ("unlinked_item", "3", True)]


def test_very_long_names_are_cut(connection: Connection) -> None:
    reconcile(connection, found(subject_label="x" * 900, title="y" * 900))

    row = SyncIssue.objects.get()
    assert (len(row.subject_label), len(row.title)) == (300, 300)


# The connection itself -----------------------------------------------------------------------------------


def reasons(connection: Connection) -> list[str]:
    reconcile_connection_issues(connection, now=NOW)
    return list(SyncIssue.objects.filter(resolved_at=None).values_list("reason", flat=True))


def ended_run(connection: Connection, status: str, **values: Any) -> SyncRun:
    return SyncRun.objects.create(
        company=connection.company,
        connection=connection,
        kind="all",
        trigger="button",
        status=status,
        finished_at=NOW,
        **values,
    )


def test_healthy_connection_has_no_issues(connection: Connection) -> None:
    ended_run(connection, RunStatus.SUCCEEDED)

    assert reasons(connection) == []


def test_books_in_another_currency_are_told_until_ours_is_the_same(connection: Connection) -> None:
    ended_run(connection, RunStatus.SUCCEEDED)
    connection.home_currency = "CAD"

    assert reasons(connection) == [OTHER_CURRENCY]
    issue = SyncIssue.objects.get()
    assert "in CAD, and budgets here are shown in USD" in issue.title
    assert issue.fix_url == f"/c/{connection.company.slug}/settings/general/"

    connection.company.currency = "CAD"
    assert reasons(connection) == []


def test_lost_sign_in_is_one_issue_and_not_two(connection: Connection) -> None:
    ended_run(connection, RunStatus.FAILED, error="The sign-in has ended.")
    connection.status = ConnectionStatus.RECONNECT_NEEDED

    assert reasons(connection) == [RECONNECT_NEEDED]
    connection.status = ConnectionStatus.CONNECTED
    assert reasons(connection) == [SYNC_FAILED]


def test_only_the_last_run_counts(connection: Connection) -> None:
    ended_run(connection, RunStatus.FAILED, error="QuickBooks did not answer.")
    assert reasons(connection) == [SYNC_FAILED]

    later = ended_run(connection, RunStatus.SUCCEEDED)
    SyncRun.objects.filter(pk=later.pk).update(finished_at=LATER)
    assert reasons(connection) == []


def test_entity_that_quickbooks_withholds_is_an_issue(connection: Connection) -> None:
    run = ended_run(connection, RunStatus.SUCCEEDED)
    SyncStep.objects.create(
        company=connection.company,
        run=run,
        position=0,
        name="Time entries",
        entity="TimeActivity",
        status=RunStatus.FAILED,
        message="This edition does not have time tracking.",
    )

    assert reasons(connection) == [NOT_SYNCED]
    assert SyncIssue.objects.get().way_out == "This edition does not have time tracking."
