"""Write many rows in few statements, on SQLite and PostgreSQL alike.

The ORM's `bulk_create` builds an object for each row and cannot refuse an older version, so what arrives
by the thousand goes through here: plain tuples in, and out by whichever way the database is quickest.
Values pass through the fields' own conversion, so money, dates and encrypted text are stored as ever.
Nothing here looks at the tenant scope: the caller writes the `company_id` column itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import chain, islice
from types import NoneType
from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

from ressio.money import MoneyField

Row = Sequence[Any]

# Values in one statement. SQLite refuses more than 32,766 unless it was built otherwise.
MAX_VALUES = 20_000


def bulk_insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Insert rows given in the order of `columns` (attribute names, `company_id` for a foreign key).

    Fields left out keep no default: the database decides, so name every column that is NOT NULL.
    """
    count = 0
    for chunk in _chunks(rows, len(columns)):
        _insert(model, columns, _convert(model, columns, chunk))
        count += len(chunk)
    return count


def bulk_upsert(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Row],
    *,
    conflict: Sequence[str],
    update: Sequence[str] | None = None,
    only_if: str = "",
    returning: Sequence[str] = (),
) -> list[tuple[Any, ...]]:
    """Insert rows, or update the one that has the same `conflict` columns (which need a unique constraint).

    `update` names what is overwritten (default: everything outside `conflict`). `only_if` is SQL that the
    stored row (`old`) and the arriving one (`excluded`) must satisfy, else the stored row stays as it is.
    Returns the `returning` columns, raw from the database, of the rows that were inserted or updated.
    The rows of one call must differ in `conflict`.
    """
    update = [name for name in columns if name not in conflict] if update is None else update
    tail = _conflict_sql(model, conflict=conflict, update=update, only_if=only_if, returning=returning)
    written: list[tuple[Any, ...]] = []
    for chunk in _chunks(rows, len(columns)):
        sql = f"{_insert_sql(model, columns, len(chunk))} {tail}"
        values = list(chain.from_iterable(_convert(model, columns, chunk)))
        written += _execute(sql, values, fetch=bool(returning))
    return written


def bulk_set(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Change rows that are there, each by its own values: its primary key first, then `columns`.

    The ORM's `bulk_update` writes one statement with a case for each row and column, which takes it longer to
    compose than the database to carry out.
    """
    key = model._meta.pk.attname
    changes = ", ".join(f"{_quote(model, name)} = %s" for name in columns)
    table = connection.ops.quote_name(model._meta.db_table)
    sql = f"UPDATE {table} SET {changes} WHERE {_quote(model, key)} = %s"  # noqa: S608  our own names
    values = list(rows)
    if not values:
        return
    converted = _convert(model, (key, *columns), values)
    with connection.cursor() as cursor:
        cursor.executemany(sql, [(*rest, pk) for pk, *rest in converted])


def _insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """By each database's own quick way: a statement with thousands of values takes either of them longer to
    read than to carry out.
    """
    with connection.cursor() as cursor, connection.wrap_database_errors:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {_target(model, columns)} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(_insert_sql(model, columns, 1), cast(Any, rows))  # any iterable will do


def _target(model: type[models.Model], columns: Sequence[str], *, alias: str = "") -> str:
    names = ", ".join(_quote(model, name) for name in columns)
    return f"{connection.ops.quote_name(model._meta.db_table)}{alias} ({names})"


def _insert_sql(model: type[models.Model], columns: Sequence[str], count: int) -> str:
    row = f"({', '.join(['%s'] * len(columns))})"
    return f"INSERT INTO {_target(model, columns, alias=' AS old')} VALUES {', '.join([row] * count)}"  # noqa: S608  our own names


def _conflict_sql(
    model: type[models.Model],
    *,
    conflict: Sequence[str],
    update: Sequence[str],
    only_if: str,
    returning: Sequence[str],
) -> str:
    keys = ", ".join(_quote(model, name) for name in conflict)
    changes = ", ".join(f"{_quote(model, name)} = excluded.{_quote(model, name)}" for name in update)
    action = f"DO UPDATE SET {changes}" if changes else "DO NOTHING"
    condition = f" WHERE {only_if}" if only_if and changes else ""
    back = f" RETURNING {', '.join(_quote(model, name) for name in returning)}" if returning else ""
    return f"ON CONFLICT ({keys}) {action}{condition}{back}"


def _quote(model: type[models.Model], name: str) -> str:
    return connection.ops.quote_name(str(_field(model, name).column))


def _field(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    """By attribute name, so that `company_id` is the column and takes an id, not a row."""
    return _fields(model)[name]


@cache
def _fields(model: type[models.Model]) -> "dict[str, models.Field[Any, Any]]":
    return {field.attname: field for field in model._meta.concrete_fields}


def _convert(model: type[models.Model], columns: Sequence[str], rows: Sequence[Row]) -> Iterator[Row]:
    """Rows as the database takes them. Column by column, because the conversion belongs to the column."""
    prepared = [
        _prepare(_field(model, name), column)
        for name, column in zip(columns, zip(*rows, strict=True), strict=True)
    ]
    return zip(*prepared, strict=True)


# Types that go to the database as they are, by the kind of column.
_PLAIN: dict[type["models.Field[Any, Any]"], frozenset[type]] = {
    models.CharField: frozenset({str, NoneType}),
    models.TextField: frozenset({str, NoneType}),
    models.BooleanField: frozenset({bool, NoneType}),
    models.ForeignKey: frozenset({int, NoneType}),
}
# Columns whose values repeat and always convert alike. Not encrypted text, which must differ each time.
_REPEATING = (models.DateField, models.DecimalField, models.ForeignKey, models.IntegerField, MoneyField)


def _prepare(field: "models.Field[Any, Any]", column: Sequence[Any]) -> Iterable[Any]:
    """Conversion is most of the work here: what needs none passes, what repeats is converted once."""
    if set(map(type, column)) <= _PLAIN.get(type(field), frozenset()):
        return column
    if type(field) is models.DateTimeField:
        return _prepare_moments(column)
    # The connection itself: the proxy looks for it anew at each of the conversion's questions.
    database = connections[DEFAULT_DB_ALIAS]
    if isinstance(field, _REPEATING):
        known = {value: field.get_db_prep_save(value, database) for value in set(column)}
        return map(known.__getitem__, column)
    return [field.get_db_prep_save(value, database) for value in column]


def _prepare_moments(column: Sequence[datetime | None]) -> Iterable[Any]:
    """As Django has them written, whose own way takes five times as long. Neighbours often share a moment."""
    moments = {id(moment): moment for moment in column}
    if any(moment is not None and moment.tzinfo is None for moment in moments.values()):
        raise ValueError("A moment without a time zone cannot be stored.")
    if connection.vendor != "sqlite":
        return column
    written = {key: _write_for_sqlite(moment) for key, moment in moments.items()}
    return [written[id(moment)] for moment in column]


def _write_for_sqlite(moment: datetime | None) -> str | None:
    """In UTC, which is not said."""
    return None if moment is None else str(moment.astimezone(UTC))[: -len("+00:00")]


def _chunks(rows: Iterable[Row], width: int) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, max(1, MAX_VALUES // width))):
        yield chunk


def _execute(sql: str, values: list[Any], *, fetch: bool = False) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if fetch else []
