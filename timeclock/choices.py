"""What a person may clock on: projects, cost codes (R38), shift types (R32)."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import QuerySet
from django.utils import timezone

from budgets.models import BudgetLine, CostLine
from budgets.reach import customers_by_link
from integrations.models import CostCodeLink, ProjectLink
from ressio.access import projects_for
from ressio.models import ClockShown, CostCode, MemberRate, Project, TeamMember
from ressio.people.rates import default_type_of
from timeclock.errors import ShiftRefused


def clockable_projects(member: TeamMember) -> "QuerySet[Project]":
    return projects_for(member).filter(is_archived=False).order_by("name", "pk")


def clockable_codes(project: Project) -> list[CostCode]:
    """By name."""
    return codes_by_project([project])[project.pk]


def codes_by_project(projects: Collection[Project]) -> dict[int, list[CostCode]]:
    """For each project the codes its clock offers: those shown always, and those it uses, which has a budget line or a
    cost on the code. Five queries, whatever their number.
    """
    shown = CostCode.objects.filter(is_active=True).exclude(shown_in_clock=ClockShown.NEVER)
    codes = list(shown.order_by("name", "pk"))
    used = _used_codes(projects)
    return {
        project.pk: [
            code for code in codes if code.shown_in_clock == ClockShown.ALWAYS or code.pk in used[project.pk]
        ]
        for project in projects
    }


def _used_codes(projects: Iterable[Project]) -> dict[int, set[int]]:
    ids = [project.pk for project in projects]
    used: dict[int, set[int]] = defaultdict(set)
    for lines in (BudgetLine.objects.filter(project__in=ids), CostLine.objects.filter(project__in=ids)):
        for project_id, code_id in lines.order_by().values_list("project", "cost_code").distinct():
            used[project_id].add(code_id)
    for project_id, code_id in _codes_of_costs(set(ids)):
        used[project_id].add(code_id)
    return used


def _codes_of_costs(project_ids: set[int]) -> Iterable[tuple[int, int]]:
    """From QuickBooks' costs: the customer says which project, the item which code."""
    links = list(ProjectLink.objects.filter(connection__is_current=True))
    reached = customers_by_link(links)
    owners = {
        customer: link.project_id
        for link in links
        if link.project_id in project_ids
        for customer in reached[link.customer_ref]
    }
    if not owners:
        return
    linked = CostCodeLink.objects.filter(connection=links[0].connection_id)
    codes = dict(linked.values_list("item_ref", "cost_code"))
    lines = CostLine.objects.filter(connection=links[0].connection_id, customer_ref__in=list(owners))
    for customer, item in (
        lines.exclude(item_ref="").order_by().values_list("customer_ref", "item_ref").distinct()
    ):
        if item in codes:
            yield owners[customer], codes[item]


def shift_types_of(member: TeamMember) -> list[str]:
    """The names of the person's rates, today's default first; never the rates (R3). One type alone is no choice."""
    names = (
        MemberRate.objects.filter(team_member=member)
        .order_by("shift_type")
        .values_list("shift_type", flat=True)
    )
    default = default_type_of(member, on=timezone.localdate())
    return sorted(dict.fromkeys(names), key=lambda name: name != default)


def check_choice(
    *, member: TeamMember, project: Project, cost_code: CostCode | None, shift_type: str
) -> None:
    """What the clock takes, whatever a page offered. Raises `ShiftRefused`."""
    check_project(member, project)
    if cost_code is not None and cost_code.pk not in {code.pk for code in clockable_codes(project)}:
        raise ShiftRefused(
            f"“{cost_code}” cannot be clocked on {project}. Choose another cost code.", field="cost_code"
        )
    check_shift_type(member, shift_type)


def check_project(member: TeamMember, project: Project) -> None:
    if not clockable_projects(member).filter(pk=project.pk).exists():
        raise ShiftRefused(f"{member.name} cannot clock on {project}.", field="project")


def check_shift_type(member: TeamMember, shift_type: str) -> None:
    if shift_type and shift_type not in shift_types_of(member):
        raise ShiftRefused(f"{member.name} has no shift type “{shift_type}”.", field="shift_type")
