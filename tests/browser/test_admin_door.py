import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Page, expect


@pytest.mark.django_db(transaction=True)
def test_staff_sign_in_to_the_admin(page: Page) -> None:
    get_user_model().objects.create_superuser(email="staff@ressio.example", password="a long enough password")

    page.goto("/admin/")
    page.get_by_label("E-mail").fill("staff@ressio.example")
    page.get_by_label("Password").fill("a long enough password")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("button", name="Log out")).to_be_visible()
