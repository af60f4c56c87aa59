"""What a bill's page tells: its road so far, what happened to it, and what may be done about it now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from budgets.bills.changing import why_not_changed
from budgets.bills.pushes import KIND, find_bill_push, find_project_connection
from budgets.bills.readiness import CLOSED_PERIOD, DUPLICATE, WAITS_FOR_REOPENING
from budgets.bills.rights import may_approve_bills, may_enter_bills
from budgets.models import Bill, BillState
from integrations.models import Push, PushOperation, PushState
from integrations.outbox import last_sent
from integrations.switches import switches_of
from ressio.models import Activity, TeamMember

ROAD = (
    BillState.DRAFT,
    BillState.AWAITING,
    BillState.APPROVED,
    BillState.UNPAID,
    BillState.PARTLY_PAID,
    BillState.PAID,
)
CLOSED = (CLOSED_PERIOD, WAITS_FOR_REOPENING)
ROAD_WORDS = {BillState.UNPAID: "In QuickBooks, unpaid"}


@dataclass(frozen=True)
class Step:
    label: str
    is_done: bool
    is_current: bool


def road_of(bill: Bill) -> list[Step]:
    """A bill that was voided or deleted has left the road; one made in QuickBooks begins there."""
    states = ROAD if bill.is_ours else ROAD[3:]
    if bill.is_gone:
        return [Step(bill.get_state_display(), False, True)]
    place = states.index(BillState(bill.state))
    return [
        Step(ROAD_WORDS.get(state, str(state.label)), number < place, number == place)
        for number, state in enumerate(states)
    ]


@dataclass(frozen=True)
class Event:
    """Something that was done to the bill, or happened to it in QuickBooks. `changes`: label, before, after."""

    at: datetime
    who: str
    what: str
    changes: Sequence[Sequence[str]]


def history_of(bill: Bill) -> list[Event]:
    """Newest first; three queries."""
    pushes = Push.objects.filter(kind="bill", subject_id=str(bill.pk)).values_list("pk", flat=True)
    deeds = Activity.objects.filter(
        subject_type="budgets.bill", subject_id=str(bill.pk)
    ) | Activity.objects.filter(subject_type="integrations.push", subject_id__in=[str(pk) for pk in pushes])
    events = [_event_of(deed) for deed in deeds.select_related("actor")]
    events += [Event(change.at, "QuickBooks", change.what, change.fields) for change in bill.changes.all()]
    return sorted(events, key=lambda event: event.at, reverse=True)


def _event_of(deed: Activity) -> Event:
    who = (deed.actor.name or deed.actor.email) if deed.actor else "Ressio"
    changes = [[name.replace("_", " "), *map(str, pair)] for name, pair in deed.changes.items()]
    # A verb is written to be followed by what was done something to; on the bill's own page nothing follows.
    what = deed.verb.rstrip(" ,:").removesuffix(" of").removesuffix(" with")
    return Event(deed.at, who, what[:1].upper() + what[1:], changes)


@dataclass(frozen=True)
class Choices:
    """What this member may do with the bill as it stands; a page offers exactly these."""

    edit: bool = False
    submit: bool = False
    approve: bool = False
    send_back: bool = False
    recall: bool = False
    """Whoever submitted it and cannot approve: the same deed, called withdrawing."""
    take_back: bool = False
    delete: bool = False
    send: bool = False
    decide: bool = False
    """About a push that is held: try again, or do not send."""
    withdraw: bool = False
    """Do not send what waits or is held."""
    duplicate: bool = False
    closed_period: bool = False
    conflict: bool = False
    link: bool = False
    unlink: bool = False
    copy: bool = False
    preview: bool = False
    preview_words: str = ""
    """What the way to the preview is called; empty where nothing is or was sent."""

    @property
    def submits_first(self) -> bool:
        """Submitting is the way on for who cannot approve."""
        return self.submit and not self.approve


def choices_of(bill: Bill, member: TeamMember) -> Choices:
    push = find_bill_push(bill)
    if not bill.is_ours:
        return Choices()
    enters, approves = may_enter_bills(member), may_approve_bills(member)
    is_held = push is not None and push.state == PushState.HELD
    is_movable = push is None or push.state in (PushState.HELD, PushState.WAITING)
    is_earlier = bill.is_in_earlier_books
    stays_behind = push is not None and not push.connection.is_current
    is_approved = bill.state == BillState.APPROVED
    holds = push.hold_code if push is not None and is_held and approves and not stays_behind else ""
    return Choices(
        edit=(bill.is_open and enters) or (approves and bill.is_sent and why_not_changed(bill) is None),
        submit=bill.state == BillState.DRAFT and enters,
        approve=bill.is_open and approves,
        send_back=bill.state == BillState.AWAITING and approves,
        recall=bill.state == BillState.AWAITING and not approves and bill.submitted_by_id == member.user_id,
        take_back=is_approved and approves and is_movable,
        delete=bill.is_open and enters,
        send=is_approved
        and approves
        and (push is None or (stays_behind and is_movable))
        and _may_leave(bill),
        decide=is_held and approves and not bill.conflicts and not stays_behind,
        withdraw=push is not None and is_movable and approves and not bill.conflicts,
        duplicate=holds == DUPLICATE,
        closed_period=holds in CLOSED and push is not None and push.operation == PushOperation.CREATE,
        conflict=bool(bill.conflicts) and approves and not is_earlier,
        link=is_approved and approves and is_movable and _connected(bill),
        unlink=bill.is_sent and approves and push is None and not is_earlier,
        copy=(bill.is_gone or is_earlier) and enters,
        preview=not bill.is_gone,
        preview_words=_preview_words(bill, push),
    )


def _preview_words(bill: Bill, push: Push | None) -> str:
    if bill.is_gone:
        return ""
    if push is not None or not bill.is_sent or bill.connection is None:
        return "What will be sent"
    return "What was sent" if last_sent(bill.connection, KIND, str(bill.pk)) else ""


def _connected(bill: Bill) -> bool:
    return bill.project is not None and find_project_connection(bill.project) is not None


def _may_leave(bill: Bill) -> bool:
    return bill.project is not None and switches_of(bill.project).push_bills and _connected(bill)
