"""Which tax a line can have, as the connected books have it."""

from django.utils import timezone

from integrations.models import Connection
from invoicing.models import Invoice
from invoicing.tax_codes.setting import pickable_codes, tax_modes_of, tax_setting_of


def has_tax_modes(connection: Connection | None) -> bool:
    """In the US tax is always added; there is nothing to choose."""
    if connection is None:
        return False
    return len(tax_modes_of(tax_setting_of(connection, on=timezone.localdate()))) > 1


def tax_choices(connection: Connection | None, invoice: Invoice | None) -> list[tuple[str, str]]:
    """What a line may be given, and what the invoice's lines have already; empty without sales tax."""
    codes = pickable_codes(connection, on=timezone.localdate()) if connection else []
    choices = {
        code.id: code.label if code.percent is None else f"{code.label} ({code.percent.normalize():f}%)"
        for code in codes
    }
    if invoice is not None:
        for ref in invoice.lines.exclude(tax_code_ref="").values_list("tax_code_ref", flat=True):
            choices.setdefault(ref, f"{ref}, inactive")
    return list(choices.items())
