"""What an answer, or none, means for a push. Pure."""

from dataclasses import dataclass

from integrations.gateway import Garbled, QuickBooksError, Refused, SignInExpired, Throttled, Unauthorized
from integrations.models import PushState

SAME_ID_IN_FLIGHT = "600"
INTERNAL = "internal"
LONGEST_DOUBLING = 5
NOT_CARRIED_OUT = (Throttled, SignInExpired, Unauthorized)
TRY_AGAIN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Outcome:
    state: PushState
    code: str = ""
    sentence: str = ""
    wait: float = 0.0
    """Seconds until it may be sent again."""
    is_in_doubt: bool = False


def judge(error: Exception, *, before: PushState, tries: int, settles: float) -> Outcome:
    """`before` is the state the push was taken up in: a try that was not carried out leaves it as it was.

    Nothing is sent again before Intuit has given up on the last request (`settles` seconds).
    """
    if isinstance(error, NOT_CARRIED_OUT):
        return Outcome(before, error.code, error.detail_for_people, TRY_AGAIN_SECONDS)
    if isinstance(error, Refused) and error.code != SAME_ID_IN_FLIGHT:
        return Outcome(PushState.HELD, error.code, error.detail_for_people)
    code = error.code if isinstance(error, QuickBooksError) else INTERNAL
    wait = settles * 2 ** min(tries - 1, LONGEST_DOUBLING)
    is_in_doubt = isinstance(error, Garbled) or code == SAME_ID_IN_FLIGHT
    return Outcome(PushState.UNKNOWN, code or type(error).__name__, UNKNOWN_SENTENCE, wait, is_in_doubt)


UNKNOWN_SENTENCE = (
    "QuickBooks did not answer, so it may or may not have this. "
    "Ressio asks again by itself and makes no second one."
)
