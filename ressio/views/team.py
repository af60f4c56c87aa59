"""Settings → Team members: the list, inviting, one member's page."""

from datetime import datetime

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ressio.access import admin_required
from ressio.forms.settings import InviteForm, MemberForm, NewLinkForm, RateForm
from ressio.http import CompanyRequest
from ressio.models import ApiToken, Invitation, TeamMember
from ressio.panels import draw_actions, draw_columns, draw_sections
from ressio.people import inviting
from ressio.people.mails import mail_invitation
from ressio.people.membership import LastAdmin, change_member, deactivate_member, reactivate_member
from ressio.views.once import keep_secret, take_secret

LINK_KEY = "invitation_link"
MEMBER_FIELDS = ("name", "role", "can_create_bills", "can_edit_own_time")


@require_safe
@admin_required
def list_members(request: CompanyRequest, company: str) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    members = list(find_members(query, state=read_state(request)))
    context = {
        "rows": [(member, *describe_sign_in(member, now=timezone.now())) for member in members],
        "columns": draw_columns("team_members", request, members),
        "actions": draw_actions("team_members", request.member),
        "query": query,
        "state": read_state(request),
    }
    return render(request, "ressio/settings/team.html", context)


def read_state(request: HttpRequest) -> str:
    return "inactive" if request.GET.get("state") == "inactive" else "active"


def find_members(query: str, *, state: str) -> QuerySet[TeamMember]:
    still_open = Invitation.objects.filter(accepted_at=None, withdrawn_at=None)
    members = TeamMember.objects.select_related("user").filter(is_active=state == "active")
    for word in query.split():
        members = members.filter(name__icontains=word) | members.filter(email__icontains=word)
    return members.prefetch_related(
        Prefetch("invitations", queryset=still_open, to_attr="open_invitations")
    ).order_by("name", "pk")


def describe_sign_in(member: TeamMember, *, now: datetime) -> tuple[str, str]:
    """In words and a chip's tone: can this person get in?"""
    if not member.is_active:
        return "Deactivated", "neutral"
    if member.user_id is not None:
        return "Active", "ok"
    invitations = getattr(member, "open_invitations", None)
    if not invitations:
        return "No sign-in", "neutral"
    return ("Invited", "info") if invitations[0].expires_at > now else ("Invitation expired", "warn")


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def invite(request: CompanyRequest, company: str) -> HttpResponse:
    form = InviteForm(request.POST or None)
    if form.is_valid():
        try:
            invited = inviting.invite_person(
                company=request.company, actor=request.user, now=timezone.now(), **form.cleaned_data
            )
            return hand_out_link(request, invited)
        except inviting.Clash as clash:
            form.add_error("email", str(clash))
    return render(request, "ressio/settings/invite.html", {"form": form})


@require_POST
@admin_required
def send_new_link(request: CompanyRequest, company: str, member_id: int) -> HttpResponse:
    member = get_member(member_id)
    form = NewLinkForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Give the e-mail to send the link to.")
        return go_to_member(request, member)
    try:
        invited = inviting.invite_member(
            member=member, actor=request.user, email=form.cleaned_data["email"], now=timezone.now()
        )
        return hand_out_link(request, invited)
    except inviting.Clash as clash:
        messages.error(request, str(clash))
        return go_to_member(request, member)


def hand_out_link(request: CompanyRequest, invited: inviting.Invited) -> HttpResponse:
    """By mail and, once, on the page: mail gets lost."""
    path = reverse("invitation-link", kwargs={"token": invited.token})
    link = request.build_absolute_uri(path)
    keep_secret(request, LINK_KEY, link)
    member = invited.invitation.team_member
    if mail_invitation(invited.invitation, link=link):
        messages.success(request, f"An invitation is on its way to {member.email}.")
    else:
        messages.warning(
            request, f"The letter to {member.email} could not be sent. Copy the link and send it yourself."
        )
    return go_to_member(request, member)


@require_POST
@admin_required
def withdraw_link(request: CompanyRequest, company: str, member_id: int) -> HttpResponse:
    member = get_member(member_id)
    inviting.withdraw_invitation(member=member, actor=request.user, now=timezone.now())
    messages.success(request, f"The invitation of {member.name} no longer works.")
    return go_to_member(request, member)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def show_member(request: CompanyRequest, company: str, member_id: int) -> HttpResponse:
    member = get_member(member_id)
    form = MemberForm(request.POST or None, initial={name: getattr(member, name) for name in MEMBER_FIELDS})
    if form.is_valid():
        try:
            change_member(member=member, actor=request.user, **form.cleaned_data)
            messages.success(request, f"{member.name} is saved.")
            return go_to_member(request, member)
        except LastAdmin as last:
            form.add_error("role", str(last))
    return render_member(request, member, form=form)


def render_member(
    request: CompanyRequest, member: TeamMember, *, form: MemberForm, rate_form: RateForm | None = None
) -> HttpResponse:
    words, tone = describe_sign_in(member, now=timezone.now())
    rates = list(member.rates.order_by("shift_type", "-starts_on"))
    context = {
        "person": member,
        "form": form,
        "rate_form": rate_form or RateForm(auto_id="rate_%s", initial={"is_default": not rates}),
        "rates": rates,
        "status_words": words,
        "status_tone": tone,
        "invitation": next(iter(getattr(member, "open_invitations", [])), None),
        "link": take_secret(request, LINK_KEY),
        "sections": draw_sections("team_member", request, member),
        "project_count": member.projects.count(),
        "token_count": ApiToken.objects.filter(team_member=member, revoked_at=None).count(),
    }
    return render(request, "ressio/settings/member.html", context)


@require_POST
@admin_required
def deactivate(request: CompanyRequest, company: str, member_id: int) -> HttpResponse:
    member = get_member(member_id)
    try:
        deactivate_member(member=member, actor=request.user, now=timezone.now())
    except LastAdmin as last:
        messages.error(request, str(last))
        return go_to_member(request, member)
    messages.success(request, f"{member.name} can no longer sign in to {request.company.name}.")
    return redirect("settings-team", company=company)


@require_POST
@admin_required
def reactivate(request: CompanyRequest, company: str, member_id: int) -> HttpResponse:
    member = get_member(member_id)
    reactivate_member(member=member, actor=request.user)
    messages.success(request, f"{member.name} is active again.")
    return go_to_member(request, member)


def get_member(member_id: int) -> TeamMember:
    still_open = Invitation.objects.filter(accepted_at=None, withdrawn_at=None)
    members = TeamMember.objects.select_related("company", "user").prefetch_related(
        Prefetch("invitations", queryset=still_open, to_attr="open_invitations")
    )
    return get_object_or_404(members, pk=member_id)


def go_to_member(request: CompanyRequest, member: TeamMember) -> HttpResponse:
    return redirect("settings-member", company=request.company.slug, member_id=member.pk)
