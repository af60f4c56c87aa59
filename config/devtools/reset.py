"""`make reset`: deletes what Ressio keeps on this machine, so that the next `make run` starts fresh."""

import os
import shutil
import sys

from config.devtools.run import LOCK_FILE, CannotRun, hold_lock
from config.env import BASE_DIR, VAR_DIR


def main() -> int:
    if not VAR_DIR.exists():
        print("Nothing to delete.")
        return 0
    try:
        with hold_lock(LOCK_FILE):
            return delete_data()
    except CannotRun as problem:
        print(problem, file=sys.stderr)
        return 1


def delete_data() -> int:
    if not is_our_folder():
        print(
            f"{VAR_DIR} does not look like a data folder of Ressio, so nothing was deleted.", file=sys.stderr
        )
        return 1
    if not may_delete():
        print("Nothing was deleted. Without a terminal, say it with: make reset FORCE=1")
        return 1
    shutil.rmtree(VAR_DIR)
    print(f"Deleted {VAR_DIR}. `make run` starts over.")
    return 0


def is_our_folder() -> bool:
    """RESSIO_VAR_DIR may be mistyped; a folder that holds this project or none of our things stays."""
    return not BASE_DIR.is_relative_to(VAR_DIR) and (VAR_DIR / "broker").is_dir()


def may_delete() -> bool:
    """Silence is not consent: without a terminal to ask on, only FORCE=1 deletes."""
    if os.environ.get("FORCE") == "1":
        return True
    if not sys.stdin.isatty():
        return False
    answer = input(f"Delete {VAR_DIR} with its database, uploads, queues and keys? [y/N] ")
    return answer.strip().lower() in {"y", "yes"}


if __name__ == "__main__":
    sys.exit(main())
