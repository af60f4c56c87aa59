"""Fields of the parts that entities are made of; see ``fields/__init__.py`` for the notation."""

TYPE_FIELDS = {
    "AccountBasedExpenseLineDetail": """
        AccountRef=ref BillableStatus=!BillableStatus ClassRef=ref CustomerRef=ref MarkupInfo=MarkupInfo
        TaxAmount=number TaxCodeRef=ref TaxInclusiveAmt=number
    """,
    "AttachableRef": """
        CustomField=CustomField* EntityRef=ref IncludeOnSend=flag LineInfo=text
    """,
    "BillPaymentCheck": """
        BankAccountRef=ref CheckDetail=CheckPayment PayeeAddr=PhysicalAddress PrintStatus=!PrintStatus
    """,
    "BillPaymentCreditCard": """
        CCAccountRef=ref CCDetail=CreditCardPayment
    """,
    "CheckPayment": """
        AcctNum=text100 BankName=text CheckNum=text NameOnAcct=text Status=text
    """,
    "CompanyAccountingPrefs": """
        AutoJournalEntryNumber=flag BookCloseDate=date ClassTrackingPerTxn=flag
        ClassTrackingPerTxnLine=flag CustomerTerminology=text DefaultAPAccount=ref DefaultARAccount=ref
        DepartmentTerminology=text FirstMonthOfFiscalYear=!Month OtherContactInfo=ContactInfo*
        RequiresAccounts=flag TaxForm=text TaxYearMonth=!Month TrackDepartments=flag
        UseAccountNumbers=flag
    """,
    "ContactInfo": """
        Email=EmailAddress Telephone=TelephoneNumber Type=!ContactType WebSite=WebSiteAddress
    """,
    "CreditCardPayment": """
        CreditChargeInfo=CreditChargeInfo CreditChargeResponse=CreditChargeResponse
    """,
    "CreditChargeInfo": """
        Amount=number BillAddrStreet=text CCTxnMode=!CCTxnMode CCTxnType=!CCTxnType CcExpiryMonth=whole
        CcExpiryYear=whole CommercialCardCode=text NameOnAcct=text Number=text PostalCode=text
        PrevCCTransId=text ProcessPayment=flag Type=text
    """,
    "CreditChargeResponse": """
        AuthCode=text AvsStreet=!CCAVSMatch AvsZip=!CCAVSMatch CCProcessor=text CCTransId=text
        CardSecurityCodeMatch=!CCSecurityCodeMatch ClientTransID=text MerchantAcctNum=text
        PaymentGroupingCode=whole ReconBatchId=text ResultCode=whole ResultMsg=text SecurityCode=text
        Status=!CCPaymentStatus TxnAuthorizationStamp=whole TxnAuthorizationTime=time
    """,
    "CurrencyPrefs": """
        HomeCurrency=ref MultiCurrencyEnabled=flag
    """,
    "CustomField": """
        BooleanValue=flag DateValue=date DefinitionId=text Name=text100 NumberValue=number
        StringValue=text Type=!CustomFieldType
    """,
    "CustomFieldDefinition": """
        AppId=text AttachableRef=AttachableRef* CustomField=CustomField* EntityType=text Hidden=flag
        Id=text MetaData=ModificationMetaData Name=text100 Required=flag SyncToken=text domain=text
        sparse=flag
    """,
    "DescriptionLineDetail": """
        ServiceDate=date TaxCodeRef=ref
    """,
    "DiscountLineDetail": """
        ClassRef=ref DiscountAccountRef=ref DiscountPercent=number DiscountRef=ref PercentBased=flag
        ServiceDate=date TaxCodeRef=ref
    """,
    "EffectiveTaxRate": """
        EffectiveDate=time EndDate=time RateValue=number
    """,
    "EmailAddress": """
        Address=text Default=flag Id=text Tag=text
    """,
    "EmailMessage": """
        Message=text Subject=text
    """,
    "EmailMessagesPrefs": """
        EstimateMessage=EmailMessage InvoiceMessage=EmailMessage NameValue=NameValue*
        SalesReceiptMessage=EmailMessage StatementMessage=EmailMessage
    """,
    "EntityTypeRef": """
        EntityRef=ref Type=!EntityType
    """,
    "GroupLineDetail": """
        GroupItemRef=ref Line=Line* Quantity=number ServiceDate=date
    """,
    "ItemBasedExpenseLineDetail": """
        BillableStatus=!BillableStatus ClassRef=ref CustomerRef=ref ItemAccountRef=ref ItemRef=ref
        MarkupInfo=MarkupInfo PriceLevelRef=ref Qty=number RatePercent=number TaxClassificationRef=ref
        TaxCodeRef=ref TaxInclusiveAmt=number UnitCostPrice=number UnitPrice=number
    """,
    "ItemComponentLine": """
        ItemRef=ref Qty=number
    """,
    "ItemGroupDetail": """
        ItemGroupLine=ItemComponentLine*
    """,
    "JournalEntryLineDetail": """
        AccountRef=ref BillableStatus=!BillableStatus ClassRef=ref DepartmentRef=ref
        Entity=EntityTypeRef JournalCodeRef=ref PostingType=!PostingType TaxAmount=number
        TaxApplicableOn=!TaxApplicableOn TaxCodeRef=ref TaxInclusiveAmt=number TaxRateRef=ref
    """,
    "Line": """
        AccountBasedExpenseLineDetail=AccountBasedExpenseLineDetail Amount=number CostAmount=number
        CustomField=CustomField* Description=text4000 DescriptionLineDetail=DescriptionLineDetail
        DetailType=!LineDetailType DiscountLineDetail=DiscountLineDetail GroupLineDetail=GroupLineDetail
        Id=text ItemBasedExpenseLineDetail=ItemBasedExpenseLineDetail
        JournalEntryLineDetail=JournalEntryLineDetail LineEx=any LineNum=whole LinkedTxn=LinkedTxn*
        ProjectRef=ref ReimburseLineDetail=ReimburseLineDetail SalesItemLineDetail=SalesItemLineDetail
        SubTotalLineDetail=SubTotalLineDetail TaxLineDetail=TaxLineDetail
    """,
    "LinkedTxn": """
        TxnId=text TxnLineId=text TxnType=text
    """,
    "MarkupInfo": """
        MarkUpIncomeAccountRef=ref Percent=number PercentBased=flag PriceLevelRef=ref Value=number
    """,
    "MemoRef": """
        value=text1000
    """,
    "ModificationMetaData": """
        CreateTime=time CreatedByRef=ref LastChangedInQB=time LastModifiedByRef=ref LastUpdatedTime=time
        Synchronized=flag
    """,
    "NameValue": """
        Name=text100 Value=text
    """,
    "OtherPrefs": """
        NameValue=NameValue*
    """,
    "PhysicalAddress": """
        City=text Country=text CountryCode=text CountrySubDivisionCode=text County=text Id=text Lat=text
        Line1=text Line2=text Line3=text Line4=text Line5=text Long=text Note=text2000 PostalCode=text
        PostalCodeSuffix=text Tag=text
    """,
    "ProductAndServicesPrefs": """
        ForPurchase=flag ForSales=flag InventoryAndPurchaseOrder=flag QuantityOnHand=flag
        QuantityWithPriceAndRate=flag RevenueRecognition=flag RevenueRecognitionFrequency=text
        UOM=!UOMFeatureType
    """,
    "ReferenceType": """
        value=text name=text type=text
    """,
    "ReimburseLineDetail": """
        ClassRef=ref ItemAccountRef=ref ItemRef=ref MarkupInfo=MarkupInfo PriceLevelRef=ref Qty=number
        RatePercent=number TaxClassificationRef=ref TaxCodeRef=ref UnitCostPrice=number UnitPrice=number
    """,
    "ReportPrefs": """
        CalcAgingReportFromTxnDate=flag ReportBasis=!ReportBasis
    """,
    "SalesFormsPrefs": """
        AllowDeposit=flag AllowDiscount=flag AllowEstimates=flag AllowServiceDate=flag
        AllowShipping=flag AutoApplyCredit=flag AutoApplyPayments=flag
        CustomField=CustomFieldDefinition* CustomTxnNumbers=flag DefaultCustomerMessage=text
        DefaultDeliveryMethod=text DefaultDiscountAccount=text DefaultFOB=text DefaultItem=ref
        DefaultMarkup=number DefaultShipMethodRef=ref DefaultShippingAccount=text DefaultTerms=ref
        DelayedCharges=flag ETransactionAttachPDF=flag
        ETransactionEnabledStatus=!ETransactionEnabledStatus ETransactionPaymentEnabled=flag
        EmailCopyToCompany=flag EstimateMessage=text IPNSupportEnabled=flag InvoiceMessage=text
        PrintItemWithZeroAmount=flag SalesEmailBcc=EmailAddress SalesEmailCc=EmailAddress
        TrackReimbursableExpensesAsIncome=flag UsingPriceLevels=flag UsingProgressInvoicing=flag
        UsingSalesOrders=flag
    """,
    "SalesItemLineDetail": """
        ClassRef=ref DeferredRevenue=flag DiscountAmt=number DiscountRate=number ItemAccountRef=ref
        ItemRef=ref MarkupInfo=MarkupInfo PriceLevelRef=ref Qty=number RatePercent=number
        RetainageAmount=number ServiceDate=date TaxClassificationRef=ref TaxCodeRef=ref
        TaxInclusiveAmt=number UnitCostPrice=number UnitPrice=number
    """,
    "SubTotalLineDetail": """
        ItemRef=ref ServiceDate=date
    """,
    "TaxLineDetail": """
        NetAmountTaxable=number OverrideDeltaAmount=number PercentBased=flag ServiceDate=date
        TaxInclusiveAmount=number TaxPercent=number TaxRateRef=ref
    """,
    "TaxPrefs": """
        HideTaxManagement=flag NonTaxableSalesTaxCodeRef=ref PartnerTaxEnabled=flag
        PaySalesTax=!PaySalesTax TaxGroupCodeRef=ref TaxRateRef=ref TaxableSalesTaxCodeRef=ref
        UsingSalesTax=flag
    """,
    "TaxRateDetail": """
        TaxOnTaxOrder=whole TaxOrder=whole TaxRateRef=ref TaxTypeApplicable=!TaxTypeApplicablity
    """,
    "TaxRateList": """
        TaxRateDetail=TaxRateDetail* originatingGroupId=text
    """,
    "TelephoneNumber": """
        AreaCode=text CountryCode=text Default=flag DeviceType=text ExchangeCode=text Extension=text
        FreeFormNumber=text Id=text Tag=text
    """,
    "TimeTrackingPrefs": """
        BillCustomers=flag DefaultTimeItem=ref MarkExpensesAsBillable=flag MarkTimeEntriesBillable=flag
        ShowBillRateToAll=flag TimeTrackingEnabled=flag UseServices=flag WorkWeekStartDate=!Week
    """,
    "TransactionDeliveryInfo": """
        DeliveryErrorType=!DeliveryErrorType DeliveryTime=time DeliveryType=!DeliveryType
    """,
    "TxnTaxDetail": """
        DefaultTaxCodeRef=ref TaxLine=Line* TaxReviewStatus=!TaxReviewStatus TotalTax=number
        TxnTaxCodeRef=ref UseAutomatedSalesTax=flag
    """,
    "VendorAndPurchasesPrefs": """
        AutomaticBillPayment=flag BillableExpenseTracking=flag DaysBillsAreDue=whole
        DefaultMarkup=number DefaultMarkupAccount=ref DefaultTerms=ref DiscountAccountRef=ref
        EnableBills=flag MsgToVendors=text POCustomField=CustomFieldDefinition* TPAREnabled=flag
        TrackingByCustomer=flag UsingInventory=flag UsingMultiLocationInventory=flag
    """,
    "VendorBankAccountDetail": """
        BankAccountName=text BankAccountNumber=text BankBranchIdentifier=text StatementText=text
    """,
    "WebSiteAddress": """
        Default=flag Id=text Tag=text URI=text
    """,
}
