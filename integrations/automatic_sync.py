"""How often a company's costs are read without anybody asking (K2)."""

from integrations.models import AutomaticSync, Connection
from ressio.activity import record_activity
from ressio.models import User


def choose_automatic_sync(*, connection: Connection, choice: AutomaticSync, actor: User) -> None:
    before = AutomaticSync(connection.automatic_sync)
    if before == choice:
        return
    Connection.objects.filter(pk=connection.pk).update(automatic_sync=choice)
    record_activity(
        company=connection.company,
        actor=actor,
        verb="changed automatic sync",
        subject=connection,
        changes={"automatic_sync": [before.label, choice.label]},
    )
