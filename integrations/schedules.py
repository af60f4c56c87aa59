"""What beat does by itself. Installed once, by name: what an operator changes in the admin stays changed."""

from typing import Any

from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

EVERY_MINUTE = ("Sync: start what waits", "integrations.tasks.sweep_runs")
PUSHES_EVERY_MINUTE = ("Push: send what waits", "integrations.tasks.sweep_pushes")
BILL_FILES_EVERY_MINUTE = ("Bills: fetch files that wait", "budgets.sweep_bill_files")
INVOICES_EVERY_QUARTER = ("Invoices: bring in payments", "invoicing.request_invoice_syncs")
SHIFTS_EVERY_MINUTE = ("Time clock: end breaks, ask about forgotten shifts", "timeclock.look_after_shifts")
EVERY_HOUR = ("Sync: hourly companies", "integrations.tasks.request_scheduled_syncs")
EVERY_NIGHT = ("Sync: forget old history", "integrations.tasks.prune_history")
FILES_EVERY_NIGHT = ("Files: remove what belongs to nothing", "ressio.remove_orphan_files")


def install_schedules() -> list[str]:
    """Returns the names that were new."""
    minute, _ = IntervalSchedule.objects.get_or_create(every=1, period=IntervalSchedule.MINUTES)
    quarter, _ = IntervalSchedule.objects.get_or_create(every=15, period=IntervalSchedule.MINUTES)
    hour, _ = CrontabSchedule.objects.get_or_create(**_crontab(minute="7", hour="*"))
    night, _ = CrontabSchedule.objects.get_or_create(**_crontab(minute="40", hour="3"))
    installed = [
        _install(EVERY_MINUTE, interval=minute),
        _install(PUSHES_EVERY_MINUTE, interval=minute),
        _install(BILL_FILES_EVERY_MINUTE, interval=minute),
        _install(INVOICES_EVERY_QUARTER, interval=quarter),
        _install(SHIFTS_EVERY_MINUTE, interval=minute),
        _install(EVERY_HOUR, crontab=hour),
        _install(EVERY_NIGHT, crontab=night),
        _install(FILES_EVERY_NIGHT, crontab=night),
    ]
    return [name for name in installed if name]


def _crontab(*, minute: str, hour: str) -> dict[str, str]:
    return {
        "minute": minute,
        "hour": hour,
        "day_of_week": "*",
        "day_of_month": "*",
        "month_of_year": "*",
        "timezone": "UTC",
    }


def _install(name_and_task: tuple[str, str], **when: Any) -> str:
    name, task = name_and_task
    _, is_new = PeriodicTask.objects.get_or_create(name=name, defaults={"task": task, **when})
    return name if is_new else ""
