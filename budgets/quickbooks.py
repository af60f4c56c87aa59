"""Keeps cost lines in step with what QuickBooks says: what `budgets` hangs into the mirror.

All lines of a document are replaced together, in the transaction that stores the document. What a line
takes from elsewhere (which customer a project number stands for, what an hour costs) is settled again when
that changes. Rebuilding everything from the mirror gives the same lines.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from budgets.closed_period import ClosedPeriodWatch, watch_closed_period
from budgets.knowledge import load_known_lists, load_known_projects
from budgets.models import CostLine
from budgets.projection import COST_ENTITIES, CostLineValues, KnownLists, cost_lines_of
from budgets.reading import Json
from integrations.gateway.rows import Row
from integrations.models import Connection, Document
from integrations.registry import register_projector
from ressio.bulk import bulk_insert

COLUMNS = ("company_id", "connection_id", *CostLineValues._fields)
IDS_AT_ONCE = 1000


def register_projectors() -> None:
    """After the lists' own projectors, so that what they know is up to date here."""
    for entity in COST_ENTITIES:
        register_projector(entity, CostProjector(entity))
    register_projector("Customer", resolve_late_projects)
    register_projector("Employee", reprice_changed_employees)


# Projectors -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CostProjector:
    entity: str

    def __call__(self, connection: Connection, changed: Sequence[Row], deleted_ids: Sequence[str]) -> None:
        ids = [*_ids(changed), *deleted_ids]
        watch = watch_closed_period(connection, self.entity, ids)
        remove_cost_lines(connection, self.entity, ids)
        if changed:
            known = load_known_lists(connection, self.entity, _ids(changed))
            insert_cost_lines(connection, self.entity, (row.data for row in changed), known, watch=watch)
        if watch is not None:
            watch.report(now=timezone.now())


def resolve_late_projects(connection: Connection, changed: Sequence[Row], deleted_ids: Sequence[str]) -> None:
    """A project can arrive after the lines that name it by its id (V2)."""
    resolve_project_refs(connection, _ids(changed))


def reprice_changed_employees(
    connection: Connection, changed: Sequence[Row], deleted_ids: Sequence[str]
) -> None:
    """A worker's cost rate prices every hour whose entry carries none (V9)."""
    reprice_workers(connection, [*_ids(changed), *deleted_ids])


def _ids(rows: Sequence[Row]) -> list[str]:
    return [row.data["Id"] for row in rows]


# Writing ----------------------------------------------------------------------------------------------------------


def insert_cost_lines(
    connection: Connection,
    entity: str,
    documents: Iterable[Json],
    known: KnownLists,
    *,
    watch: ClosedPeriodWatch | None = None,
) -> int:
    owner = (connection.company_id, connection.pk)
    lines: Iterable[CostLineValues] = (
        line for document in documents for line in cost_lines_of(entity, document, known=known)
    )
    if watch is not None:
        lines = watch.noting(lines)
    return bulk_insert(CostLine, COLUMNS, (owner + line for line in lines))


def remove_cost_lines(connection: Connection, entity: str, ids: Sequence[str]) -> None:
    for some in _slices(ids):
        CostLine.objects.filter(connection=connection, entity=entity, document_ref__in=some).delete()


def _slices(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + IDS_AT_ONCE] for start in range(0, len(ids), IDS_AT_ONCE))


# When something else changes ----------------------------------------------------------------------------------------


def resolve_project_refs(connection: Connection, project_refs: Collection[str]) -> None:
    """Settle again which customer the lines with these project numbers belong to (V2)."""
    known = load_known_projects(connection)
    for some in _slices(list(project_refs)):
        lines = CostLine.objects.filter(connection=connection)
        used = lines.filter(project_ref__in=some).values_list("project_ref", flat=True).distinct()
        for project_ref in list(used.order_by()):
            customer: Any = known.get(project_ref) or F("named_customer_ref")
            lines.filter(project_ref=project_ref).exclude(customer_ref=customer).update(customer_ref=customer)


def reprice_workers(connection: Connection, employee_refs: Collection[str]) -> None:
    """Price the time of these employees again, after a rate or a link of theirs changed (V9)."""
    for some in _slices(list(employee_refs)):
        lines = CostLine.objects.filter(connection=connection, entity="TimeActivity", employee_ref__in=some)
        project_again(connection, "TimeActivity", list(lines.values_list("document_ref", flat=True)))


def project_again(connection: Connection, entity: str, ids: Sequence[str]) -> None:
    """Replace the lines of some documents from the mirror."""
    with transaction.atomic():
        known = load_known_lists(connection, entity, ids) if ids else KnownLists()
        for some in _slices(ids):
            documents = _mirrored(connection, entity).filter(quickbooks_id__in=some)
            remove_cost_lines(connection, entity, some)
            insert_cost_lines(connection, entity, _bodies(documents), known)


def rebuild_cost_lines(connection: Connection) -> int:
    """Make all cost lines of a connection anew from the mirror; returns how many there are.

    Gives the rows that are there already: the way back after a correction of the rules or of the mirror.
    """
    with transaction.atomic():
        CostLine.objects.filter(connection=connection).delete()
        return sum(_rebuild_entity(connection, entity) for entity in COST_ENTITIES)


def _rebuild_entity(connection: Connection, entity: str) -> int:
    documents = _bodies(_mirrored(connection, entity))
    return insert_cost_lines(connection, entity, documents, load_known_lists(connection, entity))


def _mirrored(connection: Connection, entity: str) -> "QuerySet[Document]":
    documents: QuerySet[Document] = Document.objects.filter(
        connection=connection, entity=entity, deleted_at=None
    )
    return documents


def _bodies(documents: "QuerySet[Document]") -> Iterator[Json]:
    bodies = documents.order_by().values_list("body", flat=True).iterator(chunk_size=IDS_AT_ONCE)
    return (json.loads(body, parse_float=Decimal) for body in bodies)
