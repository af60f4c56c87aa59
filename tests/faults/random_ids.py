"""What the suite must notice: every try under a request id of its own, so that QuickBooks takes it for another write.

Loaded into worker processes by `--random-ids` only; the product knows nothing of it.
"""

import uuid

from integrations.models import Push, PushBatch


def install() -> None:
    replaced = property(lambda self: uuid.uuid4().hex)
    Push.request_id = replaced  # type: ignore[assignment,method-assign]
    # The stored one stays; what leaves is another one each time it is read.
    PushBatch.request_id = property(  # type: ignore[assignment]
        lambda self: uuid.uuid4().hex, lambda self, value: self.__dict__.update(request_id=value)
    )
