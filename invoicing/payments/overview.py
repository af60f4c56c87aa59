"""What was invoiced and collected, on a project's overview (R17)."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from invoicing.invoices.rights import sees_invoices
from invoicing.payments.totals import held_for, invoiced_of
from ressio.http import CompanyRequest
from ressio.models import Project


def render_invoiced_section(request: CompanyRequest, project: Project) -> SafeString | str:
    """Nothing for those who see no financials (R1)."""
    if not sees_invoices(request.member):
        return ""
    context = {
        "project": project,
        "company": request.company,
        "invoiced": invoiced_of(project),
        "held": held_for(project),
    }
    return mark_safe(render_to_string("invoicing/payments/overview.html", context))
