"""Whether a cost line counts, and if not, for which one reason (V10–V13). Pure; the only home of these rules.

A verdict depends on few facts about a line (its `Signature`) and on the project's links and switches (`Rules`).
Counting groups lines by signature and asks once for each group; lists ask for each line. Both ask here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from budgets.models import BillableStatus, Kind
from integrations.models import IssueLevel, LaborBasis

PROBLEM, SETTING = IssueLevel.PROBLEM, IssueLevel.SETTING


class Reason(StrEnum):
    """Why a line is left out: the closed list. `sentence` and `way_out` are for the bookkeeper who reads them.

    Level "problem" wants somebody; "setting" is as somebody decided, or by design.
    """

    level: IssueLevel
    title: str
    sentence: str
    way_out: str

    def __new__(cls, code: str, level: IssueLevel, title: str, sentence: str, way_out: str) -> "Reason":
        reason = str.__new__(cls, code)
        reason._value_ = code
        reason.level, reason.title, reason.sentence, reason.way_out = level, title, sentence, way_out
        return reason

    @property
    def code(self) -> str:
        return str(self.value)

    CATEGORY_LINE = (
        "category_line",
        PROBLEM,
        "Entered under Category",
        "The line names an account (Category) in QuickBooks and no product or service, "
        "so it cannot reach a cost code.",
        "In QuickBooks, move the line from Category details to Item details and choose a product or service.",
    )
    ITEM_NOT_SOLD = (
        "item_not_sold",
        PROBLEM,
        "Product or service is not sold",
        'In QuickBooks the product or service does not have "I sell this" ticked, so it cannot be integrated.',
        'In QuickBooks, edit the product or service and tick "I sell this product/service to my customers".',
    )
    ITEM_NOT_PURCHASED = (
        "item_not_purchased",
        PROBLEM,
        "Product or service is not purchased",
        'In QuickBooks the product or service does not have "I purchase this" ticked, so it cannot be integrated.',
        'In QuickBooks, edit the product or service and tick "I purchase this product/service from a vendor".',
    )
    ITEM_NEITHER = (
        "item_neither",
        PROBLEM,
        "Product or service is neither sold nor purchased",
        'In QuickBooks the product or service has neither "I sell this" nor "I purchase this" ticked, '
        "so it cannot be integrated.",
        'In QuickBooks, edit the product or service and tick both "I sell this" and "I purchase this".',
    )
    ITEM_NOT_LINKED = (
        "item_not_linked",
        PROBLEM,
        "No cost code linked",
        "The product or service of the line is not linked to a cost code, or time was entered without one.",
        "Link the product or service to a cost code. Time without one needs a service chosen in QuickBooks.",
    )
    NOT_ON_PAYROLL = (
        "not_on_payroll",
        PROBLEM,
        "Employee not confirmed on payroll",
        "Time counts only for employees on payroll, and nobody has confirmed that for this one.",
        "Connect the employee to a team member and confirm that they are on payroll.",
    )
    NO_RATE = (
        "no_rate",
        PROBLEM,
        "Time without a rate",
        "Neither the time entry, nor the employee, nor the team member has a rate, so these hours have no price.",
        "Give the team member a rate, or the employee a cost rate in QuickBooks.",
    )
    NON_BILLABLE = (
        "non_billable",
        SETTING,
        "Not billable",
        "The line is not marked billable in QuickBooks, and this project leaves out non-billable bills and expenses.",
        'Mark the line billable in QuickBooks, or switch off "Exclude pulling non-billable bills and expenses '
        'from actuals".',
    )
    CREDITS_OFF = (
        "credits_off",
        SETTING,
        "Vendor credits switched off",
        "This project does not take in vendor credits from QuickBooks.",
        'Switch on "Enable QuickBooks Vendor Credits" for the project.',
    )
    TIME_OFF = (
        "time_off",
        SETTING,
        "Time tracking switched off",
        "This project does not take in time from QuickBooks.",
        'Switch on "Enable QuickBooks Time Tracking" for the project.',
    )
    BEFORE_TIME_TRACKING = (
        "before_time_tracking",
        SETTING,
        "Made before time tracking was switched on",
        "The time entry was made before QuickBooks time tracking was switched on for this project. "
        "Such entries never count.",
        "If it has to count, enter the time in QuickBooks again and delete the earlier entry.",
    )
    VENDOR_TIME = (
        "vendor_time",
        SETTING,
        "Time of a vendor",
        "The time was worked by a vendor (1099). It is no payroll cost: the vendor's bill is what counts.",
        "Nothing to do: enter the vendor's bill in QuickBooks.",
    )
    NON_BILLABLE_TIME = (
        "non_billable_time",
        SETTING,
        "Time not billable",
        "The time is not marked billable in QuickBooks, and this project leaves out non-billable time.",
        'Mark the time billable in QuickBooks, or switch on "Include non-billable time in budget actuals".',
    )
    ALREADY_BILLED = (
        "already_billed",
        SETTING,
        "Time already billed",
        "The time has already been billed to the customer in QuickBooks, and this project leaves out billed time.",
        'Switch on "Include already billed time in budget actuals" for the project.',
    )


class Signature(NamedTuple):
    """All of a line that a verdict depends on. Facts of time are '' or False on other lines."""

    kind: str
    item_ref: str
    billable_status: str
    employee_ref: str = ""
    is_vendor_time: bool = False
    is_before_time_tracking: bool = False
    has_cost_price: bool = False
    has_billable_price: bool = False


class ItemFlags(NamedTuple):
    """The two ticks of a product or service (M19)."""

    is_sold: bool
    is_purchased: bool


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """What is the same for every project of a connection."""

    items: Mapping[str, ItemFlags] = field(default_factory=dict)
    cost_codes: Mapping[str, int] = field(default_factory=dict)
    """Item id to the id of its cost code."""
    on_payroll: frozenset[str] = frozenset()
    """Ids of the employees that are confirmed on payroll."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Links and switches of one project, as they are at the moment of asking. Defaults as in capabilities 1d."""

    facts: CompanyFacts = CompanyFacts()
    exclude_non_billable: bool = False
    time_tracking: bool = False
    time_tracking_since: datetime | None = None
    include_billed_time: bool = False
    include_non_billable_time: bool = False
    vendor_credits: bool = False
    tax_is_cost: bool = False
    labor_basis: LaborBasis = LaborBasis.COST

    @property
    def is_at_billable(self) -> bool:
        return self.labor_basis == LaborBasis.BILLABLE

    def is_before_time_tracking(self, recorded_at: datetime | None) -> bool:
        """Was an entry made before the switch went on (M61)? One without a time cannot show that it was not."""
        moment = self.time_tracking_from
        return moment is not None and (recorded_at is None or recorded_at < moment)

    @property
    def time_tracking_from(self) -> datetime | None:
        """QuickBooks tells times to the second, so the moment of the switch is taken at the full second too."""
        return self.time_tracking_since.replace(microsecond=0) if self.time_tracking_since else None

    def cost_code_of(self, signature: Signature) -> int | None:
        return self.facts.cost_codes.get(signature.item_ref)


