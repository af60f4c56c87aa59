"""Texts of QuickBooks that are looser than ours."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email


def usable_email(addresses: str) -> str:
    """QuickBooks keeps several addresses in one field, separated by commas: the first that is one."""
    for address in addresses.replace(";", ",").split(","):
        try:
            validate_email(address.strip())
        except ValidationError:
            continue
        return address.strip().lower()
    return ""
