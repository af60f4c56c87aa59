"""Time as QuickBooks has it: what was entered there is shown here, what was sent from here is followed (K4, C20, N8).

Runs in the transaction that stores the documents, before their cost lines are made, so that a shift, its entry and the
budget change together. QuickBooks is the master of time it has: nobody changes a sent shift here, so whatever was
changed there is taken over, with before and after.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from django.db.models import QuerySet
from django.utils import timezone

from budgets.knowledge import load_known_projects
from budgets.reach import customers_by_link
from budgets.reading import Json
from integrations.gateway.rows import Row
from integrations.models import (
    Connection,
    CostCodeLink,
    EmployeeLink,
    ProjectLink,
    Push,
    PushOperation,
    PushState,
)
from integrations.registry import register_projector
from ressio.bulk import bulk_insert, bulk_set
from ressio.models import CostCode, Project, TeamMember
from timeclock.facts import Entry, key_of, read_entry, says_the_same, was_made_before
from timeclock.models import Break, Shift, ShiftChange, ShiftOrigin, ShiftState, make_client_key
from timeclock.own_time import drop_own_time
from timeclock.pushes import KIND
from timeclock.taking_over import CHANGED, Notes, take_entry
from timeclock.workers import load_workers, rates_of

ENTITY = "TimeActivity"
AT_ONCE = 500
IN_FLIGHT = (PushState.SENDING, PushState.UNKNOWN)
Sent = tuple[Shift, Json, datetime | None]
"""A shift on its way: what was sent of it, and when first."""


def register_time_projector() -> None:
    """Before the cost lines' own: they ask which entries were sent from here (`own_time.sent_entries`)."""
    register_projector(ENTITY, follow_shifts, is_first=True)


