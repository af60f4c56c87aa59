"""The lists of QuickBooks as rows of ours, and what its settings mean for us.

Reading is pure: a document in, column values out, whatever is missing left empty. Names stay as QuickBooks
gives them, also the " (deleted)" it puts behind inactive ones.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from integrations.gateway.rows import Row
from integrations.models import (
    Connection,
    QuickBooksAccount,
    QuickBooksCustomer,
    QuickBooksEmployee,
    QuickBooksItem,
    QuickBooksVendor,
)
from integrations.models.mirror import ListRow
from integrations.registry import register_projector
from ressio.bulk import bulk_upsert

Data = Mapping[str, Any]
Values = dict[str, Any]


def read_customer(data: Data) -> Values:
    return {
        "name": _name(data),
        "is_active": _is_active(data),
        "full_name": data.get("FullyQualifiedName") or _name(data),
        "parent_ref": _ref(data, "ParentRef"),
        "is_project": data.get("IsProject") is True,
    }


def read_item(data: Data) -> Values:
    return {
        "name": _name(data),
        "is_active": _is_active(data),
        "full_name": data.get("FullyQualifiedName") or _name(data),
        "item_type": data.get("Type", ""),
        "description": data.get("Description", ""),
        "sku": data.get("Sku", ""),
        "parent_ref": _ref(data, "ParentRef"),
        "income_account_ref": _ref(data, "IncomeAccountRef"),
        "expense_account_ref": _ref(data, "ExpenseAccountRef"),
    }


def read_vendor(data: Data) -> Values:
    return {
        "name": _name(data),
        "is_active": _is_active(data),
        "email": _inner(data, "PrimaryEmailAddr", "Address"),
        "phone": _inner(data, "PrimaryPhone", "FreeFormNumber") or _inner(data, "Mobile", "FreeFormNumber"),
        "is_1099": data.get("Vendor1099") is True,
    }


def read_employee(data: Data) -> Values:
    return {
        "name": _name(data),
        "is_active": _is_active(data),
        "email": _inner(data, "PrimaryEmailAddr", "Address"),
        "cost_rate": _rate(data, "CostRate"),
        "bill_rate": _rate(data, "BillRate"),
        "uses_time_entry": data.get("UseTimeEntry", ""),
    }


def read_account(data: Data) -> Values:
    return {
        "name": _name(data),
        "is_active": _is_active(data),
        "full_name": data.get("FullyQualifiedName") or _name(data),
        "number": data.get("AcctNum", ""),
        "account_type": data.get("AccountType", ""),
        "classification": data.get("Classification", ""),
    }


def read_company_info(data: Data) -> Values:
    """What CompanyInfo says, as columns of the connection."""
    named = _named_values(data.get("NameValue"))
    return {
        "books_name": data.get("CompanyName") or data.get("LegalName", ""),
        "country": data.get("Country", ""),
        "edition": named.get("OfferingSku", ""),
        "has_payroll": _is_true(named.get("PayrollFeature")),
    }


def read_preferences(data: Data) -> Values:
    """The closing date, the home currency, and the settings that the set-up guide asks for (M15–M17).

    A setting that QuickBooks does not mention is None: unknown, not off.
    """
    accounting = data.get("AccountingInfoPrefs") or {}
    currency = data.get("CurrencyPrefs") or {}
    return {
        "closing_date": _date(accounting.get("BookCloseDate")),
        "home_currency": _inner(currency, "HomeCurrency", "value"),
        "preferences": _read_settings(data),
    }


def _read_settings(data: Data) -> dict[str, bool | None]:
    products = data.get("ProductAndServicesPrefs") or {}
    expenses = data.get("VendorAndPurchasesPrefs") or {}
    time = data.get("TimeTrackingPrefs") or {}
    other = _named_values((data.get("OtherPrefs") or {}).get("NameValue"))
    return {
        "items_on_sales_forms": products.get("ForSales"),
        "items_on_expense_forms": products.get("ForPurchase"),
        "customers_on_expense_lines": expenses.get("TrackingByCustomer"),
        "billable_expenses": expenses.get("BillableExpenseTracking"),
        "items_on_time": time.get("UseServices"),
        "customers_on_time": time.get("BillCustomers"),
        "time_tracking": _flag(other.get("TimeTrackingFeatureEnabled")),
        "projects": _flag(other.get("ProjectsEnabled")),
        "multicurrency": (data.get("CurrencyPrefs") or {}).get("MultiCurrencyEnabled"),
        "automated_sales_tax": (data.get("TaxPrefs") or {}).get("PartnerTaxEnabled"),
    }


@dataclass(frozen=True)
class ListProjector:
    """Keeps the rows of one list in step with its documents."""

    model: type[ListRow]
    read: Callable[[Data], Values]

    def __call__(self, connection: Connection, changed: Sequence[Row], deleted_ids: Sequence[str]) -> None:
        values = [self._values(connection, row.data) for row in changed]
        if values:
            columns = list(values[0])
            rows = (list(value.values()) for value in values)
            bulk_upsert(self.model, columns, rows, conflict=("connection_id", "quickbooks_id"))
        if deleted_ids:
            mine = self.model.objects.filter(connection=connection, quickbooks_id__in=deleted_ids)
            mine.update(is_deleted=True, is_active=False)

    def _values(self, connection: Connection, data: Data) -> Values:
        return {
            "company_id": connection.company_id,
            "connection_id": connection.pk,
            "quickbooks_id": data["Id"],
            "is_deleted": False,
            **clip(self.model, self.read(data)),
        }


def clip(model: Any, values: Values) -> Values:
    """Cut texts to their columns: a long name must not stop a sync, and QuickBooks' limits are no promise."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return {name: _clip_value(fields[name], value) for name, value in values.items()}


