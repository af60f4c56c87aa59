"""Who is in a company, as what (R1–R3). Every change is an Admin's deed and is recorded."""

from datetime import datetime

from django.db import transaction

from ressio.activity import record_activity
from ressio.changes import apply_changes
from ressio.models import ApiToken, Company, Invitation, Role, TeamMember, User


class LastAdmin(Exception):
    """A company without an Admin could not be run by anybody."""


def change_member(
    *, member: TeamMember, actor: User, name: str, role: str, can_create_bills: bool, can_edit_own_time: bool
) -> None:
    """Name, role and grants. Grants that the role cannot have are dropped (R2). Raises LastAdmin."""
    values = {
        "name": name,
        "role": role,
        "can_create_bills": can_create_bills and role == Role.TEAM_MEMBER,
        "can_edit_own_time": can_edit_own_time and role != Role.ADMIN,
    }
    with transaction.atomic():
        _lock_company(member.company)
        if role != Role.ADMIN:
            _refuse_last_admin(member)
        changes = apply_changes(member, values)
        if changes:
            record_activity(
                company=member.company,
                actor=actor,
                verb="changed the team member",
                subject=member,
                changes=changes,
            )


def deactivate_member(*, member: TeamMember, actor: User, now: datetime) -> None:
    """Takes away the sign-in, the API tokens and open invitations; what they did stays. Raises LastAdmin."""
    with transaction.atomic():
        _lock_company(member.company)
        _refuse_last_admin(member)
        if not apply_changes(member, {"is_active": False}):
            return
        ApiToken.objects.filter(team_member=member, revoked_at=None).update(revoked_at=now)
        Invitation.objects.filter(team_member=member, accepted_at=None, withdrawn_at=None).update(
            withdrawn_at=now
        )
        record_activity(
            company=member.company, actor=actor, verb="deactivated the team member", subject=member
        )


def reactivate_member(*, member: TeamMember, actor: User) -> None:
    with transaction.atomic():
        if apply_changes(member, {"is_active": True}):
            record_activity(
                company=member.company, actor=actor, verb="reactivated the team member", subject=member
            )


def _lock_company(company: Company) -> None:
    """Two Admins who demote each other at the same moment must not both succeed."""
    Company.objects.select_for_update().get(pk=company.pk)


def _refuse_last_admin(member: TeamMember) -> None:
    """Asks the database, not the object in hand: that may be older than the lock."""
    admins = TeamMember.objects.filter(role=Role.ADMIN, is_active=True, user__is_active=True)
    ids = set(admins.values_list("pk", flat=True))
    if ids == {member.pk}:
        raise LastAdmin("This is the company's last Admin. Make somebody else an Admin first.")


def rename_person(*, user: User, member: TeamMember, name: str) -> None:
    """A person's own name, on the account and in this company."""
    with transaction.atomic():
        apply_changes(user, {"name": name})
        changes = apply_changes(member, {"name": name})
        if changes:
            record_activity(
                company=member.company, actor=user, verb="changed their name", subject=member, changes=changes
            )
