"""Which settings in QuickBooks stand in the way (M15–M17, M20, M35), read from its mirrored Preferences."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integrations.models import Connection, Document


@dataclass(frozen=True)
class Check:
    """`path`: group and member in Preferences. An absent member means that QuickBooks did not say."""

    path: tuple[str, str]
    label: str
    why: str
    where: str
    is_required: bool = True


@dataclass(frozen=True)
class Checked:
    check: Check
    is_on: bool | None

    @property
    def stands_in_the_way(self) -> bool:
        return self.is_on is False and self.check.is_required


SETTINGS_PATH = "Gear → Account and settings → "
CHECKS = (
    Check(
        ("ProductAndServicesPrefs", "ForSales"),
        "Show Product/Service column on sales forms",
        "Without it invoices and time carry no product or service.",
        f"{SETTINGS_PATH}Sales → Products and services",
    ),
    Check(
        ("ProductAndServicesPrefs", "ForPurchase"),
        "Show items table on expense and purchase forms",
        "Without it bills and expenses have category lines only, and none of them reaches a cost code.",
        f"{SETTINGS_PATH}Expenses → Bills and expenses",
    ),
    Check(
        ("VendorAndPurchasesPrefs", "TrackingByCustomer"),
        "Track expenses and items by customer",
        "Without it a line cannot say for which project it is.",
        f"{SETTINGS_PATH}Expenses → Bills and expenses",
    ),
    Check(
        ("VendorAndPurchasesPrefs", "BillableExpenseTracking"),
        "Make expenses and items billable",
        "Without it every line is non-billable, which matters where a project leaves those out.",
        f"{SETTINGS_PATH}Expenses → Bills and expenses",
        is_required=False,
    ),
    Check(
        ("TimeTrackingPrefs", "UseServices"),
        "Add Service field to timesheets",
        "Without it time has no product or service and reaches no cost code.",
        f"{SETTINGS_PATH}Time → General",
        is_required=False,
    ),
    Check(
        ("TimeTrackingPrefs", "BillCustomers"),
        "Allow time to be billable",
        "Without it all time is non-billable and counts only where a project includes that.",
        f"{SETTINGS_PATH}Time → General",
        is_required=False,
    ),
)


def checks_of(connection: Connection) -> list[Checked]:
    """Empty until the preferences were read once."""
    document = Document.objects.filter(connection=connection, entity="Preferences", deleted_at=None).first()
    return check_preferences(document.data) if document else []


def check_preferences(preferences: Mapping[str, Any]) -> list[Checked]:
    """Pure."""
    return [Checked(check, _read(preferences, *check.path)) for check in CHECKS]


def _read(preferences: Mapping[str, Any], group: str, member: str) -> bool | None:
    """QuickBooks sends booleans here and, elsewhere, the words "true" and "false"."""
    value = preferences.get(group, {}).get(member)
    return None if value is None else str(value).lower() == "true"
