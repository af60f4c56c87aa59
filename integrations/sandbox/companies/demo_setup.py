"""Who the demo company is: its company record, preferences and sales tax."""

from __future__ import annotations

from datetime import timedelta

from integrations.sandbox.companies.draft import COMPANY_START, Draft
from integrations.sandbox.companies.shapes import Document, address, name_values
from integrations.sandbox.companies.workdays import pacific_moment

COMPANY_NAME = "Ridgeline Homes LLC"
CITY, STATE, POSTAL_CODE = "Coeur d'Alene", "ID", "83814"
SALES_TAX_PERCENT = 6

# CompanyInfo.PayrollFeature is the only word the Accounting API has about payroll, and it is company-wide.
COMPANY_FEATURES = {
    "NeoEnabled": "true",
    "IndustryType": "Residential Building Construction",
    "IndustryCode": "2361",
    "SubscriptionStatus": "PAID",
    "OfferingSku": "QuickBooks Online Plus",
    "PayrollFeature": "true",
    "AccountantFeature": "false",
    "IsQbdtMigrated": "false",
    "QBOIndustryType": "Construction",
    "ItemCategoriesFeature": "true",
}

OTHER_PREFERENCES = {
    "SalesFormsPrefs.DefaultCustomerMessage": "Thank you for building with us.",
    "DTXCopyMemo": "false",
    "DataPartner": "false",
    "Vendor1099Enabled": "true",
    "SFCEnabled": "true",
    "TimeTrackingFeatureEnabled": "true",
    "FDPEnabled": "false",
    "ProjectsEnabled": "true",
    "DateFormat": "Month Date Year separated by a slash",
    "DateFormatMnemonic": "MMDDYYYY_SEP_SLASH",
    "WarnDuplicateCheckNumber": "true",
    "WarnDuplicateBillNumber": "true",
    "VendorAndPurchasesPrefs.UseCustomTxnNumbers": "false",
    "AccountingInfoPrefs.ShowAccountNumbers": "false",
}


# name -> days to pay
TERMS = {"Due on receipt": 0, "Net 15": 15, "Net 30": 30}
BILL_TERM, INVOICE_TERM = "Net 30", "Net 15"


def add_setup(draft: Draft) -> None:
    draft.add("CompanyInfo", _company(draft), own_id="1")
    draft.add("Preferences", _preferences(), own_id="1")
    for name, days in TERMS.items():
        draft.add(
            "Term", {"Name": name, "Active": True, "Type": "STANDARD", "DueDays": days, "DiscountPercent": 0}
        )
    _add_sales_tax(draft)


def _company(draft: Draft) -> Document:
    office = address("1180 Ironwood Drive, Suite 4", CITY, STATE, POSTAL_CODE)
    return {
        "CompanyName": COMPANY_NAME,
        "LegalName": COMPANY_NAME,
        "CompanyAddr": {"Id": "1", **office},
        "CustomerCommunicationAddr": {"Id": "1", **office},
        "LegalAddr": {"Id": "1", **office},
        "PrimaryPhone": {"FreeFormNumber": "(208) 555-0142"},
        "Email": {"Address": "office@ridgelinehomes.example"},
        "WebAddr": {"URI": "https://ridgelinehomes.example"},
        "CompanyStartDate": (draft.today - COMPANY_START).isoformat(),
        "FiscalYearStartMonth": "January",
        "Country": "US",
        "SupportedLanguages": "en",
        "DefaultTimeZone": "America/Los_Angeles",
        "NameValue": name_values(COMPANY_FEATURES),
    }


