"""What every fresh company has: settings with everything on, a chart of accounts, terms, sales tax."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integrations.sandbox.computed.lists import CLASSIFICATIONS
from integrations.sandbox.wire import Document

if TYPE_CHECKING:
    from integrations.sandbox.books import Books

# id, name, type, sub-type
ACCOUNTS = (
    ("1", "Checking", "Bank", "Checking"),
    ("2", "Savings", "Bank", "Savings"),
    ("3", "Company Credit Card", "Credit Card", "CreditCard"),
    ("4", "Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable"),
    ("5", "Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable"),
    ("6", "Undeposited Funds", "Other Current Asset", "UndepositedFunds"),
    ("7", "Inventory Asset", "Other Current Asset", "Inventory"),
    ("8", "Sales Tax Payable", "Other Current Liability", "SalesTaxPayable"),
    ("9", "Opening Balance Equity", "Equity", "OpeningBalanceEquity"),
    ("10", "Services", "Income", "ServiceFeeIncome"),
    ("11", "Construction Income", "Income", "SalesOfProductIncome"),
    ("12", "Markup Income", "Income", "OtherPrimaryIncome"),
    ("13", "Cost of Goods Sold", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    ("14", "Job Materials", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    ("15", "Subcontractors", "Cost of Goods Sold", "CostOfLaborCos"),
    ("16", "Direct Labor", "Cost of Goods Sold", "CostOfLaborCos"),
    ("17", "Equipment Rental", "Cost of Goods Sold", "EquipmentRentalCos"),
    ("18", "Permits and Fees", "Expense", "TaxesPaid"),
    ("19", "Fuel", "Expense", "Auto"),
    ("20", "Office Supplies", "Expense", "OfficeGeneralAdministrativeExpenses"),
    ("21", "Uncategorized Expense", "Expense", "OtherMiscellaneousServiceCost"),
    ("22", "Uncategorized Income", "Income", "ServiceFeeIncome"),
)
TERMS = (("1", "Due on receipt", 0), ("2", "Net 15", 15), ("3", "Net 30", 30), ("4", "Net 60", 60))
SALES_TAX_PERCENT = 8
HOME = {"value": "USD", "name": "United States Dollar"}
ADDRESS = {
    "Id": "1",
    "Line1": "100 Main Street",
    "City": "Springfield",
    "CountrySubDivisionCode": "CA",
    "PostalCode": "94043",
}


def load(books: Books) -> None:
    load_basics(books, company_name="Empty Company")


def load_basics(books: Books, *, company_name: str) -> None:
    """The settings and lists that demo and large companies start from, too."""
    documents = [("CompanyInfo", company_info(books, company_name)), ("Preferences", preferences())]
    documents += [("Account", account(*row)) for row in ACCOUNTS]
    documents += [("Term", term(*row)) for row in TERMS]
    documents += sales_tax()
    books.load_many(documents)


def company_info(books: Books, name: str) -> Document:
    return {
        "Id": "1",
        "CompanyName": name,
        "LegalName": name,
        "CompanyAddr": ADDRESS,
        "CustomerCommunicationAddr": ADDRESS,
        "LegalAddr": ADDRESS,
        "PrimaryPhone": {"FreeFormNumber": "(555) 010-0000"},
        "CompanyStartDate": books.today().isoformat(),
        "FiscalYearStartMonth": "January",
        "Country": "US",
        "Email": {"Address": "books@example.com"},
        "WebAddr": {},
        "SupportedLanguages": "en",
        "DefaultTimeZone": "America/Los_Angeles",
        "NameValue": name_values(
            NeoEnabled="true",
            SubscriptionStatus="PAID",
            OfferingSku="QuickBooks Online Plus",
            PayrollFeature="true",
            AccountantFeature="false",
            ItemCategoriesFeature="true",
        ),
    }


def preferences() -> Document:
    return {
        "Id": "1",
        "AccountingInfoPrefs": {
            "FirstMonthOfFiscalYear": "January",
            "UseAccountNumbers": False,
            "TaxYearMonth": "January",
            "ClassTrackingPerTxn": False,
            "ClassTrackingPerTxnLine": True,
            "TrackDepartments": True,
            "CustomerTerminology": "Customers",
        },
        "ProductAndServicesPrefs": {
            "ForSales": True,
            "ForPurchase": True,
            "QuantityWithPriceAndRate": True,
            "QuantityOnHand": True,
        },
        "SalesFormsPrefs": {
            "CustomTxnNumbers": False,
            "AllowDeposit": True,
            "AllowDiscount": True,
            "AllowEstimates": True,
            "AllowServiceDate": True,
            "AllowShipping": False,
            "AutoApplyCredit": False,
            "AutoApplyPayments": False,
            "UsingProgressInvoicing": False,
            "DefaultTerms": {"value": "3"},
        },
        "VendorAndPurchasesPrefs": {
            "TrackingByCustomer": True,
            "BillableExpenseTracking": True,
            "DefaultTerms": {"value": "3"},
            "DefaultMarkup": 0,
            "DefaultMarkupAccount": {"value": "12"},
            "POCustomField": [],
        },
        "TimeTrackingPrefs": {
            "UseServices": True,
            "BillCustomers": True,
            "ShowBillRateToAll": True,
            "WorkWeekStartDate": "Monday",
            "MarkTimeEntriesBillable": True,
        },
        "TaxPrefs": {"UsingSalesTax": True, "PartnerTaxEnabled": True, "TaxGroupCodeRef": {"value": "1"}},
        "CurrencyPrefs": {"MultiCurrencyEnabled": True, "HomeCurrency": {"value": "USD"}},
        "ReportPrefs": {"ReportBasis": "Accrual", "CalcAgingReportFromTxnDate": False},
        "OtherPrefs": {
            "NameValue": name_values(
                ProjectsEnabled="true",
                TimeTrackingFeatureEnabled="true",
                WarnDuplicateCheckNumber="true",
                WarnDuplicateBillNumber="false",
            )
        },
    }


def name_values(**pairs: str) -> list[Document]:
    return [{"Name": name, "Value": value} for name, value in pairs.items()]


def account(account_id: str, name: str, account_type: str, sub_type: str) -> Document:
    return {
        "Id": account_id,
        "Name": name,
        "SubAccount": False,
        "FullyQualifiedName": name,
        "Active": True,
        "Classification": CLASSIFICATIONS.get(account_type, "Asset"),
        "AccountType": account_type,
        "AccountSubType": sub_type,
        "CurrentBalance": 0,
        "CurrentBalanceWithSubAccounts": 0,
        "CurrencyRef": HOME,
    }


def term(term_id: str, name: str, days: int) -> Document:
    return {
        "Id": term_id,
        "Name": name,
        "Active": True,
        "Type": "STANDARD",
        "DueDays": days,
        "DiscountPercent": 0,
    }


def sales_tax() -> list[tuple[str, Document]]:
    """TAX and NON as every US company has them, and one rate, code and agency that TAX resolves to."""
    pseudo = [
        {
            "Id": name,
            "Name": name,
            "Description": text,
            "Active": True,
            "Taxable": name == "TAX",
            "TaxGroup": False,
        }
        for name, text in (("TAX", "Taxable sales"), ("NON", "Nontaxable sales"))
    ]
    agency = {
        "Id": "1",
        "DisplayName": "State Department of Revenue",
        "TaxTrackedOnSales": True,
        "TaxTrackedOnPurchases": False,
    }
    rate = {
        "Id": "1",
        "Name": "State sales tax",
        "Description": "State sales tax",
        "Active": True,
        "RateValue": SALES_TAX_PERCENT,
        "AgencyRef": {"value": "1"},
        "SpecialTaxType": "NONE",
        "DisplayType": "ReadOnly",
    }
    detail = {"TaxRateRef": {"value": "1"}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0}
    code = {
        "Id": "1",
        "Name": "State sales tax",
        "Description": "State sales tax",
        "Active": True,
        "Taxable": True,
        "TaxGroup": True,
        "SalesTaxRateList": {"TaxRateDetail": [detail]},
        "PurchaseTaxRateList": {"TaxRateDetail": []},
    }
    codes = [("TaxCode", document) for document in (*pseudo, code)]
    return [("TaxAgency", agency), ("TaxRate", rate), *codes]
