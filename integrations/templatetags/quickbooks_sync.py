"""Pieces of pages that show a sync: `{% load quickbooks_sync %}`."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import template
from django.template.context import Context

from integrations.connecting import current_connection
from integrations.models import ConnectionStatus, RunStatus, SyncRun, SyncStep
from integrations.sync import find_active_run
from integrations.sync_log import describe_health, list_freshness

register = template.Library()

TONES = {
    RunStatus.SUCCEEDED: "ok",
    RunStatus.FAILED: "bad",
    RunStatus.RUNNING: "info",
    RunStatus.QUEUED: "neutral",
}


@dataclass(frozen=True)
class Progress:
    """Of the steps that know how much they have to do."""

    steps: list[SyncStep]
    done: int
    total: int
    current: str


@register.simple_tag
def run_progress(run: SyncRun) -> Progress:
    steps = list(run.steps.order_by("position"))
    counted = [step for step in steps if step.total]
    working = [step.name for step in steps if step.status == RunStatus.RUNNING]
    return Progress(
        steps=steps,
        done=sum(min(step.done, step.total or 0) for step in counted),
        total=sum(step.total or 0 for step in counted),
        current=working[-1] if working else "",
    )


@register.filter
def run_tone(status: str) -> str:
    return TONES[RunStatus(status)]


@register.filter
def run_duration(run: SyncRun) -> str:
    """`4 s`, `2 min 5 s`; nothing for a run that has not ended."""
    if run.started_at is None or run.finished_at is None:
        return ""
    return write_duration(run.finished_at - run.started_at)


def write_duration(length: timedelta) -> str:
    seconds = max(0, round(length.total_seconds()))
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


@register.inclusion_tag("integrations/sync/panel.html", takes_context=True)
def sync_panel(context: Context) -> dict[str, Any]:
    """Sync now, what is known as of when, and the way to the log. For the QuickBooks page in Settings."""
    request = context["request"]
    connection = current_connection(request.company)
    panel: dict[str, Any] = {"request": request, "company": request.company, "connection": connection}
    panel["csrf_token"] = context.get("csrf_token", "")
    if connection is None:
        return panel
    return panel | {
        "health": describe_health(connection),
        "freshness": list_freshness(connection),
        "active_run": find_active_run(connection),
        "can_sync": connection.status == ConnectionStatus.CONNECTED,
        "member": request.member,
    }
