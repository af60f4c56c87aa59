"""Why a cost line is left out: the closed list, in words for the bookkeeper who reads them."""

from enum import Enum
from typing import NamedTuple

from integrations.models import IssueLevel

PROBLEM, SETTING = IssueLevel.PROBLEM, IssueLevel.SETTING


class Reason(Enum):
    """One for each way of being left out (V10–V13). Level "problem" wants somebody; "setting" is as decided."""

    CATEGORY_LINE = "category_line"
    ITEM_NOT_SOLD = "item_not_sold"
    ITEM_NOT_PURCHASED = "item_not_purchased"
    ITEM_NEITHER = "item_neither"
    ITEM_NOT_LINKED = "item_not_linked"
    NOT_ON_PAYROLL = "not_on_payroll"
    NO_RATE = "no_rate"
    NON_BILLABLE = "non_billable"
    CREDITS_OFF = "credits_off"
    TIME_OFF = "time_off"
    BEFORE_TIME_TRACKING = "before_time_tracking"
    VENDOR_TIME = "vendor_time"
    NON_BILLABLE_TIME = "non_billable_time"
    ALREADY_BILLED = "already_billed"

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        return str(self.value)

    @property
    def level(self) -> IssueLevel:
        return TEXTS[self].level

    @property
    def title(self) -> str:
        return TEXTS[self].title

    @property
    def sentence(self) -> str:
        """What is the matter."""
        return TEXTS[self].sentence

    @property
    def way_out(self) -> str:
        """What to do about it."""
        return TEXTS[self].way_out


class ReasonText(NamedTuple):
    level: IssueLevel
    title: str
    sentence: str
    way_out: str


TEXTS = {
    Reason.CATEGORY_LINE: ReasonText(
        PROBLEM,
        "Entered under Category",
        "The line names an account (Category) in QuickBooks and no product or service, "
        "so it cannot reach a cost code.",
        "In QuickBooks, move the line from Category details to Item details and choose a product or service.",
    ),
    Reason.ITEM_NOT_SOLD: ReasonText(
        PROBLEM,
        "Product or service is not sold",
        'In QuickBooks the product or service does not have "I sell this" ticked, so it cannot be integrated.',
        'In QuickBooks, edit the product or service and tick "I sell this product/service to my customers".',
    ),
    Reason.ITEM_NOT_PURCHASED: ReasonText(
        PROBLEM,
        "Product or service is not purchased",
        'In QuickBooks the product or service does not have "I purchase this" ticked, so it cannot be integrated.',
        'In QuickBooks, edit the product or service and tick "I purchase this product/service from a vendor".',
    ),
    Reason.ITEM_NEITHER: ReasonText(
        PROBLEM,
        "Product or service is neither sold nor purchased",
        'In QuickBooks the product or service has neither "I sell this" nor "I purchase this" ticked, '
        "so it cannot be integrated.",
        'In QuickBooks, edit the product or service and tick both "I sell this" and "I purchase this".',
    ),
    Reason.ITEM_NOT_LINKED: ReasonText(
        PROBLEM,
        "No cost code linked",
        "The product or service of the line is not linked to a cost code, or time was entered without one.",
        "Link the product or service to a cost code. Time without one needs a service chosen in QuickBooks.",
    ),
    Reason.NOT_ON_PAYROLL: ReasonText(
        PROBLEM,
        "Employee not confirmed on payroll",
        "Time counts only for employees on payroll, and nobody has confirmed that for this one.",
        "Connect the employee to a team member and confirm that they are on payroll.",
    ),
    Reason.NO_RATE: ReasonText(
        PROBLEM,
        "Time without a rate",
        "Neither the time entry, nor the employee, nor the team member has a rate, so these hours have no price.",
        "Give the team member a rate, or the employee a cost rate in QuickBooks.",
    ),
    Reason.NON_BILLABLE: ReasonText(
        SETTING,
        "Not billable",
        "The line is not marked billable in QuickBooks, and this project leaves out non-billable bills and expenses.",
        'Mark the line billable in QuickBooks, or switch off "Exclude pulling non-billable bills and expenses '
        'from actuals".',
    ),
    Reason.CREDITS_OFF: ReasonText(
        SETTING,
        "Vendor credits switched off",
        "This project does not take in vendor credits from QuickBooks.",
        'Switch on "Enable QuickBooks Vendor Credits" for the project.',
    ),
    Reason.TIME_OFF: ReasonText(
        SETTING,
        "Time tracking switched off",
        "This project does not take in time from QuickBooks.",
        'Switch on "Enable QuickBooks Time Tracking" for the project.',
    ),
    Reason.BEFORE_TIME_TRACKING: ReasonText(
        SETTING,
        "Made before time tracking was switched on",
        "The time entry was made before QuickBooks time tracking was switched on for this project. "
        "Such entries never count.",
        "If it has to count, enter the time in QuickBooks again and delete the earlier entry.",
    ),
    Reason.VENDOR_TIME: ReasonText(
        SETTING,
        "Time of a vendor",
        "The time was worked by a vendor (1099). It is no payroll cost: the vendor's bill is what counts.",
        "Nothing to do: enter the vendor's bill in QuickBooks.",
    ),
    Reason.NON_BILLABLE_TIME: ReasonText(
        SETTING,
        "Time not billable",
        "The time is not marked billable in QuickBooks, and this project leaves out non-billable time.",
        'Mark the time billable in QuickBooks, or switch on "Include non-billable time in budget actuals".',
    ),
    Reason.ALREADY_BILLED: ReasonText(
        SETTING,
        "Time already billed",
        "The time has already been billed to the customer in QuickBooks, and this project leaves out billed time.",
        'Switch on "Include already billed time in budget actuals" for the project.',
    ),
}
