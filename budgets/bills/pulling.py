"""Files that are attached to bills in QuickBooks come here one by one (M48, M51–M54, K12, K13).

A row of `BillAttachment` says what is wanted; a message only wakes a worker. Each file is claimed, fetched and kept by
itself: any number of workers may be at it, and whatever is killed or lost is found again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import BinaryIO, cast

import structlog
from celery import current_app
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError

from budgets.bills.errors import BillRefused
from budgets.bills.file_upkeep import SUBJECT, label_of
from budgets.bills.pushes import FILE_KIND, find_project_connection
from budgets.bills.rights import may_approve_bills
from budgets.bills.takers import Taker, earlier_for, find_taker, takers_for, takers_of, touches, wanted_by
from budgets.models import Bill, BillAttachment, BillFile
from integrations.deep_links import link_to_document
from integrations.gateway import Gateway, QuickBooksError, Refused
from integrations.gateway.limiter import Priority
from integrations.issues import FoundIssue, reconcile_issues
from integrations.models import Connection, ConnectionStatus, Push, PushState
from integrations.switches import lift_since, switches_of
from ressio.activity import record_activity
from ressio.files.keeping import LARGEST_FILE, FileRefused, add_file
from ressio.models import FileOrigin, Project, ProjectFile, TeamMember
from ressio.scoping import scope, scopes_disabled

logger = structlog.get_logger(__name__)

State = BillAttachment.State
FETCH = "budgets.fetch_bill_files"
LEASE = timedelta(minutes=15)
"""Longer than a download may take; then another worker takes the file."""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
SETTLES = timedelta(minutes=1)
MOST_AT_ONCE = 200
"""Files for one message; then the next worker is woken."""
FOR_GOOD = {"download_host", "too_large", "610"}
NOT_FETCHED = "bill_file_not_fetched"
"""The issue's reason in the sync log."""


# What is wanted ---------------------------------------------------------------------------------------------------


def want_files(connection: Connection, *, now: datetime) -> int:
    """Everything a project takes and does not have. Returns how many files are due, also from before."""
    for taker in takers_of(connection):
        wanted = wanted_by(taker, connection).filter(state__in=[State.KNOWN, State.FETCHED])
        wanted.update(state=State.WANTED, next_try_at=now, tries=0)
    return due_files(now=now).filter(connection=connection).count()


def due_files(*, now: datetime) -> "QuerySet[BillAttachment]":
    due: QuerySet[BillAttachment] = BillAttachment.objects.filter(state=State.WANTED, next_try_at__lte=now)
    return due


def follow_files(connection: Connection, *, now: datetime) -> None:
    """After a sync, and after links or switches changed."""
    if want_files(connection, now=now):
        wake_fetcher(connection.pk)
    report_refused_files(connection, now=now)


def wake_fetcher(connection_id: int) -> None:
    """Only a bell: when the broker is down the sweeper finds the rows a minute later."""
    try:
        current_app.signature(FETCH, kwargs={"connection_id": connection_id}).delay()
    except (OperationalError, OSError):
        logger.warning("bill_files_bell_failed", connection=connection_id, exc_info=True)


def sweep_files(*, now: datetime) -> list[int]:
    """The connections that a worker was woken for, because something of theirs is due."""
    with scopes_disabled():
        due = due_files(now=now).filter(
            connection__is_current=True, connection__status=ConnectionStatus.CONNECTED
        )
        found = sorted(set(due.values_list("connection_id", flat=True).distinct()))
    for connection_id in found:
        wake_fetcher(connection_id)
    return found


def count_earlier_files(project: Project) -> int:
    """What `fetch_earlier_files` would fetch; 0 while pulling is off."""
    connection = find_project_connection(project)
    taker = find_taker(connection, project) if connection else None
    return earlier_for(taker, connection).count() if connection and taker else 0


