"""What invoices add to pages of other rooms."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from budgets.bills.pushes import find_project_connection
from integrations.switches import switches_of
from invoicing.invoices.pushes import earlier_invoices
from invoicing.invoices.rights import may_release_invoices
from ressio.http import CompanyRequest
from ressio.models import Project


def render_earlier_invoices(request: CompanyRequest, project: Project) -> SafeString | str:
    """Below the switches of Financials: invoices that were released before sending was turned on, if there are any."""
    if not may_release_invoices(request.member) or not switches_of(project).push_invoices:
        return ""
    earlier = earlier_invoices(project)
    if not earlier.invoices or find_project_connection(project) is None:
        return ""
    context = {"project": project, "earlier": earlier}
    return mark_safe(render_to_string("invoicing/partials/earlier.html", context, request=request))
