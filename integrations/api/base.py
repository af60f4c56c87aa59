"""What these views share: the books they work with, and how a verb's refusal is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from integrations.connecting import current_connection
from integrations.linking import LinkRefused, NotEligible, NotFound
from integrations.models import Connection
from ressio.api.base import InCompany
from ressio.api.errors import Conflict, Refused

NOT_CONNECTED = (
    "This company is not connected to QuickBooks Online. An Admin connects it in Settings → Integrations."
)


class WithConnection(InCompany):
    """The connection stays readable after a disconnect; what may be changed then is for the verbs to say."""

    @cached_property
    def connection(self) -> Connection:
        """Raises Conflict (409) for a company that never had one: before that there is no list to show (M3)."""
        found = current_connection(self.company)
        if found is None:
            raise Conflict(NOT_CONNECTED)
        return found


@contextmanager
def telling_refusals(field: str) -> Iterator[None]:
    """`field` names the thing in QuickBooks. What was sent is wrong: 400. Something else stands in the way: 409."""
    try:
        yield
    except (NotFound, NotEligible) as error:
        raise Refused(str(error), field=field) from error
    except LinkRefused as error:
        raise Conflict(str(error)) from error
