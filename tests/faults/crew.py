"""Four workers and two beats, each a process of its own that can be killed at any moment and comes back at once."""

import multiprocessing
import multiprocessing.process
import os
import signal
import threading
from contextlib import suppress
from pathlib import Path

from tests.faults.worker import Orders, run_beat, run_worker

WORKERS = ("worker-1", "worker-2", "worker-3", "worker-4")
BEATS = ("beat-1", "beat-2")
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.faults.loaded"])


class Crew:
    def __init__(self, folder: Path, network_url: str, *, has_random_ids: bool) -> None:
        self.folder = folder
        self.network_url = network_url
        self.has_random_ids = has_random_ids
        self.processes: dict[str, multiprocessing.process.BaseProcess] = {}
        self.lock = threading.Lock()
        self.deaths = 0

    def start(self) -> None:
        for name in (*WORKERS, *BEATS):
            self._start(name)

    def _start(self, name: str) -> None:
        orders = Orders(name, self.folder, f"{self.network_url}/{name}", self.has_random_ids)
        process = CONTEXT.Process(
            target=run_worker if name in WORKERS else run_beat, args=(orders,), name=name
        )
        process.start()
        self.processes[name] = process

    def kill(self, name: str) -> bool:
        """False when it was dead already."""
        with self.lock:
            process = self.processes[name]
            pid = process.pid
            if pid is None or not process.is_alive():
                return False
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            process.join()
            return True

    def replace_the_dead(self) -> int:
        """How many there were."""
        with self.lock:
            dead = [name for name, process in self.processes.items() if not process.is_alive()]
            for name in dead:
                self.processes[name].join()
                self._start(name)
            self.deaths += len(dead)
            return len(dead)

    def stop(self) -> None:
        for name in self.processes:
            self.kill(name)

    def read_logs(self) -> str:
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"--- {log.name}\n{log.read_text(errors='replace')}" for log in logs)
