"""What a project costs: every cost line of its customers, counted or left out for one reason (V14, N1).

SQL adds up lines that share a signature, `verdicts.decide` judges each signature once, and everything a page
shows is taken from these groups, so that counted + left out = total by construction and no line is missing.
Nothing is stored: a switch or a link changes the answer at once.

"QuickBooks' total" is the sum of what all lines of the project's customers are worth to this project, as
`amounts` defines it: the net amounts of bills, purchases and credits (with tax where tax is a cost), and time
at the project's labor basis. Time without a rate adds hours and no dollars.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet, Sum, Value

from budgets.amounts import Sums, Tally, add_up, tally_of
from budgets.models import CostLine, Kind
from budgets.reach import customers_by_link, customers_of
from budgets.rules import load_facts, own_rules_of, rules_of
from budgets.verdicts import CompanyFacts, Reason, Rules, Signature, decide
from integrations.models import Connection, ProjectLink
from ressio.models import Project

_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one signature: their verdict (no reason = counted), the cost code they land on, their worth."""

    signature: Signature
    reason: Reason | None
    cost_code_id: int | None
    """The cost code linked to the item, also when the lines are left out."""
    tally: Tally

    @property
    def is_own(self) -> bool:
        """Approved here and not in QuickBooks yet."""
        return self.signature.is_own


@dataclass(frozen=True, slots=True)
class Split:
    """One kind of document: what counts and what does not."""

    counted: Tally
    excluded: Tally


@dataclass(frozen=True)
class ProjectCosts:
    """The costs of one project, all lines accounted for."""

    project: Project
    link: ProjectLink | None
    """The link on the company's current connection; without one there is nothing to count."""
    customers: frozenset[str]
    """The QuickBooks customers whose lines belong to the project (V3)."""
    rules: Rules
    groups: tuple[Group, ...]

    @property
    def is_linked(self) -> bool:
        return self.link is not None

    @cached_property
    def total(self) -> Tally:
        """What QuickBooks holds for the project's customers, and what was approved here and is not there yet."""
        return add_up(group.tally for group in self.groups)

    @cached_property
    def in_quickbooks(self) -> Tally:
        """What QuickBooks holds for the project's customers."""
        return add_up(group.tally for group in self.groups if not group.is_own)

    @cached_property
    def on_the_way(self) -> Tally:
        """Bills and time approved here that QuickBooks does not have (M101)."""
        return add_up(group.tally for group in self.groups if group.is_own)

    @property
    def has_own_lines(self) -> bool:
        return any(group.is_own for group in self.groups)

    @property
    def has_own_time(self) -> bool:
        """Some of it is shifts, which may stay here for good."""
        return any(group.is_own and group.signature.kind == Kind.TIME for group in self.groups)

    @cached_property
    def counted(self) -> Tally:
        """Applied actuals."""
        return add_up(group.tally for group in self.groups if group.reason is None)

    @cached_property
    def excluded(self) -> Tally:
        return add_up(self.excluded_by_reason.values())

    @cached_property
    def excluded_by_reason(self) -> dict[Reason, Tally]:
        """Only reasons that occur, in the order of the closed list."""
        found = _collect((group.reason, group.tally) for group in self.groups)
        return {reason: add_up(found[reason]) for reason in Reason if reason in found}

    @property
    def difference(self) -> Decimal:
        """0.00, or something is wrong (N3)."""
        return self.total.amount - self.counted.amount - self.excluded.amount

    @cached_property
    def by_cost_code(self) -> dict[int, Tally]:
        """Counted lines by the id of their cost code."""
        return {code: add_up(kinds.values()) for code, kinds in self.by_cost_code_and_kind.items()}

    @cached_property
    def by_cost_code_and_kind(self) -> dict[int, dict[Kind, Tally]]:
        """The same by kind of document, so that credits stay visible as their own type (M98)."""
        found: dict[int, dict[Kind, Tally]] = {}
        counted = (group for group in self.groups if group.reason is None)
        piles = _collect(((group.cost_code_id, group.signature.kind), group.tally) for group in counted)
        for (cost_code_id, kind), tallies in piles.items():
            if cost_code_id is not None:
                found.setdefault(cost_code_id, {})[Kind(kind)] = add_up(tallies)
        return found

    @cached_property
    def by_kind(self) -> dict[Kind, Split]:
        """Only kinds that occur."""
        return {
            kind: Split(
                add_up(g.tally for g in groups if g.reason is None),
                add_up(g.tally for g in groups if g.reason is not None),
            )
            for kind in Kind
            if (groups := [g for g in self.groups if g.signature.kind == kind])
        }


