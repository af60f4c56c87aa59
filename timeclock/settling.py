"""Time of QuickBooks on the list, after links changed: entries of a customer linked now come, others go (K4)."""

from collections.abc import Iterator, Sequence

from django.db import transaction

from budgets.models import CostLine
from budgets.quickbooks import project_again
from integrations.gateway.rows import Row
from integrations.mirror import lock_books
from integrations.models import Connection, Document
from timeclock.models import Shift, ShiftOrigin, ShiftState
from timeclock.own_time import follow_employee_links
from timeclock.twins import AT_ONCE, ENTITY, Surroundings, follow_shifts


def settle_time(connection: Connection) -> int:
    """Makes the list what the links say; returns how many entries were looked at again. Twice changes nothing more.

    About ten queries when nothing is to be done.
    """
    if connection.is_current:
        follow_employee_links(connection.company_id)
    stale = list(_find_stale(connection, Surroundings(connection)))
    for start in range(0, len(stale), AT_ONCE):
        with transaction.atomic():
            lock_books(connection.pk)
            documents = Document.objects.filter(
                connection=connection, entity=ENTITY, quickbooks_id__in=stale[start : start + AT_ONCE]
            )
            rows = [Row(dict(each.data), "") for each in documents.filter(deleted_at=None)]
            follow_shifts(connection, rows, [], what="follows what is linked now")
            project_again(connection, ENTITY, _ours(connection, rows))  # priced by whose shift it is now
    return len(stale)


def _ours(connection: Connection, rows: Sequence[Row]) -> list[str]:
    ids = [str(row.data["Id"]) for row in rows]
    ours = Shift.objects.filter(connection=connection, origin=ShiftOrigin.RESSIO, quickbooks_id__in=ids)
    return list(ours.values_list("quickbooks_id", flat=True))


def _find_stale(connection: Connection, around: Surroundings) -> Iterator[str]:
    shifts = Shift.objects.filter(connection=connection, quickbooks_id__gt="")
    shown = {
        quickbooks_id: rest
        for quickbooks_id, *rest in shifts.values_list(
            "quickbooks_id", "origin", "state", "project_id", "team_member_id", "cost_code_id"
        )
    }
    lines = CostLine.objects.filter(connection=connection, entity=ENTITY)
    for quickbooks_id, customer, employee, item in lines.values_list(
        "document_ref", "customer_ref", "employee_ref", "item_ref"
    ):
        project = around.projects.get(customer)
        found = shown.get(quickbooks_id)
        if found is None:
            if project is not None:
                yield quickbooks_id
            continue
        origin, state, *refs = found
        if state == ShiftState.DELETED:
            continue
        named = (project, around.members.get(employee), around.codes.get(item))
        pks = [each.pk if each else None for each in named]
        pairs = list(zip(refs, pks, strict=True))
        if (
            origin == ShiftOrigin.RESSIO
        ):  # their own word, except where the entry names whom nobody knew before
            pairs = [(ref, pk) for ref, pk in pairs if ref is None]
        if any(ref != pk for ref, pk in pairs):
            yield quickbooks_id
