"""How approved time stands with QuickBooks, as the office sees it: three refusals, and what is decided (K7, R30)."""

import json
import re
from datetime import timedelta
from typing import Any

from integrations.models import PushState
from ressio.models import TeamMember
from tests.support.api import Program
from tests.support.cast import SignIn
from tests.timeclock.crew import Crew
from timeclock.models import Shift, ShiftChange


def text_of(html: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.decode()).split())


def test_the_three_refusals_and_what_the_office_does_about_them(crew: Crew, sign_in: SignIn) -> None:
    office, emily = crew.office, crew.carpenter
    admin = sign_in(office.admin)
    base = f"/c/{office.company.slug}/time"

    def page(shift: Shift) -> str:
        return text_of(admin.get(f"{base}/shifts/{shift.pk}/").content)

    def grid(query: str = "") -> str:
        return text_of(admin.get(f"{base}/review/?week=all{query}").content)

    fine, early = crew.record("8"), crew.record("4", description="Before the switch")
    Shift.objects.filter(pk=early.pk).update(recorded_at=crew.since - timedelta(days=2))
    assert "Once approved it goes to QuickBooks as a time entry." in page(fine)
    assert "At cost USD 400.00 Billable USD 720.00" in page(fine)
    assert "Once approved it counts USD 400.00 , at the cost rate of the team member." in page(fine)
    told_early = page(early)
    assert "Once approved it stays here. The shift was recorded before" in told_early
    assert "Once approved it will be left out. Made before time tracking was switched on." in told_early
    emily.on_payroll = False
    emily.save()
    assert "Once approved it will be held until this is put right: Emily is not" in page(fine)
    everything: dict[str, Any] = {"which": "found", "query": "week=all"}
    asked = admin.post(f"{base}/review/approve/", everything)
    words = text_of(asked.content)
    assert "Once approved, 0.00 of these hours count in the budget with USD 0.00 ." in words
    assert "Employee not confirmed on payroll: 1 shift, 8.00 hours." in words
    assert "1 will be held: Emily is not on payroll." in words
    assert f"1 of {office.project} stays here: The shift was recorded before" in words
    expected = re.findall(r'name="expected" value="(\w+)"', asked.content.decode())[0]
    assert admin.post(f"{base}/review/approve/", everything | {"expected": expected}).status_code == 302
    assert "On its way" in grid()
    crew.send(fine)
    shown = grid("&status=error")
    assert ("1 shift found" in shown, "Not on payroll" in shown) == (True, True)
    assert "Recorded before time tracking" in grid()
    held = admin.get(f"{base}/shifts/{fine.pk}/").content
    assert "Held until this is put right: Emily is not on payroll." in text_of(held)
    assert f"/settings/team/{emily.pk}/" in held.decode()
    assert admin.post(f"{base}/review/columns/", {"column": ["hours", "budget"]}).status_code == 302
    assert "Emily Mon 2 Mar 2026 8.00 Left out" in grid()
    assert (
        "Not on payroll,Approved,Not on payroll,Employee not confirmed on payroll,"
        in admin.get(f"{base}/review/time.csv?week=all").content.decode()
    )
    mended_at = f"/c/{office.company.slug}/settings/team/{emily.pk}/"
    assert "Emily is on payroll" in admin.get(mended_at).content.decode()  # the tick is where the link leads
    program = Program(office.admin)
    told = program.get(f"shifts/{early.pk}").body["quickbooks"]
    assert (told["state"], told["reason"]) == ("stays", "made_before")
    assert program.post(f"shifts/{early.pk}/send").status == 409
    decide = f"{base}/shifts/{fine.pk}/quickbooks"
    assert "It is not sent. It counts on here." in text_of(admin.post(f"{decide}/skip/", follow=True).content)
    assert "Not sent, as decided" in page(fine)
    emily.on_payroll = True
    emily.save()
    assert "It is on its way to QuickBooks." in text_of(admin.post(f"{decide}/send/", follow=True).content)
    sent = crew.send(fine)
    assert (crew.push_of(fine).state, len(crew.entries())) == (PushState.DONE, 1)
    told = page(sent)
    assert (
        "In QuickBooks" in told,
        "Counts USD 400.00 , at the cost rate of the entry" in told,
        "QuickBooks deletes its time entry. Then 8.00 hours and USD 400.00 leave the budget" in told,
    ) == (True, True, True)
    refused = admin.post(f"{decide}/retry/")
    assert (refused.status_code, "Nothing of this shift waits" in text_of(refused.content)) == (400, True)
    taken = admin.post(f"{base}/shifts/{fine.pk}/take-back/", follow=True).content
    assert ("It is being deleted in QuickBooks." in text_of(taken), "Being deleted" in page(fine)) == (
        True,
        True,
    )
    assert crew.send(fine).state == "draft"
    crew.enter_there(3)
    crew.sync()
    theirs = Shift.objects.get(origin="quickbooks")
    assert "This time was entered in QuickBooks" not in page(theirs)
    assert ("3.00" in page(theirs), admin.get(f"{base}/shifts/{theirs.pk}/edit/").status_code) == (True, 403)


def test_the_worker_reads_the_history_without_rates(crew: Crew, sign_in: SignIn) -> None:
    """R3, also where QuickBooks changed the rate of a shift that they worked themselves."""
    fred = next(member for member in TeamMember.objects.all() if member.name == "Fred")
    shift = crew.record(worker=fred)
    for label in ("Billable rate", "Billable rate, QuickBooks' holds"):
        fields = [[label, "90.00", "110.77"], ["Hours", "8.00", "7.00"]]
        ShiftChange.objects.create(company=crew.office.company, shift=shift, what="changed", fields=fields)
    for member, times in ((fred, 0), (crew.office.admin, 2)):
        page = sign_in(member).get(f"/c/{crew.office.company.slug}/time/shifts/{shift.pk}/").content.decode()
        told = json.dumps(Program(member).get(f"shifts/{shift.pk}").body["history"])
        assert [page.count("110.77"), told.count("110.77"), told.count("7.00")] == [times, times, 2]
