"""A change that QuickBooks made to a closed period, seen when it is read: told to the accountant, in dollars (N13).

In the transaction that replaces the lines of changed documents, what those dated on or before the closing date come to
is compared before and after. One open issue for each document and project says by how much the project moved since the
issue was opened; it ends when somebody has seen it, or when the amount is back where it was. Four queries more for any
number of changed documents while the books are closed at all, four more where something did move. Net amounts, time at
cost.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import Max, Sum
from django.db.models.functions import Coalesce

from budgets.models import CostLine, Kind
from budgets.projection import CostLineValues
from budgets.reach import customers_by_link
from integrations.issues import CLOSED_PERIOD_CHANGED, FoundIssue, open_amounts, put_issues
from integrations.models import Connection, Feed, ProjectLink
from ressio.models import Project
from ressio.money import ZERO, MoneyField
from ressio.templatetags.ressio_ui import write_date
from ressio.views.places import company_url

SUBJECT = "closed_document"
IDS_AT_ONCE = 1000
_WORTH = Sum(Coalesce("amount", "amount_at_cost", output_field=MoneyField()))

Key = tuple[str, str]
"""Document and customer."""


class Part(NamedTuple):
    """What a document says of one customer within the closed period."""

    kind: str
    payee: str
    number: str
    day: date | None
    amount: Decimal


@dataclass
class ClosedPeriodWatch:
    """Made before the lines of some documents are replaced; `noting` lets the new ones through; `report` compares."""

    connection: Connection
    entity: str
    closing: date
    before: Mapping[Key, Part]
    after: dict[Key, Part] = field(default_factory=dict)

    def noting(self, lines: Iterable[CostLineValues]) -> Iterator[CostLineValues]:
        for line in lines:
            if line.txn_date is not None and line.txn_date <= self.closing:
                key = (line.document_ref, line.customer_ref)
                known = self.after.get(key)
                amount = (line.amount if line.amount is not None else line.amount_at_cost) or ZERO
                total = amount + (known.amount if known else ZERO)
                self.after[key] = Part(line.kind, line.payee_name, line.number, line.txn_date, total)
            yield line

    def report(self, *, now: datetime) -> None:
        """Not while the entity is read for the first time: that is history, and no change."""
        moved = {key: amount for key in {**self.before, **self.after} if (amount := self._move(key))}
        if not moved or not self._was_read_before():
            return
        by_project = _by_project(self.connection, moved)
        subjects = {key: _subject_id(self.entity, *key) for key in by_project}
        known = open_amounts(self.connection, CLOSED_PERIOD_CHANGED, SUBJECT, list(subjects.values()))
        names = self._name_documents()
        found = [
            self._describe(subjects[key], names[key[0]], project, amount + known.get(subjects[key], ZERO))
            for key, (project, amount) in by_project.items()
        ]
        put_issues(self.connection, found, now=now)

    def _move(self, key: Key) -> Decimal:
        before, after = self.before.get(key), self.after.get(key)
        return (after.amount if after else ZERO) - (before.amount if before else ZERO)

    def _was_read_before(self) -> bool:
        feeds = Feed.objects.filter(connection=self.connection, entity=self.entity)
        return feeds.filter(last_full_pull_at__isnull=False).exists()

    def _name_documents(self) -> dict[str, tuple[Part, str]]:
        """Each document with what happened to it."""
        was, stays = {ref for ref, _ in self.before}, {ref for ref, _ in self.after}
        found = {}
        for (ref, _), part in {**self.before, **self.after}.items():
            happened = "was changed" if ref in was else "was added"
            found[ref] = part, happened if ref in stays else "was deleted, or moved out of the closed period,"
        return found

    def _describe(
        self, subject_id: str, named: tuple[Part, str], project: Project, amount: Decimal
    ) -> FoundIssue:
        """An amount of zero ends the issue: everything is as it was."""
        part, happened = named
        name = _name(part)
        closed = write_date(self.closing)
        url = company_url("project-actuals", self.connection.company, project_id=project.pk)
        return FoundIssue(
            reason=CLOSED_PERIOD_CHANGED,
            subject_type=SUBJECT,
            subject_id=subject_id,
            subject_label=f"{name}, {project.name}",
            title=f"{name} {happened} in QuickBooks after the books were closed up to {closed}.",
            way_out=(
                f"{project.name} moved by {amount:+,.2f} in the closed period. Whoever closed it should know; "
                "then mark this as seen."
            ),
            fix_url=f"{url}?{urlencode({'q': part.number})}" if part.number else url,
            fix_label="See the lines",
            amount=amount,
        )


def watch_closed_period(connection: Connection, entity: str, ids: Sequence[str]) -> ClosedPeriodWatch | None:
    """None while the books are open. The closing date is read anew: this very sync may have moved it."""
    closing = Connection.objects.filter(pk=connection.pk).values_list("closing_date", flat=True).first()
    if closing is None:
        return None
    return ClosedPeriodWatch(connection, entity, closing, _read_parts(connection, entity, ids, closing))


def _read_parts(connection: Connection, entity: str, ids: Sequence[str], closing: date) -> dict[Key, Part]:
    found: dict[Key, Part] = {}
    for start in range(0, len(ids), IDS_AT_ONCE):
        lines = CostLine.objects.filter(
            connection=connection,
            entity=entity,
            document_ref__in=ids[start : start + IDS_AT_ONCE],
            txn_date__lte=closing,
        )
        groups = lines.order_by().values_list("document_ref", "customer_ref")
        says = [Max(name) for name in ("kind", "payee_name", "number", "txn_date")]
        for document, customer, kind, payee, number, day, amount in groups.annotate(*says, worth=_WORTH):
            found[document, customer] = Part(kind, payee, number, day, amount or ZERO)
    return found


def _by_project(
    connection: Connection, moved: Mapping[Key, Decimal]
) -> dict[tuple[str, int], tuple[Project, Decimal]]:
    """Document and project to the project and what it moved by; what touches no linked project is left out."""
    links = list(ProjectLink.objects.filter(connection=connection).select_related("project"))
    reached = customers_by_link(links)
    owners = {customer: link.project for link in links for customer in reached[link.customer_ref]}
    found: dict[tuple[str, int], tuple[Project, Decimal]] = {}
    for (document, customer), amount in moved.items():
        project = owners.get(customer)
        if project is not None:
            _, known = found.get((document, project.pk), (project, ZERO))
            found[document, project.pk] = (project, known + amount)
    return {key: each for key, each in found.items() if each[1]}


def _subject_id(entity: str, document: str, project_id: int) -> str:
    return f"{entity}/{document}/{project_id}"


def _name(part: Part) -> str:
    number = f" {part.number}" if part.number else ""
    payee = f" of {part.payee}" if part.payee else ""
    day = f", dated {write_date(part.day)}," if part.day else ""
    return f"{Kind(part.kind).label}{number}{payee}{day}"