def _preferences() -> Document:
    return {
        "AccountingInfoPrefs": {
            "FirstMonthOfFiscalYear": "January",
            "TaxYearMonth": "January",
            "TaxForm": "6",
            "UseAccountNumbers": False,
            "ClassTrackingPerTxn": False,
            "ClassTrackingPerTxnLine": False,
            "TrackDepartments": False,
            "CustomerTerminology": "Customers",
            "DepartmentTerminology": "Location",
        },
        "ProductAndServicesPrefs": {
            "ForSales": True,
            "ForPurchase": True,
            "QuantityWithPriceAndRate": True,
            "QuantityOnHand": False,
        },
        "SalesFormsPrefs": {
            "CustomTxnNumbers": False,
            "AllowDeposit": True,
            "AllowDiscount": True,
            "AllowEstimates": True,
            "AllowServiceDate": False,
            "AllowShipping": False,
            "AutoApplyCredit": False,
            "AutoApplyPayments": False,
            "UsingProgressInvoicing": True,
            "DefaultCustomerMessage": "Thank you for building with us.",
        },
        "VendorAndPurchasesPrefs": {"TrackingByCustomer": True, "BillableExpenseTracking": True},
        "TimeTrackingPrefs": {
            "UseServices": True,
            "BillCustomers": True,
            "ShowBillRateToAll": False,
            "MarkTimeEntriesBillable": False,
            "WorkWeekStartDate": "Monday",
        },
        "TaxPrefs": {"UsingSalesTax": True, "PartnerTaxEnabled": True, "TaxGroupCodeRef": {"value": "2"}},
        "CurrencyPrefs": {
            "MultiCurrencyEnabled": True,
            "HomeCurrency": {"value": "USD"},
        },
        "ReportPrefs": {"ReportBasis": "Accrual", "CalcAgingReportFromTxnDate": False},
        "OtherPrefs": {"NameValue": name_values(OTHER_PREFERENCES)},
    }


def _add_sales_tax(draft: Draft) -> None:
    """Automated sales tax: the lines of a sale only know TAX and NON, the engine picks the real code."""
    agency = draft.add(
        "TaxAgency",
        {
            "DisplayName": "Idaho State Tax Commission",
            "TaxTrackedOnSales": True,
            "TaxTrackedOnPurchases": False,
        },
    )
    rate = draft.add(
        "TaxRate",
        {
            "Name": "Idaho State",
            "Description": "Sales Tax",
            "Active": True,
            "RateValue": SALES_TAX_PERCENT,
            "AgencyRef": {"value": agency["Id"]},
            "SpecialTaxType": "NONE",
            "DisplayType": "ReadOnly",
            "EffectiveTaxRate": [
                {"RateValue": SALES_TAX_PERCENT, "EffectiveDate": _effective(draft)},
            ],
        },
    )
    _add_tax_codes(draft, rate)


def _effective(draft: Draft) -> str:
    """A date-time by the schema, midnight in practice."""
    return pacific_moment(draft.today - COMPANY_START - timedelta(days=365), 0)


def _add_tax_codes(draft: Draft, rate: Document) -> None:
    _add_pseudo_code(draft, "TAX", taxable=True)
    _add_pseudo_code(draft, "NON", taxable=False)
    detail = {
        "TaxRateRef": {"value": rate["Id"], "name": rate["Name"]},
        "TaxTypeApplicable": "TaxOnAmount",
        "TaxOrder": 0,
    }
    code = {
        "Name": "Idaho",
        "Description": "Idaho",
        "Active": True,
        "Hidden": False,
        "Taxable": True,
        "TaxGroup": True,
        "TaxCodeConfigType": "SYSTEM_GENERATED",
        "SalesTaxRateList": {"TaxRateDetail": [detail]},
        "PurchaseTaxRateList": {"TaxRateDetail": []},
    }
    draft.add("TaxCode", code, own_id="2")


def _add_pseudo_code(draft: Draft, name: str, *, taxable: bool) -> None:
    """TAX and NON have their name as Id, and neither SyncToken, domain nor rate lists (recorded so)."""
    fields = {"Name": name, "Description": name, "Taxable": taxable, "TaxGroup": False, "Active": True}
    document = draft.add("TaxCode", fields, own_id=name)
    for absent in ("SyncToken", "domain", "sparse"):
        del document[absent]
