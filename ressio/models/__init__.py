from .activity import Activity
from .files import FileOrigin, ProjectFile
from .people import ApiToken, Attempt, Company, Invitation, MemberRate, Role, TeamMember, User
from .requests import IdempotencyKey
from .work import ClockShown, CostCode, CostStructure, Project, ProjectAssignment, Vendor

__all__ = [
    "Activity",
    "ApiToken",
    "Attempt",
    "ClockShown",
    "Company",
    "CostCode",
    "CostStructure",
    "FileOrigin",
    "IdempotencyKey",
    "Invitation",
    "MemberRate",
    "Project",
    "ProjectAssignment",
    "ProjectFile",
    "Role",
    "TeamMember",
    "User",
    "Vendor",
]