def fetch_earlier_files(*, project: Project, expected: int, member: TeamMember, now: datetime) -> int:
    """Files attached before pulling was turned on come too, from now on (K12). `expected` is the number that was shown:
    a different one means that something changed meanwhile, and nothing is fetched. Raises `BillRefused`.
    """
    if not may_approve_bills(member):
        raise BillRefused("You may not fetch files from QuickBooks. Ask an Admin.", code="not_allowed")
    if not switches_of(project).pull_bill_files:
        raise BillRefused("Turn on pulling files of bills first.", code="pulling_off")
    if find_project_connection(project) is None:
        raise BillRefused("The project is not linked to QuickBooks.", code="not_linked")
    with transaction.atomic():
        count = count_earlier_files(project)
        if count != expected:
            raise BillRefused(f"There are {count} files now, not {expected}. Look again.", code="changed")
        lift_since(project=project, key="pull_bill_files")
        record_activity(
            company=project.company,
            actor=member.user,
            verb="asked for the files of earlier bills of",
            subject=project,
            changes={"files": ["", str(count)]},
        )
    return count


def try_again(*, attachment: BillAttachment, member: TeamMember, now: datetime) -> None:
    """One that could not be fetched, after somebody put right what was in the way. Raises `BillRefused`."""
    if not may_approve_bills(member):
        raise BillRefused("You may not fetch files from QuickBooks. Ask an Admin.", code="not_allowed")
    refused = BillAttachment.objects.filter(pk=attachment.pk, state=State.REFUSED)
    if not refused.update(state=State.WANTED, sentence="", tries=0, next_try_at=now):
        raise BillRefused("This file is not waiting for you any more.", code="changed")
    transaction.on_commit(lambda: wake_fetcher(attachment.connection_id), robust=True)


# Fetching ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Claim:
    """A row, and what tells this worker's claim from a later one."""

    row: BillAttachment
    until: datetime


def fetch_files(connection_id: int) -> int:
    """One after the other until nothing is due or QuickBooks stops answering; returns how many were dealt with."""
    with scopes_disabled():
        connection = Connection.objects.select_related("company").filter(pk=connection_id).first()
    if connection is None or not connection.is_usable:
        return 0
    with scope(company=connection.company_id):
        want_files(connection, now=timezone.now())
        count = _fetch_due(connection)
        report_refused_files(connection, now=timezone.now())
    return count


def _fetch_due(connection: Connection) -> int:
    gateway = Gateway(connection, priority=Priority.BACKGROUND)
    count = 0
    while claim := claim_next(connection, now=timezone.now()):
        if not fetch_claimed(claim, gateway):
            return count
        count += 1
        if count >= MOST_AT_ONCE:
            wake_fetcher(connection.pk)
            return count
    return count


def claim_next(connection: Connection, *, now: datetime) -> Claim | None:
    """The longest waiting one, for this worker alone."""
    while True:
        row = due_files(now=now).filter(connection=connection).order_by("next_try_at", "pk").first()
        if row is None:
            return None
        mine = BillAttachment.objects.filter(pk=row.pk, state=State.WANTED, next_try_at=row.next_try_at)
        until = now + LEASE
        if mine.update(next_try_at=until, tries=F("tries") + 1):
            row.refresh_from_db()
            return Claim(row, until)


def fetch_claimed(claim: Claim, gateway: Gateway) -> bool:
    """False when the next one would fare no better now."""
    row, connection = claim.row, gateway.connection
    if _may_be_ours(row):
        _release(claim, next_try_at=timezone.now() + SETTLES, tries=row.tries - 1)
        return True
    takers = takers_for(row, connection)
    if not takers:
        _release(claim, state=State.FETCHED if _is_here(row) else State.KNOWN)
        return True
    try:
        _fetch_for(claim, takers, gateway)
    except FileRefused as error:
        _refuse(claim, str(error))
    except Refused as error:
        if error.code not in FOR_GOOD:
            return _wait(claim)
        _refuse(claim, error.detail_for_people)
    except QuickBooksError:
        _wait(claim)
        return False
    except Exception:
        logger.exception("bill_file_not_kept", attachment=row.pk)
        _wait(claim)
    return True


