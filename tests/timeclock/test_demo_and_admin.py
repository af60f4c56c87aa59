"""The demo builder has a week of shifts, once; staff can look at them, and no more."""

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from budgets.demo import load_demo
from ressio.models import User
from ressio.scoping import scope
from timeclock.marks import marks_of, with_marks
from timeclock.models import Shift, ShiftState


@pytest.mark.django_db
def test_demo_shifts_and_the_staff_door() -> None:
    company = load_demo(today=timezone.localdate())
    for _ in range(2):
        call_command("load_demo_time")
    with scope(company=company):
        now = timezone.now()
        shifts = list(with_marks(Shift.objects.all(), now=now))
        codes = sorted(mark.code for shift in shifts for mark in marks_of(shift, now=now))
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
