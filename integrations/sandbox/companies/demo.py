"""The demo company: a believable residential builder, the same every time, always fresh.

``demo_documents(today)`` yields complete documents as QuickBooks Online returns them; ``fill_demo_books``
puts them into the books of a server, files and one deletion included. Handles for tests and demos: the paths
of customers in ``demo_customers`` (``LOT_14``, ``MAPLE_STREET``, …), vendors and employees in
``demo_vendors``, items in ``demo_items``, and ``demo_cases(today)``, which finds the awkward documents by the
name of their case.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

# Imported for its cases, which register themselves.
from integrations.sandbox.companies import demo_awkward_more  # noqa: F401
from integrations.sandbox.companies.demo_accounts import add_accounts
from integrations.sandbox.companies.demo_awkward import CASES
from integrations.sandbox.companies.demo_balances import settle_balances
from integrations.sandbox.companies.demo_charges import add_charges, expenses_already_billed
from integrations.sandbox.companies.demo_costs import add_bank_feed, add_job_costs, add_overhead
from integrations.sandbox.companies.demo_customers import add_customers
from integrations.sandbox.companies.demo_files import add_attachments
from integrations.sandbox.companies.demo_items import add_items
from integrations.sandbox.companies.demo_numbers import number_documents
from integrations.sandbox.companies.demo_payments import pay_bills
from integrations.sandbox.companies.demo_sales import add_credit_memos, add_invoices
from integrations.sandbox.companies.demo_setup import COMPANY_NAME, add_setup
from integrations.sandbox.companies.demo_time import add_time
from integrations.sandbox.companies.demo_vendors import add_employees, add_vendors
from integrations.sandbox.companies.draft import Draft
from integrations.sandbox.companies.shapes import Document

if TYPE_CHECKING:
    from integrations.sandbox.books import Books

__all__ = ["COMPANY_NAME", "DemoBooks", "demo_cases", "demo_documents", "fill_demo_books"]

SEED = 1180
DEMO_REALM = "9130350000000000001"
Key = tuple[str, str]


class DemoBooks:
    """The written books: ``documents`` in order of entry, ``files`` by attachable id, ``cases`` by name."""

    def __init__(self, today: date, realm: str = DEMO_REALM) -> None:
        draft = Draft(today, SEED)
        self._write_lists(draft)
        add_job_costs(draft)
        add_overhead(draft)
        add_bank_feed(draft)
        pay_bills(draft)
        add_time(draft)
        # Charges stand behind billable lines: after every cost, before the invoice that takes some over.
        found = {name: enter(draft) for name, enter in CASES.items()}
        add_charges(draft)
        found["expenses_already_billed"] = expenses_already_billed(draft)
        self.cases = {name: _keys(draft, documents) for name, documents in found.items()}
        add_invoices(draft)
        add_credit_memos(draft)
        number_documents(draft)
        self.files = add_attachments(draft, realm)
        settle_balances(draft)
        self.documents = draft.documents

    @staticmethod
    def _write_lists(draft: Draft) -> None:
        add_setup(draft)
        add_accounts(draft)
        add_items(draft)
        add_customers(draft)
        add_vendors(draft)
        add_employees(draft)


def _keys(draft: Draft, documents: list[Document]) -> list[Key]:
    wanted = {id(document) for document in documents}
    return [key for key, document in draft.documents.items() if id(document) in wanted]


def demo_documents(today: date) -> Iterator[tuple[str, Document]]:
    for (entity, _), document in DemoBooks(today).documents.items():
        yield entity, document


def demo_cases(today: date) -> dict[str, list[Key]]:
    """Name of an awkward case -> the (entity, id) of the documents that show it."""
    return DemoBooks(today).cases


def fill_demo_books(books: Books, today: date) -> None:
    """Load the demo company, with its files, and delete the bill that was entered twice."""
    demo = DemoBooks(today, books.realm)
    books.load_many((entity, document) for (entity, _), document in demo.documents.items())
    for attachable_id, content in demo.files.items():
        books.add_file(attachable_id, content)
    for entity, document_id in demo.cases["deleted_bill"]:
        books.delete(entity, document_id)
