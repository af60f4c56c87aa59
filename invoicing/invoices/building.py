"""What an invoice looks like in QuickBooks. Values in, a document out; nothing of the internal notes ever leaves."""

from collections.abc import Sequence
from typing import Any

from invoicing.invoices.facts import DISCOUNT, SALE
from invoicing.invoices.readiness import Surroundings
from invoicing.invoices.wire import WireLine
from invoicing.models import Invoice, TaxMode
from invoicing.tax_codes.mirrored import TaxModel
from invoicing.tax_codes.setting import NOT_TAXABLE, TAXABLE

Json = dict[str, Any]

GLOBAL_TAX = {
    TaxMode.EXCLUDED: "TaxExcluded",
    TaxMode.INCLUSIVE: "TaxInclusive",
    TaxMode.NOT_APPLICABLE: "NotApplicable",
}


def invoice_document(
    invoice: Invoice, lines: Sequence[WireLine], around: Surroundings, *, with_refs: bool = False
) -> Json:
    """Only for an invoice without obstacles. `Amount` of a line is net in every mode; where prices include tax the
    gross stands beside it (entities 8). `with_refs`: lines that are there already are named, so that they change.
    """
    document: Json = {
        "CustomerRef": {"value": around.customers[invoice.project_id].ref},
        "DocNumber": invoice.number,
    }
    if invoice.issued_on:
        document["TxnDate"] = invoice.issued_on.isoformat()
    if invoice.due_on:
        document["DueDate"] = invoice.due_on.isoformat()
    if invoice.memo:
        document["CustomerMemo"] = {"value": invoice.memo}
    if invoice.client_email:
        document["BillEmail"] = {"Address": invoice.client_email}
    if around.tax_model == TaxModel.CODES:
        document["GlobalTaxCalculation"] = GLOBAL_TAX[TaxMode(invoice.tax_mode)]
    document["Line"] = [_line_document(line, around, with_refs=with_refs) for line in lines]
    if discount := _discount_document(invoice):
        document["Line"].append(discount)
        document["ApplyTaxAfterDiscount"] = invoice.tax_after_discount
    if around.tax_group and any(line.tax_code_ref == TAXABLE for line in lines):
        document["TxnTaxDetail"] = {"TxnTaxCodeRef": {"value": around.tax_group}}
    return document


def _line_document(line: WireLine, around: Surroundings, *, with_refs: bool) -> Json:
    item = around.items[line.cost_code.pk if line.cost_code else 0]
    detail: Json = {"ItemRef": {"value": item.quickbooks_id if item else ""}}
    if line.quantity is not None and line.unit_price is not None:
        detail["Qty"], detail["UnitPrice"] = line.quantity, line.unit_price
    # In the US a line that says nothing would be taxed as its product or service is, which is not what was predicted.
    says_nothing = NOT_TAXABLE if around.tax_model in (TaxModel.US_AUTOMATED, TaxModel.US_GROUPS) else ""
    if tax_code := line.tax_code_ref or says_nothing:
        detail["TaxCodeRef"] = {"value": tax_code}
    if line.gross is not None:
        detail["TaxInclusiveAmt"] = line.gross
    document: Json = {"Id": line.ref} if with_refs and line.ref else {}
    document |= {"Amount": line.amount, "DetailType": SALE}
    if line.description:
        document["Description"] = line.description
    return {**document, SALE: detail}


def _discount_document(invoice: Invoice) -> Json | None:
    """Positive, and subtracts."""
    if invoice.discount_percent:
        detail = {"PercentBased": True, "DiscountPercent": invoice.discount_percent}
        return {"DetailType": DISCOUNT, DISCOUNT: detail}
    if invoice.discount_amount:
        return {"Amount": invoice.discount_amount, "DetailType": DISCOUNT, DISCOUNT: {"PercentBased": False}}
    return None


def change_of(document: Json, *, quickbooks_id: str, sync_token: str) -> Json:
    """The same document as a change of one that is there: all that we write, and all lines, anew. What we say nothing
    about stays as QuickBooks has it.
    """
    emptied = {name: None for name in ("CustomerMemo",) if name not in document}
    return {"Id": quickbooks_id, "SyncToken": sync_token, "sparse": True, **emptied, **document}
