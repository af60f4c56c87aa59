"""`make lock`: pins every package with its hashes. No index address is written: any mirror can serve them."""

import subprocess
import sys

from config.env import BASE_DIR

# With extras in the names (coverage[toml]): pip before 23.3 else takes a newer release for an unpinned package.
LOCKS = {
    "requirements.txt": ["--all-extras"],
    # What the container gets: no test tools, no embedded servers, the same versions.
    "requirements-production.txt": [
        "--extra",
        "postgres",
        "--extra",
        "pdf",
        "--constraint",
        "requirements.txt",
    ],
}


def main() -> int:
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"]
    subprocess.run(install, cwd=BASE_DIR, check=True)
    for name, options in LOCKS.items():
        compile_lock(name, options)
    return 0


def compile_lock(name: str, options: list[str]) -> None:
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *options]
    fixed = ["--generate-hashes", "--no-emit-index-url", "--no-annotate", "--quiet", "--no-strip-extras"]
    header = ["--custom-compile-command", "make lock"]
    subprocess.run([*command, *fixed, *header, "--output-file", name], cwd=BASE_DIR, check=True)


if __name__ == "__main__":
    sys.exit(main())
