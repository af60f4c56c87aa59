"""Settings → Integrations: connect, the connection card, disconnect, reconnect. Admins only (R1)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integrations.automatic_sync import choose_automatic_sync
from integrations.connecting import (
    ConnectRefused,
    begin_connect,
    cancel_switch,
    confirm_switch,
    current_connection,
    pending_connection,
)
from integrations.connection_card import (
    OFFICIAL_BUTTON,
    build_card,
    has_credentials,
    has_official_button,
)
from integrations.data_flow import FLOWS, NEVER
from integrations.disconnecting import disconnect_company
from integrations.models import AutomaticSync, Connection, ConnectionStatus, Document
from integrations.parked_links import count_links
from integrations.setup_checks import checks_of
from integrations.sync import find_active_run
from ressio.access import admin_required
from ressio.http import CompanyRequest

NO_APP = (
    "Whoever runs this site has not registered it with Intuit yet, so QuickBooks cannot be connected. "
    "They find what to do in the documentation."
)
DISCONNECTED = "QuickBooks is disconnected. Links, settings and costs are kept; connecting again resumes."
NOT_REVOKED = (
    "QuickBooks is disconnected here. Intuit could not be told; to be sure, also disconnect Ressio in QuickBooks "
    "under Apps → My apps."
)


class AutomaticSyncForm(forms.Form):
    automatic_sync = forms.ChoiceField(
        label="Read costs from QuickBooks", choices=AutomaticSync.choices, widget=forms.RadioSelect
    )


@require_safe
@admin_required
def show_quickbooks(request: CompanyRequest, company: str) -> HttpResponse:
    connection = current_connection(request.company)
    context = {
        "connection": connection,
        "pending": pending_connection(request.company),
        "flows": FLOWS,
        "never": NEVER,
        "has_credentials": has_credentials(),
        "official_button": OFFICIAL_BUTTON if has_official_button() else None,
        **describe_connection(connection),
    }
    return render(request, "integrations/connection/page.html", context)


def describe_connection(connection: Connection | None) -> dict[str, Any]:
    if connection is None:
        return {"card": None, "can_disconnect": False, "checks": [], "automatic_sync_form": None}
    is_open = connection.status != ConnectionStatus.DISCONNECTED
    form = AutomaticSyncForm(initial={"automatic_sync": connection.automatic_sync})
    return {
        "card": build_card(connection, now=timezone.now()),
        "can_disconnect": is_open,
        "checks": checks_of(connection),
        "automatic_sync_form": form if is_open else None,
    }


@require_POST
@admin_required
def connect(request: CompanyRequest, company: str) -> HttpResponse:
    """Connect and reconnect alike: the same trip to Intuit."""
    if not has_credentials():
        messages.error(request, NO_APP)
        return redirect("quickbooks", company=company)
    url = begin_connect(
        company=request.company, user=request.user, session=request.session, now=timezone.now()
    )
    return HttpResponseRedirect(url)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def disconnect(request: CompanyRequest, company: str) -> HttpResponse:
    connection = current_connection(request.company)
    if connection is None or connection.status == ConnectionStatus.DISCONNECTED:
        messages.info(request, "QuickBooks is not connected.")
        return redirect("quickbooks", company=company)
    if request.method != "POST":
        return render(request, "integrations/connection/disconnect.html", describe_loss(connection))
    was_revoked = disconnect_company(connection=connection, actor=request.user, now=timezone.now())
    if was_revoked:
        messages.success(request, DISCONNECTED)
    else:
        messages.warning(request, NOT_REVOKED)
    return redirect("quickbooks", company=company)


def describe_loss(connection: Connection) -> dict[str, Any]:
    return {
        "connection": connection,
        "links": count_links(connection),
        "documents": Document.objects.filter(connection=connection, deleted_at=None).count(),
        "active_run": find_active_run(connection),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def switch_books(request: CompanyRequest, company: str) -> HttpResponse:
    """Other books than before: asked in numbers first. Nothing is switched by looking at this page."""
    pending = pending_connection(request.company)
    if pending is None:
        return redirect("quickbooks", company=company)
    if request.method != "POST":
        current = current_connection(request.company)
        context = {
            "pending": pending,
            "current": current,
            "links": count_links(current) if current else None,
            "known_links": count_links(pending),
        }
        return render(request, "integrations/connection/switch.html", context)
    return decide_switch(request)


def decide_switch(request: CompanyRequest) -> HttpResponse:
    if "switch" not in request.POST:
        cancel_switch(company=request.company)
        messages.info(request, "Nothing was changed.")
        return redirect("quickbooks", company=request.company.slug)
    try:
        connection = confirm_switch(company=request.company, actor=request.user, now=timezone.now())
    except ConnectRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Connected to {connection.books_name}. The first sync has been started.")
    return redirect("quickbooks", company=request.company.slug)


@require_POST
@admin_required
def set_automatic_sync(request: CompanyRequest, company: str) -> HttpResponse:
    connection = current_connection(request.company)
    form = AutomaticSyncForm(request.POST)
    if connection is not None and form.is_valid():
        choice = AutomaticSync(form.cleaned_data["automatic_sync"])
        choose_automatic_sync(connection=connection, choice=choice, actor=request.user)
        messages.success(request, f"Costs are read: {choice.label.lower()}.")
    return redirect("quickbooks", company=company)
