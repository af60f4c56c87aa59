"""How many links hang on a connection: said before anything is done to it."""

from dataclasses import dataclass

from integrations.models import (
    Connection,
    CostCodeLink,
    EmployeeLink,
    ProjectLink,
    ProjectRefMapping,
    VendorLink,
)


@dataclass(frozen=True, slots=True)
class LinkCounts:
    projects: int
    cost_codes: int
    vendors: int
    employees: int
    project_numbers: int

    @property
    def total(self) -> int:
        return self.projects + self.cost_codes + self.vendors + self.employees + self.project_numbers


def count_links(connection: Connection) -> LinkCounts:
    return LinkCounts(
        projects=ProjectLink.objects.filter(connection=connection).count(),
        cost_codes=CostCodeLink.objects.filter(connection=connection).count(),
        vendors=VendorLink.objects.filter(connection=connection).count(),
        employees=EmployeeLink.objects.filter(connection=connection).count(),
        project_numbers=ProjectRefMapping.objects.filter(connection=connection).count(),
    )
