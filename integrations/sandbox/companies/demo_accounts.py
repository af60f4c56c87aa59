"""The demo company's chart of accounts."""

from __future__ import annotations

from decimal import Decimal

from integrations.sandbox.companies.draft import Draft
from integrations.sandbox.companies.shapes import CAD, USD, ZERO

CHECKING = "Operating Checking"
SAVINGS = "Tax Reserve Savings"
CARD = "Visa 4417 Field Crew"
OFFICE_CARD = "Mastercard 9023 Office"
PAYABLE = "Accounts Payable (A/P)"
PAYABLE_CAD = "Accounts Payable (A/P) - CAD"
RECEIVABLE = "Accounts Receivable (A/R)"
UNDEPOSITED = "Undeposited Funds"
JOB_COSTS = "Job Costs"
JOB_MATERIALS = "Job Costs:Job Materials"
JOB_LABOR = "Job Costs:Job Labor"
JOB_SUBS = "Job Costs:Subcontractors"
JOB_OTHER = "Job Costs:Permits, Rentals & Other"
INCOME = "Construction Income"

# What the bank said before the first transaction of the year.
OPENING_BALANCES = {CHECKING: Decimal("1250000.00"), SAVINGS: Decimal("92500.00")}

CLASSIFICATIONS = {
    "Bank": "Asset",
    "Accounts Receivable": "Asset",
    "Other Current Asset": "Asset",
    "Fixed Asset": "Asset",
    "Accounts Payable": "Liability",
    "Credit Card": "Liability",
    "Other Current Liability": "Liability",
    "Long Term Liability": "Liability",
    "Equity": "Equity",
    "Income": "Revenue",
    "Other Income": "Revenue",
    "Cost of Goods Sold": "Expense",
    "Expense": "Expense",
    "Other Expense": "Expense",
}

# (type, subtype, full path); a parent stands above its children.
ACCOUNTS = (
    ("Bank", "Checking", CHECKING),
    ("Bank", "Savings", SAVINGS),
    ("Accounts Receivable", "AccountsReceivable", RECEIVABLE),
    ("Other Current Asset", "UndepositedFunds", UNDEPOSITED),
    ("Other Current Asset", "PrepaidExpenses", "Prepaid Expenses"),
    ("Other Current Asset", "OtherCurrentAssets", "Uncategorized Asset"),
    ("Fixed Asset", "Vehicles", "Trucks & Trailers"),
    ("Fixed Asset", "MachineryAndEquipment", "Tools & Equipment"),
    ("Fixed Asset", "AccumulatedDepreciation", "Accumulated Depreciation"),
    ("Accounts Payable", "AccountsPayable", PAYABLE),
    ("Accounts Payable", "AccountsPayable", PAYABLE_CAD),
    ("Credit Card", "CreditCard", CARD),
    ("Credit Card", "CreditCard", OFFICE_CARD),
    ("Other Current Liability", "OtherCurrentLiabilities", "Customer Deposits"),
    ("Other Current Liability", "GlobalTaxPayable", "Idaho State Tax Commission Payable"),
    ("Other Current Liability", "PayrollTaxPayable", "Payroll Liabilities"),
    ("Long Term Liability", "NotesPayable", "Truck Loan"),
    ("Equity", "OwnersEquity", "Owner's Equity"),
    ("Equity", "RetainedEarnings", "Retained Earnings"),
    ("Equity", "OpeningBalanceEquity", "Opening Balance Equity"),
    ("Income", "ServiceFeeIncome", INCOME),
    ("Income", "ServiceFeeIncome", "Construction Income:Change Orders"),
    ("Income", "ServiceFeeIncome", "Design & Management Fees"),
    ("Income", "SalesOfProductIncome", "Material Sales"),
    ("Income", "ServiceFeeIncome", "Billable Expense Income"),
    ("Income", "ServiceFeeIncome", "Uncategorized Income"),
    ("Cost of Goods Sold", "OtherCostsOfServiceCos", JOB_COSTS),
    ("Cost of Goods Sold", "SuppliesMaterialsCogs", JOB_MATERIALS),
    ("Cost of Goods Sold", "CostOfLaborCos", JOB_LABOR),
    ("Cost of Goods Sold", "CostOfLaborCos", JOB_SUBS),
    ("Cost of Goods Sold", "EquipmentRentalCos", JOB_OTHER),
    ("Expense", "AdvertisingPromotional", "Advertising"),
    ("Expense", "Auto", "Fuel & Vehicle"),
    ("Expense", "BankCharges", "Bank Charges"),
    ("Expense", "DuesSubscriptions", "Dues & Software"),
    ("Expense", "EntertainmentMeals", "Meals & Entertainment"),
    ("Expense", "Insurance", "Insurance"),
    ("Expense", "LegalProfessionalFees", "Legal & Accounting"),
    ("Expense", "OfficeGeneralAdministrativeExpenses", "Office Supplies"),
    ("Expense", "RentOrLeaseOfBuildings", "Rent"),
    ("Expense", "RepairMaintenance", "Repairs & Maintenance"),
    ("Expense", "SuppliesMaterials", "Small Tools & Consumables"),
    ("Expense", "Utilities", "Utilities & Phone"),
    ("Expense", "OtherMiscellaneousServiceCost", "Uncategorized Expense"),
    ("Other Income", "InterestEarned", "Interest Earned"),
    ("Other Expense", "ExchangeGainOrLoss", "Exchange Gain or Loss"),
)


def add_accounts(draft: Draft) -> None:
    for account_type, subtype, path in ACCOUNTS:
        _add_account(draft, account_type, subtype, path)


def _add_account(draft: Draft, account_type: str, subtype: str, path: str) -> None:
    parent, _, name = path.rpartition(":")
    fields = {
        "Name": name,
        "SubAccount": bool(parent),
        "FullyQualifiedName": path,
        "Active": True,
        "Classification": CLASSIFICATIONS[account_type],
        "AccountType": account_type,
        "AccountSubType": subtype,
        "CurrentBalance": ZERO,
        "CurrentBalanceWithSubAccounts": ZERO,
        "CurrencyRef": CAD if path == PAYABLE_CAD else USD,
    }
    if parent:
        fields["ParentRef"] = draft.ref("Account", parent)
    draft.add("Account", fields)
