"""Why a run failed: in words for people, and as a code for support."""

from celery.exceptions import SoftTimeLimitExceeded

from integrations.feeds.pull import KeepsChanging
from integrations.gateway import QuickBooksError
from integrations.models import Connection, ConnectionStatus

INTERNAL = "internal"


def describe_failure(connection: Connection, error: Exception) -> tuple[str, str]:
    """For people, and the code for support."""
    if isinstance(error, QuickBooksError):
        return _describe_refusal(connection, error)
    if isinstance(error, KeepsChanging):
        busy = ", ".join(error.labels)
        return f"QuickBooks changed faster than it could be read ({busy}). Try again in a while.", "unsteady"
    if isinstance(error, SoftTimeLimitExceeded):
        return "The sync took too long and was stopped. Try again; what has arrived is kept.", "time_limit"
    return "Ressio failed, not QuickBooks. Nothing is lost. Try again; if it stays, tell support.", INTERNAL


def _describe_refusal(connection: Connection, error: QuickBooksError) -> tuple[str, str]:
    code = error.code or type(error).__name__
    connection.refresh_from_db(fields=["status", "is_current"])
    if connection.status == ConnectionStatus.DISCONNECTED or not connection.is_current:
        return (
            "QuickBooks Online was disconnected while this sync ran. What has arrived is kept; connect again "
            "to go on.",
            "disconnected",
        )
    return error.detail_for_people, code
