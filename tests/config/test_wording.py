from pathlib import Path

import pytest

from config.devtools.wording import SHORT_NAME, read_texts


def find_short_names(path: Path) -> list[tuple[int, str]]:
    return [(line, match.group()) for line, text in read_texts(path) for match in SHORT_NAME.finditer(text)]


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        ("page.html", "<p>Sync with QBO</p>", [(1, "QBO")]),
        ("page.html", "{# QBO #}\n{% url 'qbo' %}\n<p>Quickbooks</p>", [(3, "Quickbooks")]),
        ("page.html", "<p>QuickBooks Online</p>", []),
        ("code.py", "QBO = 'set QBO_CLIENT_ID'", []),
        ("code.py", "x = 1\ntext = 'Send to QB now'", [(2, "QB")]),
        ("code.py", "text = f'{x} in QBO'", [(1, "QBO")]),
    ],
)
def test_short_names_are_found_where_people_read(
    tmp_path: Path, name: str, source: str, expected: list[tuple[int, str]]
) -> None:
    path = tmp_path / name
    path.write_text(source)

    assert find_short_names(path) == expected
