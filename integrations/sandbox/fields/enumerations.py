"""Closed lists of values. A value outside its list is refused with fault 2170."""

ENUMERATIONS: dict[str, tuple[str, ...]] = {
    "AccountClassification": (
        "Asset", "Equity", "Expense", "Liability", "Revenue",
    ),
    "AccountType": (
        "Bank", "Accounts Receivable", "Other Current Asset", "Fixed Asset", "Other Asset",
        "Accounts Payable", "Credit Card", "Other Current Liability", "Long Term Liability",
        "Equity", "Income", "Cost of Goods Sold", "Expense", "Other Income", "Other Expense",
        "Non-Posting",
    ),
    "BillPaymentType": (
        "Check", "CreditCard",
    ),
    "BillableStatus": (
        "Billable", "NotBillable", "HasBeenBilled",
    ),
    "CCAVSMatch": (
        "Fail", "NotAvailable", "Pass",
    ),
    "CCPaymentStatus": (
        "Completed", "Voided", "Unknown",
    ),
    "CCSecurityCodeMatch": (
        "Fail", "NotAvailable", "Pass",
    ),
    "CCTxnMode": (
        "CardNotPresent", "CardPresent",
    ),
    "CCTxnType": (
        "Authorization", "Capture", "Charge", "Refund", "VoiceAuthorization",
    ),
    "ContactType": (
        "TelephoneNumber", "EmailAddress", "WebSiteAddress", "GenericContactType",
    ),
    "CustomFieldType": (
        "StringType", "BooleanType", "NumberType", "DateType",
    ),
    "DeliveryErrorType": (
        "Missing Info", "Undeliverable", "Delivery Server Down", "Bounced Email",
    ),
    "DeliveryType": (
        "Email", "Tradeshift",
    ),
    "ETransactionEnabledStatus": (
        "Enabled", "NotApplicable",
    ),
    "ETransactionStatus": (
        "Sent", "Viewed", "Paid", "Delivery Error", "Updated", "Error", "Accepted", "Rejected",
        "Sent With ICN Error", "Delivered", "Disputed",
    ),
    "EmailStatus": (
        "NotSet", "NeedToSend", "EmailSent",
    ),
    "EntityType": (
        "Customer", "Employee", "Job", "Other", "Vendor",
    ),
    "GTMConfigType": (
        "SYSTEM_GENERATED", "USER_DEFINED", "SCRA_DEFINED", "HIDDEN_AGENCY",
    ),
    "GlobalTaxCalculation": (
        "TaxInclusive", "TaxExcluded", "NotApplicable",
    ),
    "ItemType": (
        "Assembly", "Category", "Fixed Asset", "Group", "Inventory", "NonInventory", "Other Charge",
        "Payment", "Service", "Subtotal", "Discount", "Tax", "Tax Group", "Bundle",
    ),
    "LineDetailType": (
        "PaymentLineDetail", "DiscountLineDetail", "TaxLineDetail", "SalesItemLineDetail",
        "ItemBasedExpenseLineDetail", "AccountBasedExpenseLineDetail", "DepositLineDetail",
        "PurchaseOrderItemLineDetail", "ItemReceiptLineDetail", "JournalEntryLineDetail",
        "GroupLineDetail", "DescriptionOnly", "SubTotalLineDetail", "SalesOrderItemLineDetail",
        "TDSLineDetail", "ReimburseLineDetail", "ItemAdjustmentLineDetail",
    ),
    "Month": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ),
    "PaySalesTax": (
        "Annually", "Monthly", "Quarterly",
    ),
    "PaymentType": (
        "Cash", "Check", "CreditCard", "Expense", "Other",
    ),
    "PostingType": (
        "Credit", "Debit",
    ),
    "PrintStatus": (
        "NotSet", "NeedToPrint", "PrintComplete",
    ),
    "PurchaseOrderStatus": (
        "Open", "Closed",
    ),
    "ReportBasis": (
        "Accrual", "Cash",
    ),
    "SpecialTaxType": (
        "NONE", "ZERO_RATE", "FOREIGN_TAX", "REVERSE_CHARGE", "ADJUSTMENT_RATE",
    ),
    "TaxApplicableOn": (
        "Purchase", "Sales",
    ),
    "TaxRateDisplayType": (
        "ReadOnly", "HideInTransactionForms", "HideInPrintedForms", "HideInAll",
    ),
    "TaxReviewStatus": (
        "NON_AST_TAX", "AST_TAX_OVERRIDE",
    ),
    "TaxTypeApplicablity": (
        "TaxOnAmount", "TaxOnAmountPlusTax", "TaxOnTax",
    ),
    "TimeActivityType": (
        "Employee", "Other", "Vendor",
    ),
    "UOMFeatureType": (
        "Disabled", "SinglePerItem", "MultiplePerItem",
    ),
    "Week": (
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ),
    "gender": (
        "Male", "Female",
    ),
}
