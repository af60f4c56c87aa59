"""The table: goal, measured, floor, and by how much a goal is missed."""

from collections.abc import Iterable
from dataclasses import dataclass

HEADERS = ("What", "Goal", "Measured", "Floor", "Of goal", "Verdict", "Note")


@dataclass(frozen=True)
class Row:
    scenario: str
    cells: tuple[str, ...]
    is_missed: bool = False


def at_most(
    scenario: str,
    what: str,
    measured: float,
    goal: float,
    *,
    floor: float | None = None,
    unit: str = "",
    note: str = "",
) -> Row:
    """A goal of the kind "no more than"."""
    is_missed = measured > goal
    verdict = f"MISSED by {show(measured - goal, unit)}" if is_missed else "met"
    cells = (
        what,
        f"≤ {show(goal, unit)}",
        show(measured, unit),
        "" if floor is None else show(floor, unit),
        f"{measured / goal:.2f}" if goal else "",
        verdict,
        note,
    )
    return Row(scenario, cells, is_missed)


def info(scenario: str, what: str, measured: str, *, note: str = "") -> Row:
    """No goal: it says what bounds the others."""
    return Row(scenario, (what, "", measured, "", "", "", note))


def show(value: float, unit: str) -> str:
    if unit == "x":
        return f"{value:.2f} x"
    text = f"{value:,.0f}" if float(value).is_integer() or value >= 100 else f"{value:,.1f}"
    return f"{text} {unit}".strip()


def draw(rows: Iterable[Row]) -> str:
    """Plain text in columns, one heading a scenario."""
    rows = list(rows)
    widths = [
        max(len(cells[i]) for cells in [HEADERS, *(row.cells for row in rows)]) for i in range(len(HEADERS))
    ]
    lines = [draw_line(HEADERS, widths), "  ".join("-" * width for width in widths)]
    scenario = ""
    for row in rows:
        if row.scenario != scenario:
            scenario = row.scenario
            lines += ["", scenario]
        lines.append(draw_line(row.cells, widths))
    return "\n".join(lines)


def draw_line(cells: Iterable[str], widths: list[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
