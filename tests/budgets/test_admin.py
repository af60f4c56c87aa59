"""The staff door to budgets: lines can be looked at, and nothing more."""

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from budgets.budget_lines import set_budget_line
from budgets.models import (
    Bill,
    BillAttachment,
    BillChange,
    BillFile,
    BillLine,
    BillPaymentPart,
    CostLine,
)
from ressio.models import ProjectFile, User
from tests.budgets.books import Books
from tests.budgets.documents import bill, item_line, time_entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(
        User.objects.create_superuser(email="staff@ressio.example", password="x", name="Staff")
    )
    return client


@pytest.fixture
def rows(books: Books) -> list[Model]:
    books.customer("10")
    code = books.cost_code("Framing", "20")
    house = books.project("House", "10")
    books.store("Bill", bill("1", item_line("12.34", customer="10")))
    books.store("TimeActivity", time_entry("2", CostRate=10))
    entered = Bill.objects.create(
        company=books.company,
        project=house,
        number="House-7",
        issued_on=date(2026, 3, 2),
        total=Decimal("77.00"),
    )
    shared = {"company": books.company, "connection": books.connection, "bill_ref": "1"}
    BillLine.objects.create(company=books.company, bill=entered, position=1, amount=Decimal("77.00"))
    file = ProjectFile.objects.create(company=books.company, project=house, name="House.pdf", size=1)
    of_bills = [
        entered,
        BillChange.objects.create(company=books.company, bill=entered, what="Changed in QuickBooks"),
        BillPaymentPart.objects.create(**shared, payment_ref="9", amount=Decimal("7.00")),
        BillAttachment.objects.create(**shared, attachable_ref="8", file_name="House.pdf"),
        BillFile.objects.create(company=books.company, bill=entered, file=file),
    ]
    planned = set_budget_line(project=house, cost_code=code, original_amount=Decimal("99.00"), actor=None)
    return [*CostLine.objects.order_by("entity"), planned, *of_bills]


def test_lists_and_rows_open_and_can_be_searched(staff: Client, rows: list[Model]) -> None:
    assert len(rows) == 8
    for row in rows:
        name = f"admin:budgets_{row._meta.model_name}"
        assert staff.get(reverse(f"{name}_changelist"), {"q": "House"}).status_code == 200
        assert staff.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200
    assert "12.34" in staff.get(reverse("admin:budgets_costline_changelist")).content.decode()
    bill = next(row for row in rows if isinstance(row, Bill))
    shown = staff.get(reverse("admin:budgets_bill_change", args=[bill.pk])).content.decode()
    pushes = reverse("admin:integrations_push_changelist")
    assert f'href="{pushes}?kind=bill&amp;subject_id={bill.pk}"' in shown
    assert staff.get(f"{pushes}?kind=bill&subject_id={bill.pk}").status_code == 200
    assert "99.00" in staff.get(reverse("admin:budgets_budgetline_changelist")).content.decode()


def test_nothing_can_be_added_changed_or_deleted(staff: Client, rows: list[Model]) -> None:
    for row in rows:
        name = f"admin:budgets_{row._meta.model_name}"
        answers = [
            staff.get(reverse(f"{name}_add")),
            staff.post(reverse(f"{name}_change", args=[row.pk]), {"notes": "x"}),
            staff.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}),
        ]
        assert [answer.status_code for answer in answers] == [403, 403, 403]
