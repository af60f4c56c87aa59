"""What a terminal shows of bills before anything leaves (M43, M91)."""

from io import StringIO

from django.core.management import call_command

from integrations.models import PushState, VendorLink
from tests.budgets.bills.office import Office


def test_a_dry_run_tells_effects_warnings_and_what_is_held(office: Office) -> None:
    sent = office.settle("INV-1", office.line("100.00"))
    [link] = VendorLink.objects.all()
    VendorLink.objects.filter(pk=link.pk).delete()
    held = office.approve(office.enter("INV-2", office.line("7.00", 1)))
    office.send(held)
    link.save(force_insert=True)
    office.change_sent(sent, lines=[office.line("90.00"), office.line("5.00", 1)])
    fresh = office.approve(office.enter("INV-3", office.line("20.00"), office.line("1.00", None)))
    before = [(push.state, push.payload) for push in map(office.push_of, (sent, held, fresh))]

    out = StringIO()
    call_command("push_quickbooks", "--company", "ridge", "--dry-run", stdout=out)

    told = [line for line in out.getvalue().splitlines() if line.startswith("  ") and '"' not in line]
    framing, concrete = "  budget: 06 Framing", "  budget: 03 Concrete"
    assert told == [
        "  budget: Ridge House, actuals move by -5.00",
        f"{concrete}, this bill 5.00, actuals 7.00 now and 12.00 after it, revised 0.00, left -12.00",
        f"{framing}, this bill 90.00, actuals 121.00 now and 111.00 after it, revised 0.00, left -111.00",
        "  budget: Ridge House, actuals move by 0.00: it counts since its approval",
        f"{framing}, this bill 21.00, actuals 121.00 now and 121.00 after it, revised 0.00, left -121.00",
        "  warning: Line 2 fell to “06 Framing”, the default billing cost code.",
        "  held (vendor_not_linked): Lumber Yard is not linked to a vendor in QuickBooks.",
        "  budget: Ridge House, actuals move by 0.00: it counts since its approval",
        f"{concrete}, this bill 7.00, actuals 7.00 now and 7.00 after it, revised 0.00, left -7.00",
    ]
    assert out.getvalue().endswith("2 waiting, 0 of them would be held. 1 held already. Nothing was sent.\n")
    after = [(push.state, push.payload) for push in map(office.push_of, (sent, held, fresh))]
    assert after == before == [(PushState.WAITING, ""), (PushState.HELD, ""), (PushState.WAITING, "")]
