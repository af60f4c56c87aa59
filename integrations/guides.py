"""The guides in `docs/guides`, readable inside the product too (M99). One source, a small subset of Markdown.

Understood: `#` and `##` headings, paragraphs, `-` and `1.` lists, **bold**, `code`. Everything is escaped first.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "guides"
GUIDES = (
    "setting-up",
    "cost-codes",
    "people",
    "projects",
    "what-counts",
    "time",
    "bills",
    "tax-codes",
    "files",
    "invoices",
    "tax-codes",
)
LIST_MARK = re.compile(r"^(?:-|\d+\.) ")


@dataclass(frozen=True)
class Guide:
    key: str
    title: str
    body: SafeString


@lru_cache(maxsize=len(GUIDES))
def read_guide(key: str) -> Guide:
    """Raises KeyError for a guide that does not exist."""
    if key not in GUIDES:
        raise KeyError(key)
    text = (FOLDER / f"{key}.md").read_text(encoding="utf-8")
    title, _, rest = text.partition("\n")
    return Guide(key, title.lstrip("# "), render_markdown(rest))


def render_markdown(text: str) -> SafeString:
    blocks = (block.strip() for block in re.split(r"\n\s*\n", text))
    return mark_safe("\n".join(_render_block(block) for block in blocks if block))  # escaped in `_inline`


def _render_block(block: str) -> str:
    if block.startswith("#"):
        return f"<h2>{_inline(block.lstrip('# '))}</h2>"
    if LIST_MARK.match(block):
        tag = "ol" if block[0].isdigit() else "ul"
        return f"<{tag}>{''.join(f'<li>{_inline(entry)}</li>' for entry in _entries(block))}</{tag}>"
    return f"<p>{_inline(block)}</p>"


def _entries(block: str) -> Iterator[str]:
    """Lines that do not begin with a mark belong to the entry above."""
    entry = ""
    for line in block.splitlines():
        if LIST_MARK.match(line):
            if entry:
                yield entry
            entry = LIST_MARK.sub("", line)
        else:
            entry += f" {line.strip()}"
    yield entry


def _inline(text: str) -> str:
    escaped = escape(" ".join(text.split()))
    return re.sub(r"`(.+?)`", r"<code>\1</code>", re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escaped))
