"""Which projects take the files of QuickBooks' bills, and which files each of them lacks (M48, K12).

A bill touches a project when a line of the document names one of its customers, or when it is the project's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from budgets.models import Bill, BillAttachment, BillFile, BillOrigin, CostLine
from budgets.reach import customers_by_link
from integrations.models import Connection, ProjectLink, ProjectSwitches
from ressio.models import Project


@dataclass(frozen=True)
class Taker:
    """A linked project whose pulling is on."""

    project: Project
    customers: frozenset[str]
    since: datetime | None
    """What was attached before is left alone; None = nothing is, because somebody asked for the earlier ones too."""


def takers_of(connection: Connection) -> list[Taker]:
    """Three queries."""
    links = list(ProjectLink.objects.filter(connection=connection).select_related("project__company"))
    on = ProjectSwitches.objects.filter(
        project__in=[link.project_id for link in links], pull_bill_files=True
    ).in_bulk(field_name="project_id")
    if not on:
        return []
    customers = customers_by_link(links)
    return [
        Taker(
            link.project,
            frozenset(customers[link.customer_ref]),
            _whole_second(on[link.project_id].pull_bill_files_since),
        )
        for link in links
        if link.project_id in on
    ]


def _whole_second(moment: datetime | None) -> datetime | None:
    """QuickBooks knows no smaller ones: what was attached in the same second came after."""
    return moment.replace(microsecond=0) if moment else None


def find_taker(connection: Connection, project: Project) -> Taker | None:
    return next((taker for taker in takers_of(connection) if taker.project == project), None)


def wanted_by(taker: Taker, connection: Connection) -> "QuerySet[BillAttachment]":
    """What it lacks and takes by itself."""
    lacking = lacked_by(taker, connection)
    return lacking if taker.since is None else lacking.filter(made_at__gte=taker.since)


def earlier_for(taker: Taker, connection: Connection) -> "QuerySet[BillAttachment]":
    """What it lacks because it was attached before pulling was turned on."""
    lacking = lacked_by(taker, connection)
    if taker.since is None:
        return lacking.none()
    return lacking.filter(Q(made_at__lt=taker.since) | Q(made_at=None))


def lacked_by(taker: Taker, connection: Connection) -> "QuerySet[BillAttachment]":
    here = BillFile.objects.filter(
        bill__connection=connection,
        bill__quickbooks_id=OuterRef("bill_ref"),
        attachable_ref=OuterRef("attachable_ref"),
        file__project=taker.project,
    )
    bills = Bill.objects.filter(connection=connection, quickbooks_id=OuterRef("bill_ref"))
    found: QuerySet[BillAttachment] = BillAttachment.objects.filter(
        touches(taker, connection), Exists(bills), ~Exists(here), connection=connection
    ).exclude(state=BillAttachment.State.REFUSED)
    return found


def touches(taker: Taker, connection: Connection) -> Q:
    """Of attachments, by the bill they hang on."""
    lines = CostLine.objects.filter(
        connection=connection, entity="Bill", customer_ref__in=sorted(taker.customers)
    )
    own = Bill.objects.filter(connection=connection, origin=BillOrigin.RESSIO, project=taker.project)
    return Q(bill_ref__in=lines.values("document_ref")) | Q(bill_ref__in=own.values("quickbooks_id"))


def takers_for(row: BillAttachment, connection: Connection) -> Sequence[Taker]:
    """Who takes this one now."""
    return [
        taker for taker in takers_of(connection) if wanted_by(taker, connection).filter(pk=row.pk).exists()
    ]
