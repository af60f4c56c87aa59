from .activity import Activity
from .people import ApiToken, Attempt, Company, Invitation, MemberRate, Role, TeamMember, User
from .work import CostCode, CostStructure, Project, ProjectAssignment, Vendor

__all__ = [
    "Activity",
    "ApiToken",
    "Attempt",
    "Company",
    "CostCode",
    "CostStructure",
    "Invitation",
    "MemberRate",
    "Project",
    "ProjectAssignment",
    "Role",
    "TeamMember",
    "User",
    "Vendor",
]
