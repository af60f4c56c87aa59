"""Where a person finds a document in QuickBooks itself.

`settings.QBO_WEB_URL` is QuickBooks' web address; with the stand-in it is the page of its books. QuickBooks has
one form a kind of document; for time it has none that opens a single entry, so there is no link.
"""

from django.conf import settings

PURCHASE_FORMS = {"Check": "check", "CreditCardCredit": "creditcardcredit"}
FORMS = {
    "Bill": "bill",
    "Purchase": "expense",
    "VendorCredit": "vendorcredit",
    "Invoice": "invoice",
    "Payment": "recvpayment",
    "CreditMemo": "creditmemo",
}


def link_to_document(entity: str, document_ref: str, form: str = "") -> str:
    """`form` names the screen of an entity that has several: a Purchase is an expense, a check… Empty: no link."""
    base = settings.QBO_WEB_URL.rstrip("/")
    if settings.QBO_ENVIRONMENT == "stand-in":
        return f"{base}/{entity.lower()}/{document_ref}"
    screen = form or FORMS.get(entity, "")
    return f"{base}/{screen}?txnId={document_ref}" if screen else ""