def _collect(pairs: Iterable[tuple[_Key, Tally]]) -> dict[_Key, list[Tally]]:
    piles: dict[_Key, list[Tally]] = {}
    for key, tally in pairs:
        piles.setdefault(key, []).append(tally)
    return piles


# One project ------------------------------------------------------------------------------------------------------


def count_project(project: Project) -> ProjectCosts:
    """Six queries (eight with sub-customers), however many lines there are."""
    link = find_link(project)
    if link is None:
        rules = own_rules_of(project)
        return ProjectCosts(project, None, frozenset(), rules, tuple(_own_groups(project, rules)))
    customers = customers_of(link)
    rules = rules_of(link.project, load_facts(link.connection))
    lines = lines_of_customers(link.connection, customers)
    groups = [make_group(signature, sums, rules) for _, signature, sums in group_lines(lines, rules)]
    groups += _own_groups(project, rules)
    return ProjectCosts(link.project, link, frozenset(customers), rules, tuple(groups))


def _own_groups(project: Project, rules: Rules) -> list[Group]:
    found = group_lines(own_lines_of(project), rules, keys=("cost_code_id",), is_own=True)
    return [make_group(signature, sums, rules, cost_code_id=code) for (code,), signature, sums in found]


def find_link(project: Project) -> ProjectLink | None:
    """What the project is linked to on the connection the company uses now, with all that counting needs."""
    links = ProjectLink.objects.filter(project=project, connection__is_current=True)
    return links.select_related("connection", "project__switches").first()


def lines_of_customers(connection: Connection, customers: Iterable[str]) -> "QuerySet[CostLine]":
    lines: QuerySet[CostLine] = CostLine.objects.filter(
        connection=connection, customer_ref__in=sorted(customers)
    )
    return lines


def own_lines_of(project: Project) -> "QuerySet[CostLine]":
    """Lines of bills and shifts approved here that QuickBooks does not have."""
    lines: QuerySet[CostLine] = CostLine.objects.filter(project=project)
    return lines


def make_group(signature: Signature, sums: Sums, rules: Rules, *, cost_code_id: int | None = None) -> Group:
    """`cost_code_id` where the line itself names it; else the item's link does."""
    return Group(
        signature=signature,
        reason=decide(signature, rules),
        cost_code_id=cost_code_id or rules.cost_code_of(signature),
        tally=tally_of(signature, sums, rules),
    )


# Grouping in SQL ----------------------------------------------------------------------------------------------------

# In the order of `Signature`; the last four are annotations.
_SIGNATURE_COLUMNS = (
    "kind",
    "item_ref",
    "billable_status",
    "employee_ref",
    "is_vendor_time",
    "is_before",
    "has_cost_price",
    "has_billable_price",
    "is_own",
)


def group_lines(
    lines: "QuerySet[CostLine]", rules: Rules, *, keys: tuple[str, ...] = (), is_own: bool = False
) -> Iterator[tuple[tuple[Any, ...], Signature, Sums]]:
    """Add up lines by signature (and by `keys`, more columns), in one query."""
    marked = with_signature(lines, rules, is_own=Value(is_own, output_field=BooleanField()))
    rows = marked.values_list(*keys, *_SIGNATURE_COLUMNS).annotate(**_sums()).order_by()
    first, last = len(keys), len(keys) + len(_SIGNATURE_COLUMNS)
    for row in rows:
        yield row[:first], Signature._make(row[first:last]), Sums._make(row[last:])


