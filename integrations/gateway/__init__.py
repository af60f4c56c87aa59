"""The only way to QuickBooks Online: one client, one fault family, one token keeper, one limiter for all
workers.
"""

from integrations.gateway.batch_writes import BatchWrite
from integrations.gateway.client import Gateway
from integrations.gateway.exchanges import Outcome as ExchangeOutcome
from integrations.gateway.faults import (
    Garbled,
    NotFound,
    QuickBooksError,
    Refused,
    SignInExpired,
    StaleObject,
    Throttled,
    Unauthorized,
    Unreachable,
)
from integrations.gateway.limiter import Priority
from integrations.gateway.quoting import quote
from integrations.gateway.rows import Changes, Page, Row, Tombstone

__all__ = [
    "BatchWrite",
    "Changes",
    "ExchangeOutcome",
    "Garbled",
    "Gateway",
    "NotFound",
    "Page",
    "Priority",
    "QuickBooksError",
    "Refused",
    "Row",
    "SignInExpired",
    "StaleObject",
    "Throttled",
    "Tombstone",
    "Unauthorized",
    "Unreachable",
    "quote",
]
