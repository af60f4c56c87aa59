from .activity import Activity
from .people import Company, Invitation, MemberRate, Role, TeamMember, User
from .work import CostCode, CostStructure, Project, ProjectAssignment, Vendor

__all__ = [
    "Activity",
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
