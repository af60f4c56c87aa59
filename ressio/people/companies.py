"""Starting a company and changing its settings."""

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from ressio.activity import record_activity
from ressio.changes import apply_changes
from ressio.models import Company, Role, TeamMember, User
from ressio.scoping import scope

# Words that would read as a part of the site rather than as a company in an address.
RESERVED_SLUGS = frozenset({"admin", "api", "new", "static", "media", "c"})
LONGEST_BASE = 50


class AccountExists(Exception):
    """An e-mail is one account."""


def start_company(
    *, user: User, name: str, currency: str = "USD", time_zone: str = "America/New_York"
) -> TeamMember:
    """A new company with `user` as its first Admin."""
    company = _create_with_free_slug(name=name, currency=currency, time_zone=time_zone)
    with scope(company=company), transaction.atomic():
        member = TeamMember.objects.create(
            company=company, user=user, name=user.name, email=user.email, role=Role.ADMIN
        )
        record_activity(company=company, actor=user, verb="started the company", subject=company)
    return member


def create_account(*, email: str, name: str, password: str) -> User:
    """Raises AccountExists, also when somebody was quicker by a moment."""
    try:
        with transaction.atomic():
            return User.objects.create_user(email=email, password=password, name=name)
    except IntegrityError as error:
        raise AccountExists("There is an account with this e-mail. Sign in first.") from error


def update_company(*, company: Company, actor: User, **values: str) -> None:
    with transaction.atomic():
        changes = apply_changes(company, values)
        if changes:
            record_activity(
                company=company, actor=actor, verb="changed the company", subject=company, changes=changes
            )


def _create_with_free_slug(*, name: str, currency: str, time_zone: str) -> Company:
    base = slugify(name)[:LONGEST_BASE].strip("-") or "company"
    number = 2 if base in RESERVED_SLUGS else 1
    while True:
        slug = base if number == 1 else f"{base}-{number}"
        try:
            with transaction.atomic():
                return Company.objects.create(name=name, slug=slug, currency=currency, time_zone=time_zone)
        except IntegrityError:
            number += 1
