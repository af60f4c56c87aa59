"""The demo builder has a week of shifts, once; staff can look at them, and no more."""

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from budgets.demo import load_demo
from ressio.models import User
from ressio.scoping import scope
from timeclock.models import Shift, ShiftState
from timeclock.reviewing import draw_rows


@pytest.mark.django_db
def test_demo_shifts_and_the_staff_door() -> None:
    company = load_demo(today=timezone.localdate())
    for _ in range(2):
        call_command("load_demo_time")
    with scope(company=company):
        now = timezone.now()
        shifts = list(Shift.objects.all())
        rows = draw_rows(shifts, now=now)
        codes = sorted(mark.code for row in rows for mark in row.marks)
        approved = Shift.objects.filter(state=ShiftState.APPROVED).count()
        late = shifts[0]
    assert (len(shifts), approved, codes) == (18, 6, ["no_code", "overlaps", "overlaps"])
    staff = Client()
    staff.force_login(User.objects.get(is_staff=True))
    listed = staff.get(reverse("admin:timeclock_shift_changelist"), {"q": "Priya"}).content.decode()
    assert listed.count("Priya Raman") == 11
    page = reverse("admin:timeclock_shift_change", args=[late.pk])
    assert "clocked in" in staff.get(page).content.decode()
    assert staff.post(page, {"description": "x"}).status_code == 403
