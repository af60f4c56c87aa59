"""Costs that stand on no invoice yet, picked with tick boxes and put on the invoice as lines (R40, R41)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from invoicing.forms_lines import add_line, add_section, billed_keys, find_section, initial_line
from invoicing.invoices.actuals import UninvoicedCost, lines_from_actuals, uninvoiced_costs
from invoicing.models import SectionKind
from ressio.models import CostCode, Project, TeamMember
from ressio.money import ZERO

ALL = "all"
"""Ticks every cost found but those that QuickBooks billed already: billing them twice is nobody's wish by one press."""
BY_CODE, BY_LINE = "code", "line"
GROUPINGS = ((BY_CODE, "One line for each cost code"), (BY_LINE, "One line for each cost"))
TITLE = "Costs"


class CostsForm(forms.Form):
    """What is looked for. Its fields stand in the invoice's form."""

    actuals_until = forms.DateField(required=False)
    actuals_codes: "forms.ModelMultipleChoiceField[CostCode]" = forms.ModelMultipleChoiceField(
        CostCode.objects.none(), label="Only these cost codes", required=False
    )
    grouping = forms.ChoiceField(label="Put on the invoice as", choices=GROUPINGS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["actuals_codes"]
        field.queryset = CostCode.objects.order_by("name")
        field.widget.attrs["size"] = 4


@dataclass(frozen=True)
class PickRow:
    cost: UninvoicedCost
    is_picked: bool


@dataclass(frozen=True)
class Costs:
    """The table of costs as the page shows it."""

    form: CostsForm
    rows: Sequence[PickRow]

    @property
    def has_billed_there(self) -> bool:
        return any(row.cost.is_billed_there for row in self.rows)

    @property
    def total(self) -> Any:
        return sum((row.cost.amount for row in self.rows), ZERO)


def find_costs(data: Mapping[str, Any], project: Project, member: TeamMember) -> Costs:
    """Not those that lines of the form bill already."""
    form = CostsForm(data or {"grouping": BY_CODE})
    form.is_valid()
    codes = {code.pk for code in form.cleaned_data.get("actuals_codes") or ()}
    taken = billed_keys(data) if isinstance(data, QueryDict) else set()
    picked = set(data.getlist("pick")) if isinstance(data, QueryDict) else set()
    ticks_all = data.get("find") == ALL
    found = uninvoiced_costs(project, until=form.cleaned_data.get("actuals_until"), member=member)
    rows = [
        PickRow(cost, cost.key in picked or (ticks_all and not cost.is_billed_there))
        for cost in found
        if cost.key not in taken and (not codes or (cost.cost_code and cost.cost_code.pk in codes))
    ]
    return Costs(form, rows)


def put_on(data: QueryDict, project: Project, member: TeamMember) -> int:
    """The ticked costs as lines of the form, in its section of actuals. Returns how many costs."""
    costs = [row.cost for row in find_costs(data, project, member).rows if row.is_picked]
    if not costs:
        return 0
    place = find_section(data, SectionKind.ACTUALS)
    if place is None:
        place = add_section(data, SectionKind.ACTUALS, TITLE)
    for line in lines_from_actuals(costs, by=data.get("grouping") or BY_CODE):
        add_line(data, place, initial_line(line, place))
    data.setlist("pick", [])
    return len(costs)
