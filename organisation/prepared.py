"""Small look-ups on the path of every request, with their SQL built once."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


class _Query(NamedTuple):
    model: Any
    sql: str
    names: list[str]
    converters: dict[int, Any]  # column → how the database's value becomes Python's


class Prepared(Generic[M]):
    """A query whose SQL is built at its first use: building costs some twenty times the answer.

    ``marks`` stand for the values, in the order in which the SQL takes them.
    """

    def __init__(self, build: Callable[..., QuerySet[M]], *marks: Any) -> None:
        self._build, self._marks = build, marks
        self._query: _Query | None = None

    def rows(self, *values: Any) -> list[M]:
        """Every row for ``values``."""
        query = self._query or self.build()
        with connection.cursor() as cursor:
            cursor.execute(query.sql, values)
            return [_instance(query, row) for row in cursor.fetchall()]

    def row(self, *values: Any) -> M | None:
        """The row for ``values``, if there is one."""
        return next(iter(self.rows(*values)), None)

    def build(self) -> _Query:
        """The SQL and how to read its rows. Raises ImproperlyConfigured where it has relations."""
        rows = self._build(*self._marks).order_by()
        if rows.query.select_related:
            raise ImproperlyConfigured(f"This query of {rows.model} cannot be prepared.")
        compiler = rows.query.get_compiler(connection=connection)
        sql, marks = compiler.as_sql()
        if tuple(marks) != self._marks:
            raise ImproperlyConfigured(f"This query cannot be prepared: {sql}")
        columns = [column for column, _sql, _alias in compiler.select]
        names = [column.target.attname for column in columns]
        self._query = _Query(rows.model, sql, names, compiler.get_converters(columns))
        return self._query


def _instance(query: _Query, row: Sequence[Any]) -> Any:
    values = list(row)
    for index, (convert_all, expression) in query.converters.items():
        for convert in convert_all:
            values[index] = convert(values[index], expression, connection)
    return query.model.from_db(connection.alias, query.names, values)
