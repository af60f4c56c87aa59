"""What the sync log should say about costs that are left out: one issue for each thing and reason (N1).

The same verdicts as in the budgets, added up over all linked projects of a connection by what has to be put
right: the account of category lines, the item, the employee, or the project whose switch decides.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from budgets.amounts import NOTHING, Tally
from budgets.counting import CompanyGroup, count_connection
from budgets.figures import find_stray_projects
from budgets.reasons import Reason
from integrations.cost_figures import UnknownProjectRef
from integrations.issues import FoundIssue, Reconciled, reconcile_issues
from integrations.models import (
    Connection,
    EmployeeLink,
    ProjectLink,
    QuickBooksAccount,
    QuickBooksEmployee,
    QuickBooksItem,
)
from ressio.models import Company, Project
from ressio.money import round_cents
from ressio.views.places import company_url

UNKNOWN_PROJECT = "unknown_project_number"
SCOPE_REASONS = frozenset({UNKNOWN_PROJECT, *(reason.code for reason in Reason)})

ITEM_REASONS = {Reason.ITEM_NOT_SOLD, Reason.ITEM_NOT_PURCHASED, Reason.ITEM_NEITHER, Reason.ITEM_NOT_LINKED}
WORKER_REASONS = {Reason.NOT_ON_PAYROLL, Reason.NO_RATE}


@dataclass(frozen=True)
class Subject:
    """The thing that holds lines up."""

    type: str
    id: str


@dataclass
class Pile:
    """Everything one thing holds up for one reason."""

    tally: Tally = NOTHING
    by_project: dict[Project, Tally] = field(default_factory=dict)

    def add(self, project: Project, tally: Tally) -> None:
        self.tally += tally
        self.by_project[project] = self.by_project.get(project, NOTHING) + tally

    @property
    def projects(self) -> list[Project]:
        """The one with most at stake first."""
        return sorted(
            self.by_project, key=lambda project: (-abs(self.by_project[project].amount), project.name)
        )


@dataclass(frozen=True)
class Names:
    """Names of what issues are about, by QuickBooks id."""

    items: Mapping[str, str]
    accounts: Mapping[str, str]
    employees: Mapping[str, str]
    members: Mapping[str, int]
    """Employee id to the team member linked to it."""


def report_left_out_lines(connection: Connection, *, now: datetime) -> Reconciled:
    """Open, refresh and close the issues about costs, by the links, switches and lines of this moment."""
    found = find_issues(connection)
    return reconcile_issues(connection, found, now=now, scope_reasons=SCOPE_REASONS)


def find_issues(connection: Connection) -> list[FoundIssue]:
    """Fourteen queries, however many lines and projects."""
    return [*_find_left_out(connection), *_find_unknown_projects(connection)]


def _find_left_out(connection: Connection) -> list[FoundIssue]:
    piles = _pile_up(count_connection(connection))
    if not piles:
        return []
    names = _load_names(connection)
    return [
        _describe(connection.company, reason, subject, pile, names)
        for (reason, subject), pile in piles.items()
    ]


def _find_unknown_projects(connection: Connection) -> list[FoundIssue]:
    """Lines that touch no project here only because nobody said which one their number stands for (V2)."""
    if not ProjectLink.objects.filter(connection=connection).exists():
        return []
    return [_describe_unknown(connection.company, found) for found in find_stray_projects(connection)]


def _describe_unknown(company: Company, found: UnknownProjectRef) -> FoundIssue:
    label = f"Project number {found.project_ref}"
    return FoundIssue(
        reason=UNKNOWN_PROJECT,
        subject_type="project_number",
        subject_id=found.project_ref,
        subject_label=label,
        title=f"{label} of QuickBooks is not known, so its lines may miss their project.",
        way_out="Say which project or customer the number stands for.",
        fix_url=company_url("quickbooks-project-numbers", company),
        fix_label="Say whose it is",
        amount=found.figures.amount,
        line_count=found.figures.line_count,
    )


def _pile_up(groups: Iterable[CompanyGroup]) -> dict[tuple[Reason, Subject], Pile]:
    piles: dict[tuple[Reason, Subject], Pile] = {}
    for found in groups:
        reason = found.group.reason
        if reason is not None:
            pile = piles.setdefault((reason, _subject(reason, found)), Pile())
            pile.add(found.project, found.group.tally)
    return piles


def _subject(reason: Reason, found: CompanyGroup) -> Subject:
    signature = found.group.signature
    if reason is Reason.CATEGORY_LINE:
        return Subject("account", found.account_ref)
    if reason in ITEM_REASONS:
        return Subject("item", signature.item_ref)
    if reason in WORKER_REASONS:
        return Subject("employee", signature.employee_ref)
    return Subject("project", str(found.project.pk))


# Words --------------------------------------------------------------------------------------------------------------


def _load_names(connection: Connection) -> Names:
    links = EmployeeLink.objects.filter(connection=connection)
    return Names(
        items=_full_names(QuickBooksItem, connection),
        accounts=_full_names(QuickBooksAccount, connection),
        employees=dict(
            QuickBooksEmployee.objects.filter(connection=connection).values_list("quickbooks_id", "name")
        ),
        members=dict(links.values_list("employee_ref", "team_member_id")),
    )


def _full_names(
    model: type[QuickBooksItem] | type[QuickBooksAccount], connection: Connection
) -> dict[str, str]:
    return dict(model.objects.filter(connection=connection).values_list("quickbooks_id", "full_name"))


def _describe(company: Company, reason: Reason, subject: Subject, pile: Pile, names: Names) -> FoundIssue:
    label = _label(reason, subject, pile, names)
    fix_url, fix_label = _fix(company, reason, subject, pile, names)
    return FoundIssue(
        reason=reason.code,
        level=reason.level,
        subject_type=subject.type,
        subject_id=subject.id,
        subject_label=label,
        title=_title(reason, label, pile),
        way_out=_way_out(reason, subject),
        fix_url=fix_url,
        fix_label=fix_label,
        amount=pile.tally.amount,
        line_count=pile.tally.lines,
        hours=round_cents(pile.tally.hours) if pile.tally.seconds else None,
    )


def _label(reason: Reason, subject: Subject, pile: Pile, names: Names) -> str:
    if subject.type == "project":
        return pile.projects[0].name
    table = {"item": names.items, "account": names.accounts, "employee": names.employees}[subject.type]
    return table.get(subject.id) or _nameless(subject)


def _nameless(subject: Subject) -> str:
    """Where QuickBooks names nothing, or something that its lists do not hold."""
    if subject.id:
        return f"{subject.type.capitalize()} {subject.id}"
    return {
        "item": "Time without a product or service",
        "account": "Lines without a category",
        "employee": "Time without an employee",
    }[subject.type]


def _title(reason: Reason, label: str, pile: Pile) -> str:
    if reason.level == "setting":
        return f"{label}: {reason.title.lower()}"
    return f"{label}: {reason.title.lower()} ({_places(pile.projects)})"


def _places(projects: list[Project]) -> str:
    first, others = projects[0].name, len(projects) - 1
    if not others:
        return first
    return f"{first} and {others} more project{'s' if others > 1 else ''}"


def _way_out(reason: Reason, subject: Subject) -> str:
    if reason is Reason.ITEM_NOT_LINKED:
        if subject.id:
            return "Link the product or service to a cost code."
        return "In QuickBooks, choose a service on the time entry."
    return reason.way_out


# Where it is put right ----------------------------------------------------------------------------------------------


def _fix(company: Company, reason: Reason, subject: Subject, pile: Pile, names: Names) -> tuple[str, str]:
    """The page with the button that ends it, and what that button is called."""
    if subject.type == "item" and subject.id:
        return _fix_item(company, reason, subject, names)
    if subject.type == "employee" and subject.id:
        return _fix_worker(company, reason, subject, names)
    if subject.type == "project" and reason not in (Reason.VENDOR_TIME, Reason.BEFORE_TIME_TRACKING):
        return company_url("project-financials", company, project_id=subject.id), "Open the switches"
    return _lines_url(company, reason, pile), "See the lines"


def _fix_item(company: Company, reason: Reason, subject: Subject, names: Names) -> tuple[str, str]:
    if subject.id not in names.items:
        return company_url("settings-cost-codes", company), "Open cost codes"
    label = "Link it" if reason is Reason.ITEM_NOT_LINKED else "See what is missing"
    return company_url("link-cost-codes-row", company, row_ref=subject.id), label


def _fix_worker(company: Company, reason: Reason, subject: Subject, names: Names) -> tuple[str, str]:
    """The list of team members shows who is linked; for anybody else the way begins with the link."""
    member = names.members.get(subject.id)
    if member is None and subject.id in names.employees:
        return company_url("link-team-members-row", company, row_ref=subject.id), "Link a team member"
    if reason is Reason.NO_RATE and member:
        return company_url("settings-member", company, member_id=member), "Add a rate"
    return company_url("settings-team", company), "Open team members"


def _lines_url(company: Company, reason: Reason, pile: Pile) -> str:
    """Of the project with most at stake."""
    url = company_url("project-actuals", company, project_id=pile.projects[0].pk)
    return f"{url}?{urlencode({'reason': reason.code})}"
