from .bills import (
    CLOSED_STATES,
    OPEN_BILL_STATES,
    SENT_STATES,
    Bill,
    BillAttachment,
    BillChange,
    BillFile,
    BillLine,
    BillOrigin,
    BillPaymentPart,
    BillState,
)
from .costs import OWN_BILL, BillableStatus, BudgetLine, CostLine, Kind, RateSource

__all__ = [
    "CLOSED_STATES",
    "OPEN_BILL_STATES",
    "OWN_BILL",
    "SENT_STATES",
    "Bill",
    "BillAttachment",
    "BillChange",
    "BillFile",
    "BillLine",
    "BillOrigin",
    "BillPaymentPart",
    "BillState",
    "BillableStatus",
    "BudgetLine",
    "CostLine",
    "Kind",
    "RateSource",
]