def _sums() -> Mapping[str, Any]:
    """In the order of `Sums`."""
    return {
        "line_count": Count("pk"),
        "sum_amount": Sum("amount"),
        "sum_tax": Sum("tax_amount"),
        "sum_at_cost": Sum("amount_at_cost"),
        "sum_at_billable": Sum("amount_at_billable"),
        "sum_seconds": Sum("seconds"),
    }


def with_signature(
    lines: "QuerySet[CostLine]", rules: Rules, *, is_own: Value | None = None
) -> "QuerySet[CostLine]":
    """Annotate the facts of a signature that are not columns. `is_own` where it is known for all of them."""
    return lines.annotate(
        is_before=_is_before(rules),
        has_cost_price=_holds(Q(amount_at_cost__isnull=False)),
        has_billable_price=_holds(Q(amount_at_billable__isnull=False)),
        is_own=is_own or _holds(Q(project__isnull=False)),
    )


def _is_before(rules: Rules) -> Any:
    """`Rules.is_before_time_tracking` in SQL; False for everything that is not time."""
    moment = rules.time_tracking_from
    if moment is None:
        return Value(False, output_field=BooleanField())
    is_early = Q(recorded_at__isnull=True) | Q(recorded_at__lt=moment)
    return _holds(Q(kind=Kind.TIME) & is_early)


def _holds(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())


def signature_of(line: CostLine, rules: Rules) -> Signature:
    """The signature of a single line, equal to the one it was grouped under."""
    is_time = line.kind == Kind.TIME
    return Signature(
        kind=line.kind,
        item_ref=line.item_ref,
        billable_status=line.billable_status,
        employee_ref=line.employee_ref,
        is_vendor_time=line.is_vendor_time,
        is_before_time_tracking=is_time and rules.is_before_time_tracking(line.recorded_at),
        has_cost_price=line.amount_at_cost is not None,
        has_billable_price=line.amount_at_billable is not None,
        is_own=line.project_id is not None,
    )


# All projects of a connection -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CompanyGroup:
    """As `Group`, with the project it belongs to and, where no item says what the line is about, its account."""

    project: Project
    account_ref: str
    payee_ref: str
    group: Group


@dataclass(frozen=True, slots=True)
class _Owner:
    project: Project
    rules: Rules


def count_connection(connection: Connection) -> Iterator[CompanyGroup]:
    """Every line of every linked project, grouped and decided, in six queries.

    Time is grouped by the moment it was recorded, because each project switched its time tracking on at
    another moment.
    """
    owners = _owners(connection, load_facts(connection))
    lines = lines_of_customers(connection, owners)
    yield from _time_groups(lines.filter(kind=Kind.TIME), owners)
    yield from _expense_groups(lines.exclude(kind=Kind.TIME), owners)


def _owners(connection: Connection, facts: CompanyFacts) -> dict[str, _Owner]:
    """Customer id to the project that owns its lines."""
    links = list(ProjectLink.objects.filter(connection=connection).select_related("project__switches"))
    reach = customers_by_link(links)
    owners: dict[str, _Owner] = {}
    for link in links:
        owner = _Owner(link.project, rules_of(link.project, facts))
        owners.update(dict.fromkeys(reach[link.customer_ref], owner))
    return owners


def _expense_groups(lines: "QuerySet[CostLine]", owners: Mapping[str, _Owner]) -> Iterator[CompanyGroup]:
    keys = ("customer_ref", "account_ref")
    for (customer_ref, account_ref), signature, sums in group_lines(lines, Rules(), keys=keys):
        owner = owners[customer_ref]
        yield CompanyGroup(owner.project, account_ref, "", make_group(signature, sums, owner.rules))


def _time_groups(lines: "QuerySet[CostLine]", owners: Mapping[str, _Owner]) -> Iterator[CompanyGroup]:
    keys = ("customer_ref", "payee_ref", "recorded_at")
    for (customer_ref, payee_ref, recorded_at), signature, sums in group_lines(lines, Rules(), keys=keys):
        owner = owners[customer_ref]
        is_before = owner.rules.is_before_time_tracking(recorded_at)
        signature = signature._replace(is_before_time_tracking=is_before)
        yield CompanyGroup(owner.project, "", payee_ref, make_group(signature, sums, owner.rules))
