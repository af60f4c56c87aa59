"""The cost lines of a project one by one, as the Applied Actuals window and the API show them.

Verdicts come from the groups that the totals come from: the wanted signatures are picked in Python and the
lines that have them in SQL. So a list always agrees with its total, and a page reads only its own lines.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Case, Count, F, Func, Q, QuerySet, Sum, Value, When

from budgets.amounts import worth_expression
from budgets.counting import (
    ProjectCosts,
    count_project,
    lines_of_customers,
    own_lines_of,
    signature_of,
    with_signature,
)
from budgets.models import OWN_BILL, OWN_SHIFT, CostLine, Kind
from budgets.pricing import rate_mark, rate_words
from budgets.searching import read_written_amount, read_written_date
from budgets.verdicts import Reason, Rules, Signature, decide
from integrations.deep_links import PURCHASE_FORMS, link_to_document
from integrations.models import Connection, QuickBooksAccount, QuickBooksCustomer, QuickBooksItem
from ressio.models import CostCode, Project
from ressio.money import ZERO

PAGE_SIZE = 50
_FORM_OF_KIND = {Kind.CHECK: PURCHASE_FORMS["Check"], Kind.CARD_CREDIT: PURCHASE_FORMS["CreditCardCredit"]}
FullyNamed = QuickBooksItem | QuickBooksAccount | QuickBooksCustomer


class Verdict(StrEnum):
    COUNTED = "counted"
    EXCLUDED = "excluded"


class Order(StrEnum):
    """`-` turns it round."""

    DATE = "date"
    AMOUNT = "amount"
    PAYEE = "payee"
    NUMBER = "number"
    KIND = "kind"


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Which lines. Everything left empty lets all through."""

    verdict: Verdict | None = None
    reason: Reason | None = None
    cost_code_id: int | None = None
    """Lines whose item is linked to the cost code, counted or not."""
    kind: Kind | None = None
    date_from: date | None = None
    date_to: date | None = None
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    """Inclusive bounds on what the line is worth to the project."""
    text: str = ""
    """Found in payee, number, description or item; or a kind, or a date or an amount as `searching` reads them."""


@dataclass(frozen=True, slots=True)
class CountedLine:
    """A cost line with its verdict and with names instead of ids."""

    line: CostLine
    reason: Reason | None
    """None = counted."""
    cost_code_id: int | None
    amount: Decimal
    """What it is worth to this project; 0.00 for time without a rate, which `has_price` tells."""
    has_price: bool
    rate_mark: str
    """"at billable rate" or "at cost rate" where V9 asks for it."""
    rate_words: str
    """Whose rate priced an hour, and that it is not the one the basis asks for, where so."""
    item_name: str
    account_name: str
    customer_name: str

    @property
    def is_counted(self) -> bool:
        return self.reason is None

    @property
    def own_bill_id(self) -> str:
        """Our bill, while QuickBooks does not have it; '' for what QuickBooks holds."""
        return self.line.document_ref if self.line.entity == OWN_BILL else ""

    @property
    def own_shift_id(self) -> str:
        """As `own_bill_id`, for time approved here."""
        return self.line.document_ref if self.line.entity == OWN_SHIFT else ""

    @property
    def is_own(self) -> bool:
        return bool(self.own_bill_id or self.own_shift_id)

    @property
    def kind_label(self) -> str:
        return str(Kind(self.line.kind).label)

    @property
    def hours(self) -> Decimal | None:
        return None if self.line.seconds is None else Decimal(self.line.seconds) / 3600

    @property
    def quickbooks_url(self) -> str:
        """Where a person finds the document in QuickBooks itself; '' = there is no such place."""
        if self.is_own:
            return ""
        form = _FORM_OF_KIND.get(Kind(self.line.kind), "")
        return link_to_document(self.line.entity, self.line.document_ref, form)


@dataclass(frozen=True, slots=True)
class LinePage:
    """One page of lines. `total_lines` and `total_amount` are of all lines that match, not of the page."""

    lines: list[CountedLine]
    total_lines: int
    total_amount: Decimal
    page: int
    page_count: int


