"""Which columns of a list a person sees, and in which order; kept with the person, wherever they sign in (R22)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from ressio.models import TeamMember


@dataclass(frozen=True)
class ListColumn:
    key: str
    label: str
    is_number: bool = False
    sorts: bool = True


@dataclass(frozen=True)
class ColumnSet:
    """The columns of one list, in the order of somebody who never chose."""

    page: str
    columns: tuple[ListColumn, ...]
    """The first one heads the rows: it is always shown, and always first."""
    always: tuple[str, ...] = ()
    """Cannot be hidden either, but may be moved."""
    unasked: tuple[str, ...] = ()
    """Not shown before somebody chose: the rest fits on a screen."""

    def shown(self, member: TeamMember) -> list[ListColumn]:
        return self._find(self._keys(member))

    def pickable(self, member: TeamMember) -> list[ListColumn]:
        """All that can be moved or hidden: those shown in their order, then the others."""
        keys = self._keys(member)
        return self._find([*keys[1:], *(each.key for each in self.columns if each.key not in keys)])

    def is_chosen(self, member: TeamMember) -> bool:
        """Somebody who never chose sees what is usual."""
        return self.page in member.list_columns

    def keep(self, member: TeamMember, wanted: Sequence[str], *, move: str = "") -> None:
        """`move` is `earlier:KEY` or `later:KEY`, one place. What is no column of this list is passed over."""
        self._store(member, _moved(self._complete(wanted), move))

    def forget(self, member: TeamMember) -> None:
        """Back to the usual ones."""
        self._store(member, None)

    def _keys(self, member: TeamMember) -> list[str]:
        usual = [each.key for each in self.columns if each.key not in self.unasked]
        return self._complete(member.list_columns.get(self.page, usual))

    def _complete(self, wanted: Sequence[str]) -> list[str]:
        known = {each.key for each in self.columns}
        chosen = dict.fromkeys(key for key in wanted if key in known)
        missing = [key for key in self.always if key not in chosen]
        return list(dict.fromkeys([self.columns[0].key, *missing, *chosen]))

    def _find(self, keys: Sequence[str]) -> list[ListColumn]:
        by_key = {each.key: each for each in self.columns}
        return [by_key[key] for key in keys]

    def _store(self, member: TeamMember, keys: list[str] | None) -> None:
        with transaction.atomic():
            row = TeamMember.objects.select_for_update().get(pk=member.pk)
            others = {page: kept for page, kept in row.list_columns.items() if page != self.page}
            row.list_columns = others if keys is None else {**others, self.page: keys}
            row.save(update_fields=["list_columns"])


def _moved(keys: list[str], move: str) -> list[str]:
    """The first one stays where it is."""
    way, _, key = move.partition(":")
    if key not in keys[1:]:
        return keys
    place = keys.index(key) + (1 if way == "later" else -1)
    rest = [each for each in keys if each != key]
    place = min(max(place, 1), len(rest))
    return [*rest[:place], key, *rest[place:]]
