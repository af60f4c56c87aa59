import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import BASE_DIR, read_choice, read_number, read_or_create
from config.intuit import list_consent_origins
from config.stores import choose_files, read_database, read_json

SHOW_KEYS = "from django.conf import settings; print(repr(settings.TOKEN_ENCRYPTION_KEYS))"


def read_keys(var_dir: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    clean = {
        name: value
        for name, value in os.environ.items()
        if name not in {"TOKEN_ENCRYPTION_KEYS", "SECRET_KEY"}
    }
    environment = {**clean, "RESSIO_VAR_DIR": str(var_dir), "RESSIO_ENV_FILE": os.devnull, **variables}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    command = [sys.executable, "-c", SHOW_KEYS]
    return subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=False)


def test_a_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "key"

    first = read_or_create(path, lambda: "first")
    second = read_or_create(path, lambda: "second")

    assert (first, second) == ("first", "first")
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert [found.name for found in path.parent.iterdir()] == ["key"]


def test_development_keeps_its_encryption_key_between_starts(tmp_path: Path) -> None:
    first, second = (read_keys(tmp_path, RESSIO_ENV="development").stdout for _ in range(2))

    assert first == second
    assert len(first) > 40


def test_production_never_invents_a_key(tmp_path: Path) -> None:
    shown = read_keys(tmp_path, RESSIO_ENV="production", SECRET_KEY="k" * 60)

    assert shown.stdout == "[]\n"
    assert not (tmp_path / "secrets").exists()


def test_an_unknown_environment_is_refused_with_the_choices(tmp_path: Path) -> None:
    shown = read_keys(tmp_path, RESSIO_ENV="prod")

    expected = "RESSIO_ENV is 'prod'; it must be one of: development, test, production."
    assert shown.stderr.strip().splitlines()[-1].endswith(expected)


def test_a_choice_and_a_number_are_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_FORMAT", "xml")
    monkeypatch.setenv("HSTS_SECONDS", "a year")

    with pytest.raises(
        ImproperlyConfigured, match=r"LOG_FORMAT is 'xml'; it must be one of: json, console\."
    ):
        read_choice("LOG_FORMAT", ("json", "console"), default="json")
    with pytest.raises(ImproperlyConfigured, match=r"HSTS_SECONDS is 'a year'; it must be a number\."):
        read_number("HSTS_SECONDS", 0)


def test_an_empty_value_is_no_value(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("LOG_FORMAT", "HSTS_SECONDS", "DATABASE_URL"):
        monkeypatch.setenv(name, "")

    assert read_choice("LOG_FORMAT", ("json", "console"), default="json") == "json"
    assert read_number("HSTS_SECONDS", 5) == 5
    assert read_database(tmp_path)["NAME"] == str(tmp_path / "ressio.sqlite3")


def test_a_database_that_is_none_is_refused_without_its_password(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "db.example:secret")

    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL must be like postgres://") as refusal:
        read_database(tmp_path)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("authorize_url", "origins"),
    [
        ("https://appcenter.intuit.com/connect/oauth2", ["https://*.intuit.com"]),
        ("http://127.0.0.1:9050/connect/oauth2", ["http://127.0.0.1:9050", "http://localhost:9050"]),
        ("http://localhost:9050/connect/oauth2", ["http://localhost:9050", "http://127.0.0.1:9050"]),
        ("http://stand-in:9050/connect/oauth2", ["http://stand-in:9050"]),
        ("https://evilintuit.com/connect", ["https://evilintuit.com"]),
    ],
)
def test_the_connect_form_may_lead_to_the_consent_page(authorize_url: str, origins: list[str]) -> None:
    assert list_consent_origins(authorize_url) == origins


def test_files_lie_in_a_private_folder_or_wherever_the_operator_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = tmp_path / "files", tmp_path.parent / "not-mounted"

    local = choose_files(ours, tmp_path)
    named = choose_files(theirs, tmp_path)
    monkeypatch.setenv("FILES_STORAGE", "storages.backends.s3.S3Storage")
    monkeypatch.setenv("FILES_OPTIONS", '{"bucket_name": "files"}')
    elsewhere = choose_files(ours, tmp_path)

    assert local["OPTIONS"] == {
        "location": str(ours),
        "file_permissions_mode": 0o600,
        "directory_permissions_mode": 0o700,
    }
    assert oct(ours.stat().st_mode & 0o777) == "0o700"
    assert (named["OPTIONS"]["location"], theirs.exists()) == (str(theirs), False)
    assert elsewhere == {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"bucket_name": "files"},
    }


def test_options_that_are_no_object_are_refused_without_showing_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILES_OPTIONS", "secret-key")

    with pytest.raises(ImproperlyConfigured) as refusal:
        read_json("FILES_OPTIONS")

    assert "secret-key" not in str(refusal.value)