def _may_be_ours(row: BillAttachment) -> bool:
    """A file of ours just like it left for this bill, and QuickBooks' answer is still out: it tells which one it is."""
    sent = Push.objects.filter(
        connection=row.connection_id, kind=FILE_KIND, state__in=[PushState.SENDING, PushState.UNKNOWN]
    )
    alike = BillFile.objects.filter(
        pk__in=[int(key) for key in sent.values_list("subject_id", flat=True)],
        bill__quickbooks_id=row.bill_ref,
        file__name=row.file_name,
        file__size=row.size or 0,
    )
    return alike.exists()


def _is_here(row: BillAttachment) -> bool:
    return BillFile.objects.filter(
        bill__connection=row.connection_id,
        bill__quickbooks_id=row.bill_ref,
        attachable_ref=row.attachable_ref,
    ).exists()


def _fetch_for(claim: Claim, takers: Sequence[Taker], gateway: Gateway) -> None:
    with TemporaryFile() as content:
        gateway.download(claim.row.attachable_ref, cast(BinaryIO, content), limit=LARGEST_FILE)
        _keep(claim, takers, cast(BinaryIO, content))


def _keep(claim: Claim, takers: Sequence[Taker], content: BinaryIO) -> None:
    """A copy for each project, all or none; none when another worker has taken the file over."""
    row, now = claim.row, timezone.now()
    bill = Bill.objects.get(connection=row.connection_id, quickbooks_id=row.bill_ref)
    with transaction.atomic():
        for taker in takers:
            file = _add_copy(row, bill, taker, content, now=now)
            BillFile.objects.create(
                company_id=row.company_id,
                bill=bill,
                file=file,
                attachable_ref=row.attachable_ref,
                added_at=now,
            )
        # Last, because from here on the row is locked, and a file may be large.
        if not _release(claim, state=State.FETCHED, sentence=""):
            transaction.set_rollback(True)


def _add_copy(
    row: BillAttachment, bill: Bill, taker: Taker, content: BinaryIO, *, now: datetime
) -> ProjectFile:
    return add_file(
        project=taker.project,
        upload=content,
        name=row.file_name,
        actor=None,
        now=now,
        subject_kind=SUBJECT,
        subject_id=str(bill.pk),
        subject_label=label_of(bill),
        origin=FileOrigin.QUICKBOOKS,
        is_read_only=True,
        is_client_visible=True,
    )


def _refuse(claim: Claim, sentence: str) -> None:
    _release(claim, state=State.REFUSED, sentence=sentence[:300], next_try_at=None)


def _wait(claim: Claim) -> bool:
    wait = WAITS[min(claim.row.tries, len(WAITS)) - 1]
    _release(claim, next_try_at=timezone.now() + wait)
    return True


def _release(claim: Claim, **values: object) -> bool:
    """False when the claim ran out, and the row is another worker's or gone."""
    mine = BillAttachment.objects.filter(pk=claim.row.pk, state=State.WANTED, next_try_at=claim.until)
    return bool(mine.update(**values))


# What could not be fetched ----------------------------------------------------------------------------------------


def report_refused_files(connection: Connection, *, now: datetime) -> None:
    """One issue in the sync log for each that a project would take."""
    refused = BillAttachment.objects.filter(connection=connection, state=State.REFUSED).order_by("pk")
    found: dict[int, FoundIssue] = {}
    for taker in takers_of(connection) if refused.exists() else ():
        found |= {row.pk: _describe(row) for row in refused.filter(touches(taker, connection))}
    reconcile_issues(connection, list(found.values()), now=now, scope_reasons={NOT_FETCHED})


def _describe(row: BillAttachment) -> FoundIssue:
    return FoundIssue(
        reason=NOT_FETCHED,
        subject_type="attachment",
        subject_id=f"{row.attachable_ref}/{row.bill_ref}"[:60],
        subject_label=row.file_name[:300],
        title=f"“{row.file_name[:200]}”, attached to a bill in QuickBooks, is not shown here.",
        way_out=row.sentence,
        fix_url=link_to_document("Bill", row.bill_ref),
        fix_label="Open the bill in QuickBooks",
    )
