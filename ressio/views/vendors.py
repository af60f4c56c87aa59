"""Settings → Vendors."""

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ressio import vendors as verbs
from ressio.access import admin_required
from ressio.forms.settings import VendorForm
from ressio.http import CompanyRequest
from ressio.models import Vendor
from ressio.panels import draw_actions, draw_columns
from ressio.views.cost_codes import STATES, read_state

FIELDS = ("name", "email", "phone")
SORTS = {"name": "name", "-name": "-name"}


@require_safe
@admin_required
def list_vendors(request: CompanyRequest, company: str) -> HttpResponse:
    vendors = list(find_vendors(request))
    context = {
        "vendors": vendors,
        "columns": draw_columns("vendors", request, vendors),
        "actions": draw_actions("vendors", request.member),
        "has_any": bool(vendors) or Vendor.objects.exists(),
        "query": request.GET.get("q", "").strip(),
        "state": read_state(request),
        "sort": request.GET.get("sort", "name"),
    }
    return render(request, "ressio/settings/vendors.html", context)


def find_vendors(request: HttpRequest) -> QuerySet[Vendor]:
    vendors: QuerySet[Vendor] = Vendor.objects.all()
    state = read_state(request)
    if state in STATES:
        vendors = vendors.filter(is_active=STATES[state])
    for word in request.GET.get("q", "").split():
        vendors = vendors.filter(
            Q(name__icontains=word) | Q(email__icontains=word) | Q(phone__icontains=word)
        )
    return vendors.order_by(SORTS.get(request.GET.get("sort", ""), "name"), "pk")


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def add_vendor(request: CompanyRequest, company: str) -> HttpResponse:
    form = VendorForm(request.POST or None)
    if form.is_valid() and save_new(request, form):
        return redirect("settings-vendors", company=company)
    return render(request, "ressio/settings/vendor.html", {"form": form, "vendor": None})


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def edit_vendor(request: CompanyRequest, company: str, vendor_id: int) -> HttpResponse:
    vendor: Vendor = get_object_or_404(Vendor.objects.all(), pk=vendor_id)
    title = vendor.name
    form = VendorForm(request.POST or None, initial={name: getattr(vendor, name) for name in FIELDS})
    if form.is_valid() and save_changes(request, form, vendor):
        return redirect("settings-vendors", company=company)
    return render(request, "ressio/settings/vendor.html", {"form": form, "vendor": vendor, "title": title})


def save_new(request: CompanyRequest, form: VendorForm) -> bool:
    try:
        vendor = verbs.create_vendor(company=request.company, actor=request.user, **form.cleaned_data)
    except (verbs.NameTaken, verbs.EmailTaken) as taken:
        show_taken(form, taken)
        return False
    messages.success(request, f"{vendor.name} is added.")
    return True


def save_changes(request: CompanyRequest, form: VendorForm, vendor: Vendor) -> bool:
    try:
        verbs.update_vendor(vendor=vendor, actor=request.user, **form.cleaned_data)
    except (verbs.NameTaken, verbs.EmailTaken) as taken:
        show_taken(form, taken)
        return False
    messages.success(request, f"{vendor.name} is saved.")
    return True


def show_taken(form: VendorForm, taken: Exception) -> None:
    form.add_error("name" if isinstance(taken, verbs.NameTaken) else "email", str(taken))


@require_POST
@admin_required
def deactivate_vendor(request: CompanyRequest, company: str, vendor_id: int) -> HttpResponse:
    vendor: Vendor = get_object_or_404(Vendor.objects.all(), pk=vendor_id)
    verbs.deactivate_vendor(vendor=vendor, actor=request.user)
    messages.success(request, f"{vendor.name} is deactivated.")
    return redirect("settings-vendors", company=company)


@require_POST
@admin_required
def reactivate_vendor(request: CompanyRequest, company: str, vendor_id: int) -> HttpResponse:
    vendor: Vendor = get_object_or_404(Vendor.objects.all(), pk=vendor_id)
    verbs.reactivate_vendor(vendor=vendor, actor=request.user)
    messages.success(request, f"{vendor.name} is active again.")
    return redirect("settings-vendors", company=company)
