"""What the page of the connection shows: how it stands, until when, and what it cost in requests."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.staticfiles import finders

from integrations.models import ApiUsage, Connection, ConnectionStatus

# How long before its end the sign-in is worth a warning. Intuit itself warns at thirty days.
WARN_DAYS = 30
TONES = {
    ConnectionStatus.CONNECTED: "ok",
    ConnectionStatus.RECONNECT_NEEDED: "bad",
    ConnectionStatus.PENDING: "warn",
    ConnectionStatus.DISCONNECTED: "neutral",
}
# Intuit's own images, which are not ours to ship; see docs/quickbooks-app.md.
OFFICIAL_BUTTON = ("intuit/connect.svg", "intuit/connect-hover.svg")


@dataclass(frozen=True, slots=True)
class Card:
    """`renew_by`: when somebody must sign in at Intuit again at the latest, whatever is done."""

    connection: Connection
    tone: str
    renew_by: datetime | None
    days_left: int | None
    unused_until: datetime | None
    requests: int
    metered: int

    @property
    def is_connected(self) -> bool:
        return self.connection.status == ConnectionStatus.CONNECTED

    @property
    def needs_reconnect(self) -> bool:
        return self.connection.status == ConnectionStatus.RECONNECT_NEEDED

    @property
    def is_ending(self) -> bool:
        return self.days_left is not None and self.days_left <= WARN_DAYS


def build_card(connection: Connection, *, now: datetime) -> Card:
    usage = find_usage(connection, now=now)
    renew_by = connection.sign_in_ends_at
    return Card(
        connection=connection,
        tone=TONES[ConnectionStatus(connection.status)],
        renew_by=renew_by,
        days_left=max(0, (renew_by - now).days) if renew_by else None,
        unused_until=connection.refresh_token_expires_at,
        requests=usage.requests if usage else 0,
        metered=usage.metered if usage else 0,
    )


def find_usage(connection: Connection, *, now: datetime) -> ApiUsage | None:
    month = now.astimezone(UTC).date().replace(day=1)
    usage: ApiUsage | None = ApiUsage.objects.filter(connection=connection, month=month).first()
    return usage


def has_credentials() -> bool:
    """Whether the operator has given this site an app at Intuit."""
    return bool(settings.QBO_CLIENT_ID and settings.QBO_CLIENT_SECRET)


def has_official_button() -> bool:
    return all(finders.find(name) for name in OFFICIAL_BUTTON)
