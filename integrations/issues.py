"""Issues: what was left out or went wrong, one open row for each thing and reason, closed when the cause is gone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from integrations.lists import clip
from integrations.models import (
    Connection,
    ConnectionStatus,
    IssueLevel,
    RunStatus,
    SyncIssue,
    SyncRun,
    SyncStep,
)
from ressio.activity import record_activity
from ressio.models import User
from ressio.money import ZERO

RECONNECT_NEEDED = "reconnect_needed"
SYNC_FAILED = "sync_failed"
NOT_SYNCED = "entity_not_synced"
OTHER_CURRENCY = "other_currency"
CONNECTION_REASONS = frozenset({RECONNECT_NEEDED, SYNC_FAILED, NOT_SYNCED, OTHER_CURRENCY})

# Facts that somebody has to know, and nothing that could be put right: they end when a person says so.
CLOSED_PERIOD_CHANGED = "closed_period_changed"
ENDS_WHEN_SEEN = frozenset({CLOSED_PERIOD_CHANGED})

Key = tuple[str, str, str]


@dataclass(frozen=True)
class FoundIssue:
    """Something that is so now. `title` and `way_out` are in words a bookkeeper uses, with names, not ids."""

    reason: str
    subject_type: str
    subject_id: str
    subject_label: str
    title: str
    way_out: str
    level: str = IssueLevel.PROBLEM
    fix_url: str = ""
    fix_label: str = ""
    amount: Decimal = ZERO
    line_count: int = 0
    hours: Decimal | None = None

    @property
    def key(self) -> Key:
        return self.reason, self.subject_type, self.subject_id


@dataclass(frozen=True)
class Reconciled:
    opened: int
    refreshed: int
    closed: int


SHOWN = tuple(field.name for field in fields(FoundIssue) if field.name not in ("subject_type", "subject_id"))


def reconcile_issues(
    connection: Connection, found: Sequence[FoundIssue], *, now: datetime, scope_reasons: Collection[str]
) -> Reconciled:
    """Bring the open issues of `scope_reasons` in line with what is found now; others are not touched.

    An issue that comes back is a new row: the old one keeps when it was open and when it was solved.
    """
    wanted = {issue.key: issue for issue in found}
    with transaction.atomic():
        rows = SyncIssue.objects.filter(connection=connection, resolved_at=None, reason__in=scope_reasons)
        open_rows = {_key_of(row): row for row in rows}
        closed = _close([row for key, row in open_rows.items() if key not in wanted], now=now)
        refreshed = _refresh({key: row for key, row in open_rows.items() if key in wanted}, wanted, now=now)
        opened = _open(connection, [issue for key, issue in wanted.items() if key not in open_rows], now=now)
    return Reconciled(opened=opened, refreshed=refreshed, closed=closed)


def open_issue(connection: Connection, found: FoundIssue, *, now: datetime) -> None:
    """One thing has become so, known from the change itself: the other issues of this thing are closed."""
    with transaction.atomic():
        others = _open_of(connection, found.subject_type, found.subject_id).exclude(reason=found.reason)
        others.update(resolved_at=now)
        known = _open_of(connection, found.subject_type, found.subject_id)
        if not known.update(last_seen_at=now, **_shown(found)):
            _open(connection, [found], now=now)


def put_issues(connection: Connection, found: Sequence[FoundIssue], *, now: datetime) -> None:
    """Open or refresh each of these, and close those whose amount is zero; others are not touched."""
    wanted = {issue.key: issue for issue in found if issue.amount}
    with transaction.atomic():
        rows = SyncIssue.objects.filter(
            connection=connection, resolved_at=None, subject_id__in=[issue.subject_id for issue in found]
        )
        keys = {issue.key for issue in found}
        known = {key: row for row in rows if (key := _key_of(row)) in keys}
        _close([row for key, row in known.items() if key not in wanted], now=now)
        _refresh({key: row for key, row in known.items() if key in wanted}, wanted, now=now)
        _open(connection, [issue for key, issue in wanted.items() if key not in known], now=now)


def open_amounts(
    connection: Connection, reason: str, subject_type: str, subject_ids: Sequence[str]
) -> dict[str, Decimal]:
    """What the open issues of these things say now."""
    rows = SyncIssue.objects.filter(
        connection=connection,
        resolved_at=None,
        reason=reason,
        subject_type=subject_type,
        subject_id__in=subject_ids,
    )
    return dict(rows.values_list("subject_id", "amount"))


def mark_seen(*, issue: SyncIssue, actor: User | None, now: datetime) -> bool:
    """Somebody knows now; only where that is all there is to do. False when it had ended already."""
    if issue.reason not in ENDS_WHEN_SEEN:
        return False
    with transaction.atomic():
        is_ended = bool(SyncIssue.objects.filter(pk=issue.pk, resolved_at=None).update(resolved_at=now))
        if is_ended:
            record_activity(company=issue.company, actor=actor, verb="has seen that", subject=issue)
    return is_ended


def _key_of(row: SyncIssue) -> Key:
    return row.reason, row.subject_type, row.subject_id


def close_issues(connection: Connection, subject_type: str, subject_id: str, *, now: datetime) -> None:
    _open_of(connection, subject_type, subject_id).update(resolved_at=now)


def _open_of(connection: Connection, subject_type: str, subject_id: str) -> QuerySet[SyncIssue]:
    found: QuerySet[SyncIssue] = SyncIssue.objects.filter(
        connection=connection, resolved_at=None, subject_type=subject_type, subject_id=subject_id
    )
    return found


def reconcile_connection_issues(connection: Connection, *, now: datetime) -> Reconciled:
    """What concerns the connection as a whole, read from its state and its last run."""
    found = [
        *_find_lost_sign_in(connection),
        *_find_trouble_of_last_run(connection),
        *_find_other_currency(connection),
    ]
    return reconcile_issues(connection, found, now=now, scope_reasons=CONNECTION_REASONS)


def _find_lost_sign_in(connection: Connection) -> list[FoundIssue]:
    if connection.status != ConnectionStatus.RECONNECT_NEEDED:
        return []
    return [
        FoundIssue(
            reason=RECONNECT_NEEDED,
            subject_type="connection",
            subject_id=str(connection.pk),
            subject_label=str(connection),
            title="The sign-in to QuickBooks Online has ended, so nothing new arrives.",
            way_out="An admin of the QuickBooks company reconnects. Links and costs already here are kept.",
            fix_url=_settings_url(connection),
            fix_label="Reconnect",
        )
    ]


def _find_trouble_of_last_run(connection: Connection) -> list[FoundIssue]:
    ended = SyncRun.objects.filter(connection=connection, finished_at__isnull=False)
    run = ended.order_by("-finished_at").first()
    if run is None:
        return []
    if run.status == RunStatus.FAILED:
        lost = connection.status != ConnectionStatus.CONNECTED
        return [] if lost else [_describe_failure(connection, run)]
    failed = run.steps.filter(status=RunStatus.FAILED).exclude(entity="").order_by("position")
    return [_describe_left_out(connection, step) for step in failed]


def _describe_failure(connection: Connection, run: SyncRun) -> FoundIssue:
    return FoundIssue(
        reason=SYNC_FAILED,
        subject_type="connection",
        subject_id=str(connection.pk),
        subject_label=str(connection),
        title="The last sync did not finish; figures are as of the one before.",
        way_out=run.error,
        fix_url=reverse("sync-run", args=[connection.company.slug, run.pk]),
        fix_label="What happened",
    )


def _describe_left_out(connection: Connection, step: SyncStep) -> FoundIssue:
    return FoundIssue(
        reason=NOT_SYNCED,
        subject_type="entity",
        subject_id=step.entity,
        subject_label=step.name,
        title=f"{step.name} are not synced: QuickBooks Online does not give them to Ressio.",
        way_out=step.message,
        fix_url=_settings_url(connection),
        fix_label="Open the connection",
    )


def _find_other_currency(connection: Connection) -> list[FoundIssue]:
    """Costs come in QuickBooks' home currency and stand under ours without being converted."""
    company, theirs = connection.company, connection.home_currency
    if theirs == company.currency:
        return []
    return [
        FoundIssue(
            reason=OTHER_CURRENCY,
            subject_type="connection",
            subject_id=str(connection.pk),
            subject_label=str(connection),
            title=f"QuickBooks keeps these books in {theirs}, and budgets here are shown in {company.currency}.",
            way_out=f"Choose {theirs} as the company's currency, or connect books kept in {company.currency}. "
            "Nothing is converted.",
            fix_url=reverse("settings-general", args=[company.slug]),
            fix_label="Choose the currency",
        )
    ]


