"""Fields of each entity this server serves; see ``fields/__init__.py`` for the notation.

Id, SyncToken, MetaData, domain, sparse and status belong to every entity and are not repeated.
"""

ENTITY_FIELDS = {
    "CompanyInfo": """
        CompanyName=text100 LegalName=text CompanyAddr=PhysicalAddress LegalAddr=PhysicalAddress
        CustomerCommunicationAddr=PhysicalAddress Email=EmailAddress WebAddr=WebSiteAddress
        PrimaryPhone=TelephoneNumber EmployerId=text Country=text SupportedLanguages=text
        FiscalYearStartMonth=!Month CompanyStartDate=date DefaultTimeZone=text NameValue=NameValue*
        CustomField=CustomField*
    """,
    "Preferences": """
        AccountingInfoPrefs=CompanyAccountingPrefs ProductAndServicesPrefs=ProductAndServicesPrefs
        SalesFormsPrefs=SalesFormsPrefs VendorAndPurchasesPrefs=VendorAndPurchasesPrefs
        TimeTrackingPrefs=TimeTrackingPrefs TaxPrefs=TaxPrefs CurrencyPrefs=CurrencyPrefs
        EmailMessagesPrefs=EmailMessagesPrefs ReportPrefs=ReportPrefs OtherPrefs=OtherPrefs
        CustomField=CustomField*
    """,
    "Account": """
        Name=text100 AccountType=!AccountType AccountSubType=text AcctNum=text100 Description=text4000
        ParentRef=ref Active=flag SubAccount=flag FullyQualifiedName=text
        Classification=!AccountClassification CurrentBalance=number CurrentBalanceWithSubAccounts=number
        CurrencyRef=ref TaxCodeRef=ref BankNum=text FIName=text OpeningBalance=number
        OpeningBalanceDate=date TaxAccount=flag TxnLocationType=text OnlineBankingEnabled=flag
        AccountAlias=text CustomField=CustomField*
    """,
    "Customer": """
        DisplayName=text500 Title=text16 Suffix=text16 GivenName=text100 MiddleName=text100
        FamilyName=text100 CompanyName=text100 PrintOnCheckName=text110 Active=flag Job=flag
        ParentRef=ref Level=whole FullyQualifiedName=text BillWithParent=flag IsProject=flag
        PrimaryEmailAddr=EmailAddress PrimaryPhone=TelephoneNumber AlternatePhone=TelephoneNumber
        Mobile=TelephoneNumber Fax=TelephoneNumber WebAddr=WebSiteAddress BillAddr=PhysicalAddress
        ShipAddr=PhysicalAddress Notes=text2000 Taxable=flag DefaultTaxCodeRef=ref
        TaxExemptionReasonId=text ResaleNum=text16 SalesTermRef=ref PaymentMethodRef=ref
        CustomerTypeRef=ref PreferredDeliveryMethod=text CurrencyRef=ref Balance=number
        OpenBalanceDate=date BalanceWithJobs=number ARAccountRef=ref Organization=flag AcctNum=text100
        PrimaryTaxIdentifier=text SecondaryTaxIdentifier=text GSTIN=text BusinessNumber=text Source=text
        V4IDPseudonym=text CustomField=CustomField*
    """,
    "Item": """
        Name=text100 Type=!ItemType Description=text4000 UnitPrice=number IncomeAccountRef=ref
        PurchaseDesc=text1000 PurchaseCost=number ExpenseAccountRef=ref PrefVendorRef=ref
        PurchaseTaxCodeRef=ref SalesTaxCodeRef=ref SalesTaxIncluded=flag PurchaseTaxIncluded=flag
        Taxable=flag ClassRef=ref Sku=text100 AssetAccountRef=ref InvStartDate=date QtyOnHand=number
        TrackQtyOnHand=flag SubItem=flag ParentRef=ref Level=whole FullyQualifiedName=text Active=flag
        ItemGroupDetail=ItemGroupDetail PrintGroupedItems=flag ReorderPoint=number
        TaxClassificationRef=ref Source=text ItemCategoryType=text CustomField=CustomField*
    """,
    "Vendor": """
        DisplayName=text500 Title=text16 Suffix=text16 GivenName=text100 MiddleName=text100
        FamilyName=text100 CompanyName=text100 PrintOnCheckName=text110 Active=flag AcctNum=text100
        TermRef=ref Vendor1099=flag TaxIdentifier=text20 BillRate=number CostRate=number Balance=number
        CurrencyRef=ref APAccountRef=ref OtherContactInfo=ContactInfo* BillAddr=PhysicalAddress
        ShipAddr=PhysicalAddress PrimaryPhone=TelephoneNumber AlternatePhone=TelephoneNumber
        Mobile=TelephoneNumber Fax=TelephoneNumber PrimaryEmailAddr=EmailAddress WebAddr=WebSiteAddress
        Notes=text2000 OpenBalanceDate=date TaxReportingBasis=text BusinessNumber=text GSTIN=text
        HasTPAR=flag T4AEligible=flag T5018Eligible=flag Source=text V4IDPseudonym=text
        VendorPaymentBankDetail=VendorBankAccountDetail CustomField=CustomField*
    """,
    "Employee": """
        GivenName=text100 FamilyName=text100 DisplayName=text500 Title=text16 Suffix=text16
        MiddleName=text100 PrintOnCheckName=text110 EmployeeNumber=text100 SSN=text
        PrimaryAddr=PhysicalAddress PrimaryPhone=TelephoneNumber Mobile=TelephoneNumber
        PrimaryEmailAddr=EmailAddress HiredDate=date ReleasedDate=date BirthDate=date Gender=!gender
        BillableTime=flag BillRate=number CostRate=number Organization=flag Active=flag
        V4IDPseudonym=text Notes=text2000 CustomField=CustomField*
    """,
    "TaxCode": """
        Name=text100 Description=text4000 Active=flag Taxable=flag TaxGroup=flag Hidden=flag
        TaxCodeConfigType=!GTMConfigType SalesTaxRateList=TaxRateList PurchaseTaxRateList=TaxRateList
        CustomField=CustomField*
    """,
    "TaxRate": """
        Name=text100 Description=text4000 RateValue=number AgencyRef=ref SpecialTaxType=!SpecialTaxType
        DisplayType=!TaxRateDisplayType EffectiveTaxRate=EffectiveTaxRate* OriginalTaxRate=ref
        TaxReturnLineRef=ref Active=flag CustomField=CustomField*
    """,
    "TaxAgency": """
        DisplayName=text500 TaxTrackedOnSales=flag TaxTrackedOnPurchases=flag TaxRegistrationNumber=text
        LastFileDate=date TaxAgencyConfig=text CustomField=CustomField*
    """,
    "Bill": """
        VendorRef=ref Line=Line* TxnDate=date DueDate=date SalesTermRef=ref APAccountRef=ref
        DocNumber=text21 PrivateNote=text4000 DepartmentRef=ref CurrencyRef=ref ExchangeRate=number
        GlobalTaxCalculation=!GlobalTaxCalculation TxnTaxDetail=TxnTaxDetail LinkedTxn=LinkedTxn*
        TotalAmt=number Balance=number HomeBalance=number RecurDataRef=ref VendorAddr=PhysicalAddress
        Memo=text TransactionLocationType=text BillEmail=EmailAddress ReplyEmail=EmailAddress
        IncludeInAnnualTPAR=flag RemitToAddr=PhysicalAddress ShipAddr=PhysicalAddress
        CustomField=CustomField*
    """,
    "BillPayment": """
        VendorRef=ref TotalAmt=number PayType=!BillPaymentType CheckPayment=BillPaymentCheck
        CreditCardPayment=BillPaymentCreditCard Line=Line* TxnDate=date DocNumber=text21
        PrivateNote=text4000 APAccountRef=ref DepartmentRef=ref CurrencyRef=ref ExchangeRate=number
        LinkedTxn=LinkedTxn* TransactionLocationType=text CustomField=CustomField*
    """,
    "Purchase": """
        PaymentType=!PaymentType AccountRef=ref Line=Line* EntityRef=ref Credit=flag TxnDate=date
        DocNumber=text21 PrivateNote=text4000 DepartmentRef=ref PaymentMethodRef=ref
        PaymentRefNum=text21 PrintStatus=!PrintStatus RemitToAddr=PhysicalAddress CurrencyRef=ref
        ExchangeRate=number GlobalTaxCalculation=!GlobalTaxCalculation TxnTaxDetail=TxnTaxDetail
        LinkedTxn=LinkedTxn* TotalAmt=number PurchaseEx=any RecurDataRef=ref Memo=text
        TransactionLocationType=text TxnSource=text IncludeInAnnualTPAR=flag CustomField=CustomField*
    """,
    "VendorCredit": """
        VendorRef=ref Line=Line* TxnDate=date DocNumber=text21 PrivateNote=text4000 APAccountRef=ref
        CurrencyRef=ref ExchangeRate=number DepartmentRef=ref GlobalTaxCalculation=!GlobalTaxCalculation
        TxnTaxDetail=TxnTaxDetail TotalAmt=number Balance=number LinkedTxn=LinkedTxn*
        VendorAddr=PhysicalAddress RecurDataRef=ref TransactionLocationType=text Memo=text
        IncludeInAnnualTPAR=flag CustomField=CustomField*
    """,
    "Invoice": """
        CustomerRef=ref Line=Line* TxnDate=date DueDate=date ShipDate=date DocNumber=text21
        SalesTermRef=ref DepartmentRef=ref ClassRef=ref ShipMethodRef=ref TrackingNum=text
        DepositToAccountRef=ref Deposit=number BillAddr=PhysicalAddress ShipAddr=PhysicalAddress
        ShipFromAddr=PhysicalAddress FreeFormAddress=flag BillEmail=EmailAddress
        BillEmailCc=EmailAddress BillEmailBcc=EmailAddress EmailStatus=!EmailStatus
        PrintStatus=!PrintStatus CustomerMemo=MemoRef PrivateNote=text4000 ApplyTaxAfterDiscount=flag
        GlobalTaxCalculation=!GlobalTaxCalculation TxnTaxDetail=TxnTaxDetail CurrencyRef=ref
        ExchangeRate=number ProjectRef=ref LinkedTxn=LinkedTxn* AllowOnlineACHPayment=flag
        AllowOnlineCreditCardPayment=flag AllowOnlinePayment=flag AllowIPNPayment=flag TotalAmt=number
        Balance=number HomeTotalAmt=number HomeBalance=number DeliveryInfo=TransactionDeliveryInfo
        InvoiceLink=text EInvoiceStatus=!ETransactionStatus RecurDataRef=ref TaxExemptionRef=ref
        ARAccountRef=ref AutoDocNumber=flag PaymentMethodRef=ref PaymentRefNum=text21 TxnSource=text
        TransactionLocationType=text PONumber=text DiscountAmt=number DiscountRate=number
        TotalCostAmount=number HomeTotalCostAmount=number CustomField=CustomField*
    """,
    "Payment": """
        TotalAmt=number CustomerRef=ref TxnDate=date PaymentMethodRef=ref PaymentRefNum=text21
        DepositToAccountRef=ref PrivateNote=text4000 CurrencyRef=ref ExchangeRate=number ProjectRef=ref
        Line=Line* UnappliedAmt=number ProcessPayment=flag ARAccountRef=ref
        CreditCardPayment=CreditCardPayment CheckPayment=CheckPayment DocNumber=text21 TxnSource=text
        LinkedTxn=LinkedTxn* TransactionLocationType=text CustomField=CustomField*
    """,
    "CreditMemo": """
        CustomerRef=ref Line=Line* TxnDate=date DocNumber=text21 PrivateNote=text4000
        CustomerMemo=MemoRef RemainingCredit=number Balance=number HomeBalance=number
        HomeTotalAmt=number TotalAmt=number InvoiceRef=ref BillAddr=PhysicalAddress
        ShipAddr=PhysicalAddress BillEmail=EmailAddress BillEmailCc=EmailAddress
        BillEmailBcc=EmailAddress EmailStatus=!EmailStatus PrintStatus=!PrintStatus
        ApplyTaxAfterDiscount=flag GlobalTaxCalculation=!GlobalTaxCalculation TxnTaxDetail=TxnTaxDetail
        CurrencyRef=ref ExchangeRate=number ProjectRef=ref ClassRef=ref DepartmentRef=ref
        SalesTermRef=ref PaymentMethodRef=ref LinkedTxn=LinkedTxn* DeliveryInfo=TransactionDeliveryInfo
        FreeFormAddress=flag ARAccountRef=ref TransactionLocationType=text TaxExemptionRef=ref
        CustomField=CustomField*
    """,
    "TimeActivity": """
        NameOf=!TimeActivityType EmployeeRef=ref VendorRef=ref TxnDate=date Hours=whole Minutes=whole
        Seconds=whole StartTime=time EndTime=time BreakHours=whole BreakMinutes=whole BreakSeconds=whole
        CustomerRef=ref ProjectRef=ref ItemRef=ref BillableStatus=!BillableStatus HourlyRate=number
        CostRate=number Taxable=flag Description=text4000 ClassRef=ref DepartmentRef=ref
        PayrollItemRef=ref TimeChargeId=whole TimeZone=text CustomField=CustomField*
    """,
    "Attachable": """
        AttachableRef=AttachableRef* FileName=text1000 Note=text2000 Category=text ContentType=text
        Size=whole FileAccessUri=text TempDownloadUri=text ThumbnailFileAccessUri=text
        ThumbnailTempDownloadUri=text Tag=text PlaceName=text Lat=text Long=text
        CustomField=CustomField*
    """,
    "JournalEntry": """
        Line=Line* TxnDate=date DocNumber=text21 PrivateNote=text4000 Adjustment=flag CurrencyRef=ref
        ExchangeRate=number TxnTaxDetail=TxnTaxDetail GlobalTaxCalculation=!GlobalTaxCalculation
        TotalAmt=number HomeTotalAmt=number RecurDataRef=ref LinkedTxn=LinkedTxn*
        TransactionLocationType=text CustomField=CustomField*
    """,
    "Estimate": """
        CustomerRef=ref Line=Line* TxnDate=date DueDate=date ExpirationDate=date AcceptedBy=text
        AcceptedDate=date TxnStatus=text DocNumber=text21 PrivateNote=text4000 CustomerMemo=MemoRef
        BillAddr=PhysicalAddress ShipAddr=PhysicalAddress ShipFromAddr=PhysicalAddress ShipDate=date
        ShipMethodRef=ref FreeFormAddress=flag BillEmail=EmailAddress EmailStatus=!EmailStatus
        PrintStatus=!PrintStatus ApplyTaxAfterDiscount=flag GlobalTaxCalculation=!GlobalTaxCalculation
        TxnTaxDetail=TxnTaxDetail TotalAmt=number HomeTotalAmt=number CurrencyRef=ref
        ExchangeRate=number ProjectRef=ref ClassRef=ref DepartmentRef=ref SalesTermRef=ref
        LinkedTxn=LinkedTxn* DeliveryInfo=TransactionDeliveryInfo TotalCostAmount=number
        HomeTotalCostAmount=number CustomField=CustomField*
    """,
    "PurchaseOrder": """
        VendorRef=ref APAccountRef=ref Line=Line* TxnDate=date DueDate=date DocNumber=text21
        PrivateNote=text4000 Memo=text POStatus=!PurchaseOrderStatus POEmail=EmailAddress ShipTo=ref
        ShipAddr=PhysicalAddress VendorAddr=PhysicalAddress EmailStatus=!EmailStatus SalesTermRef=ref
        ClassRef=ref DepartmentRef=ref CurrencyRef=ref ExchangeRate=number
        GlobalTaxCalculation=!GlobalTaxCalculation TxnTaxDetail=TxnTaxDetail TotalAmt=number
        LinkedTxn=LinkedTxn* ShipMethodRef=ref CustomField=CustomField*
    """,
    "ReimburseCharge": """
        CustomerRef=ref Amount=number HasBeenInvoiced=flag LinkedTxn=LinkedTxn* Line=Line* TxnDate=date
        CurrencyRef=ref ExchangeRate=number HomeTotalAmt=number PrivateNote=text4000 ProjectRef=ref
        CustomField=CustomField*
    """,
    "Term": """
        Name=text100 Active=flag Type=text DiscountPercent=number DueDays=whole DiscountDays=whole
        DayOfMonthDue=whole DueNextMonthDays=whole DiscountDayOfMonth=whole CustomField=CustomField*
    """,
    "Class": """
        Name=text100 SubClass=flag ParentRef=ref FullyQualifiedName=text Active=flag
        CustomField=CustomField*
    """,
    "Department": """
        Name=text100 SubDepartment=flag ParentRef=ref FullyQualifiedName=text Active=flag
        Address=PhysicalAddress CustomField=CustomField*
    """,
}
