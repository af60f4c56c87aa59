"""An import contract that import-linter does not bring along."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class SealedContract(Contract):
    """Neither side of a package's wall knows the other: no import into it from outside, none out of it.

    import-linter's own "forbidden" contract needs a list of every other module, which goes stale silently.
    Packages that are not ours (Django, the standard library) may be imported.
    """

    type_name = "sealed"

    package = fields.StringField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        package = str(self.package)
        if package not in graph.modules:
            raise ValueError(f"There is no package {package} to seal.")
        crossings = find_crossings(graph, package=package)
        return ContractCheck(kept=not crossings, metadata={"crossings": crossings})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["crossings"]:
            output.print_error(f"- {importer} imports {imported}")
        output.new_line()


def find_crossings(graph: ImportGraph, *, package: str) -> list[tuple[str, str]]:
    inside = {name for name in graph.modules if is_within(name, package)}
    ours = {name for name in graph.modules if not graph.is_module_squashed(name)}
    outward = [(name, target) for name in inside for target in graph.find_modules_directly_imported_by(name)]
    inward = [(source, name) for name in inside for source in graph.find_modules_that_directly_import(name)]
    crossing = [(a, b) for a, b in [*outward, *inward] if {a, b} <= ours and not {a, b} <= inside]
    return sorted(set(crossing))


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")