def _settings_url(connection: Connection) -> str:
    return reverse("quickbooks", args=[connection.company.slug])


def _close(rows: Sequence[SyncIssue], *, now: datetime) -> int:
    return SyncIssue.objects.filter(pk__in=[row.pk for row in rows]).update(resolved_at=now)


def _refresh(rows: dict[Key, SyncIssue], wanted: dict[Key, FoundIssue], *, now: datetime) -> int:
    for key, row in rows.items():
        for name, value in _shown(wanted[key]).items():
            setattr(row, name, value)
        row.last_seen_at = now
    SyncIssue.objects.bulk_update(rows.values(), [*SHOWN, "last_seen_at"], batch_size=100)
    return len(rows)


def _open(connection: Connection, found: Sequence[FoundIssue], *, now: datetime) -> int:
    """Another worker may have opened the same one a moment ago: then its row stands."""
    rows = [
        SyncIssue(
            company_id=connection.company_id,
            connection=connection,
            subject_type=issue.subject_type,
            subject_id=issue.subject_id,
            opened_at=now,
            last_seen_at=now,
            **_shown(issue),
        )
        for issue in found
    ]
    return len(SyncIssue.objects.bulk_create(rows, ignore_conflicts=True, batch_size=200))


def _shown(issue: FoundIssue) -> dict[str, object]:
    return clip(SyncIssue, {name: getattr(issue, name) for name in SHOWN})
