"""The number that an invoice gets at its release, where nobody typed one: one that neither side uses."""

import re

from budgets.bills.pushes import find_project_connection
from integrations.connecting import current_connection
from integrations.models import Connection, Document
from invoicing.invoices.numbers import digits_of, letters_of, next_number, number_after
from invoicing.invoices.readiness import documents_of_numbers
from ressio.models import Company, Project

LOOKED_THROUGH = 1000
_NUMBER = re.compile(r'"DocNumber":\s*"([^"\\]*)"')


def take_number(project: Project) -> str:
    """Holds the company's row until the transaction ends: two releases at once get two numbers. Rows that name the
    company can be inserted meanwhile, as by a sync that has the books.
    """
    Company.objects.select_for_update(no_key=True).get(pk=project.company_id)
    return free_number(project)


def free_number(project: Project) -> str:
    """As it would be now."""
    return _free_number(project.company, find_project_connection(project))


def suggest_number(company: Company) -> str:
    """For a form whose project is not chosen yet: free in the books that are connected, too."""
    return _free_number(company, current_connection(company))


def _free_number(company: Company, connection: Connection | None) -> str:
    """Where the next one is taken in QuickBooks, the one after the highest of its kind there, as it suggests itself."""
    number = next_number(company)
    if connection is None or not _is_taken_there(connection, number):
        return number
    number = number_after(max([number, *_recent_numbers(connection, like=number)], key=digits_of))
    while _is_taken_there(connection, number):
        number = number_after(number)
    return number


def _recent_numbers(connection: Connection, *, like: str) -> list[str]:
    """Of the invoices that changed last, those written as this one: with the same letters in front."""
    bodies = Document.objects.filter(connection=connection, entity="Invoice", deleted_at=None)
    latest = bodies.order_by("-last_updated_at").values_list("body", flat=True)[:LOOKED_THROUGH]
    found = [match[1] for body in latest if (match := _NUMBER.search(body))]
    return [number for number in found if letters_of(number) == letters_of(like)]


def _is_taken_there(connection: Connection, number: str) -> bool:
    return any(document.get("DocNumber") == number for document in documents_of_numbers(connection, [number]))
