"""What an answer, or none, means for a push. Pure."""

from dataclasses import dataclass
from typing import NamedTuple

from integrations.gateway import Garbled, QuickBooksError, Refused, SignInExpired, Throttled, Unauthorized
from integrations.models import PushState
from integrations.outbox.builders import Hold

SAME_ID_IN_FLIGHT = "600"
SYSTEM_FAILURE = "10000"
INTERNAL = "internal"
NOT_RECORDED = "not_recorded"
LONGEST_DOUBLING = 5
NOT_CARRIED_OUT = (Throttled, SignInExpired, Unauthorized)
UNKNOWN_SENTENCE = (
    "QuickBooks did not answer, so it may or may not have this. "
    "Ressio asks again by itself and makes no second one."
)
NOT_RECORDED_SENTENCE = (
    "QuickBooks has answered, but Ressio failed to write the answer down. "
    "It asks again by itself and makes no second one."
)
NOT_BUILT = "Ressio failed here, not QuickBooks, and nothing was sent. Try again; if it stays, tell support."


class Pauses(NamedTuple):
    """Seconds."""

    settles: float
    """Until Intuit has given up on a request that it did not answer."""
    try_again: float
    """After a try that was not carried out."""


class NotRecorded(Exception):
    """QuickBooks did it, and we failed to note it: as good as no answer."""


@dataclass(frozen=True, slots=True)
class Outcome:
    state: PushState
    code: str = ""
    sentence: str = ""
    wait: float = 0.0
    """Seconds until it may be sent again."""
    is_in_doubt: bool = False
    goes_alone: bool = False
    """It was in a batch and leaves it for good."""


def judge(
    error: Exception, *, before: PushState, tries: int, pauses: Pauses, has_left: bool = True
) -> Outcome:
    """`before` is the state the push was taken up in: a try that was not carried out leaves it as it was.
    `has_left`: bytes of the write itself went out.

    Nothing is sent again before Intuit has given up on the last request.
    """
    if isinstance(error, Hold):
        return Outcome(PushState.HELD, error.code, error.sentence)
    if isinstance(error, NOT_CARRIED_OUT):
        return Outcome(before, error.code, error.detail_for_people, pauses.try_again)
    if isinstance(error, Refused) and error.code != SAME_ID_IN_FLIGHT:
        return Outcome(PushState.HELD, error.code, error.detail_for_people)
    if not has_left and before == PushState.WAITING:
        return judge_unsent(error, pauses)
    wait = pauses.settles * 2 ** min(tries - 1, LONGEST_DOUBLING)
    is_in_doubt = isinstance(error, Garbled) or code_of(error) == SAME_ID_IN_FLIGHT
    sentence = NOT_RECORDED_SENTENCE if isinstance(error, NotRecorded) else UNKNOWN_SENTENCE
    return Outcome(PushState.UNKNOWN, code_of(error) or type(error).__name__, sentence, wait, is_in_doubt)


def judge_unsent(error: Exception, pauses: Pauses) -> Outcome:
    """Nothing left: the token endpoint did not answer, or we broke."""
    if isinstance(error, QuickBooksError):
        return Outcome(PushState.WAITING, error.code, error.detail_for_people, pauses.try_again)
    return Outcome(PushState.HELD, INTERNAL, NOT_BUILT)


def judge_item(error: Exception, *, before: PushState, pauses: Pauses) -> Outcome:
    """What the answer of one item of a batch means, which others of the batch may not share.

    A repeated item is not believed when it is refused (decision 38), nor one that QuickBooks left out or stumbled
    over: it leaves the batch, is looked for, and then goes in a request of its own.
    """
    is_clear = isinstance(error, NOT_CARRIED_OUT) or (
        isinstance(error, Refused) and error.code not in (SAME_ID_IN_FLIGHT, SYSTEM_FAILURE)
    )
    if is_clear and before == PushState.WAITING:
        return judge(error, before=before, tries=1, pauses=pauses)
    wait = pauses.try_again if isinstance(error, NOT_CARRIED_OUT) else 0.0 if is_clear else pauses.settles
    sentence = NOT_RECORDED_SENTENCE if isinstance(error, NotRecorded) else UNKNOWN_SENTENCE
    code = code_of(error) or type(error).__name__
    return Outcome(PushState.UNKNOWN, code, sentence, wait, is_in_doubt=True, goes_alone=True)


def judge_batch(
    error: Exception, *, before: PushState, tries: int, pauses: Pauses, has_left: bool
) -> Outcome:
    """What it means for all members that the request as a whole failed. UNKNOWN without doubt: the batch stays together
    and is sent again as it was. An envelope that is refused says nothing of its members: each goes alone.
    """
    outcome = judge(error, before=before, tries=tries, pauses=pauses, has_left=has_left)
    if outcome.state == PushState.UNKNOWN and not outcome.is_in_doubt:
        return outcome
    if outcome.state == PushState.WAITING:
        return outcome
    if outcome.state == PushState.HELD and before == PushState.WAITING:
        return Outcome(PushState.WAITING, goes_alone=True)
    return Outcome(
        PushState.UNKNOWN, outcome.code, UNKNOWN_SENTENCE, outcome.wait, is_in_doubt=True, goes_alone=True
    )


def code_of(error: Exception) -> str:
    if isinstance(error, QuickBooksError | Hold):
        return error.code
    return NOT_RECORDED if isinstance(error, NotRecorded) else INTERNAL
