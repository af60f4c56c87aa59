"""What bills add to pages of other rooms."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from budgets.bills.pushes import count_earlier_bills, find_project_connection
from budgets.bills.rights import may_approve_bills
from integrations.switches import switches_of
from ressio.http import CompanyRequest
from ressio.models import Project


def render_earlier_bills(request: CompanyRequest, project: Project) -> SafeString | str:
    """Below the switches of Financials: bills that were approved before pushing was turned on, if there are any."""
    if not may_approve_bills(request.member) or not switches_of(project).push_bills:
        return ""
    earlier = count_earlier_bills(project)
    if not earlier.bills or find_project_connection(project) is None:
        return ""
    context = {"project": project, "earlier": earlier}
    return mark_safe(render_to_string("budgets/bills/partials/earlier.html", context, request=request))
