"""Doors for Celery: each calls one verb."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from timeclock.upkeep import end_breaks, tell_forgotten


@shared_task(name="timeclock.look_after_shifts")
def look_after_shifts(**newer: Any) -> None:
    """Every minute. Running it twice changes nothing."""
    now = timezone.now()
    end_breaks(now=now)
    tell_forgotten(now=now)
