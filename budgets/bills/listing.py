"""Which bills a person may see (R1): those of their projects, whichever side they were made on."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from budgets.bills.rights import sees_bills
from budgets.models import CLOSED_STATES, Bill, BillOrigin, CostLine
from budgets.reach import customers_by_link
from integrations.models import ProjectLink
from ressio.access import projects_for
from ressio.models import Project, TeamMember

BILL = "Bill"


def bills_for(member: TeamMember, *, project: Project | None = None) -> "QuerySet[Bill]":
    """Of all projects this member may see, or of one of them; without an order. Three queries besides.

    A bill made here belongs to its project. One made in QuickBooks belongs to each project that a line of it names;
    once it is deleted or voided there no line says whose it was, and Admins alone see it, among all bills.
    """
    bills: QuerySet[Bill] = Bill.objects.all()
    if not sees_bills(member):
        return bills.none()
    projects = _visible_ids(member, project)
    made_here = Q(origin=BillOrigin.RESSIO, project__in=projects)
    lines = lines_in_reach(projects).filter(
        connection=OuterRef("connection"), document_ref=OuterRef("quickbooks_id")
    )
    shown = made_here | (Q(origin=BillOrigin.QUICKBOOKS) & Q(Exists(lines)))
    if member.is_admin and project is None:
        shown |= Q(origin=BillOrigin.QUICKBOOKS, state__in=CLOSED_STATES)
    return bills.filter(shown)


def lines_of_twin(bill: Bill, member: TeamMember) -> "QuerySet[CostLine]":
    """What a bill made in QuickBooks costs the projects that this member may see."""
    lines = lines_in_reach(_visible_ids(member, None))
    return lines.filter(connection=bill.connection_id, document_ref=bill.quickbooks_id).order_by("pk")


def lines_in_reach(project_ids: Collection[int]) -> "QuerySet[CostLine]":
    """Lines of bills in QuickBooks that belong to these projects (V3)."""
    lines: QuerySet[CostLine] = CostLine.objects.filter(entity=BILL)
    reach = Q(pk__in=())
    for connection_id, customers in _customers(project_ids).items():
        reach |= Q(connection=connection_id, customer_ref__in=customers)
    return lines.filter(reach)


def _visible_ids(member: TeamMember, project: Project | None) -> list[int]:
    projects = projects_for(member)
    if project is not None:
        projects = projects.filter(pk=project.pk)
    return list(projects.values_list("pk", flat=True))


def _customers(project_ids: Collection[int]) -> dict[int, set[str]]:
    """By connection. All links of one are looked at, because each limits the others."""
    by_connection: dict[int, list[ProjectLink]] = defaultdict(list)
    for link in ProjectLink.objects.all():
        by_connection[link.connection_id].append(link)
    wanted, found = set(project_ids), defaultdict[int, set[str]](set)
    for connection_id, links in by_connection.items():
        reached = customers_by_link(links)
        for link in links:
            if link.project_id in wanted:
                found[connection_id] |= reached[link.customer_ref]
    return found
