"""Forms of the time clock: what people type, read into what the verbs take. What is allowed, the verbs know."""

import re
from collections.abc import Sequence
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from ressio.access import projects_for
from ressio.models import ClockShown, CostCode, MemberRate, Project, TeamMember
from ressio.templatetags.ressio_ui import write_date
from timeclock.choices import clockable_projects, codes_by_project, shift_types_of
from timeclock.models import Shift
from timeclock.reviewing import ORDERS, STATUSES, ShiftFilter, week_of
from timeclock.rights import may_review
from timeclock.written_times import BreakInput, ShiftInput, as_given

ALL_WEEKS = "all"
WHICH = [("", "—"), ("first", "the first"), ("second", "the second")]
_BREAK = re.compile(r"(\d{1,2}:\d{2})\s*(?:-|–|to)\s*(\d{1,2}:\d{2})")
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)")
_DECIMAL = re.compile(r"\d{1,2}([.,]\d{1,4})?")


# The grid -----------------------------------------------------------------------------------------------------------


class ShiftFilterForm(forms.Form):
    """A value that makes no sense is a 400, not an empty list."""

    q = forms.CharField(required=False, max_length=200)
    week = forms.CharField(required=False, max_length=10)
    project: "forms.ModelChoiceField[Project]" = forms.ModelChoiceField(
        Project.objects.none(), required=False, empty_label="Every project"
    )
    worker: "forms.ModelChoiceField[TeamMember]" = forms.ModelChoiceField(
        TeamMember.objects.none(), required=False, empty_label="Everybody"
    )
    status = forms.ChoiceField(required=False, choices=[("", "Every status"), *STATUSES])
    sort = forms.ChoiceField(
        required=False, choices=[(sign + key, key) for key in ORDERS for sign in ("", "-")]
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=10**6)

    def __init__(self, *args: Any, member: TeamMember, project: Project | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.only = project
        fields: Any = self.fields
        fields["project"].queryset = projects_for(member).order_by("name")
        fields["worker"].queryset = (
            TeamMember.objects.order_by("name") if may_review(member) else TeamMember.objects.none()
        )

    def clean_week(self) -> tuple[date, date] | None:
        """None for all of them. A project's tab shows all unless told."""
        text = self.cleaned_data["week"]
        if text == ALL_WEEKS or (not text and self.only is not None):
            return None
        try:
            return week_of(date.fromisoformat(text) if text else timezone.localdate())
        except (ValueError, OverflowError) as error:
            raise ValidationError("Choose a day of the week.") from error

    def to_filter(self) -> ShiftFilter:
        data = self.cleaned_data
        first, last = data["week"] or (None, None)
        return ShiftFilter(
            first_day=first,
            last_day=last,
            project=self.only or data["project"],
            worker=data["worker"],
            status=data["status"],
            text=data["q"],
        )


# One shift ----------------------------------------------------------------------------------------------------------


class CodeSelect(forms.Select):
    """Says at each cost code on which projects it can be clocked, for the script that shows only those."""

    projects_of: dict[int, list[int]]

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(*args, **kwargs)
        code = getattr(option["value"], "value", None)
        if code in self.projects_of:
            option["attrs"]["data-projects"] = " ".join(map(str, self.projects_of[code]))
        return option


class HoursField(forms.CharField):
    """`8.5`, `8:30`; empty is none. Cleans to seconds."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        if not text:
            return None
        if match := _CLOCK.fullmatch(text):
            return int(match[1]) * 3600 + int(match[2]) * 60
        if _DECIMAL.fullmatch(text):
            return round(float(text.replace(",", ".")) * 3600)
        raise ValidationError(f"“{text}” is no number of hours. Write 8.5 or 8:30.")


class BreaksField(forms.CharField):
    """`12:00–12:30, 15:00–15:10`. Cleans to `BreakInput`s."""

    def clean(self, value: Any) -> Any:
        return _read_breaks(super().clean(value))


def _read_breaks(text: str) -> list[BreakInput]:
    """Raises ValidationError."""
    breaks = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = _BREAK.fullmatch(part)
        try:
            if match is None:
                raise ValueError
            breaks.append(BreakInput(_read_time(match[1]), _read_time(match[2])))
        except ValueError as error:
            raise ValidationError(f"“{part}” is no break. Write 12:00–12:30.") from error
    return breaks


def _read_time(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


class ShiftForm(forms.Form):
    """Admins have the worker, breaks and what is billable besides; the two `…_is` are asked only in the one night."""

    worker: "forms.ModelChoiceField[TeamMember]" = forms.ModelChoiceField(
        TeamMember.objects.none(), label="Who", empty_label="Choose a person"
    )
    project: "forms.ModelChoiceField[Project]" = forms.ModelChoiceField(
        Project.objects.none(), empty_label="Choose a project"
    )
    cost_code: "forms.ModelChoiceField[CostCode]" = forms.ModelChoiceField(
        CostCode.objects.none(),
        label="Cost code",
        required=False,
        empty_label="No cost code yet",
        widget=CodeSelect,
    )
    shift_type = forms.ChoiceField(label="Shift type", required=False)
    worked_on = forms.DateField(
        label="Date", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    started = forms.TimeField(
        label="Start", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ended = forms.TimeField(
        label="End", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    started_is = forms.ChoiceField(label="Which start", required=False, choices=WHICH)
    ended_is = forms.ChoiceField(label="Which end", required=False, choices=WHICH)
    seconds = HoursField(
        label="Or only the hours",
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text="Without start and end, such as 8.5 or 8:30.",
    )
    breaks = BreaksField(
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Not worked, within the shift, such as 12:00–12:30, 15:00–15:10.",
    )
    description = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 4000}))
    is_billable = forms.BooleanField(label="Billable to the client", required=False)

    def __init__(self, *args: Any, member: TeamMember, shift: Shift | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member, self.shift = member, shift
        fields: Any = self.fields
        if not may_review(member):
            for name in ("worker", "breaks", "is_billable"):
                del fields[name]
        elif shift is not None:
            del fields["worker"]
        else:
            fields["worker"].queryset = TeamMember.objects.filter(is_active=True).order_by("name")
        worker = (shift.team_member if shift else None) or member
        kept = Q(pk=shift.project_id) if shift else Q(pk=None)
        fields["project"].queryset = (
            projects_for(member).filter(Q(is_archived=False) | kept).order_by("name", "pk").distinct()
        )
        self._offer_codes(worker)
        if shift or not may_review(member):
            choices = _type_choices(shift_types_of(worker), shift.shift_type if shift else "")
        else:
            choices = [("", "The person's default"), *((name, name) for name in _all_types())]
        fields["shift_type"].choices = choices
        if len(choices) < 2 and not (shift and shift.shift_type):
            del fields["shift_type"]

    def _offer_codes(self, worker: TeamMember) -> None:
        """An Admin may put time on any code, others on what the clock offers (R38)."""
        field: Any = self.fields["cost_code"]
        kept = self.shift.cost_code_id if self.shift else None
        field.widget.projects_of = {}
        if may_review(self.member):
            field.queryset = CostCode.objects.filter(Q(is_active=True) | Q(pk=kept)).order_by("name")
            return
        field.widget.projects_of = projects_of_codes(worker)
        field.queryset = CostCode.objects.filter(pk__in={*field.widget.projects_of, kept}).order_by("name")

    def to_input(self) -> ShiftInput:
        data = self.cleaned_data
        return ShiftInput(
            project=data["project"],
            cost_code=data["cost_code"],
            worked_on=data["worked_on"],
            shift_type=data.get("shift_type", ""),
            description=data["description"],
            started=self._exact("started"),
            ended=self._exact("ended"),
            started_is=data["started_is"],
            ended_is=data["ended_is"],
            seconds=data["seconds"],
            is_billable=data.get("is_billable"),
            breaks=self._changed_breaks(),
        )

    def _exact(self, name: str) -> time | None:
        """The form shows minutes; what was clocked has seconds, which stay where nobody changed the minute."""
        value: time | None = self.cleaned_data[name]
        stands: time | None = getattr(as_given(self.shift), name) if self.shift else None
        return stands if stands and value == stands.replace(second=0, microsecond=0) else value

    def _changed_breaks(self) -> Sequence[BreakInput] | None:
        breaks: Sequence[BreakInput] | None = self.cleaned_data.get("breaks")
        if breaks is None or self.cleaned_data["ended"] is None:
            return None
        return None if self.shift and breaks == _read_breaks(write_breaks(self.shift)) else breaks


def write_breaks(shift: Shift) -> str:
    """As the form takes them. One that is still open is left out."""
    zone = ZoneInfo(shift.zone)
    return ", ".join(
        f"{each.started_at.astimezone(zone):%H:%M}–{each.ended_at.astimezone(zone):%H:%M}"
        for each in sorted(shift.breaks.all(), key=lambda each: each.started_at)
        if each.ended_at
    )


def projects_of_codes(member: TeamMember) -> dict[int, list[int]]:
    """For each cost code the projects on which this person may clock it."""
    found: dict[int, list[int]] = {}
    for project_id, codes in codes_by_project(list(clockable_projects(member))).items():
        for code in codes:
            found.setdefault(code.pk, []).append(project_id)
    return found


def _type_choices(types: list[str], kept: str) -> list[tuple[str, str]]:
    """The default is offered once, as the shift has it: by its name, or by none."""
    default, *others = types or [""]
    if kept and kept not in types:
        others.append(kept)
    first = kept if kept == default else ""
    return [(first, f"{default} (default)" if default else "Default"), *((name, name) for name in others)]


def _all_types() -> list[str]:
    names = MemberRate.objects.order_by("shift_type").values_list("shift_type", flat=True)
    return list(dict.fromkeys(names))


class ShownForm(forms.Form):
    """Which cost codes, and whether the clock offers them (R38)."""

    code: "forms.ModelMultipleChoiceField[CostCode]" = forms.ModelMultipleChoiceField(
        CostCode.objects.none(), error_messages={"required": "Tick the cost codes first."}
    )
    shown = forms.ChoiceField(choices=ClockShown.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["code"].queryset = CostCode.objects.all()


def say_week(first: date, last: date) -> str:
    """`23 – 29 Nov 2026`."""
    if first.month == last.month:
        return f"{first.day} – {write_date(last)}"
    begin = write_date(first) if first.year != last.year else f"{first.day} {first:%b}"
    return f"{begin} – {write_date(last)}"
