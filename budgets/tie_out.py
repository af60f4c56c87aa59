"""The proof behind the tie-out sheet: the mirrored documents read again, and compared with the lines that were counted.

The total of a budget is made of cost lines. Here every mirrored document that names one of the project's
customers is projected once more, and each of its lines must be stored exactly so (N3). A difference names its document.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from budgets.counting import ProjectCosts, lines_of_customers, own_lines_of
from budgets.knowledge import load_known_lists
from budgets.models import OWN_BILL, BillableStatus, BillLine, BillState, CostLine
from budgets.own_costs import own_costs
from budgets.projection import COST_ENTITIES, cost_lines_of
from integrations.models import Connection, Document
from ressio.money import ZERO

DOCUMENTS_AT_ONCE = 500


@dataclass(frozen=True)
class Difference:
    """A document whose stored lines are not what it says. Amounts are net and in home currency."""

    entity: str
    document_ref: str
    stored: Decimal
    expected: Decimal


@dataclass(frozen=True)
class DocumentCheck:
    documents: int
    lines: int
    differences: list[Difference]

    @property
    def is_clean(self) -> bool:
        return not self.differences


_FACTS = (
    *("customer_ref", "item_ref", "billable_status"),
    *("amount", "tax_amount", "amount_at_cost", "amount_at_billable", "seconds"),
)
_AMOUNT, _AT_COST = _FACTS.index("amount"), _FACTS.index("amount_at_cost")


class _Lines(Counter[tuple[Any, ...]]):
    """What matters of a document's lines for its project: customer, item, net, tax, the two prices, time."""

    @property
    def amount(self) -> Decimal:
        """Net; time at its cost price, for want of a better single figure."""
        total = ZERO
        for line, count in self.items():
            total += (line[_AMOUNT] or line[_AT_COST] or ZERO) * count
        return total


def check_documents(costs: ProjectCosts) -> DocumentCheck:
    """Reads the project's documents from the mirror and its own bills, without a request to QuickBooks."""
    expected, stored = _expected_own_lines(costs), _collect(own_lines_of(costs.project))
    if costs.link is not None:
        connection = costs.link.connection
        expected |= _expected_lines(connection, costs.customers)
        stored |= _collect(lines_of_customers(connection, costs.customers))
    differences = [
        Difference(*key, stored.get(key, _Lines()).amount, expected.get(key, _Lines()).amount)
        for key in sorted(expected.keys() | stored.keys())
        if stored.get(key) != expected.get(key)
    ]
    lines = sum(found.total() for found in expected.values())
    return DocumentCheck(len(expected), lines, differences)


def _collect(lines: "QuerySet[CostLine]") -> dict[tuple[str, str], _Lines]:
    found: dict[tuple[str, str], _Lines] = {}
    for entity, document, *facts in lines.order_by().values_list("entity", "document_ref", *_FACTS):
        found.setdefault((entity, document), _Lines())[tuple(facts)] += 1
    return found


def _expected_own_lines(costs: ProjectCosts) -> dict[tuple[str, str], _Lines]:
    """What was approved here and QuickBooks does not have: all its lines, and nothing else."""
    found: dict[tuple[str, str], _Lines] = {}
    for entity, source in own_costs().items():
        for document_ref, own in source.facts_of(costs.project):
            facts: tuple[Any, ...] = (
                "",
                "",
                own.billable_status,
                None,
                ZERO,
                own.at_cost,
                own.at_billable,
                own.seconds,
            )
            found.setdefault((entity, document_ref), _Lines())[facts] += 1
    lines = BillLine.objects.filter(bill__project=costs.project, bill__state=BillState.APPROVED)
    for bill_id, is_billable, amount in lines.order_by().values_list("bill_id", "is_billable", "amount"):
        status = BillableStatus.BILLABLE if is_billable else BillableStatus.NOT_BILLABLE
        facts = ("", "", status.value, amount, ZERO, None, None, None)
        found.setdefault((OWN_BILL, str(bill_id)), _Lines())[facts] += 1
    return found


def _expected_lines(connection: Connection, customers: frozenset[str]) -> dict[tuple[str, str], _Lines]:
    found: dict[tuple[str, str], _Lines] = {}
    for entity in COST_ENTITIES:
        known = load_known_lists(connection, entity)
        refs = customers | {ref for ref, customer in known.projects.items() if customer in customers}
        for document_ref, body in _documents_naming(connection, entity, refs):
            for line in cost_lines_of(entity, json.loads(body, parse_float=Decimal), known=known):
                if line.customer_ref in customers:
                    facts = tuple(getattr(line, name) for name in _FACTS)
                    found.setdefault((entity, document_ref), _Lines())[facts] += 1
    return found


def _documents_naming(connection: Connection, entity: str, refs: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Documents in whose text one of these ids stands: a few too many, never one too few."""
    named = Q()
    for ref in sorted(refs):
        named |= Q(body__contains=f'"{ref}"')
    documents: QuerySet[Document] = Document.objects.filter(
        named, connection=connection, entity=entity, deleted_at=None
    )
    yield from documents.order_by().values_list("quickbooks_id", "body").iterator(DOCUMENTS_AT_ONCE)