class Surroundings:
    """Whose, where and what an entry is here; read when asked for, in six queries."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @cached_property
    def known_projects(self) -> Mapping[str, str]:
        return load_known_projects(self.connection)

    @cached_property
    def projects(self) -> Mapping[str, Project]:
        """By customer; those that no project owns are left out."""
        links = list(ProjectLink.objects.filter(connection=self.connection).select_related("project"))
        reach = customers_by_link(links)
        return {customer: link.project for link in links for customer in reach[link.customer_ref]}

    @cached_property
    def members(self) -> Mapping[str, TeamMember]:
        links = EmployeeLink.objects.filter(connection=self.connection).select_related("team_member")
        return {link.employee_ref: link.team_member for link in links}

    @cached_property
    def codes(self) -> Mapping[str, CostCode]:
        links = CostCodeLink.objects.filter(connection=self.connection).select_related("cost_code")
        return {link.item_ref: link.cost_code for link in links}


# The projector ----------------------------------------------------------------------------------------------------


def follow_shifts(
    connection: Connection, changed: Sequence[Row], deleted_ids: Sequence[str], *, what: str = CHANGED
) -> None:
    """`what` the history says of entries that are known and say something else now."""
    now = timezone.now()
    documents = {str(row.data["Id"]): row.data for row in changed}
    known = _known_shifts(connection, [*documents, *deleted_ids])
    unknown = {key: document for key, document in documents.items() if key not in known}
    known |= _recognise_sent(connection, unknown)
    known |= _recognise_arrivals(connection, {key: doc for key, doc in unknown.items() if key not in known})
    if documents:
        around = Surroundings(connection)
        entries = {key: read_entry(doc, around.known_projects) for key, doc in documents.items()}
        take_over(
            [(known[key], entry) for key, entry in entries.items() if key in known],
            around,
            now=now,
            what=what,
        )
        _add([entry for key, entry in entries.items() if key not in known], around)
    bury([known[key] for key in deleted_ids if key in known], now=now)


def _known_shifts(connection: Connection, ids: Sequence[str]) -> dict[str, Shift]:
    found: dict[str, Shift] = {}
    for start in range(0, len(ids), AT_ONCE):
        shifts = locked_shifts().filter(connection=connection, quickbooks_id__in=ids[start : start + AT_ONCE])
        found |= {shift.quickbooks_id: shift for shift in shifts}
    return found


def locked_shifts() -> "QuerySet[Shift]":
    """What somebody approves or takes back at this moment is waited for, and not written over."""
    found: QuerySet[Shift] = Shift.objects.select_for_update(of=("self",))
    return found.select_related("team_member", "project", "cost_code", "company").order_by("pk")


def _recognise_sent(connection: Connection, documents: Mapping[str, Json]) -> dict[str, Shift]:
    """Answers to our own pushes, being recorded in this very transaction."""
    found: dict[str, Shift] = {}
    ids = list(documents)
    for start in range(0, len(ids), AT_ONCE):
        pushes = Push.objects.filter(
            connection=connection,
            kind=KIND,
            state=PushState.DONE,
            operation=PushOperation.CREATE,
            quickbooks_id__in=ids[start : start + AT_ONCE],
        )
        subjects = {int(push.subject_id): push.quickbooks_id for push in pushes}
        if not subjects:
            continue
        shifts = locked_shifts().filter(pk__in=subjects, quickbooks_id="", state=ShiftState.APPROVED)
        found |= {subjects[shift.pk]: shift for shift in shifts}
    return found


def _recognise_arrivals(connection: Connection, documents: Mapping[str, Json]) -> dict[str, Shift]:
    """An entry that came by a sync while the push that made it has no answer yet: it is ours, and counts once."""
    in_flight: dict[object, list[Sent]] = defaultdict(list)
    for sent in _in_flight(connection) if documents else []:
        in_flight[key_of(sent[1])].append(sent)
    found: dict[str, Shift] = {}
    for quickbooks_id, document in documents.items() if in_flight else ():
        same = in_flight[key_of(document)]
        alike = [sent for sent in same if not was_made_before(document, sent[2])]
        if alike:
            likeliest = next((sent for sent in alike if says_the_same(sent[1], document)), alike[0])
            found[quickbooks_id] = likeliest[0]
            same.remove(likeliest)
    return found


def _in_flight(connection: Connection) -> list[Sent]:
    pushes = Push.objects.filter(
        connection=connection, kind=KIND, state__in=IN_FLIGHT, operation=PushOperation.CREATE
    ).order_by("first_sent_at", "pk")
    by_shift = {int(push.subject_id): push for push in pushes if push.payload}
    if not by_shift:
        return []
    shifts = locked_shifts().filter(pk__in=by_shift, quickbooks_id="", state=ShiftState.APPROVED).in_bulk()
    return [
        (shifts[pk], json.loads(push.payload, parse_float=Decimal), push.first_sent_at)
        for pk, push in by_shift.items()
        if pk in shifts
    ]


# Shifts that are there --------------------------------------------------------------------------------------------

_TAKEN = (
    *("connection_id", "quickbooks_id", "team_member_id", "worker_name", "project_id", "cost_code_id"),
    *("description", "is_billable", "billable_status", "quickbooks_rate", "worked_on", "worked_seconds"),
    *("started_at", "ended_at", "state", "gone_at", "agreed"),
)


def take_over(
    pairs: Sequence[tuple[Shift, Entry]], around: Surroundings, *, now: datetime, what: str = CHANGED
) -> None:
    """A fixed number of statements for a whole batch."""
    if not pairs:
        return
    arrived = [shift for shift, _ in pairs if shift.is_ours and not shift.quickbooks_id]
    drop_own_time([shift.pk for shift in arrived])
    workers = load_workers((shift.team_member_id for shift in arrived), around.connection) if arrived else {}
    kept, strays, untimed, notes = [], [], [], []
    for shift, entry in pairs:
        project = around.projects.get(entry.line.customer_ref)
        if project is None and not shift.is_ours:
            strays.append(shift.pk)
            continue
        worker = workers.get(shift.team_member_id or 0)
        had_moments = shift.started_at is not None
        news = take_entry(
            shift,
            entry,
            connection=around.connection,
            project=project,
            member=around.members.get(entry.line.employee_ref),
            code=around.codes.get(entry.line.item_ref),
            our_rate=rates_of(shift, worker).ours if worker else None,
            what=what,
        )
        if had_moments and shift.started_at is None:
            untimed.append(shift.pk)
        kept.append(shift)
        notes += _note(shift, news, now)
    bulk_set(Shift, _TAKEN, [(shift.pk, *(getattr(shift, name) for name in _TAKEN)) for shift in kept])
    Break.objects.filter(shift__in=untimed).delete()
    Shift.objects.filter(pk__in=strays).delete()
    ShiftChange.objects.bulk_create(notes)


def _note(shift: Shift, news: Notes | None, now: datetime) -> list[ShiftChange]:
    if news is None:
        return []
    return [
        ShiftChange(
            company_id=shift.company_id,
            shift=shift,
            at=now,
            what=news.what,
            fields=[list(each) for each in news.fields],
        )
    ]


def bury(shifts: Sequence[Shift], *, now: datetime) -> None:
    """Out of the budget with its line, kept here with its last figures, and never made again by itself."""
    if not shifts:
        return
    gone = [shift for shift in shifts if shift.state != ShiftState.DELETED]
    Shift.objects.filter(pk__in=[shift.pk for shift in gone]).update(state=ShiftState.DELETED, gone_at=now)
    for shift in gone:
        shift.state, shift.gone_at = ShiftState.DELETED, now
    ShiftChange.objects.bulk_create(
        ShiftChange(company_id=shift.company_id, shift=shift, at=now, what="deleted in QuickBooks")
        for shift in gone
    )


# Entries made there -----------------------------------------------------------------------------------------------

_INSERTED = (
    *("company_id", "origin", "client_key", "zone", "recorded_at", "shift_type", "was_recorded"),
    *("start_place", "end_place", "end_key", "conflicts"),
    *_TAKEN,
)


def _add(entries: Sequence[Entry], around: Surroundings) -> None:
    """Every entry of a linked customer, whatever counts (K4); the rest concerns no project."""
    company = around.connection.company
    rows = []
    for entry in entries:
        project = around.projects.get(entry.line.customer_ref)
        if project is None or entry.line.txn_date is None:
            continue
        shift = Shift(company=company, origin=ShiftOrigin.QUICKBOOKS, state=ShiftState.APPROVED)
        take_entry(
            shift,
            entry,
            connection=around.connection,
            project=project,
            member=around.members.get(entry.line.employee_ref),
            code=around.codes.get(entry.line.item_ref),
        )
        head = (company.pk, ShiftOrigin.QUICKBOOKS.value, make_client_key(), company.time_zone)
        recorded_at = entry.line.recorded_at or timezone.now()
        taken = (getattr(shift, name) for name in _TAKEN)
        rows.append((*head, recorded_at, "", True, "", "", "", {}, *taken))
    bulk_insert(Shift, _INSERTED, rows)
