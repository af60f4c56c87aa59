"""The budget in a few figures, on a project's overview."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from budgets.budget_page import build_budget
from ressio.http import CompanyRequest
from ressio.models import Project


def render_budget_section(request: CompanyRequest, project: Project) -> SafeString | str:
    """Nothing for those who see no financials (R1)."""
    if not request.member.sees_financials:
        return ""
    context = {"project": project, "company": request.company, "budget": build_budget(project)}
    return mark_safe(render_to_string("budgets/partials/overview.html", context))
