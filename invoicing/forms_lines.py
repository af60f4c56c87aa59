"""Sections and lines of the invoice form. Lines are one flat list; each says which section it stands in, so that the
page is a plain form however many sections it has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q
from django.forms.models import ModelChoiceIterator
from django.http import QueryDict

from budgets.bill_forms import LinkedChoices, NumberField
from integrations.models import Connection, CostCodeLink
from invoicing.forms import MARKUP_ROWS, MarkupForm, plain
from invoicing.invoices.checking import DESCRIPTION_LENGTH
from invoicing.invoices.inputs import InvoiceInput, LineInput, SectionInput
from invoicing.models import Invoice, SectionKind
from ressio.models import CostCode

EMPTY_ROWS = 3
MOST_LINES = 750
MOST_SECTIONS = 40
LINE, SECTION, MARKUP = "lines", "sections", "markups"


class KeysField(forms.Field):
    """Which costs a line bills: hidden, one value each."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> tuple[str, ...]:
        return tuple(key for key in value or () if key)


class SectionForm(forms.Form):
    kind = forms.ChoiceField(choices=SectionKind.choices, widget=forms.HiddenInput)
    title = forms.CharField(required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_permitted = False

    @property
    def kind_words(self) -> str:
        return dict(SectionKind.choices).get(str(self["kind"].value()), "")

    @property
    def is_actuals(self) -> bool:
        return str(self["kind"].value()) == SectionKind.ACTUALS


class LineForm(forms.Form):
    section = forms.IntegerField(min_value=0, max_value=MOST_SECTIONS, widget=forms.HiddenInput)
    cost_code = LinkedChoices(CostCode.objects.none(), required=False, empty_label="Default Invoice Code")
    description = forms.CharField(required=False, max_length=DESCRIPTION_LENGTH)
    quantity = NumberField()
    unit_price = NumberField(label="Price")
    cost = NumberField(label="Amount")
    markup_percent = NumberField(label="Markup, %")
    markup = NumberField(label="Markup, amount")
    tax_code_ref = forms.ChoiceField(label="Tax", required=False)
    bills = KeysField(required=False)

    def __init__(self, *args: Any, codes: "Codes", taxes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Else a row that was left as it stood would come back empty.
        self.empty_permitted = False
        fields: Any = self.fields
        codes.put_into(fields["cost_code"], empty_label="Default Invoice Code")
        fields["tax_code_ref"].choices = [("", "As the invoice"), *taxes]
        if not taxes:
            del fields["tax_code_ref"]

    @property
    def is_blank(self) -> bool:
        """Nothing was typed: the row is no line."""
        data = self.cleaned_data
        numbers = ("quantity", "unit_price", "cost", "markup", "markup_percent")
        return not any((data.get("cost_code"), data.get("description"), data.get("bills"))) and all(
            data.get(name) is None for name in numbers
        )

    @property
    def has_cost(self) -> bool:
        data = self.cleaned_data
        is_priced = data.get("quantity") is not None and data.get("unit_price") is not None
        return is_priced or data.get("cost") is not None or bool(data.get("bills"))

    @property
    def billed(self) -> int:
        """How many costs the line bills, as the form stands."""
        return len(self["bills"].value() or ())

    @property
    def place(self) -> int:
        """Of its section among the sections; 0 where it says nothing sensible."""
        value = str(self["section"].value() or "0")
        return int(value) if value.isdecimal() and len(value) < 4 else 0

    def to_line(self) -> LineInput:
        names = (
            "cost_code",
            "description",
            "quantity",
            "unit_price",
            "cost",
            "markup_percent",
            "markup",
            "bills",
        )
        data = self.cleaned_data
        values = {name: data[name] for name in names}
        if values["quantity"] is not None and values["unit_price"] is not None:
            values["cost"] = None  # the product holds
        if values["markup"] is not None:
            values["markup_percent"] = None
        return LineInput(**values, tax_code_ref=data.get("tax_code_ref") or "")


class BaseRows(forms.BaseFormSet[Any]):
    def is_removed(self, form: Any) -> bool:
        return bool(form.cleaned_data.get("DELETE"))


class Codes:
    """The cost codes, read once for all rows."""

    def __init__(self, invoice: Invoice | None, connection: Connection | None) -> None:
        kept = Q(invoice_lines__invoice=invoice) if invoice else Q(pk=None)
        self.queryset = CostCode.objects.filter(Q(is_active=True) | kept).distinct().order_by("name")
        self.linked = _linked(connection)
        field = LinkedChoices(self.queryset, required=False, empty_label="")
        field.linked = self.linked
        self.rows = list(ModelChoiceIterator(field))[1:]

    def put_into(self, field: Any, *, empty_label: str) -> None:
        field.empty_label, field.queryset, field.linked = empty_label, self.queryset, self.linked
        field.choices = [("", empty_label), *self.rows]


def _linked(connection: Connection | None) -> frozenset[int] | None:
    """None before there is a connection: then nothing of QuickBooks is mentioned (M3)."""
    if connection is None:
        return None
    links = CostCodeLink.objects.filter(connection=connection)
    return frozenset(links.values_list("cost_code_id", flat=True))


@dataclass(frozen=True)
class Body:
    """Sections, lines and the markups of cost codes, as they stand in the form."""

    sections: Any
    lines: Any
    markups: Any

    def is_valid(self) -> bool:
        return self.sections.is_valid() & self.lines.is_valid() & self.markups.is_valid()

    @property
    def blocks(self) -> list[tuple[SectionForm, list[LineForm]]]:
        """For the page: each section with its rows."""
        rows: dict[int, list[LineForm]] = {}
        last = len(self.sections.forms) - 1
        for line in self.lines.forms:
            rows.setdefault(min(line.place, last), []).append(line)
        return [(section, rows.get(place, [])) for place, section in enumerate(self.sections.forms)]

    def kept(self, *, complete_only: bool = False) -> list[tuple[SectionForm, list[LineForm]]]:
        """Sections and rows that are neither removed nor empty."""
        found = []
        for section, rows in self.blocks:
            if section.errors or self.sections.is_removed(section):
                continue
            lines = [row for row in rows if not self.lines.is_removed(row) and not row.is_blank]
            if complete_only:
                lines = [row for row in lines if not row.errors and row.has_cost]
            if lines or section.cleaned_data["title"]:
                found.append((section, lines))
        return found

    def read(self, *, complete_only: bool = False) -> tuple[SectionInput, ...]:
        return tuple(
            SectionInput(
                section.cleaned_data["kind"],
                section.cleaned_data["title"],
                tuple(row.to_line() for row in rows),
            )
            for section, rows in self.kept(complete_only=complete_only)
        )

    @property
    def has_markups(self) -> bool:
        """Some cost code has a markup of its own, or somebody is giving it one."""
        return any(form["cost_code"].value() or form["percent"].value() for form in self.markups.forms)

    @property
    def error_count(self) -> int:
        return sum(each.total_error_count() for each in (self.sections, self.lines, self.markups))


def make_body(
    data: Mapping[str, Any] | None,
    *,
    invoice: Invoice | None,
    values: InvoiceInput | None,
    connection: Connection | None,
    taxes: Sequence[tuple[str, str]],
) -> Body:
    """`values`: what an invoice that is changed says already."""
    codes = Codes(invoice, connection)
    sections, lines = _initial_rows(values)
    markups = [
        {"cost_code": code, "percent": plain(percent)}
        for code, percent in (values.code_markups.items() if values else ())
    ]
    return Body(
        sections=_formset(SectionForm, data, SECTION, sections, most=MOST_SECTIONS),
        lines=_formset(LineForm, data, LINE, lines, most=MOST_LINES, codes=codes, taxes=taxes),
        markups=_formset(
            MarkupForm,
            data,
            MARKUP,
            [*markups, *({} for _ in range(0 if data else MARKUP_ROWS))],
            most=200,
            codes=codes,
        ),
    )


def _formset(form: Any, data: Any, prefix: str, initial: list[Any], *, most: int, **kwargs: Any) -> Any:
    factory = forms.formset_factory(
        form, formset=BaseRows, extra=0, can_delete=True, max_num=most, absolute_max=most
    )
    return factory(data, prefix=prefix, initial=initial, form_kwargs=kwargs)


def _initial_rows(values: InvoiceInput | None) -> tuple[list[Any], list[Any]]:
    if values is None or not values.sections:
        section = {"kind": SectionKind.AMOUNT}
        return [section], [{"section": 0} for _ in range(EMPTY_ROWS)]
    sections = [{"kind": section.kind, "title": section.title} for section in values.sections]
    lines = [
        initial_line(line, place) for place, section in enumerate(values.sections) for line in section.lines
    ]
    return sections, lines


def initial_line(line: LineInput, place: int) -> dict[str, Any]:
    is_priced = line.quantity is not None and line.unit_price is not None
    return {
        "section": place,
        "cost_code": line.cost_code.pk if line.cost_code else None,
        "description": line.description,
        "quantity": plain(line.quantity),
        "unit_price": plain(line.unit_price),
        "cost": "" if is_priced or line.cost is None else line.cost,
        "markup_percent": plain(line.markup_percent),
        "markup": "" if line.markup is None else line.markup,
        "tax_code_ref": line.tax_code_ref,
        "bills": line.bills,
    }


# Changing the form without saving ----------------------------------------------------------------------------------


def add_rows(data: QueryDict, place: int, count: int = EMPTY_ROWS) -> None:
    """Empty lines at the end of a section."""
    for _ in range(count):
        add_line(data, place, {})


def add_section(data: QueryDict, kind: str, title: str = "") -> int:
    """Returns its place."""
    place = _count(data, SECTION)
    if place < MOST_SECTIONS:
        data[f"{SECTION}-{place}-kind"], data[f"{SECTION}-{place}-title"] = kind, title
        data[f"{SECTION}-TOTAL_FORMS"] = str(place + 1)
    return min(place, MOST_SECTIONS - 1)


def add_line(data: QueryDict, place: int, values: Mapping[str, Any]) -> None:
    number = _count(data, LINE)
    if number >= MOST_LINES:
        return
    for name, value in {**values, "section": place}.items():
        if value is None:
            continue
        if isinstance(value, (list, tuple)):
            data.setlist(f"{LINE}-{number}-{name}", [str(each) for each in value])
        else:
            data[f"{LINE}-{number}-{name}"] = str(value)
    data[f"{LINE}-TOTAL_FORMS"] = str(number + 1)


def find_section(data: QueryDict, kind: str) -> int | None:
    """The last section of this kind that is not removed."""
    for place in reversed(range(_count(data, SECTION))):
        if data.get(f"{SECTION}-{place}-kind") == kind and not data.get(f"{SECTION}-{place}-DELETE"):
            return place
    return None


def billed_keys(data: QueryDict) -> set[str]:
    """Costs that lines of the form bill already."""
    return {
        key
        for number in range(_count(data, LINE))
        if not data.get(f"{LINE}-{number}-DELETE")
        for key in data.getlist(f"{LINE}-{number}-bills")
    }


def _count(data: QueryDict, prefix: str) -> int:
    value = data.get(f"{prefix}-TOTAL_FORMS", "")
    return int(value) if value.isdecimal() and len(value) < 4 else 0
