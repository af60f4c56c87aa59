"""Roles (R1–R3) for API views. They run after the member is known (`ressio.api.base`)."""

from typing import cast

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from ressio.models import TeamMember


def member_of(request: Request) -> TeamMember:
    return cast(TeamMember, request.member)  # type: ignore[attr-defined]  # set by InCompany


class IsMember(BasePermission):
    """Any active member. `InCompany` has already answered everybody else with 404."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return member_of(request).is_active


class IsAdmin(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return member_of(request).is_admin


class SeesFinancials(BasePermission):
    """Admin and Team Member; Field sees no money."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return member_of(request).sees_financials


class AdminWrites(BasePermission):
    """Beside another permission that says who reads."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method in SAFE_METHODS or member_of(request).is_admin
