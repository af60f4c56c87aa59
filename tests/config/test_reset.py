"""`make reset` deletes what Ressio keeps here, and nothing else."""

from pathlib import Path

import pytest

from config.devtools import reset


def test_files_kept_elsewhere_go_too_but_not_what_lies_beside_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    var, files = tmp_path / "var", tmp_path / "disk"
    for folder in (var / "broker", files / "companies" / "1", files / "photos"):
        folder.mkdir(parents=True)
    monkeypatch.setattr(reset, "VAR_DIR", var)
    monkeypatch.setattr(reset, "FILES_DIR", files)
    monkeypatch.setenv("FORCE", "1")

    assert reset.delete_data() == 0

    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")) == ["disk", "disk/photos"]
