"""From what a program sent to what the verbs on shifts take."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from rest_framework.exceptions import PermissionDenied

from ressio.access import projects_for
from ressio.api.errors import Conflict, Refused
from ressio.models import CostCode, Project, TeamMember
from timeclock.errors import ShiftRefused
from timeclock.models import Shift
from timeclock.written_times import BreakInput, ShiftInput, as_given

ON_THE_WIRE = {
    "project": "project_id",
    "cost_code": "cost_code_id",
    "worker": "team_member_id",
    "seconds": "hours",
}
PLAIN = ("worked_on", "shift_type", "description", "is_billable")
TIMES = ("started", "ended", "started_is", "ended_is")


@contextmanager
def telling_refusals() -> Iterator[None]:
    """About a field: 400. About who asks: 403. About how things stand: 409."""
    try:
        yield
    except ShiftRefused as error:
        if error.code == "not_allowed":
            raise PermissionDenied(str(error)) from error
        if error.field:
            raise Refused(str(error), field=ON_THE_WIRE.get(error.field, error.field)) from error
        raise Conflict(str(error)) from error


def find_project(member: TeamMember, pk: int) -> Project:
    project = projects_for(member).filter(pk=pk).first()
    if project is None:
        raise Refused("There is no such project.", field="project_id")
    return project


def find_code(pk: int | None) -> CostCode | None:
    code: CostCode | None = CostCode.objects.filter(pk=pk).first() if pk is not None else None
    if pk is not None and code is None:
        raise Refused("There is no such cost code.", field="cost_code_id")
    return code


def find_worker(member: TeamMember, pk: int | None) -> TeamMember:
    if pk is None or pk == member.pk:
        return member
    worker: TeamMember | None = TeamMember.objects.filter(pk=pk, is_active=True).first()
    if worker is None:
        raise Refused("There is no such team member.", field="team_member_id")
    return worker


def read_shift(member: TeamMember, values: Mapping[str, Any]) -> ShiftInput:
    """All of a shift. What is not sent is empty. Raises Refused."""
    return ShiftInput(
        project=find_project(member, values["project_id"]),
        cost_code=find_code(values.get("cost_code_id")),
        **_named(values, (*PLAIN, *TIMES)),
        **_lengths(values),
    )


def read_changes(member: TeamMember, shift: Shift, values: Mapping[str, Any]) -> ShiftInput:
    """What is not sent stays as it is; hours put in place of times, and times in place of hours. Raises Refused."""
    given = as_given(shift)
    if values.get("hours") is not None:
        given = replace(given, started=None, ended=None, started_is="", ended_is="")
    elif values.get("started") is not None:
        given = replace(given, seconds=None)
    changes = _named(values, (*PLAIN, *TIMES)) | _lengths(values)
    for name in ("started", "ended"):
        if name in changes and f"{name}_is" not in changes:
            changes[f"{name}_is"] = ""
    if "project_id" in values:
        changes["project"] = find_project(member, values["project_id"])
    if "cost_code_id" in values:
        changes["cost_code"] = find_code(values["cost_code_id"])
    return replace(given, **changes)


def _named(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}


def _lengths(values: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if values.get("hours") is not None:
        found["seconds"] = round(values["hours"] * 3600)
    if "breaks" in values:
        found["breaks"] = [BreakInput(each["started"], each["ended"]) for each in values["breaks"]]
    return found
