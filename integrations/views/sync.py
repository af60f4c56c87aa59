"""Start a sync, follow it, read the log."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from integrations.connecting import current_connection
from integrations.issues import ENDS_WHEN_SEEN, mark_seen
from integrations.models import IssueLevel, RunKind, RunStatus, RunTrigger, SyncIssue, SyncRun
from integrations.push_log import describe_sending
from integrations.sync import CannotSync, describe_request, find_active_run, request_sync
from integrations.sync_log import (
    EXPORT_HEADERS,
    RUN_FILTERS,
    describe_health,
    export_rows,
    list_changes,
    list_exchanges,
    list_runs,
    open_issues,
)
from ressio.access import admin_required, financials_required
from ressio.csv_text import write_csv
from ressio.http import CompanyRequest

RUNS_A_PAGE = 25
REQUESTS_SHOWN = 200
NOT_CONNECTED = "This company is not connected to QuickBooks Online."
DAY = forms.DateInput(attrs={"type": "date"})
# Days that every time zone can hold; requests are kept for 30 days anyway.
SENSIBLE_DAYS = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))]


class SyncForm(forms.Form):
    kind = forms.ChoiceField(choices=RunKind.choices)
    is_full = forms.BooleanField(required=False)


class PeriodForm(forms.Form):
    """Days in the company's time zone; without any, the last week."""

    first = forms.DateField(label="From", required=False, widget=DAY, validators=SENSIBLE_DAYS)
    last = forms.DateField(label="To", required=False, widget=DAY, validators=SENSIBLE_DAYS)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        today = timezone.localdate()
        cleaned["last"] = cleaned.get("last") or today
        cleaned["first"] = cleaned.get("first") or cleaned["last"] - timedelta(days=6)
        if cleaned["first"] > cleaned["last"]:
            self.add_error("first", "The first day lies after the last one.")
        return cleaned


@require_POST
@admin_required
def start_sync(request: CompanyRequest, company: str) -> HttpResponse:
    form = SyncForm(request.POST)
    if not form.is_valid():
        return HttpResponse("What is to be synced is not clear.", status=400, content_type="text/plain")
    connection = current_connection(request.company)
    if connection is None:
        messages.error(request, NOT_CONNECTED)
        return redirect("quickbooks", company=company)
    try:
        run = request_sync(
            connection=connection,
            kind=form.cleaned_data["kind"],
            trigger=RunTrigger.BUTTON,
            requested_by=request.user,
            is_full=form.cleaned_data["is_full"],
            now=timezone.now(),
        )
    except CannotSync as problem:
        messages.error(request, str(problem))
    else:
        messages.info(request, describe_request(run))
    return redirect("quickbooks", company=company)


@require_safe
@financials_required
def show_progress(request: CompanyRequest, company: str, run_id: int) -> HttpResponse:
    """The fragment that asks for itself until the run has ended; then the page around it is out of date."""
    run = get_object_or_404(SyncRun, pk=run_id)
    if run.status == RunStatus.SUCCEEDED and request.htmx:
        return HttpResponseClientRefresh()
    return render(request, "integrations/partials/run_progress.html", {"run": run})


@require_safe
@admin_required
def show_log(request: CompanyRequest, company: str) -> HttpResponse:
    connection = current_connection(request.company)
    context: dict[str, Any] = {"health": describe_health(connection), "connection": connection}
    if connection is not None:
        which = request.GET.get("runs", "all")
        issues = list(open_issues(connection))
        context |= {
            "problems": [issue for issue in issues if issue.level == IssueLevel.PROBLEM],
            "left_out": [issue for issue in issues if issue.level == IssueLevel.SETTING],
            "ends_when_seen": ENDS_WHEN_SEEN,
            "active_run": find_active_run(connection),
            "sending": describe_sending(connection),
            "filters": RUN_FILTERS,
            "which": which if which in RUN_FILTERS else "all",
            "page": Paginator(list_runs(connection, which), RUNS_A_PAGE).get_page(request.GET.get("page")),
            "period": PeriodForm(),
            "days": _last_week(),
        }
    return render(request, "integrations/sync/log.html", context)


@require_POST
@admin_required
def see_issue(request: CompanyRequest, company: str, issue_id: int) -> HttpResponse:
    """Somebody knows of it, and that was all there was to do."""
    issue: SyncIssue = get_object_or_404(SyncIssue.objects.select_related("company"), pk=issue_id)
    if issue.reason not in ENDS_WHEN_SEEN:
        messages.error(request, "This ends by itself when its cause is gone.")
    elif mark_seen(issue=issue, actor=request.user, now=timezone.now()):
        messages.success(request, f"Seen: {issue.subject_label}.")
    return redirect("sync-log", company=company)


@require_safe
@admin_required
def show_run(request: CompanyRequest, company: str, run_id: int) -> HttpResponse:
    runs = SyncRun.objects.select_related("requested_by", "project", "connection")
    run: SyncRun = get_object_or_404(runs, pk=run_id)
    exchanges = run.exchanges.order_by("at", "pk")
    context = {
        "run": run,
        "steps": run.steps.order_by("position"),
        "changes": list_changes(run),
        "exchanges": exchanges[:REQUESTS_SHOWN],
        "exchange_count": exchanges.count(),
    }
    return render(request, "integrations/sync/run.html", context)


@require_safe
@admin_required
def export_requests(request: CompanyRequest, company: str) -> HttpResponse:
    """What Intuit's support asks for, without anything of the company's books."""
    form = PeriodForm(request.GET)
    connection = current_connection(request.company)
    if not form.is_valid() or connection is None:
        words = NOT_CONNECTED if connection is None else "Choose a first and a last day."
        return HttpResponse(words, status=400, content_type="text/plain")
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    rows = export_rows(list_exchanges(connection, first=first, last=last))
    response = HttpResponse(write_csv(EXPORT_HEADERS, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="quickbooks-requests-{first}-to-{last}.csv"'
    return response


def _last_week() -> dict[str, date]:
    today = timezone.localdate()
    return {"first": today - timedelta(days=6), "last": today}
