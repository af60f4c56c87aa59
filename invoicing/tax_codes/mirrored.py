"""The tax documents of the mirror, read at once: codes, rates, agencies, and how the company is taxed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from budgets.reading import Json, read_object
from integrations.models import Connection, Document

US = "US"


class TaxModel(StrEnum):
    """By CompanyInfo.Country and Preferences.TaxPrefs."""

    UNKNOWN = "unknown"
    """Preferences were never read."""
    NONE = "none"
    US_AUTOMATED = "us_automated"
    US_GROUPS = "us_groups"
    """The older sales tax of the US: a group of rates for a whole invoice."""
    CODES = "codes"
    """Every line has a tax code."""


@dataclass(frozen=True)
class TaxLists:
    """Documents by id, inactive ones too."""

    codes: Mapping[str, Json]
    rates: Mapping[str, Json]
    agencies: Mapping[str, Json]


def load_tax_lists(connection: Connection) -> TaxLists:
    """One query."""
    found: dict[str, dict[str, Json]] = {"TaxCode": {}, "TaxRate": {}, "TaxAgency": {}}
    documents = Document.objects.filter(connection=connection, entity__in=list(found), deleted_at=None)
    for document in documents.order_by("entity", "quickbooks_id"):
        found[document.entity][document.quickbooks_id] = document.data
    return TaxLists(found["TaxCode"], found["TaxRate"], found["TaxAgency"])


def load_tax_prefs(connection: Connection) -> Json | None:
    """Preferences.TaxPrefs; None when Preferences were never read."""
    document = Document.objects.filter(connection=connection, entity="Preferences", deleted_at=None).first()
    return None if document is None else read_object(document.data, "TaxPrefs")


def load_document(connection: Connection, entity: str, quickbooks_id: str) -> Json:
    """Empty when there is none."""
    document = Document.objects.filter(
        connection=connection, entity=entity, quickbooks_id=quickbooks_id, deleted_at=None
    ).first()
    return {} if document is None else document.data


def tax_model_of(connection: Connection, prefs: Json | None) -> TaxModel:
    if prefs is None:
        return TaxModel.UNKNOWN
    if prefs.get("UsingSalesTax") is not True:
        return TaxModel.NONE
    if (connection.country or US) != US:
        return TaxModel.CODES
    return TaxModel.US_AUTOMATED if prefs.get("PartnerTaxEnabled") is True else TaxModel.US_GROUPS


def is_active(document: Json) -> bool:
    return document.get("Active") is not False
