"""Where approved time stands with QuickBooks, in words: there, on its way, held, or staying here and why (R30, K7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from integrations.deep_links import link_to_document
from integrations.models import (
    OPEN_STATES,
    Connection,
    ProjectLink,
    ProjectSwitches,
    Push,
    PushOperation,
    PushState,
)
from ressio.models import Company
from timeclock.models import Shift, ShiftState
from timeclock.pushes import KIND
from timeclock.readiness import why_stays
from timeclock.twins import ENTITY

IN_QUICKBOOKS, ON_THE_WAY, HELD, STAYS = "in_quickbooks", "on_the_way", "held", "stays"
_SHORT = {
    "project_not_linked": "Project not connected",
    "time_off": "Time tracking is off",
    "made_before": "Recorded before time tracking",
    "employee_not_linked": "Employee not connected",
    "employee_inactive": "Employee inactive",
    "not_on_payroll": "Not on payroll",
    "code_not_linked": "Cost code not linked",
    "item_ineligible": "Service cannot be used",
    "no_billable_rate": "No billable rate",
    "billable_off": "Billing of time is off",
    "closed_period": "Closed period",
    "archived": "Project archived",
}


@dataclass(frozen=True)
class Standing:
    """`words` for a list, `sentence` for a page; `push_id` where somebody can decide."""

    code: str
    words: str
    sentence: str = ""
    reason: str = ""
    """Which obstacle, for programs: as `readiness` calls it."""
    page: str = ""
    page_id: int | None = None
    """Name and id of the page where it is put right."""
    push_id: int | None = None
    is_being_deleted: bool = False
    """Its approval is being taken back, and QuickBooks has not answered yet."""
    may_be_sent: bool = False
    """By `decisions.send_shift`."""
    quickbooks_url: str = ""

    @property
    def needs_somebody(self) -> bool:
        return self.code == HELD

    def fix_url(self, company: Company) -> str:
        """Where it is put right; "" when there is no such page."""
        if self.push_id is not None:
            return reverse("push", args=[company.slug, self.push_id])
        return reverse(self.page, args=[company.slug, self.page_id]) if self.page and self.page_id else ""


def find_standings(shifts: Sequence[Shift]) -> dict[int, Standing]:
    """By shift, for those that are approved here or come from QuickBooks; five queries for any number."""
    asked = [shift for shift in shifts if shift.is_ours and shift.state == ShiftState.APPROVED]
    waiting = [shift for shift in asked if not shift.is_sent]
    books = Connection.objects.in_bulk({shift.connection_id for shift in shifts if shift.is_sent})
    leaving = _find_deletions([shift for shift in shifts if shift.is_ours and shift.is_sent])
    found = {
        shift.pk: _leaves(leaving[str(shift.pk)])
        if str(shift.pk) in leaving
        else _there(shift, books.get(shift.connection_id))
        for shift in shifts
        if shift.is_sent
    }
    if not waiting:
        return found
    projects = {shift.project_id for shift in waiting}
    links = ProjectLink.objects.filter(project__in=projects, connection__is_current=True)
    linked = set(links.values_list("project_id", flat=True))
    switches = {each.project_id: each for each in ProjectSwitches.objects.filter(project__in=projects)}
    pushes = Push.objects.filter(kind=KIND, subject_id__in=[str(shift.pk) for shift in waiting])
    pushes = pushes.select_related("connection")
    last = {push.subject_id: push for push in pushes.order_by("pk")}
    return found | {shift.pk: _here(shift, last.get(str(shift.pk)), linked, switches) for shift in waiting}


def _find_deletions(sent: Sequence[Shift]) -> dict[str, Push]:
    """By shift, those whose approval is being taken back."""
    if not sent:
        return {}
    pushes = Push.objects.filter(
        kind=KIND,
        subject_id__in=[str(shift.pk) for shift in sent],
        operation=PushOperation.DELETE,
        state__in=OPEN_STATES,
        connection__is_current=True,
    )
    return {push.subject_id: push for push in pushes}


def _leaves(push: Push) -> Standing:
    if push.state == PushState.HELD:
        return Standing(HELD, "Not deleted yet", push.hold_sentence, push.hold_code, push_id=push.pk)
    sentence = (
        "Its approval is being taken back: it is being deleted in QuickBooks, and counts until that is done."
    )
    return Standing(ON_THE_WAY, "Being deleted", sentence, is_being_deleted=True)


def _there(shift: Shift, books: Connection | None) -> Standing:
    if shift.state == ShiftState.DELETED:
        return Standing(
            STAYS, "Deleted in QuickBooks", "Somebody deleted it in QuickBooks. It counts no more."
        )
    if books is not None and not books.is_current:
        sentence = f"It is in the earlier books ({books})."
        return Standing(STAYS, "In the earlier books", sentence, "earlier_books")
    return Standing(
        IN_QUICKBOOKS, "In QuickBooks", quickbooks_url=link_to_document(ENTITY, shift.quickbooks_id, "")
    )


def _here(
    shift: Shift, push: Push | None, linked: set[int], switches: Mapping[int, ProjectSwitches]
) -> Standing:
    if push is not None and push.is_open and not push.connection.is_current:
        sentence = (
            f"It waits for the earlier books ({push.connection}), and leaves once they are connected again."
        )
        return Standing(STAYS, "Waits for the earlier books", sentence, "earlier_books", may_be_sent=True)
    if push is not None and push.state == PushState.HELD:
        words = _SHORT.get(push.hold_code, "Needs attention")
        return Standing(HELD, words, push.hold_sentence, push.hold_code, push_id=push.pk)
    if push is not None and push.state in OPEN_STATES:
        return Standing(ON_THE_WAY, "On its way", "It is on its way to QuickBooks.")
    project_id = shift.project_id or 0
    stays = why_stays(shift, project_id in linked, switches.get(project_id))
    if stays is not None:
        return Standing(STAYS, _SHORT[stays.code], stays.sentence, stays.code, stays.page, stays.page_id)
    if push is not None and push.state == PushState.SKIPPED:
        sentence = "Somebody decided that it is not sent."
        return Standing(STAYS, "Not sent, as decided", sentence, "skipped", may_be_sent=True)
    sentence = "It did not go by itself: the project was not ready for QuickBooks when it was approved."
    return Standing(STAYS, "Nobody has sent it", sentence, "not_asked", may_be_sent=True)
