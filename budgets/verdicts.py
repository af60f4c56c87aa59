"""Whether a cost line counts, and if not, for which one reason (V10–V13). Pure; the only home of these rules.

A verdict depends on few facts about a line (its `Signature`) and on the project's links and switches (`Rules`).
Counting groups lines by signature and asks once for each group; lists ask for each line. Both ask here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from budgets.models import BillableStatus, Kind
from budgets.reasons import Reason
from integrations.models import LaborBasis


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
    is_own: bool = False
    """A line of a bill or shift approved here, on a cost code of ours: QuickBooks does not have it."""


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
    """V11. Where a project keeps QuickBooks' time out, its own time clock is all there is: shifts approved here
    count, by their rate alone. Where both share their time, both are judged alike: no verdict changes on arrival.
    """
    if signature.is_own and not rules.time_tracking:
        return _decide_rate(signature, rules)
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
    if signature.is_own:
        return None
    if not signature.item_ref:
        return Reason.ITEM_NOT_LINKED if signature.kind == Kind.TIME else Reason.CATEGORY_LINE
    flags = rules.facts.items.get(signature.item_ref)
    # An item that is not in the lists yet has no flags to judge by; its link decides.
    return (flags and _decide_flags(flags)) or _decide_link(signature, rules)


_INELIGIBLE = {
    (False, False): Reason.ITEM_NEITHER,
    (False, True): Reason.ITEM_NOT_SOLD,
    (True, False): Reason.ITEM_NOT_PURCHASED,
}


def _decide_flags(flags: ItemFlags) -> Reason | None:
    return _INELIGIBLE.get((flags.is_sold, flags.is_purchased))


def _decide_link(signature: Signature, rules: Rules) -> Reason | None:
    return None if signature.item_ref in rules.facts.cost_codes else Reason.ITEM_NOT_LINKED
