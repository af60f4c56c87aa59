"""The staff door: people who run this site look after every company here. Secrets are never shown, not even hashed."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.db import models
from django.http import HttpRequest

from ressio.models import (
    Activity,
    ApiToken,
    Attempt,
    Company,
    CostCode,
    IdempotencyKey,
    Invitation,
    MemberRate,
    Project,
    ProjectAssignment,
    ProjectFile,
    TeamMember,
    User,
    Vendor,
)

admin.site.site_header = "Ressio staff"
admin.site.site_title = "Ressio staff"
admin.site.index_title = "Everything, of every company"


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """To look at. What it shows was written by the product, and changing it would be a lie."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class ReadOnlyInline(admin.TabularInline[Any, Any]):
    """Rows to look at on the page of what they belong to."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class NewUserForm(AdminUserCreationForm[User]):
    class Meta:
        model = User
        fields = ("email", "name")
        field_classes: dict[str, Any] = {}

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User]):
    add_form = NewUserForm
    ordering = ["email"]
    list_display = ["email", "name", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["email", "name"]
    readonly_fields = ["last_login", "created_at"]
    filter_horizontal = ["groups", "user_permissions"]
    fieldsets = [
        (None, {"fields": ["email", "name", "password"]}),
        ("Staff", {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        ("When", {"fields": ["last_login", "created_at"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "name", "usable_password", "password1", "password2"]})]


class TeamMemberInline(admin.TabularInline[TeamMember, Company]):
    model = TeamMember
    fields = ["name", "email", "user", "role", "is_active"]
    raw_id_fields = ["user"]
    extra = 0
    show_change_link = True


@admin.register(Company)
class CompanyAdmin(admin.ModelAdmin[Company]):
    list_display = ["name", "slug", "currency", "time_zone", "created_at"]
    search_fields = ["name", "slug"]
    readonly_fields = ["created_at"]
    inlines = [TeamMemberInline]


class MemberRateInline(admin.TabularInline[MemberRate, TeamMember]):
    model = MemberRate
    fields = ["company", "shift_type", "is_default", "cost_rate", "billable_rate", "starts_on"]
    raw_id_fields = ["company"]
    extra = 0


@admin.register(TeamMember)
class TeamMemberAdmin(admin.ModelAdmin[TeamMember]):
    list_display = ["name", "company", "role", "email", "is_active", "on_payroll"]
    list_filter = ["role", "is_active", "on_payroll", "company"]
    list_select_related = ["company"]
    search_fields = ["name", "email", "company__name"]
    raw_id_fields = ["company", "user", "on_payroll_confirmed_by"]
    readonly_fields = ["created_at"]
    inlines = [MemberRateInline]


@admin.register(MemberRate)
class MemberRateAdmin(admin.ModelAdmin[MemberRate]):
    list_display = [
        "team_member",
        "company",
        "shift_type",
        "starts_on",
        "cost_rate",
        "billable_rate",
        "is_default",
    ]
    list_filter = ["company"]
    list_select_related = ["team_member", "company"]
    raw_id_fields = ["company", "team_member"]


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = [
        "team_member",
        "company",
        "invited_by",
        "created_at",
        "expires_at",
        "accepted_at",
        "withdrawn_at",
    ]
    list_filter = ["company"]
    list_select_related = ["team_member", "company", "invited_by"]
    exclude = ["token_hash"]


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    list_display = ["name", "team_member", "company", "created_at", "last_used_at", "revoked_at"]
    list_filter = ["company"]
    list_select_related = ["team_member", "company"]
    exclude = ["secret_hash"]


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "company", "team_member", "route", "key", "status"]
    list_filter = ["company"]
    list_select_related = ["company", "team_member"]
    search_fields = ["=key", "route"]
    ordering = ["-created_at", "-pk"]
    exclude = ["answer", "body_hash"]


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    list_display = ["pk", "at"]
    exclude = ["key_hash"]


class AssignmentInline(admin.TabularInline[ProjectAssignment, Project]):
    model = ProjectAssignment
    raw_id_fields = ["company", "team_member"]
    extra = 0


@admin.register(Project)
class ProjectAdmin(admin.ModelAdmin[Project]):
    list_display = ["name", "number", "company", "client_name", "cost_structure", "is_archived"]
    list_filter = ["cost_structure", "is_archived", "company"]
    list_select_related = ["company"]
    search_fields = ["name", "number", "client_name"]
    raw_id_fields = ["company"]
    readonly_fields = ["created_at"]
    inlines = [AssignmentInline]


@admin.register(ProjectAssignment)
class ProjectAssignmentAdmin(admin.ModelAdmin[ProjectAssignment]):
    list_display = ["project", "team_member", "company"]
    list_filter = ["company"]
    list_select_related = ["project", "team_member", "company"]
    raw_id_fields = ["company", "project", "team_member"]


@admin.register(ProjectFile)
class ProjectFileAdmin(ReadOnlyAdmin):
    """What there is, not what is in it: staff need no company's papers."""

    list_display = ["name", "company", "project", "origin", "subject_kind", "size", "created_at"]
    list_filter = ["origin", "subject_kind", "company"]
    list_select_related = ["company", "project"]
    search_fields = ["name", "sha256"]
    exclude = ["content"]


@admin.register(CostCode)
class CostCodeAdmin(admin.ModelAdmin[CostCode]):
    list_display = ["name", "category", "company", "sku", "is_active"]
    list_filter = ["is_active", "company"]
    list_select_related = ["company"]
    search_fields = ["name", "category", "sku"]
    raw_id_fields = ["company"]
    readonly_fields = ["created_at"]


@admin.register(Vendor)
class VendorAdmin(admin.ModelAdmin[Vendor]):
    list_display = ["name", "company", "email", "phone", "is_active"]
    list_filter = ["is_active", "company"]
    list_select_related = ["company"]
    search_fields = ["name", "email"]
    raw_id_fields = ["company"]
    readonly_fields = ["created_at"]


@admin.register(Activity)
class ActivityAdmin(ReadOnlyAdmin):
    list_display = ["at", "company", "actor", "verb", "subject_label"]
    list_filter = ["company", "verb"]
    list_select_related = ["company", "actor"]
    search_fields = ["verb", "subject_label"]
    date_hierarchy = "at"
