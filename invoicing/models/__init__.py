"""The vocabulary of invoicing."""

from .tax_codes import NewTaxCode

__all__ = ["NewTaxCode"]
