"""Small look-ups on the path of every request, with their SQL built once."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=Model)


class _Query(NamedTuple):
    model: Any
    sql: str
    places: list[int]  # which value each mark of the SQL stands for
    names: list[str]
    span: slice  # the model's own columns
    relations: list[Any]  # what fills in the rows that come along
    extras: dict[str, int]  # annotation → its column
    converters: dict[int, Any]  # column → how the database's value becomes Python's


class Prepared(Generic[M]):
    """A query whose SQL is built at its first use: building costs some twenty times the answer.

    ``marks`` stand for the values; no two are alike, and the SQL holds no other value.
    """

    def __init__(self, build: Callable[..., QuerySet[M]], *marks: Any) -> None:
        self._build, self._marks = build, marks
        self._query: _Query | None = None

    def rows(self, *values: Any) -> list[M]:
        """Every row for ``values``."""
        query = self._query or self.build()
        here = connections[DEFAULT_DB_ALIAS]  # not through its proxy, which looks it up each time
        with here.cursor() as cursor:
            cursor.execute(query.sql, [values[place] for place in query.places])
            return [_instance(query, row, here) for row in cursor.fetchall()]

    def row(self, *values: Any) -> M | None:
        """The row for ``values``, if there is one."""
        return next(iter(self.rows(*values)), None)

    def build(self) -> _Query:
        """The SQL and how to read its rows. Raises ImproperlyConfigured where it holds others."""
        rows = self._build(*self._marks).order_by()
        compiler = rows.query.get_compiler(connection=connection)
        sql, marks = compiler.as_sql()
        if set(marks) != set(self._marks):
            raise ImproperlyConfigured(f"This query of {rows.model} cannot be prepared: {sql}")
        columns, found, extras = compiler.select, compiler.klass_info, compiler.annotation_col_map
        own = found["select_fields"]
        span = slice(own[0], own[-1] + 1)
        self._query = _Query(
            model=rows.model,
            sql=sql,
            places=[self._marks.index(mark) for mark in marks],
            names=[column[0].target.attname for column in columns[span]],
            span=span,
            relations=get_related_populators(found, columns, connection.alias),  # type: ignore[call-arg]
            extras=dict(extras or {}),
            converters=compiler.get_converters([column[0] for column in columns]),
        )
        return self._query


def _instance(query: _Query, row: Sequence[Any], here: Any) -> Any:
    values = list(row)
    for index, (convert_all, expression) in query.converters.items():
        for convert in convert_all:
            values[index] = convert(values[index], expression, here)
    made = _made(query.model, query.names, values[query.span])
    for relation in query.relations:
        _populate(relation, values, made)
    for name, column in query.extras.items():
        setattr(made, name, values[column])
    return made


def _populate(relation: Any, values: Sequence[Any], made: Model) -> None:
    """As Django's own populator does, with ``_made`` in place of ``from_db``."""
    if relation.reorder_for_init:
        own = relation.reorder_for_init(values)
    else:
        own = values[relation.cols_start : relation.cols_end]
    if own[relation.pk_idx] is None:
        relation.local_setter(made, None)
        return
    other = _made(relation.model_cls, relation.init_list, own)
    for further in relation.related_populators:
        _populate(further, values, other)
    relation.local_setter(made, other)
    relation.remote_setter(other, made)


def _made(model: Any, names: Sequence[str], values: Sequence[Any]) -> Any:
    """A row as ``from_db`` makes it, all its fields at once: nobody here listens for one made."""
    made = model.__new__(model)
    state = ModelState()
    state.adding, state.db = False, DEFAULT_DB_ALIAS
    made.__dict__ = {"_state": state, **dict(zip(names, values, strict=True))}
    return made
