"""`make reset`: deletes what Ressio keeps on this machine, so that the next `make run` starts fresh."""

import os
import shutil
import sys
from pathlib import Path

from config.devtools.run import LOCK_FILE, CannotRun, hold_lock
from config.env import BASE_DIR, FILES_DIR, VAR_DIR


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
    for folder in list_folders():
        shutil.rmtree(folder, ignore_errors=folder != VAR_DIR)
        print(f"Deleted {folder}.")
    print("`make run` starts over.")
    return 0


def list_folders() -> list[Path]:
    """With FILES_DIR elsewhere, of that only what Ressio made there."""
    return [VAR_DIR] if FILES_DIR.is_relative_to(VAR_DIR) else [FILES_DIR / "companies", VAR_DIR]


def is_our_folder() -> bool:
    """RESSIO_VAR_DIR may be mistyped; a folder that holds this project or none of our things stays."""
    return not BASE_DIR.is_relative_to(VAR_DIR) and (VAR_DIR / "broker").is_dir()


def may_delete() -> bool:
    """Silence is not consent: without a terminal to ask on, only FORCE=1 deletes."""
    if os.environ.get("FORCE") == "1":
        return True
    if not sys.stdin.isatty():
        return False
    folders = " and ".join(map(str, list_folders()))
    answer = input(f"Delete {folders} with the database, files, queues and keys? [y/N] ")
    return answer.strip().lower() in {"y", "yes"}


if __name__ == "__main__":
    sys.exit(main())