def _clip_value(field: Any, value: Any) -> Any:
    if value is None and field.empty_strings_allowed and not field.null:
        return ""  # QuickBooks writes `null` as well as leaving a member out
    return value[: field.max_length] if isinstance(value, str) and field.max_length else value


def note_company_info(connection: Connection, changed: Sequence[Row], deleted_ids: Sequence[str]) -> None:
    for row in changed:
        _note(connection, read_company_info(row.data))


def note_preferences(connection: Connection, changed: Sequence[Row], deleted_ids: Sequence[str]) -> None:
    for row in changed:
        values = read_preferences(row.data)
        if not values["home_currency"]:
            del values["home_currency"]
        _note(connection, values)


def _note(connection: Connection, values: Values) -> None:
    """Into the row and into the object at hand, without touching what others keep there (tokens, status)."""
    clipped = clip(Connection, values)
    Connection.objects.filter(pk=connection.pk).update(**clipped)
    for name, value in clipped.items():
        setattr(connection, name, value)


def register_list_projectors() -> None:
    register_projector("CompanyInfo", note_company_info)
    register_projector("Preferences", note_preferences)
    register_projector("Account", ListProjector(QuickBooksAccount, read_account))
    register_projector("Customer", ListProjector(QuickBooksCustomer, read_customer))
    register_projector("Item", ListProjector(QuickBooksItem, read_item))
    register_projector("Vendor", ListProjector(QuickBooksVendor, read_vendor))
    register_projector("Employee", ListProjector(QuickBooksEmployee, read_employee))


def _name(data: Data) -> str:
    for key in ("DisplayName", "Name", "FullyQualifiedName", "CompanyName"):
        if data.get(key):
            return str(data[key])
    return f"No name ({data['Id']})"


def _is_active(data: Data) -> bool:
    """Left out means active."""
    return data.get("Active") is not False


def _ref(data: Data, key: str) -> str:
    return _inner(data, key, "value")


def _inner(data: Data, key: str, inner: str) -> str:
    """A member of an object that may be missing or empty (`"WebAddr": {}`)."""
    found = data.get(key)
    return str(found.get(inner) or "") if isinstance(found, Mapping) else ""


def _rate(data: Data, key: str) -> Decimal | None:
    """An hourly rate; QuickBooks sends 0 for "none" as often as it leaves it out."""
    value = data.get(key)
    rate = Decimal(str(value)) if value not in (None, "") else None
    return rate or None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def _named_values(pairs: Any) -> dict[str, str]:
    """`[{"Name": …, "Value": …}]`, QuickBooks' form for settings that have no place of their own."""
    return {pair["Name"]: str(pair.get("Value", "")) for pair in pairs or [] if pair.get("Name")}


def _is_true(text: str | None) -> bool:
    """Both "true" and "True" occur."""
    return (text or "").lower() == "true"


def _flag(text: str | None) -> bool | None:
    return _is_true(text) if text else None
