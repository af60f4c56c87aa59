"""Text that people read spells names in full: QuickBooks, QuickBooks Online, Intuit (Intuit's brand rules).

Looked at: templates and scripts without their tags, string literals in Python, README and docs.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from config.env import BASE_DIR

ROOTS = ("config", "ressio", "integrations", "budgets", "invoicing", "timeclock", "docs", "README.md")
# The stand-in answers in Intuit's own words ("domain": "QBO"); its pages are ours again.
SPEAKS_AS_INTUIT = BASE_DIR / "integrations" / "sandbox"
# Environment variables (QBO_CLIENT_ID) are one word for the pattern and pass.
SHORT_NAME = re.compile(r"\bQBO?\b|\bQBs\b|\bQuickb[o]oks\b|\bQuick B[o]oks\b|\bQuickB[o]ok\b")
TEMPLATE_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)


def main() -> int:
    found = [line for root in ROOTS for path in list_files(BASE_DIR / root) for line in judge_file(path)]
    print("\n".join(found))
    return 1 if found else 0


def list_files(root: Path) -> list[Path]:
    suffixes = {".py", ".html", ".txt", ".md", ".js"}
    paths = [root] if root.is_file() else sorted(root.rglob("*"))
    return [path for path in paths if path.suffix in suffixes and path.is_file() and is_our_text(path)]


def is_our_text(path: Path) -> bool:
    return not path.is_relative_to(SPEAKS_AS_INTUIT) or path.is_relative_to(SPEAKS_AS_INTUIT / "pages")


def judge_file(path: Path) -> Iterator[str]:
    for line, text in read_texts(path):
        for match in SHORT_NAME.finditer(text):
            yield f"{path.relative_to(BASE_DIR)}:{line}: write the name in full instead of {match.group()!r}"


def read_texts(path: Path) -> Iterator[tuple[int, str]]:
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        yield from read_literals(source)
    else:
        # Tags go, line breaks inside them stay, so that line numbers are right.
        shown = TEMPLATE_TAG.sub(lambda tag: "\n" * tag.group().count("\n"), source)
        yield from enumerate(shown.splitlines(), start=1)


def read_literals(source: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


if __name__ == "__main__":
    sys.exit(main())