def lines_of(
    project: Project,
    wanted: LineFilter = LineFilter(),
    *,
    order: str = "-date",
    page: int = 1,
    page_size: int = PAGE_SIZE,
    costs: ProjectCosts | None = None,
) -> LinePage:
    """Five queries besides those of `count_project`; hand in its answer as `costs` to save them.

    A page beyond the last is the last. Raises `ValueError` for an order that is not one.
    """
    found = find_lines(project, wanted, order=order, costs=costs)
    page_count = max(1, -(-found.total_lines // page_size))
    page = min(max(1, page), page_count)
    start = (page - 1) * page_size
    return LinePage(found[start : start + page_size], found.total_lines, found.total_amount, page, page_count)


@dataclass(frozen=True)
class FoundLines:
    """All lines that match, to be taken slice by slice: `found[100:150]` reads these fifty."""

    costs: ProjectCosts
    ordered: "QuerySet[CostLine]"
    total_lines: int
    total_amount: Decimal

    def __len__(self) -> int:
        return self.total_lines

    def __getitem__(self, piece: slice) -> list[CountedLine]:
        lines = list(self.ordered[piece])
        return _count_lines(lines, self.costs) if lines else []


def find_lines(
    project: Project,
    wanted: LineFilter = LineFilter(),
    *,
    order: str = "-date",
    costs: ProjectCosts | None = None,
) -> FoundLines:
    """One query besides those of `count_project`, and four for each slice. Raises `ValueError` as `lines_of`."""
    costs = costs or count_project(project)
    if costs.link is None and not costs.has_own_lines:
        return FoundLines(costs, CostLine.objects.none(), 0, ZERO)
    found = _matching(costs, wanted)
    total = found.aggregate(lines=Count("pk"), amount=Sum("worth"))
    return FoundLines(costs, found.order_by(*_ordering(order)), total["lines"], total["amount"] or ZERO)


# Which lines ------------------------------------------------------------------------------------------------------


def _matching(costs: ProjectCosts, wanted: LineFilter) -> "QuerySet[CostLine]":
    lines = _lines_of(costs)
    lines = lines.annotate(worth=worth_expression(costs.rules))
    lines = _with_verdict(lines, costs, wanted).filter(_in_range(wanted))
    if wanted.cost_code_id is not None:
        items = _items_of(costs.rules, wanted.cost_code_id)
        own = {group.cost_code_id for group in costs.groups if group.is_own} & {wanted.cost_code_id}
        lines = lines.filter(Q(cost_code__in=own) | Q(item_ref__in=items))
    if wanted.kind:
        lines = lines.filter(kind=wanted.kind)
    if wanted.text.strip():
        lines = lines.filter(_says(wanted.text.strip(), costs))
    return lines


def _lines_of(costs: ProjectCosts) -> "QuerySet[CostLine]":
    """Own lines are asked for only where there are some, so that the others keep their index."""
    if costs.link is None:
        return own_lines_of(costs.project)
    connection, customers = costs.link.connection, sorted(costs.customers)
    if not costs.has_own_lines:
        return lines_of_customers(connection, customers)
    of_customers = Q(connection=connection, customer_ref__in=customers)
    lines: QuerySet[CostLine] = CostLine.objects.filter(of_customers | Q(project=costs.project))
    return lines


def _items_of(rules: Rules, cost_code_id: int) -> list[str]:
    return [item for item, code in rules.facts.cost_codes.items() if code == cost_code_id]


def _in_range(wanted: LineFilter) -> Q:
    bounds = {
        "txn_date__gte": wanted.date_from,
        "txn_date__lte": wanted.date_to,
        "worth__gte": wanted.amount_from,
        "worth__lte": wanted.amount_to,
    }
    return Q(**{name: bound for name, bound in bounds.items() if bound is not None})


def _says(text: str, costs: ProjectCosts) -> Q:
    items = QuickBooksItem.objects.filter(connection=_connection_of(costs), name__icontains=text)
    codes = CostCode.objects.filter(name__icontains=text)
    found = (
        Q(payee_name__icontains=text)
        | Q(number__icontains=text)
        | Q(description__icontains=text)
        | Q(item_ref__in=items.values("quickbooks_id"))
        | Q(cost_code__in=codes.values("pk"))
        | Q(kind__in=[kind for kind in Kind if text.lower() in kind.label.lower()])
    )
    day, amount = read_written_date(text), read_written_amount(text)
    if day:
        found |= Q(txn_date=day)
    if amount is not None:
        found |= Q(worth__in=[amount, -amount])
    return found


def _with_verdict(
    lines: "QuerySet[CostLine]", costs: ProjectCosts, wanted: LineFilter
) -> "QuerySet[CostLine]":
    if wanted.verdict is None and wanted.reason is None:
        return lines
    keys = {_key(group.signature) for group in costs.groups if _is_wanted(group.reason, wanted)}
    return (
        with_signature(lines, costs.rules)
        .annotate(signature_key=_key_expression())
        .filter(signature_key__in=sorted(keys))
    )


def _is_wanted(reason: Reason | None, wanted: LineFilter) -> bool:
    if wanted.reason and reason is not wanted.reason:
        return False
    return wanted.verdict is None or (reason is None) == (wanted.verdict is Verdict.COUNTED)


def _key(signature: Signature) -> str:
    """A signature as one text, as `_key_expression` writes it in SQL."""
    return "|".join(part if isinstance(part, str) else "ny"[part] for part in signature)


def _key_expression() -> Func:
    """One flat chain of ||: nested `Concat`s are too deep for SQLite's parser."""
    texts = [F(name) for name in ("kind", "item_ref", "billable_status", "employee_ref")]
    flags = [
        _yes_no(name)
        for name in ("is_vendor_time", "is_before", "has_cost_price", "has_billable_price", "is_own")
    ]
    return Func(
        *texts,
        *flags,
        template="(%(expressions)s)",
        arg_joiner=" || '|' || ",
        output_field=models.TextField(),
    )


def _yes_no(name: str) -> Case:
    return Case(When(**{name: True}, then=Value("y")), default=Value("n"), output_field=models.TextField())


_ORDER_COLUMNS: Mapping[Order, str] = {
    Order.DATE: "txn_date",
    Order.AMOUNT: "worth",
    Order.PAYEE: "payee_name",
    Order.NUMBER: "number",
    Order.KIND: "kind",
}


def _ordering(order: str) -> list[Any]:
    """Ends with what tells lines apart, so that pages neither repeat nor lose one."""
    column = F(_ORDER_COLUMNS[Order(order.removeprefix("-"))])
    first = column.desc(nulls_last=True) if order.startswith("-") else column.asc(nulls_last=True)
    return [first, F("txn_date").desc(nulls_last=True), "entity", "document_ref", "line_ref"]


def _connection_of(costs: ProjectCosts) -> Connection | None:
    return costs.link.connection if costs.link else None


# Names instead of ids -----------------------------------------------------------------------------------------------


def _count_lines(lines: list[CostLine], costs: ProjectCosts) -> list[CountedLine]:
    names = {
        "item": _names(QuickBooksItem, costs, lines, lambda line: line.item_ref),
        "account": _names(QuickBooksAccount, costs, lines, lambda line: line.account_ref),
        "customer": _names(QuickBooksCustomer, costs, lines, lambda line: line.customer_ref),
    }
    return [_count_line(line, costs.rules, names) for line in lines]


def _names(
    model: type[FullyNamed], costs: ProjectCosts, lines: Iterable[CostLine], ref_of: Callable[[CostLine], str]
) -> dict[str, str]:
    rows = model.objects.filter(
        connection=_connection_of(costs), quickbooks_id__in={ref_of(line) for line in lines}
    )
    return dict(rows.values_list("quickbooks_id", "full_name"))


def _count_line(line: CostLine, rules: Rules, names: Mapping[str, Mapping[str, str]]) -> CountedLine:
    signature = signature_of(line, rules)
    source = line.billable_rate_source if rules.is_at_billable else line.cost_rate_source
    is_time = line.kind == Kind.TIME
    return CountedLine(
        line=line,
        reason=decide(signature, rules),
        cost_code_id=line.cost_code_id or rules.cost_code_of(signature),
        amount=line.worth,  # type: ignore[attr-defined]
        has_price=bool(source) or not is_time,
        rate_mark=rate_mark(source, at_billable=rules.is_at_billable) if is_time else "",
        rate_words=rate_words(source, at_billable=rules.is_at_billable) if is_time else "",
        item_name=names["item"].get(line.item_ref, ""),
        account_name=names["account"].get(line.account_ref, ""),
        customer_name=names["customer"].get(line.customer_ref, ""),
    )
