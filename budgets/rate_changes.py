"""Settles cost lines again when a rate, an employee link or a project number changes in the rooms below.

Those rooms do not know of cost lines, and their rows are also changed by the staff admin and by deletes that
cascade; Django's own signals reach all of these doors, inside the transaction that makes the change.
"""

from typing import Any

from django.db.models.signals import post_delete, post_save

from budgets.models import CostLine, RateSource
from budgets.quickbooks import reprice_workers, resolve_project_refs
from integrations.models import Connection, EmployeeLink, ProjectRefMapping
from ressio.models import MemberRate
from ressio.scoping import scope

MEMBER_SOURCES = (RateSource.MEMBER_COST, RateSource.MEMBER_BILLABLE)


def listen_for_changes() -> None:
    for model, handler in (
        (MemberRate, reprice_member),
        (EmployeeLink, reprice_linked_employee),
        (ProjectRefMapping, resolve_mapped_project),
    ):
        for signal in (post_save, post_delete):
            signal.connect(handler, sender=model, dispatch_uid=f"budgets.{handler.__name__}")


def reprice_member(instance: MemberRate, **signal: Any) -> None:
    with scope(company=instance.company):
        links = EmployeeLink.objects.filter(team_member=instance.team_member_id)
        for link in links.select_related("connection"):
            reprice_workers(link.connection, [link.employee_ref])


def reprice_linked_employee(instance: EmployeeLink, **signal: Any) -> None:
    """The employee linked now, and whoever lost a link and is still priced by its member's rates."""
    with scope(company=instance.company):
        connection = instance.connection
        reprice_workers(connection, {instance.employee_ref, *_priced_without_link(connection)})


def _priced_without_link(connection: Connection) -> set[str]:
    linked = EmployeeLink.objects.filter(connection=connection).values("employee_ref")
    lines = CostLine.objects.filter(connection=connection).exclude(employee_ref__in=linked)
    by_cost = lines.filter(cost_rate_source__in=MEMBER_SOURCES)
    by_billable = lines.filter(billable_rate_source__in=MEMBER_SOURCES)
    return set((by_cost | by_billable).values_list("employee_ref", flat=True).distinct().order_by())


def resolve_mapped_project(instance: ProjectRefMapping, **signal: Any) -> None:
    with scope(company=instance.company):
        resolve_project_refs(instance.connection, [instance.project_ref])
