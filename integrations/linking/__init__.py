"""Which thing of ours is which thing in QuickBooks: one verb each, for pages, API and commands alike."""

from .cost_codes import (
    create_cost_code_from_item,
    import_items,
    importable_items,
    link_cost_code,
    link_cost_codes,
    unlink_cost_code,
)
from .employees import find_employee, import_employees, link_employee, link_employees, unlink_employee
from .errors import (
    AlreadyLinked,
    LinkRefused,
    NameClash,
    NamesTaken,
    NameTaken,
    NotConnected,
    NotEligible,
    NotFound,
    PayrollDecidedElsewhere,
)
from .payroll import confirm_on_payroll, payroll_state, withdraw_on_payroll
from .project_refs import map_project_ref, unmap_project_ref
from .projects import (
    create_project_from_customer,
    find_customer,
    link_project,
    preview_sub_customers,
    preview_unlink,
    set_include_sub_customers,
    unlink_project,
)
from .vendors import import_vendors, link_vendor, link_vendors, unlink_vendor

__all__ = [
    "AlreadyLinked",
    "LinkRefused",
    "NameClash",
    "NameTaken",
    "NamesTaken",
    "NotConnected",
    "NotEligible",
    "NotFound",
    "PayrollDecidedElsewhere",
    "confirm_on_payroll",
    "create_cost_code_from_item",
    "create_project_from_customer",
    "find_customer",
    "find_employee",
    "import_employees",
    "import_items",
    "import_vendors",
    "importable_items",
    "link_cost_code",
    "link_cost_codes",
    "link_employee",
    "link_employees",
    "link_project",
    "link_vendor",
    "link_vendors",
    "map_project_ref",
    "payroll_state",
    "preview_sub_customers",
    "preview_unlink",
    "set_include_sub_customers",
    "unlink_cost_code",
    "unlink_employee",
    "unlink_project",
    "unlink_vendor",
    "unmap_project_ref",
    "withdraw_on_payroll",
]
