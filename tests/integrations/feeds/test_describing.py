from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from integrations.describing import SINGULAR, Description, describe_document
from integrations.registry import ENTITIES

pytestmark = pytest.mark.pure


@pytest.fixture(autouse=True)
def stand_in(settings: Any) -> None:
    settings.QBO_ENVIRONMENT, settings.QBO_WEB_URL = "production", "https://books.example/app"


def test_every_mirrored_entity_has_a_name() -> None:
    assert set(SINGULAR) == set(ENTITIES)


def test_transaction() -> None:
    data = {
        "DocNumber": "B-77",
        "VendorRef": {"value": "56", "name": "Lumber Yard"},
        "TxnDate": "2026-03-12",
        "TotalAmt": Decimal("12.50"),
    }

    assert describe_document("Bill", "145", data) == Description(
        what="Bill",
        title="B-77",
        party="Lumber Yard",
        day=date(2026, 3, 12),
        amount=Decimal("12.50"),
        url="https://books.example/app/bill?txnId=145",
    )


def test_list_row_has_its_full_name_and_no_page() -> None:
    data = {"DisplayName": "Kitchen", "FullyQualifiedName": "Ada Quill:Kitchen", "IsProject": True}

    assert describe_document("Customer", "58", data) == Description(
        "Project", "Ada Quill:Kitchen", "", None, None, ""
    )


@pytest.mark.parametrize(
    ("data", "what", "screen"),
    [
        ({"PaymentType": "Cash"}, "Expense", "expense"),
        ({"PaymentType": "Check"}, "Check", "check"),
        ({"PaymentType": "CreditCard"}, "Credit card charge", "expense"),
        ({"PaymentType": "CreditCard", "Credit": True}, "Credit card credit", "creditcardcredit"),
    ],
)
def test_purchases_have_the_names_of_their_kinds(data: dict[str, Any], what: str, screen: str) -> None:
    description = describe_document("Purchase", "9", data)

    assert description.what == what
    assert description.url == f"https://books.example/app/{screen}?txnId=9"


def test_document_that_is_gone_has_only_its_kind() -> None:
    assert describe_document("Bill", "9", {}) == Description("Bill", "", "", None, None, "")
