"""The way into QuickBooks: what a person approved becomes exactly one document there, whatever is killed or lost.

`requests` writes the row, `sending` carries it out, `sweeping` finds what was left lying, `decisions` is what people
do about a push that is held. The rooms above register how their things become documents (`builders`).
"""

from integrations.outbox.batch_sending import perform_push_batch
from integrations.outbox.builders import Builder, Hold, builder_of, find_builder, register_builder
from integrations.outbox.decisions import (
    DecisionRefused,
    can_be_linked,
    forget_document,
    link_to_existing,
    look_again,
    note_as_done,
    restate_hold,
    resume_pushing,
    retry_push,
    skip_push,
    stop_pushing,
)
from integrations.outbox.requests import (
    IN_FLIGHT,
    NOT_LEFT,
    InFlight,
    creates_in_flight,
    find_open_push,
    is_still_here,
    last_push,
    last_sent,
    open_pushes,
    request_push,
    request_pushes,
    wake_batch_sender,
    wake_sender,
)
from integrations.outbox.sending import perform_push
from integrations.outbox.subjects import find_subject_push, push_or_retry, skip_in_earlier_books
from integrations.outbox.sweeping import sweep_pushes

__all__ = [
    "IN_FLIGHT",
    "NOT_LEFT",
    "Builder",
    "DecisionRefused",
    "Hold",
    "InFlight",
    "builder_of",
    "can_be_linked",
    "creates_in_flight",
    "find_builder",
    "find_open_push",
    "find_subject_push",
    "forget_document",
    "is_still_here",
    "last_push",
    "last_sent",
    "link_to_existing",
    "look_again",
    "note_as_done",
    "open_pushes",
    "perform_push",
    "perform_push_batch",
    "push_or_retry",
    "register_builder",
    "request_push",
    "request_pushes",
    "restate_hold",
    "resume_pushing",
    "retry_push",
    "skip_in_earlier_books",
    "skip_push",
    "stop_pushing",
    "sweep_pushes",
    "wake_batch_sender",
    "wake_sender",
]
