"""PostgreSQL's engine for a connection that goes to a replica where it may, to the primary else.

Django asks before the first query of a request whether the connection still serves; here that
includes whether it is at the right place and fresh enough. If not, it connects anew.
"""

import logging
import time
from datetime import UTC, datetime
from typing import Any, NamedTuple

import psycopg
from django.conf import settings
from django.db import DatabaseError, connections
from django.db.backends.postgresql import base

AGAIN_S = 30  # until a replica that was silent or late is asked again

logger = logging.getLogger(__name__)

_BEHIND = """
SELECT NOT pg_is_in_recovery() OR pg_last_wal_replay_lsn() >= %s::pg_lsn,
       pg_last_xact_replay_timestamp(), now()
"""


class _Age(NamedTuple):
    """How late a replica is, at most, and the moment that its figures are of."""

    seconds: float
    at: datetime


class DatabaseWrapper(base.DatabaseWrapper):
    may_lag = False  # whether who asks only looks
    read_at: datetime | None = None  # where the replica is late enough to say so
    is_replica = False
    _not_before = 0.0

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if self._wants_replica():
            try:
                return self._replica()
            except (psycopg.Error, DatabaseError) as error:
                self._not_before = time.monotonic() + AGAIN_S
                logger.warning("reports read from the primary: %s", str(error).strip())
        self.is_replica, self.read_at = False, None
        return super().get_new_connection(conn_params)

    def is_usable(self) -> bool:
        if self.is_replica != self._wants_replica() or not super().is_usable():
            return False
        try:
            return not self.is_replica or self._is_fresh(self.connection)
        except psycopg.Error:
            return False

    def _wants_replica(self) -> bool:
        return self.may_lag and time.monotonic() >= self._not_before

    def _replica(self) -> Any:
        primary = self.settings_dict
        self.settings_dict = {**primary, **primary["REPLICA"]}
        try:
            connection = super().get_new_connection(self.get_connection_params())
        finally:
            self.settings_dict = primary
        if not self._is_fresh(connection):
            connection.close()
            raise DatabaseError("the replica is late")
        connection.rollback()
        self.is_replica = True
        return connection

    def _is_fresh(self, connection: Any) -> bool:
        """Whether the replica may be read; from when its figures are is kept where that is told."""
        age = _age_of(connection)
        is_told = age.seconds > settings.REPORT_LAG_TOLD_S
        self.read_at = age.at if is_told else None
        return age.seconds <= float(settings.REPORT_LAG_MAX_S)


def _age_of(connection: Any) -> _Age:
    """It holds all that the primary had: no time. Else the time since the last act that it has."""
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND, [_written_by_primary()])
        is_current, last, now = cursor.fetchone()
    if is_current:
        return _Age(0, now)
    last = last or datetime(1970, 1, 1, tzinfo=UTC)
    return _Age((now - last).total_seconds(), last)


def _written_by_primary() -> str | None:
    """How far the primary has written; None where it does not answer."""
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT CASE WHEN NOT pg_is_in_recovery() THEN pg_current_wal_lsn() END")
            return str(cursor.fetchone()[0])
    except DatabaseError:
        return None
