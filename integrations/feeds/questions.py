"""Many small questions in few requests."""

from collections.abc import Sequence
from datetime import datetime

from integrations.gateway import Gateway, Page, QuickBooksError, Refused

# Intuit names 30, its own client once had 25; fewer is always right.
MOST_IN_A_BATCH = 25
# The edition or the rights of the one who connected do not cover this entity; the others are not to suffer.
NOT_FOR_US = frozenset({"5020", "5030"})

Reply = Page | int | Refused


def ask(gateway: Gateway, statements: Sequence[str]) -> list[Reply]:
    """One reply a statement, in their order. A refusal that concerns one entity only is a reply too."""
    replies: list[Reply] = []
    for start in range(0, len(statements), MOST_IN_A_BATCH):
        for reply in gateway.batch_queries(statements[start : start + MOST_IN_A_BATCH]):
            replies.append(_accept(reply))
    return replies


def _accept(reply: Page | int | QuickBooksError) -> Reply:
    return accept_refusal(reply) if isinstance(reply, QuickBooksError) else reply


def accept_refusal(error: QuickBooksError) -> Refused:
    """Raises every error that is not about one entity."""
    if isinstance(error, Refused) and error.code in NOT_FOR_US:
        return error
    raise error


def time_of(replies: Sequence[Reply]) -> datetime:
    """QuickBooks' clock when it answered; every batch of ours holds a question that is answered with a page."""
    return min(reply.server_time for reply in replies if isinstance(reply, Page))
