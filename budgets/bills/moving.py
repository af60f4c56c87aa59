"""A bill that QuickBooks moved to another project belongs there here too: its budget, its people, its files (N8)."""

from budgets.bills.file_upkeep import keep_files_in_step
from budgets.bills.merging import BillFacts
from budgets.models import Bill
from budgets.reach import customers_by_link
from integrations.models import ProjectLink


def customers_named(facts: BillFacts) -> set[str]:
    return {line.customer_ref for line in facts.lines}


def follow_to_project(bill: Bill, facts: BillFacts) -> None:
    """Only where every line names a customer of one and the same project. One that is shared by several, or names
    nobody here, stays with the people who entered it; its lines count where they belong in any case.
    """
    named = customers_named(facts)
    links = list(ProjectLink.objects.filter(connection=bill.connection).select_related("project"))
    reached = customers_by_link(links)
    for link in links:
        if named and named <= reached[link.customer_ref] and link.project_id != bill.project_id:
            bill.project = link.project
            bill.save(update_fields=["project"])
            keep_files_in_step(bill)
