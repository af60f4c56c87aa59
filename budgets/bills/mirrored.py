"""QuickBooks' own document behind a bill, from the mirror."""

from budgets.reading import Json
from integrations.models import Connection, Document


def find_document(connection: Connection, quickbooks_id: str) -> Json | None:
    """As it is alive there; None when it is deleted or was never read."""
    found = Document.objects.filter(
        connection=connection, entity="Bill", quickbooks_id=quickbooks_id, deleted_at=None
    ).first()
    return found.data if found else None
