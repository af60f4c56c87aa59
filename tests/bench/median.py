"""Several runs of one thing, read as one."""

from collections.abc import Callable
from statistics import median

from tests.bench.stage import Measured


class Median:
    def __init__(self, runs: tuple[Measured, ...]) -> None:
        self.runs = runs

    def of(self, read: Callable[[Measured], float]) -> float:
        return median(map(read, self.runs))

    def number(self, name: str) -> float:
        return self.of(lambda run: run.results[name])

    @property
    def wall(self) -> float:
        return self.of(lambda run: run.wall)

    @property
    def cpu(self) -> float:
        return self.of(lambda run: run.cpu)

    @property
    def peak_mb(self) -> float:
        return max(run.peak_mb for run in self.runs)

    @property
    def requests(self) -> int:
        return max(run.requests for run in self.runs)

    @property
    def sandbox_cpu(self) -> str:
        known = [run.sandbox_cpu for run in self.runs if run.sandbox_cpu is not None]
        return f"{median(known):.1f} s" if known else "unknown"
