"""The tick "on payroll" on the list of team members (K7)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from integrations.connecting import current_connection
from integrations.linking import LinkRefused, confirm_on_payroll, withdraw_on_payroll
from integrations.linking.payroll import NO_PAYROLL
from ressio.access import admin_required
from ressio.http import CompanyRequest
from ressio.models import TeamMember
from ressio.views.places import company_url, read_next

from .linking_base import show_not_connected


@require_POST
@admin_required
def set_on_payroll(request: CompanyRequest, company: str, member_id: int) -> HttpResponse:
    """`on_payroll` present: confirmed; absent: withdrawn."""
    team_member: TeamMember = get_object_or_404(TeamMember.objects.all(), pk=member_id)
    connection = current_connection(request.company)
    if connection is None:
        return show_not_connected(request, "On payroll", status=409)
    verb = confirm_on_payroll if "on_payroll" in request.POST else withdraw_on_payroll
    try:
        verb(team_member=team_member, connection=connection, actor=request.user, now=timezone.now())
    except LinkRefused as error:
        messages.error(request, str(error))
    else:
        state = "confirmed to be on payroll" if team_member.on_payroll else "no longer marked as on payroll"
        note = f" {NO_PAYROLL}" if team_member.on_payroll and not connection.has_payroll else ""
        messages.success(request, f"{team_member.name} is {state}.{note}")
    return redirect(read_next(request, company_url("settings-team", request.company)))
