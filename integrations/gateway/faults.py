"""What can go wrong between us and QuickBooks Online: one small family, told apart by code and never by
message.

Messages of QuickBooks are in the company's language and quote its data, so they are neither matched nor
logged; `str()` of a fault is safe for a log, `detail_for_people` is for a page.
"""


class QuickBooksError(Exception):
    """`code` is QuickBooks' own ("5010") or, where it gave none, ours; `status` the HTTP status, 0 without
    an answer.
    """

    sentence = "QuickBooks Online could not do this."

    def __init__(
        self, code: str = "", *, status: int = 0, intuit_tid: str = "", detail_for_people: str = ""
    ) -> None:
        self.code = code
        self.status = status
        self.intuit_tid = intuit_tid
        self.detail_for_people = detail_for_people or SENTENCES.get(code) or self.sentence
        super().__init__(f"code={code or '-'} status={status or '-'} intuit_tid={intuit_tid or '-'}")


class Unreachable(QuickBooksError):
    """Time-out, cut connection, 5xx, a gateway's HTML page. Whether a write was done is unknown."""

    sentence = "QuickBooks Online did not answer. Nothing is lost; try again in a few minutes."


class Throttled(QuickBooksError):
    """429, or our own limits were full for too long. The request was not carried out."""

    sentence = "QuickBooks Online is busy with requests of this company. Wait a minute and try again."


class SignInExpired(QuickBooksError):
    """The authorization has ended: somebody must connect again. The connection's status says so too."""

    sentence = "The sign-in to QuickBooks Online has ended. Reconnect in Settings → Integrations."


class Refused(QuickBooksError):
    """QuickBooks understood and said no; `code` says why."""

    sentence = "QuickBooks Online refused this request."


class StaleObject(Refused):
    """5010: somebody changed the document since we read it."""


class NotFound(Refused):
    """610: deleted, or never there."""


class Garbled(QuickBooksError):
    """An answer we cannot read, or a 200 that lacks what was asked for. Never to be taken as "no rows"."""

    sentence = (
        "QuickBooks Online sent an answer that Ressio could not read. Try again; if it stays, tell support."
    )


class Unauthorized(QuickBooksError):
    """401, or 403 with 3100: the access token was not taken. The gateway renews it once before anyone sees
    this.
    """

    sentence = "QuickBooks Online did not accept Ressio's access. Try again; if it stays, reconnect."


SENTENCES = {
    "120": "The person who connected QuickBooks Online no longer has the rights for this. An admin of the "
    "QuickBooks company must reconnect.",
    "140": "The QuickBooks company is locked for the moment. Try again later.",
    "150": "The QuickBooks company is under maintenance. Try again later.",
    "610": "This is no longer in QuickBooks Online, or was made inactive there.",
    "5010": "Somebody changed this in QuickBooks Online in the meantime. Sync, then try again.",
    "5020": "The QuickBooks user who connected is not permitted to do this.",
    "5030": "This edition of QuickBooks Online, or its settings, does not have this feature.",
    "6030": "The file is too large for QuickBooks Online, which takes 100 MB.",
    "6041": "QuickBooks Online does not take files of this kind.",
    "6190": "The QuickBooks Online subscription has ended or has a billing problem.",
    "6210": "The books are closed for that date in QuickBooks Online.",
    "10000": "QuickBooks Online reported a system failure. Try again later.",
}

THROTTLE_CODES = frozenset({"3001", "003001"})
# 3200-3202: token missing, expired or malformed. 100 and 110 are the older names. 120 is not among them: it
# is about a person's rights, and a new token does not change those.
TOKEN_CODES = frozenset({"100", "110", "3200", "3201", "3202", "003200"})
# 3100: token of another company or app, or the app was disconnected over there.
DISCONNECTED_CODES = frozenset({"3100", "003100"})
TRANSIENT_CODES = frozenset({"140", "150"})
REFUSALS: dict[str, type[Refused]] = {"5010": StaleObject, "610": NotFound}


def make_fault(code: str, *, status: int, intuit_tid: str) -> QuickBooksError:
    """The one place that decides what kind of failure an answer is."""
    return choose_family(code, status)(code, status=status, intuit_tid=intuit_tid)


def choose_family(code: str, status: int) -> type[QuickBooksError]:
    if status == 429 or code in THROTTLE_CODES:
        return Throttled
    if is_about_the_token(code, status):
        return Unauthorized
    if status >= 500 or code in TRANSIENT_CODES:
        return Unreachable
    return REFUSALS.get(code, Refused)


def is_about_the_token(code: str, status: int) -> bool:
    if code == "120":
        return False
    return status == 401 or code in TOKEN_CODES or code in DISCONNECTED_CODES
