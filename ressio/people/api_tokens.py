"""Keys for programs. The secret is shown once; only its SHA-256 is kept (it is random, so a plain hash is enough)."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from ressio.activity import record_activity
from ressio.models import ApiToken, TeamMember
from ressio.scoping import scopes_disabled

PREFIX = "ressio_"
# Every call would be a write otherwise; "last used" is exact to within this.
LAST_USED_STEP = timedelta(minutes=1)


def create_api_token(*, member: TeamMember, name: str) -> tuple[ApiToken, str]:
    """The token and its secret, which nobody can read again."""
    assert member.user is not None, "Only a person who can sign in has API tokens."
    secret = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = ApiToken.objects.create(
            company=member.company, team_member=member, name=name, secret_hash=hash_secret(secret)
        )
        record_activity(
            company=member.company, actor=member.user, verb="created the API token", subject=token
        )
    return token, secret


def revoke_api_token(*, token: ApiToken, now: datetime) -> None:
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
            record_activity(
                company=token.company,
                actor=token.team_member.user,
                verb="revoked the API token",
                subject=token,
            )


def find_api_token(secret: str, *, now: datetime) -> ApiToken | None:
    """The token of an active member and person, in any company: the caller checks which one the request is about."""
    with scopes_disabled():
        token: ApiToken | None = (
            ApiToken.objects.select_related("team_member__user", "company")
            .filter(secret_hash=hash_secret(secret), revoked_at=None)
            .filter(team_member__is_active=True, team_member__user__is_active=True)
            .first()
        )
        if token is not None:
            _note_use(token, now=now)
    return token


def hash_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _note_use(token: ApiToken, *, now: datetime) -> None:
    if token.last_used_at is None or now - token.last_used_at >= LAST_USED_STEP:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
