"""Which tax a line can have, as the connected books have it."""

from integrations.models import Connection
from invoicing.models import Invoice


def has_tax_modes(connection: Connection | None) -> bool:
    """In the US tax is always added; there is nothing to choose."""
    return connection is not None and connection.country not in ("", "US")


def tax_choices(connection: Connection | None, invoice: Invoice | None) -> list[tuple[str, str]]:
    return []
