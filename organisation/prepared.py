"""Small look-ups on the path of every request, with their SQL built once."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


class Prepared(Generic[M]):
    """A query whose SQL is built at its first use: building costs some seven times the answer.

    ``marks`` stand for the values, in the order in which the SQL takes them.
    """

    def __init__(self, build: Callable[..., QuerySet[M]], *marks: Any) -> None:
        self._build, self._marks = build, marks
        self._found: tuple[type[M], str] | None = None

    def rows(self, *values: Any) -> list[M]:
        """Every row for ``values``."""
        model, sql = self._found or self.build()
        return list(model._base_manager.raw(sql, values))

    def row(self, *values: Any) -> M | None:
        """The row for ``values``, if there is one."""
        return next(iter(self.rows(*values)), None)

    def build(self) -> tuple[type[M], str]:
        """The SQL and what it finds. Raises ImproperlyConfigured where that is not possible."""
        query = self._build(*self._marks).order_by().query
        sql, marks = query.sql_with_params()
        if marks != self._marks or query.select_related:
            raise ImproperlyConfigured(f"This query cannot be prepared: {sql}")
        self._found = query.model, sql  # type: ignore[assignment]
        return self._found  # type: ignore[return-value]
