"""Verbs on projects: create, change, archive, and who works on them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction

from ressio.activity import record_activity
from ressio.changes import apply_changes
from ressio.models import Company, Project, ProjectAssignment, TeamMember, User

Restored = Callable[[Project], None]
_restored: list[Restored] = []


class NameTaken(Exception):
    """Project names differ within a company, whatever their case."""


def register_restored(hook: Restored) -> None:
    """`hook(project)` runs in the transaction that makes an archived project active again."""
    if hook not in _restored:
        _restored.append(hook)


def create_project(*, company: Company, actor: User, name: str, **values: Any) -> Project:
    """Raises NameTaken."""
    try:
        with transaction.atomic():
            project: Project = Project.objects.create(company=company, name=name, **values)
            record_activity(company=company, actor=actor, verb="created the project", subject=project)
    except IntegrityError as error:
        raise _name_taken(name) from error
    return project


def update_project(*, project: Project, actor: User, **values: Any) -> None:
    """Raises NameTaken."""
    try:
        with transaction.atomic():
            changes = apply_changes(project, values)
            _tell_if_restored(project, changes)
            if changes:
                record_activity(
                    company=project.company,
                    actor=actor,
                    verb="changed the project",
                    subject=project,
                    changes=changes,
                )
    except IntegrityError as error:
        raise _name_taken(values["name"]) from error


def archive_project(*, project: Project, actor: User) -> None:
    _set_archived(project, actor=actor, is_archived=True, verb="archived the project")


def restore_project(*, project: Project, actor: User) -> None:
    _set_archived(project, actor=actor, is_archived=False, verb="restored the project")


def assign_team(*, project: Project, members: Iterable[TeamMember], actor: User) -> None:
    """Makes `members` exactly the project's team."""
    wanted = {member.pk: member for member in members}
    with transaction.atomic():
        now = {row.team_member_id: row for row in project.assignments.select_related("team_member")}
        gone = [now[pk] for pk in now.keys() - wanted.keys()]
        new = [wanted[pk] for pk in wanted.keys() - now.keys()]
        _write_team(project, gone=gone, new=new)
        if gone or new:
            before, after = (sorted(_names(group)) for group in (_members(now.values()), wanted.values()))
            record_activity(
                company=project.company,
                actor=actor,
                verb="changed the team of",
                subject=project,
                changes={"team": [", ".join(before), ", ".join(after)]},
            )


def _write_team(project: Project, *, gone: list[ProjectAssignment], new: list[TeamMember]) -> None:
    ProjectAssignment.objects.filter(pk__in=[row.pk for row in gone]).delete()
    ProjectAssignment.objects.bulk_create(
        [ProjectAssignment(company=project.company, project=project, team_member=member) for member in new]
    )


def _members(rows: Iterable[ProjectAssignment]) -> list[TeamMember]:
    return [row.team_member for row in rows]


def _names(members: Iterable[TeamMember]) -> list[str]:
    return [member.name for member in members]


def _set_archived(project: Project, *, actor: User, is_archived: bool, verb: str) -> None:
    with transaction.atomic():
        if changes := apply_changes(project, {"is_archived": is_archived}):
            _tell_if_restored(project, changes)
            record_activity(company=project.company, actor=actor, verb=verb, subject=project)


def _tell_if_restored(project: Project, changes: Mapping[str, Any]) -> None:
    if "is_archived" in changes and not project.is_archived:
        for hook in _restored:
            hook(project)


def _name_taken(name: str) -> NameTaken:
    return NameTaken(f"There is a project named {name} already.")
