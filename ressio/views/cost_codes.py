"""Settings → Cost codes."""

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ressio import cost_codes as verbs
from ressio.access import admin_required
from ressio.csv_text import Unreadable
from ressio.forms.settings import CostCodeForm, ManyCostCodesForm
from ressio.http import CompanyRequest
from ressio.models import CostCode
from ressio.panels import draw_actions, draw_columns
from ressio.starter_codes import STARTER_CODES
from ressio.views.files import send_csv

FIELDS = ("name", "category", "description", "sku")
SORTS = {
    "name": ["name"],
    "-name": ["-name"],
    "category": ["category", "name"],
    "-category": ["-category", "name"],
}
STATES = {"active": True, "inactive": False}


@require_safe
@admin_required
def list_codes(request: CompanyRequest, company: str) -> HttpResponse:
    codes = list(find_codes(request))
    categories = CostCode.objects.exclude(category="").values_list("category", flat=True)
    context = {
        "codes": codes,
        "columns": draw_columns("cost_codes", request, codes),
        "actions": draw_actions("cost_codes", request.member),
        "categories": categories.distinct().order_by("category"),
        "has_any": bool(codes) or CostCode.objects.exists(),
        "query": request.GET.get("q", "").strip(),
        "state": read_state(request),
        "category": request.GET.get("category", ""),
        "sort": request.GET.get("sort", "name"),
        "starter_count": len(STARTER_CODES),
    }
    return render(request, "ressio/settings/cost_codes.html", context)


def find_codes(request: HttpRequest) -> QuerySet[CostCode]:
    """What the address asks for: `q`, `category`, `state`, `sort`. The list and its export show the same."""
    codes: QuerySet[CostCode] = CostCode.objects.all()
    state = read_state(request)
    if state in STATES:
        codes = codes.filter(is_active=STATES[state])
    if category := request.GET.get("category", ""):
        codes = codes.filter(category=category)
    for word in request.GET.get("q", "").split():
        codes = codes.filter(
            Q(name__icontains=word)
            | Q(description__icontains=word)
            | Q(category__icontains=word)
            | Q(sku__icontains=word)
        )
    return codes.order_by(*SORTS.get(request.GET.get("sort", ""), ["name"]), "pk")


def read_state(request: HttpRequest) -> str:
    state = request.GET.get("state", "active")
    return state if state in (*STATES, "all") else "active"


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def add_code(request: CompanyRequest, company: str) -> HttpResponse:
    form = CostCodeForm(request.POST or None)
    if form.is_valid():
        try:
            code = verbs.create_cost_code(company=request.company, actor=request.user, **form.cleaned_data)
            messages.success(request, f"{code.name} is added.")
            return redirect("settings-cost-codes", company=company)
        except verbs.NameTaken as taken:
            form.add_error("name", str(taken))
    return render(request, "ressio/settings/cost_code.html", {"form": form, "code": None})


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def edit_code(request: CompanyRequest, company: str, cost_code_id: int) -> HttpResponse:
    code: CostCode = get_object_or_404(CostCode.objects.all(), pk=cost_code_id)
    title = code.name
    form = CostCodeForm(request.POST or None, initial={name: getattr(code, name) for name in FIELDS})
    if form.is_valid():
        try:
            verbs.update_cost_code(cost_code=code, actor=request.user, **form.cleaned_data)
            messages.success(request, f"{code.name} is saved.")
            return redirect("settings-cost-codes", company=company)
        except verbs.NameTaken as taken:
            form.add_error("name", str(taken))
    return render(request, "ressio/settings/cost_code.html", {"form": form, "code": code, "title": title})


@require_POST
@admin_required
def deactivate_code(request: CompanyRequest, company: str, cost_code_id: int) -> HttpResponse:
    code: CostCode = get_object_or_404(CostCode.objects.all(), pk=cost_code_id)
    verbs.deactivate_cost_code(cost_code=code, actor=request.user)
    messages.success(request, f"{code.name} is no longer offered. Budgets that use it keep it.")
    return redirect("settings-cost-codes", company=company)


@require_POST
@admin_required
def reactivate_code(request: CompanyRequest, company: str, cost_code_id: int) -> HttpResponse:
    code: CostCode = get_object_or_404(CostCode.objects.all(), pk=cost_code_id)
    verbs.reactivate_cost_code(cost_code=code, actor=request.user)
    messages.success(request, f"{code.name} is active again.")
    return redirect("settings-cost-codes", company=company)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def add_many(request: CompanyRequest, company: str) -> HttpResponse:
    form = ManyCostCodesForm(request.POST or None, request.FILES or None)
    line_errors: list[object] = []
    if form.is_valid():
        try:
            count = verbs.import_cost_codes(
                company=request.company, actor=request.user, text=form.cleaned_data["text"]
            )
            messages.success(request, f"{count} cost codes are added.")
            return redirect("settings-cost-codes", company=company)
        except Unreadable as unreadable:
            form.add_error(None, str(unreadable))
        except verbs.BadLines as bad:
            line_errors = list(bad.errors)
    context = {"form": form, "line_errors": line_errors}
    return render(request, "ressio/settings/cost_codes_many.html", context)


@require_POST
@admin_required
def add_starter_set(request: CompanyRequest, company: str) -> HttpResponse:
    count = verbs.add_starter_set(company=request.company, actor=request.user, codes=STARTER_CODES)
    messages.success(request, f"{count} cost codes are added. Change, add or deactivate as you like.")
    return redirect("settings-cost-codes", company=company)


@require_safe
@admin_required
def export_codes(request: CompanyRequest, company: str) -> HttpResponse:
    return send_csv(verbs.export_cost_codes(find_codes(request)), "cost-codes.csv")
