"""What the clock does by itself: breaks end after thirty minutes (R37), a forgotten shift is asked about."""

import smtplib
from contextlib import suppress
from datetime import datetime

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string

from ressio.scoping import scope, scopes_disabled
from timeclock.clock import say_time, settle_breaks
from timeclock.durations import FORGOTTEN_AFTER, LONGEST_BREAK
from timeclock.errors import ShiftRefused
from timeclock.models import Break, Shift
from timeclock.recording import lock_shift

logger = structlog.get_logger(__name__)


def end_breaks(*, now: datetime) -> int:
    """Those open for thirty minutes, of all companies. Pages count them as ended anyway; this writes it down."""
    with scopes_disabled():
        over = Break.objects.filter(ended_at__isnull=True, started_at__lte=now - LONGEST_BREAK)
        shifts = list(Shift.objects.filter(breaks__in=over).distinct())
    ended = 0
    for shift in shifts:
        with scope(company=shift.company_id), suppress(ShiftRefused), transaction.atomic():
            ended += settle_breaks(lock_shift(shift), now)
    return ended


def tell_forgotten(*, now: datetime) -> int:
    """A letter to everybody who has been clocked in for more than fourteen hours, once a shift. Nothing is ended: only
    the person knows when. Answers how many letters were handed over.
    """
    with scopes_disabled():
        forgotten = Shift.objects.filter(
            ended_at__isnull=True, started_at__lt=now - FORGOTTEN_AFTER, told_forgotten_at__isnull=True
        )
        shifts = list(forgotten.select_related("team_member__company", "project"))
    return sum(_tell(shift, now) for shift in shifts)


def _tell(shift: Shift, now: datetime) -> bool:
    with scope(company=shift.company_id):
        claimed = Shift.objects.filter(pk=shift.pk, told_forgotten_at__isnull=True).update(
            told_forgotten_at=now
        )
    if not claimed or shift.team_member is None or not shift.team_member.email:
        return False
    context = {
        "shift": shift,
        "since": say_time(shift, shift.started_at),
        "support_email": settings.SUPPORT_EMAIL,
    }
    text = render_to_string("timeclock/mail/forgotten.txt", context)
    try:
        return bool(send_mail("Are you still working?", text, None, [shift.team_member.email]))
    except (smtplib.SMTPException, OSError):
        logger.exception("mail_failed", template="timeclock/mail/forgotten.txt")
        return False
