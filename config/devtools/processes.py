"""Child processes of `make run`: their output with a name in front, and an orderly end."""

import ctypes
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LAST_LINES = 15
LABEL_WIDTH = 8
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Plan:
    """`stop_seconds`: how long it may take to finish what it has begun before it is killed."""

    name: str
    command: Sequence[str]
    stop_seconds: float = 5


class Child:
    def __init__(self, plan: Plan, environment: Mapping[str, str]) -> None:
        self.plan = plan
        self.last_lines: deque[str] = deque(maxlen=LAST_LINES)
        # A session of its own: Ctrl-C in the terminal reaches the parent only, which then stops one after the
        # other. Signalling the whole group would hit the worker's own helpers and lose the task in flight.
        self.process = subprocess.Popen(
            plan.command,
            env={**environment, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=die_with_parent if sys.platform == "linux" else None,
        )
        self.reader = threading.Thread(target=self.relay_output, daemon=True)
        self.reader.start()

    def relay_output(self) -> None:
        assert self.process.stdout
        with self.process.stdout as output:
            for line in output:
                self.last_lines.append(line.rstrip("\n"))
                show(self.plan.name, line.rstrip("\n"))

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self.process.poll()

    def stop(self) -> None:
        """One SIGTERM to this process, then patience up to its deadline."""
        if self.exit_code is None:
            self.process.terminate()
        try:
            self.process.wait(self.plan.stop_seconds)
        except subprocess.TimeoutExpired:
            show(self.plan.name, f"did not stop within {self.plan.stop_seconds:.0f} s and is killed")
            self.process.kill()
            self.process.wait()
        self.reader.join(timeout=1)


def show(name: str, text: str) -> None:
    # One write for the whole line: several threads print, and print() would write the line break apart.
    sys.stdout.write(f"{name:<{LABEL_WIDTH}}| {text}\n")
    sys.stdout.flush()


def die_with_parent() -> None:
    """Linux only: if the parent is killed outright, its children get SIGTERM and do not live on unseen."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
