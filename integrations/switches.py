"""The switches of a project (M90): what counts in its budget, decided at the moment of asking (U9).

Flipping one writes one row. It asks QuickBooks nothing and rebuilds nothing; the next look at the budget
judges anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db import models, transaction

from integrations.models import Connection, LaborBasis, ProjectSwitches
from integrations.registry import fire_links_changed
from ressio.activity import record_activity
from ressio.models import CostCode, CostStructure, Project, User


class SwitchRefused(Exception):
    """Not a switch, or not a value it can have. Nothing was changed."""


@dataclass(frozen=True)
class Switch:
    """`parent`: the switch that must be on for this one to act. `guide`: the help page's key. `since`: the column that
    keeps when it was last turned on, where what happened before is left alone.
    """

    key: str
    help: str
    guide: str = "what-counts"
    parent: str = ""
    since: str = ""

    @property
    def label(self) -> str:
        return str(cast("models.Field[Any, Any]", ProjectSwitches._meta.get_field(self.key)).verbose_name)


SWITCHES = (
    Switch(
        "push_bills",
        "On: a bill of this project goes to QuickBooks once an Admin has approved it, unpaid. Bills approved before "
        "this was turned on stay here until you send them. Off: nothing of this project leaves; what is in "
        "QuickBooks stays there.",
        guide="bills",
        since="push_bills_since",
    ),
    Switch(
        "exclude_non_billable",
        "On: lines of bills, expenses, checks and card transactions that are not marked billable in "
        "QuickBooks stay visible and do not count. Lines already billed to the customer count as billable. "
        "Vendor credits are not touched by this.",
    ),
    Switch(
        "default_billing_code",
        "Used for every bill line without a cost code of its own, because QuickBooks takes no line without one. "
        "Required while pushing bills is on.",
        guide="bills",
    ),
    Switch(
        "push_bill_files",
        "On: files of a bill follow it to QuickBooks, also those added later. Only files of bills ever go.",
        guide="bills",
        parent="push_bills",
        since="push_bill_files_since",
    ),
    Switch(
        "pull_bill_files",
        "On: files that are attached to bills in QuickBooks from now on appear here, read-only. Clients can see them, "
        "with the prices of your suppliers, unless you hide a file.",
        guide="bills",
        since="pull_bill_files_since",
    ),
    Switch(
        "push_invoices",
        "On: an invoice of this project goes to QuickBooks when it is released, and payments are recorded only there. "
        "Invoices released before this was turned on stay here until you send them. Off: nothing leaves; what is in "
        "QuickBooks stays there.",
        guide="invoices",
        since="push_invoices_since",
    ),
    Switch(
        "default_invoice_code",
        "Used for every invoice line without a cost code of its own. Required while sending invoices is on.",
        guide="invoices",
    ),
    Switch(
        "profit_code",
        "Used for lines that show your markup or profit apart. Required while sending invoices is on.",
        guide="invoices",
    ),
    Switch(
        "time_tracking",
        "On: approved shifts go to QuickBooks, and time entered there is shown here. Both count if they were "
        "recorded after this was turned on, the employee is on payroll, and the time is billable and not billed "
        "yet. Time of 1099 contractors never counts; their bills do. Off: nothing goes or comes, and approved "
        "shifts count here by themselves.",
        guide="time",
    ),
    Switch(
        "include_billed_time",
        "On: time that has been invoiced to the customer counts too.",
        guide="time",
        parent="time_tracking",
    ),
    Switch(
        "include_non_billable_time",
        "On: time that is not billable counts too.",
        guide="time",
        parent="time_tracking",
    ),
    Switch(
        "vendor_credits",
        "On: vendor credits reduce cost, as lines of their own. Off: they are listed as left out by this "
        "setting. Credits on a credit card always count.",
    ),
    Switch(
        "tax_is_cost",
        "On: the tax on bills and expenses counts as cost, shared out over their lines. "
        "Off: cost is net of tax.",
    ),
    Switch(
        "labor_basis",
        "At which price an hour counts. Unless you choose, a fixed price project counts what the hour costs "
        "you, and a cost plus project what the hour is billed at.",
        guide="time",
    ),
)
KEYS = {switch.key: switch for switch in SWITCHES}
# Parent switch → the cost codes that it cannot be on without (M68, M100, R45).
REQUIRED_CODES = {
    "push_bills": ("default_billing_code",),
    "push_invoices": ("default_invoice_code", "profit_code"),
}
_GERUNDS = {"push_bills": "pushing bills", "push_invoices": "sending invoices"}
CODES = {code: parent for parent, codes in REQUIRED_CODES.items() for code in codes}


def switches_of(project: Project) -> ProjectSwitches:
    """Stored, or the defaults of capabilities 1d, unsaved."""
    stored = ProjectSwitches.objects.filter(project=project).first()
    return stored or ProjectSwitches(project=project, company_id=project.company_id)


def labor_basis_of(switches: ProjectSwitches, project: Project) -> LaborBasis:
    """V9: chosen, or by cost structure."""
    if switches.labor_basis:
        return LaborBasis(switches.labor_basis)
    return LaborBasis.BILLABLE if project.cost_structure == CostStructure.COST_PLUS else LaborBasis.COST


def set_switches(
    *, project: Project, changes: Mapping[str, Any], actor: User | None, now: datetime
) -> ProjectSwitches:
    """Change some or all switches; the ones not named stay. Raises `SwitchRefused`.

    Time tracking remembers the first moment it was turned on (M61): turning it off and on again brings back
    exactly what was there (U9). `restart_time_tracking` moves the moment. Pushing and pulling remember the last
    one: what was approved or attached while they were off does not leave, or come, unasked.
    """
    _check(changes, project)
    with transaction.atomic():
        switches = _locked(project)
        _check_required_codes(switches, changes)
        changed = {key: value for key, value in changes.items() if getattr(switches, key) != value}
        if changed:
            _store(switches, changed, actor, now)
    return switches


def restart_time_tracking(*, project: Project, actor: User | None, now: datetime) -> ProjectSwitches:
    """Only time made from now on counts. Raises `SwitchRefused` while time tracking is off."""
    with transaction.atomic():
        switches = _locked(project)
        if not switches.time_tracking:
            raise SwitchRefused("Turn time tracking on first.")
        before, switches.time_tracking_since = switches.time_tracking_since, now
        switches.save()
        _announce(project, actor, {"time tracking since": [str(before or ""), str(now)]})
    return switches


def lift_since(*, project: Project, key: str) -> None:
    """What happened before the switch `key` was last turned on is taken along from now on, until it is turned off.

    The caller records who asked for it, and checks that the switch is on.
    """
    with transaction.atomic():
        switches = _locked(project)
        setattr(switches, KEYS[key].since, None)
        switches.save()
        _fire(project)


def _check(changes: Mapping[str, Any], project: Project) -> None:
    for key, value in changes.items():
        if key not in KEYS:
            raise SwitchRefused(f"There is no switch “{key}”.")
        if key == "labor_basis":
            if value not in LaborBasis.values:
                raise SwitchRefused("The labor basis is cost rate, billable rate, or by cost structure.")
        elif key in CODES:
            if value is not None and not _is_active_code(value, project):
                raise SwitchRefused("There is no such active cost code.")
        elif not isinstance(value, bool):
            raise SwitchRefused(f"“{KEYS[key].label}” is either on or off.")


def _is_active_code(value: Any, project: Project) -> bool:
    return isinstance(value, CostCode) and value.company_id == project.company_id and value.is_active


def _check_required_codes(switches: ProjectSwitches, changes: Mapping[str, Any]) -> None:
    """QuickBooks refuses lines without a product or service, so pushing needs something to fall back on (M100)."""
    for code, parent in CODES.items():
        will_be_on = changes.get(parent, getattr(switches, parent))
        if not will_be_on or changes.get(code, getattr(switches, code)) is not None:
            continue
        label = KEYS[code].label if code != "default_billing_code" else KEYS[code].label.lower()
        if getattr(switches, parent):
            raise SwitchRefused(f"A {label} is required while {_GERUNDS[parent]} is on.")
        raise SwitchRefused(f"Choose the {label} first: it is required for {_GERUNDS[parent]}.")


def _locked(project: Project) -> ProjectSwitches:
    """The row, made if need be, held until the transaction ends, so that two savers never undo each other."""
    ProjectSwitches.objects.get_or_create(project=project, defaults={"company_id": project.company_id})
    switches: ProjectSwitches = ProjectSwitches.objects.select_for_update().get(project=project)
    return switches


def _store(switches: ProjectSwitches, changed: dict[str, Any], actor: User | None, now: datetime) -> None:
    record = {KEYS[key].label: [_say(getattr(switches, key)), _say(value)] for key, value in changed.items()}
    for key, value in changed.items():
        setattr(switches, key, value)
    if switches.time_tracking and switches.time_tracking_since is None:
        switches.time_tracking_since = now
    for key, value in changed.items():
        if KEYS[key].since and value:
            setattr(switches, KEYS[key].since, now)
    switches.save()
    _announce(switches.project, actor, record)


def _say(value: Any) -> str:
    return "" if value is None else str(value)


def _announce(project: Project, actor: User | None, record: dict[str, Any]) -> None:
    record_activity(
        company=project.company,
        actor=actor,
        verb="changed the QuickBooks settings of",
        subject=project,
        changes=record,
    )
    _fire(project)


def _fire(project: Project) -> None:
    connection = Connection.objects.filter(company_id=project.company_id, is_current=True).first()
    if connection:
        fire_links_changed(connection)
