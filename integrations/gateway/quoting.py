"""Statements of QuickBooks' query language."""

from datetime import datetime

# Longer statements go as POST: servers and proxies cut addresses well before QuickBooks' own limit.
LONGEST_IN_ADDRESS = 1500


def quote(text: str) -> str:
    """Escapes by backslash, not by doubling. Must wrap everything that was not written by us."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def format_moment(moment: datetime) -> str:
    """With an offset: QuickBooks takes a moment without one for Pacific time."""
    if moment.tzinfo is None:
        raise ValueError("A moment without a time zone cannot be sent to QuickBooks.")
    return moment.isoformat(timespec="seconds")


def build_select(
    entity: str, *, where: str = "", order: str = "", start: int = 1, size: int = 1000, what: str = "*"
) -> str:
    parts = [f"select {what} from {entity}"]  # noqa: S608  not SQL, and `where` is built with quote()
    if where:
        parts.append(f"where {where}")
    if order:
        parts.append(f"orderby {order}")
    if what == "*":
        parts.append(f"startposition {start} maxresults {size}")
    return " ".join(parts)
