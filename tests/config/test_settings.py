import pytest
from django.conf import settings
from django.db import connection


def test_the_suite_runs_on_its_own_settings_and_data() -> None:
    """Whatever the environment says: a test run must never touch a developer's data."""
    assert settings.SETTINGS_MODULE == "config.settings_test"
    assert settings.RESSIO_ENV == "test"
    assert "ressio-test-" in str(settings.MEDIA_ROOT)


@pytest.mark.django_db
def test_sqlite_is_a_file_so_that_threads_behave_as_in_production() -> None:
    assert not settings.USES_SQLITE or str(connection.settings_dict["NAME"]).startswith(
        str(settings.MEDIA_ROOT.parent)
    )
