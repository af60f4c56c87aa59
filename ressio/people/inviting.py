"""Joining a company by a link. It holds a random token of which only a hash is kept; it works once, for a week."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from ressio.activity import record_activity
from ressio.models import Company, Invitation, Role, TeamMember, User, Vendor
from ressio.scoping import scope, scopes_disabled

LIFETIME = timedelta(days=7)


class Clash(Exception):
    """The e-mail cannot be invited; the message says why and what to do instead (R6)."""


class InvitationOver(Exception):
    """Used, withdrawn, expired, or never there: for the holder it is all the same."""


@dataclass(frozen=True)
class Invited:
    invitation: Invitation
    token: str


def invite_person(
    *,
    company: Company,
    actor: User,
    name: str,
    email: str,
    role: str,
    now: datetime,
    can_create_bills: bool = False,
    can_edit_own_time: bool = False,
) -> Invited:
    """Makes the team member, without a sign-in yet, and the link by which they get one. Raises Clash."""
    email = email.strip().lower()
    with transaction.atomic():
        refuse_clash(email)
        member = TeamMember.objects.create(
            company=company,
            name=name,
            email=email,
            role=role,
            can_create_bills=can_create_bills and role == Role.TEAM_MEMBER,
            can_edit_own_time=can_edit_own_time and role != Role.ADMIN,
        )
        return _make_invitation(member, actor=actor, verb="invited", now=now)


def invite_member(*, member: TeamMember, actor: User, email: str, now: datetime) -> Invited:
    """A link for somebody who is on the team already but cannot sign in; an older link stops working. Raises Clash."""
    email = email.strip().lower()
    with transaction.atomic():
        if member.user_id is not None:
            raise Clash(f"{member.name} can sign in already.")
        refuse_clash(email, except_member=member)
        withdraw_open_invitations(member, now=now)
        member.email = email
        member.is_active = True
        member.save(update_fields=["email", "is_active"])
        return _make_invitation(member, actor=actor, verb="renewed the invitation of", now=now)


def withdraw_invitation(*, member: TeamMember, actor: User, now: datetime) -> None:
    with transaction.atomic():
        if withdraw_open_invitations(member, now=now):
            record_activity(
                company=member.company, actor=actor, verb="withdrew the invitation of", subject=member
            )


def withdraw_open_invitations(member: TeamMember, *, now: datetime) -> int:
    still_open = Invitation.objects.filter(team_member=member, accepted_at=None, withdrawn_at=None)
    return int(still_open.update(withdrawn_at=now))


def find_invitation(token_hash: str, *, now: datetime) -> Invitation:
    """Raises InvitationOver. Works without a scope: the holder of the link has no company yet."""
    with scopes_disabled():
        invitation: Invitation | None = (
            Invitation.objects.select_related("company", "team_member", "invited_by")
            .filter(token_hash=token_hash, accepted_at=None, withdrawn_at=None, expires_at__gt=now)
            .filter(team_member__user=None, team_member__is_active=True)
            .first()
        )
    if invitation is None:
        raise InvitationOver
    return invitation


def accept_invitation(*, invitation: Invitation, user: User, now: datetime) -> TeamMember:
    """Gives the team member this sign-in. Raises InvitationOver if somebody was quicker, Clash for another's e-mail."""
    member = invitation.team_member
    if user.email != member.email.lower():
        raise Clash(f"This invitation is for {member.email}.")
    with scope(company=invitation.company), transaction.atomic():
        _claim(invitation, now=now)
        if TeamMember.objects.filter(user=user).exists():
            raise Clash(f"You are a team member of {invitation.company} already.")
        member.user = user
        member.save(update_fields=["user"])
        record_activity(
            company=invitation.company, actor=user, verb="accepted the invitation of", subject=member
        )
    return member


def refuse_clash(email: str, *, except_member: TeamMember | None = None) -> None:
    """Inside the company's scope. R6: an e-mail has one kind of role in a company."""
    members = TeamMember.objects.filter(email__iexact=email)
    if except_member is not None:
        members = members.exclude(pk=except_member.pk)
    member = members.first()
    if member is not None:
        raise Clash(_say_member_clash(email, member))
    vendor = Vendor.objects.filter(email__iexact=email).first()
    if vendor is not None:
        raise Clash(
            f"{email} is the e-mail of the vendor {vendor.name}. An e-mail used for a vendor cannot become a "
            "team member's; use another one, or change the vendor's first."
        )


def _say_member_clash(email: str, member: TeamMember) -> str:
    if not member.is_active:
        return f"{email} belongs to {member.name}, who was deactivated. Reactivate them instead."
    if member.user_id is None:
        return (
            f"{email} is the e-mail of {member.name}, who has not joined yet. Send them a new link instead."
        )
    return f"{email} is already a team member: {member.name}, {member.get_role_display()}."


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _make_invitation(member: TeamMember, *, actor: User, verb: str, now: datetime) -> Invited:
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        company=member.company,
        team_member=member,
        token_hash=hash_token(token),
        invited_by=actor,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    record_activity(company=member.company, actor=actor, verb=verb, subject=member)
    return Invited(invitation, token)


def _claim(invitation: Invitation, *, now: datetime) -> None:
    """Compare and swap: of two who use the link at once, one gets in."""
    unused = Invitation.objects.filter(
        pk=invitation.pk, accepted_at=None, withdrawn_at=None, expires_at__gt=now
    )
    if not unused.update(accepted_at=now):
        raise InvitationOver
