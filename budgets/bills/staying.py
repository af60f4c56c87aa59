"""Why an approved bill is neither in QuickBooks nor on its way there, and where that is changed (M37, U1)."""

from collections.abc import Sequence
from dataclasses import dataclass

from budgets.bills.pushes import KIND
from budgets.bills.readiness import Obstacle
from budgets.models import Bill, BillState
from integrations.models import OPEN_STATES, ProjectLink, ProjectSwitches, Push, PushState

PUSHING_OFF = ("project_not_linked", "pushing_off")
"""With these a bill is not even asked for: it stays here by itself."""


@dataclass(frozen=True)
class Stay(Obstacle):
    """`words` are the sentence in short, for a list."""

    words: str = ""

    @property
    def may_be_sent(self) -> bool:
        """By an Admin, at once."""
        return not self.page


def find_stays(bills: Sequence[Bill]) -> dict[int, Stay]:
    """By bill, for those that are approved and stay here. Three queries, none where no bill is approved."""
    approved = [bill for bill in bills if bill.state == BillState.APPROVED]
    if not approved:
        return {}
    projects = {bill.project_id for bill in approved}
    links = ProjectLink.objects.filter(project__in=projects, connection__is_current=True)
    linked = set(links.values_list("project_id", flat=True))
    switches = {found.project_id: found for found in ProjectSwitches.objects.filter(project__in=projects)}
    asked = Push.objects.filter(kind=KIND, subject_id__in=[str(bill.pk) for bill in approved])
    last = dict(asked.order_by("pk").values_list("subject_id", "state"))
    return {
        bill.pk: _why(bill, linked, switches, last.get(str(bill.pk), ""))
        for bill in approved
        if last.get(str(bill.pk)) not in OPEN_STATES
    }


def _why(bill: Bill, linked: set[int], switches: dict[int, ProjectSwitches], last: str) -> Stay:
    project_id = bill.project_id or 0
    if project_id not in linked:
        sentence = "The project is not connected to a customer in QuickBooks, so this bill stays here."
        page = ("project-financials", project_id)
        return Stay("project_not_linked", sentence, *page, words="Project not connected")
    found = switches.get(project_id)
    if found is None or not found.push_bills:
        sentence = "Pushing bills is off for this project, so this bill stays here."
        return Stay("pushing_off", sentence, "project-financials", project_id, words="Pushing is off")
    if last == PushState.SKIPPED:
        return Stay("skipped", "Somebody decided that this bill is not sent.", words="Not sent, as decided")
    since = found.push_bills_since
    if since is not None and (bill.approved_at is None or bill.approved_at < since):
        sentence = "It was approved before pushing bills was turned on, so it did not go by itself."
        return Stay("approved_earlier", sentence, words="Approved before pushing was on")
    sentence = "It did not go by itself: the project was not ready for QuickBooks when it was approved."
    return Stay("not_asked", sentence, words="Nobody has sent it")
