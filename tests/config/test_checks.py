from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from config import checks
from config.env import make_secret_key
from config.intuit import INTUIT_ENDPOINTS, QuickBooksEnvironment
from config.stores import LOCAL_FILES

INTUIT = INTUIT_ENDPOINTS[QuickBooksEnvironment.PRODUCTION]


def make_production_settings() -> dict[str, Any]:
    return {
        "PRODUCTION": True,
        "DEBUG": False,
        "SECRET_KEY": make_secret_key(),
        "TOKEN_ENCRYPTION_KEYS": [Fernet.generate_key().decode()],
        "ALLOWED_HOSTS": ["ressio.example"],
        "QBO_ENVIRONMENT": QuickBooksEnvironment.PRODUCTION,
        "QBO_CLIENT_ID": "client",
        "QBO_CLIENT_SECRET": "secret",
        "QBO_REDIRECT_URI": "https://ressio.example/callback/",
        "QBO_API_BASE_URL": INTUIT.api_base,
        "QBO_AUTHORIZE_URL": INTUIT.authorize,
        "QBO_TOKEN_URL": INTUIT.token,
        "QBO_REVOKE_URL": INTUIT.revoke,
        "QBO_DISCOVERY_URL": INTUIT.discovery,
        "QBO_WEB_URL": INTUIT.web,
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "USES_SQLITE": False,
        "CELERY_BROKER_URL": "redis://localhost:6379/0",
    }


def find_problems(settings: Settings, **changes: Any) -> list[str]:
    for name, value in {**make_production_settings(), **changes}.items():
        setattr(settings, name, value)
    return sorted(str(found.id) for found in run_ours())


def run_ours() -> list[CheckMessage]:
    return list(checks.run_checks(tags=[checks.TAG]))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"SECRET_KEY": ""}, ["ressio.E001"]),
        ({"SECRET_KEY": "short"}, ["ressio.E001"]),
        ({"SECRET_KEY": "k" * 60}, ["ressio.E001"]),
        ({"SECRET_KEY": f"django-insecure-{make_secret_key()}"}, ["ressio.E001"]),
        ({"TOKEN_ENCRYPTION_KEYS": []}, ["ressio.E002"]),
        ({"TOKEN_ENCRYPTION_KEYS": ["not a key"]}, ["ressio.E003"]),
        ({"DEBUG": True}, ["ressio.E004"]),
        ({"QBO_ENVIRONMENT": QuickBooksEnvironment.STAND_IN}, ["ressio.E005"]),
        ({"QBO_API_BASE_URL": "https://quickbooks.example"}, ["ressio.E006"]),
        ({"QBO_TOKEN_URL": "http://oauth.platform.intuit.com/token"}, ["ressio.E006"]),
        ({"QBO_TOKEN_URL": "https://intuit.com.evil.example/token"}, ["ressio.E006"]),
        ({"QBO_TOKEN_URL": "https://notintuit.com/token"}, ["ressio.E006"]),
        ({"QBO_TOKEN_URL": "https://oauth.platform.intuit.com@evil.example/"}, ["ressio.E006"]),
        ({"QBO_TOKEN_URL": "https://evil.example\\.intuit.com/token"}, ["ressio.E006"]),
        ({"QBO_TOKEN_URL": "https://evil.example#.intuit.com/token"}, ["ressio.E006"]),
        ({"QBO_TOKEN_URL": ""}, ["ressio.E006"]),
        ({"QBO_WEB_URL": "https://books.example"}, ["ressio.E006"]),
        ({"QBO_REDIRECT_URI": ""}, ["ressio.E007"]),
        ({"QBO_REDIRECT_URI": "http://ressio.example/callback/"}, ["ressio.E007"]),
        ({"QBO_REDIRECT_URI": "https://localhost/callback/"}, ["ressio.E007"]),
        ({"QBO_REDIRECT_URI": "https://192.0.2.7/callback/"}, ["ressio.E007"]),
        ({"ALLOWED_HOSTS": []}, ["ressio.E008"]),
        ({"ALLOWED_HOSTS": ["*"]}, ["ressio.E008"]),
        ({"QBO_CLIENT_ID": ""}, ["ressio.W001"]),
        ({"USES_SQLITE": True}, ["ressio.W002"]),
        ({"CELERY_BROKER_URL": "filesystem://"}, ["ressio.W003"]),
        ({"EMAIL_BACKEND": checks.MAIL_TO_TERMINAL}, ["ressio.W004"]),
        ({"CELERY_BROKER_URL": "http://localhost"}, ["ressio.E009"]),
        ({"CELERY_BROKER_URL": "rediss://localhost:6379/0"}, []),
        ({"QBO_TUNED": {"QBO_LIMIT_PER_SECOND": 0.0}}, ["ressio.E010"]),
        ({"QBO_TUNED": {"QBO_LIMIT_IN_FLIGHT": -1.0, "QBO_READ_TIMEOUT": 0.0}}, ["ressio.E010"] * 2),
        ({"QBO_TUNED": {"QBO_LIMIT_RESERVE": 1.0}}, ["ressio.E010"]),
        ({"QBO_TUNED": {"QBO_LIMIT_RESERVE": 0.0, "QBO_LIMIT_PER_MINUTE": 1.0}}, []),
        ({"QBO_TUNED": {"QBO_RETRY_WAIT": -0.5}}, ["ressio.E010"]),
        ({"FILE_UPLOAD_TEMP_DIR": "/nowhere/incoming"}, ["ressio.E011"]),
        (
            {"STORAGES": {"files": {"BACKEND": LOCAL_FILES, "OPTIONS": {"location": "/nowhere"}}}},
            ["ressio.E011"],
        ),
        ({"STORAGES": {"files": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}}, []),
        ({"STATIC_ROOT": "/"}, ["ressio.E012"] * 2),
        # Real books count as production, wherever the product runs.
        ({"PRODUCTION": False, "DEBUG": True}, ["ressio.E004"]),
        ({"PRODUCTION": False, "QBO_REDIRECT_URI": "http://localhost:8000/callback/"}, ["ressio.E007"]),
    ],
)
def test_each_unsafe_setting_is_named(
    settings: Settings, changes: dict[str, Any], expected: list[str]
) -> None:
    assert find_problems(settings, **changes) == expected


def test_every_problem_comes_with_a_way_out(settings: Settings) -> None:
    find_problems(settings, SECRET_KEY="", ALLOWED_HOSTS=[], QBO_CLIENT_ID="", QBO_REDIRECT_URI="")

    assert [found.id for found in run_ours() if not found.hint] == []


def test_development_on_the_stand_in_is_clean(settings: Settings) -> None:
    assert run_ours() == []


def test_start_is_refused_with_all_errors_at_once(settings: Settings) -> None:
    find_problems(settings, SECRET_KEY="", TOKEN_ENCRYPTION_KEYS=[])

    with pytest.raises(ImproperlyConfigured) as refusal:
        checks.refuse_unsafe_start()

    assert [name in str(refusal.value) for name in ("ressio.E001", "ressio.E002")] == [True, True]


def test_warnings_do_not_stop_a_start(settings: Settings) -> None:
    assert find_problems(settings, QBO_CLIENT_ID="") == ["ressio.W001"]

    checks.refuse_unsafe_start()
