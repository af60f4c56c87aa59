"""The rules of a project, read from its links and switches: what `verdicts` decides by. A fixed number of queries."""

from dataclasses import replace

from django.db.models import Exists, OuterRef

from budgets.verdicts import CompanyFacts, ItemFlags, Rules
from integrations.models import (
    Connection,
    CostCodeLink,
    EmployeeLink,
    ProjectSwitches,
    QuickBooksEmployee,
    QuickBooksItem,
)
from integrations.switches import labor_basis_of
from ressio.models import Project

# UseTimeEntry, should QuickBooks ever send it, decides payroll; without it an admin's tick does (K7).
_SAYS_PAYROLL = {"UseTimeEntry": True, "DoNotUseTimeEntry": False}


def load_facts(connection: Connection) -> CompanyFacts:
    """Items, cost-code links and payroll of a connection; three queries."""
    return CompanyFacts(
        items=_load_items(connection),
        cost_codes=dict(
            CostCodeLink.objects.filter(connection=connection).values_list("item_ref", "cost_code_id")
        ),
        on_payroll=_load_payroll(connection),
    )


def _load_items(connection: Connection) -> dict[str, ItemFlags]:
    """An account reference is the tick: "I sell" for income, "I purchase" for expense (never PurchaseCost)."""
    items = QuickBooksItem.objects.filter(connection=connection).values_list(
        "quickbooks_id", "income_account_ref", "expense_account_ref"
    )
    return {item: ItemFlags(bool(income), bool(expense)) for item, income, expense in items}


def _load_payroll(connection: Connection) -> frozenset[str]:
    confirmed = EmployeeLink.objects.filter(
        connection=connection, employee_ref=OuterRef("quickbooks_id"), team_member__on_payroll=True
    )
    employees = QuickBooksEmployee.objects.filter(connection=connection).values_list(
        "quickbooks_id", "uses_time_entry", Exists(confirmed)
    )
    return frozenset(
        employee for employee, says, is_confirmed in employees if _SAYS_PAYROLL.get(says, is_confirmed)
    )


def own_rules_of(project: Project) -> Rules:
    """Of a project without QuickBooks: no time comes from there, so what was clocked here counts by itself."""
    return replace(rules_of(project, CompanyFacts()), time_tracking=False)


def rules_of(project: Project, facts: CompanyFacts) -> Rules:
    """Costs no query when `project` was read with `select_related("switches")`."""
    switches = getattr(project, "switches", None) or ProjectSwitches(project=project)
    return Rules(
        facts=facts,
        exclude_non_billable=switches.exclude_non_billable,
        time_tracking=switches.time_tracking,
        time_tracking_since=switches.time_tracking_since,
        include_billed_time=switches.include_billed_time,
        include_non_billable_time=switches.include_non_billable_time,
        vendor_credits=switches.vendor_credits,
        tax_is_cost=switches.tax_is_cost,
        labor_basis=labor_basis_of(switches, project),
    )
