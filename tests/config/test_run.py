"""`make run`, as a person at a terminal meets it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.devtools.processes import Child, Plan
from config.devtools.run import CannotRun, demand_all_alive, demand_free_port, hold_lock, stop_all
from config.devtools.servers import find_free_port
from config.env import BASE_DIR

pytestmark = pytest.mark.pure  # it starts its own servers, on the default stack

START_SECONDS = 90
STOP_SECONDS = 40


def make_child(name: str, code: str, stop_seconds: float = 5) -> Child:
    return Child(Plan(name, [sys.executable, "-c", code], stop_seconds), os.environ)


def wait_for_line(child: Child, text: str) -> None:
    deadline = time.monotonic() + 10
    while text not in child.last_lines:
        assert time.monotonic() < deadline, f"{text!r} did not appear in {list(child.last_lines)}"
        time.sleep(0.02)


def test_output_is_labelled(capfd: pytest.CaptureFixture[str]) -> None:
    child = make_child("worker", "print('hello'); print('there')")

    child.process.wait(10)
    child.reader.join(10)

    assert capfd.readouterr().out == "worker  | hello\nworker  | there\n"


def test_a_child_that_dies_is_named_with_its_last_words() -> None:
    child = make_child("beat", "print('no database'); raise SystemExit(3)")
    child.process.wait(10)

    with pytest.raises(CannotRun, match=r"The beat stopped by itself \(exit code 3\)[^!]*no database"):
        demand_all_alive([child])


def test_children_stop_last_started_first_and_may_finish(capfd: pytest.CaptureFixture[str]) -> None:
    code = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('finishing'), sys.exit(0)))\n"
        "print('up')\n"
        "time.sleep(60)"
    )
    children = [make_child(name, code) for name in ("first", "second")]
    for child in children:
        wait_for_line(child, "up")

    stop_all(children)

    assert [child.exit_code for child in children] == [0, 0]
    said = [line for line in capfd.readouterr().out.splitlines() if line.endswith("finishing")]
    assert said == ["second  | finishing", "first   | finishing"]


def test_a_child_that_will_not_stop_is_killed_at_its_deadline() -> None:
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up'); time.sleep(60)"
    child = make_child("stubborn", code, stop_seconds=0.3)
    wait_for_line(child, "up")

    child.stop()

    assert child.exit_code == -signal.SIGKILL


def test_a_taken_port_is_said_with_a_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(CannotRun, match=f"Port {port} is taken.*WEB_PORT={port + 1} make run"):
            demand_free_port(port, "WEB_PORT")


def test_two_runs_never_share_a_data_folder(tmp_path: Path) -> None:
    lock = tmp_path / "run.lock"

    with hold_lock(lock), pytest.raises(CannotRun, match="already running"), hold_lock(lock):
        pytest.fail("the second run came in")
    with hold_lock(lock):
        assert lock.exists()


@contextmanager
def running_ressio(var_dir: Path, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    environment = {
        **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}},
        "RESSIO_ENV": "development",
        "RESSIO_ENV_FILE": os.devnull,
        "RESSIO_VAR_DIR": str(var_dir),
        "WEB_PORT": str(find_free_port()),
        "SANDBOX_PORT": str(find_free_port()),
        "LOG_LEVEL": "INFO",
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "config.devtools.run"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=BASE_DIR,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(STOP_SECONDS)


def wait_for_welcome(process: "subprocess.Popen[bytes]", log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while "Ctrl-C stops." not in (said := log.read_text()):
        assert process.poll() is None, said
        assert time.monotonic() < deadline, said
        time.sleep(0.2)
    return said


@pytest.mark.slow
def test_everything_starts_and_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    log = tmp_path / "run.log"

    with running_ressio(tmp_path / "var", log) as process:
        wait_for_welcome(process, log)
        children = list_children(process.pid)
        process.send_signal(signal.SIGINT)
        exit_code = process.wait(STOP_SECONDS)

    assert exit_code == 0, log.read_text()
    assert len(children) == 4
    assert [child for child in children if is_alive(child)] == []
    assert "killed" not in log.read_text()


def list_children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