def decide(signature: Signature, rules: Rules) -> Reason | None:
    """None when the line counts, else the first reason that applies."""
    if signature.kind == Kind.TIME:
        return _decide_time(signature, rules)
    if signature.kind == Kind.VENDOR_CREDIT:
        first = None if rules.vendor_credits else Reason.CREDITS_OFF
    else:
        first = _decide_expense(signature, rules)
    return first or _decide_item(signature, rules)


def _decide_expense(signature: Signature, rules: Rules) -> Reason | None:
    """V13. A line that has been billed was billable (V7)."""
    is_non_billable = signature.billable_status == BillableStatus.NOT_BILLABLE
    return Reason.NON_BILLABLE if rules.exclude_non_billable and is_non_billable else None


def _decide_time(signature: Signature, rules: Rules) -> Reason | None:
    """V11."""
    return (
        _decide_time_tracking(signature, rules)
        or _decide_worker(signature, rules)
        or _decide_billing(signature, rules)
        or _decide_item(signature, rules)
        or _decide_rate(signature, rules)
    )


def _decide_time_tracking(signature: Signature, rules: Rules) -> Reason | None:
    if not rules.time_tracking:
        return Reason.TIME_OFF
    return Reason.BEFORE_TIME_TRACKING if signature.is_before_time_tracking else None


def _decide_worker(signature: Signature, rules: Rules) -> Reason | None:
    if signature.is_vendor_time:
        return Reason.VENDOR_TIME
    return None if signature.employee_ref in rules.facts.on_payroll else Reason.NOT_ON_PAYROLL


def _decide_billing(signature: Signature, rules: Rules) -> Reason | None:
    if signature.billable_status == BillableStatus.NOT_BILLABLE and not rules.include_non_billable_time:
        return Reason.NON_BILLABLE_TIME
    if signature.billable_status == BillableStatus.HAS_BEEN_BILLED and not rules.include_billed_time:
        return Reason.ALREADY_BILLED
    return None


def _decide_rate(signature: Signature, rules: Rules) -> Reason | None:
    has_price = signature.has_billable_price if rules.is_at_billable else signature.has_cost_price
    return None if has_price else Reason.NO_RATE


def _decide_item(signature: Signature, rules: Rules) -> Reason | None:
    """V12: the flag comes before the link, also where a link was made earlier."""
    if not signature.item_ref:
        return Reason.ITEM_NOT_LINKED if signature.kind == Kind.TIME else Reason.CATEGORY_LINE
    flags = rules.facts.items.get(signature.item_ref)
    # An item that is not in the lists yet has no flags to judge by; its link decides.
    return (flags and _decide_flags(flags)) or _decide_link(signature, rules)


def _decide_flags(flags: ItemFlags) -> Reason | None:
    reasons = {
        (False, False): Reason.ITEM_NEITHER,
        (False, True): Reason.ITEM_NOT_SOLD,
        (True, False): Reason.ITEM_NOT_PURCHASED,
    }
    return reasons.get((flags.is_sold, flags.is_purchased))


def _decide_link(signature: Signature, rules: Rules) -> Reason | None:
    return None if signature.item_ref in rules.facts.cost_codes else Reason.ITEM_NOT_LINKED
