"""A push that is held says so in the sync log, from the moment it is held until somebody has decided."""

from datetime import datetime
from decimal import Decimal

import structlog
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from integrations.issues import FoundIssue, close_issues, open_issue
from integrations.models import Push, PushState
from integrations.outbox.builders import KnowsAmount, find_builder
from ressio.money import ZERO

logger = structlog.get_logger(__name__)

SUBJECT = "push"
WAITS = "waits_"
"""Hold codes begin like this once somebody has said that it waits for something: there is nothing left to decide."""


def hold(push: Push, *, code: str, sentence: str) -> None:
    """To be called in the transaction that ends what was tried."""
    push.state, push.hold_code, push.hold_sentence = PushState.HELD, code[:40], sentence[:500]
    push.save()
    show_held(push, now=timezone.now())


def waits_as_decided(push: Push) -> bool:
    return bool(push.state == PushState.HELD and push.hold_code.startswith(WAITS))


def show_held(push: Push, *, now: datetime) -> None:
    """One issue for each push and code; none for what waits because somebody decided so."""
    if waits_as_decided(push):
        show_decided(push, now=now)
        return
    open_issue(
        push.connection,
        FoundIssue(
            reason=f"{SUBJECT}_{push.hold_code}"[:40],
            subject_type=SUBJECT,
            subject_id=str(push.pk),
            subject_label=push.subject_label,
            title=f"{push.subject_label} is not sent to QuickBooks until you decide.",
            way_out=push.hold_sentence,
            fix_url=reverse("push", args=[push.company.slug, push.pk]),
            fix_label="Decide",
            amount=_amount(push),
        ),
        now=now,
    )


def _amount(push: Push) -> Decimal:
    """No reason to hold up the outcome: a builder that breaks here knows no amount."""
    builder: object = find_builder(push.kind)
    if not isinstance(builder, KnowsAmount):
        return ZERO
    try:
        with transaction.atomic():
            return builder.amount(push)
    except Exception:
        logger.exception("amount_not_known", push=push.pk, kind=push.kind)
        return ZERO


def show_decided(push: Push, *, now: datetime) -> None:
    close_issues(push.connection, SUBJECT, str(push.pk), now=now)
