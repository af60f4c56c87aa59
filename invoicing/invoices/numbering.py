"""The number that an invoice gets at its release, where nobody typed one: one that neither side uses."""

from budgets.bills.pushes import find_project_connection
from integrations.models import Connection
from invoicing.invoices.numbers import next_number, number_after
from invoicing.invoices.readiness import documents_of_numbers
from ressio.models import Company, Project


def take_number(project: Project) -> str:
    """Holds the company's row until the transaction ends: two releases at once get two numbers. Rows that name the
    company can be inserted meanwhile, as by a sync that has the books.
    """
    Company.objects.select_for_update(no_key=True).get(pk=project.company_id)
    return free_number(project)


def free_number(project: Project) -> str:
    """As it would be now."""
    number, connection = next_number(project.company), find_project_connection(project)
    while connection is not None and _is_taken_there(connection, number):
        number = number_after(number)
    return number


def _is_taken_there(connection: Connection, number: str) -> bool:
    return any(document.get("DocNumber") == number for document in documents_of_numbers(connection, [number]))
