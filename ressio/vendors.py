"""Verbs on vendors (R4, R5)."""

from typing import Any

from django.db import IntegrityError, transaction

from ressio.activity import record_activity
from ressio.changes import apply_changes
from ressio.models import Company, TeamMember, User, Vendor


class NameTaken(Exception):
    """Vendor names differ within a company, whatever their case."""


class EmailTaken(Exception):
    """R6: an e-mail has one kind of role in a company."""


def create_vendor(*, company: Company, actor: User, name: str, email: str = "", **values: Any) -> Vendor:
    """Raises NameTaken, EmailTaken."""
    refuse_team_email(email)
    try:
        with transaction.atomic():
            vendor: Vendor = Vendor.objects.create(company=company, name=name, email=email, **values)
            record_activity(company=company, actor=actor, verb="added the vendor", subject=vendor)
    except IntegrityError as error:
        raise NameTaken(f"There is a vendor named {name} already.") from error
    return vendor


def update_vendor(*, vendor: Vendor, actor: User, **values: Any) -> None:
    """Raises NameTaken, EmailTaken."""
    if values.get("email", vendor.email).lower() != vendor.email.lower():
        refuse_team_email(values["email"])
    try:
        with transaction.atomic():
            changes = apply_changes(vendor, values)
            if changes:
                record_activity(
                    company=vendor.company,
                    actor=actor,
                    verb="changed the vendor",
                    subject=vendor,
                    changes=changes,
                )
    except IntegrityError as error:
        raise NameTaken(f"There is a vendor named {values['name']} already.") from error


def deactivate_vendor(*, vendor: Vendor, actor: User) -> None:
    """What is recorded for them stays; they can be put on nothing new (R4)."""
    _set_active(vendor, actor=actor, is_active=False, verb="deactivated the vendor")


def reactivate_vendor(*, vendor: Vendor, actor: User) -> None:
    _set_active(vendor, actor=actor, is_active=True, verb="reactivated the vendor")


def refuse_team_email(email: str) -> None:
    member = TeamMember.objects.filter(email__iexact=email).first() if email else None
    if member is not None:
        raise EmailTaken(
            f"{email} is the e-mail of the team member {member.name}. An e-mail used for a team member cannot "
            "become a vendor's; leave it empty or use another one."
        )


def _set_active(vendor: Vendor, *, actor: User, is_active: bool, verb: str) -> None:
    with transaction.atomic():
        if apply_changes(vendor, {"is_active": is_active}):
            record_activity(company=vendor.company, actor=actor, verb=verb, subject=vendor)
