"""Drops the ledger's triggers before every migrate and puts them back after it.

On PostgreSQL the tables of the months to come are made then, too, and rights given anew.
"""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate


def _drop_triggers(*, using: str, **_kwargs: Any) -> None:
    from inventory import triggers

    triggers.drop(connections[using])


def _install_triggers(*, using: str, **_kwargs: Any) -> None:
    from django.utils import timezone

    from inventory import partitions, rights, triggers

    connection = connections[using]
    if partitions.is_split(connection):
        partitions.make_ahead(connection, today=timezone.localdate())
    if triggers.has_tables(connection):
        triggers.install(connection)
    for role in rights.holders(connection):
        rights.grant(connection, role)  # new tables too


class InventoryConfig(AppConfig):
    name = "inventory"
    verbose_name = "inventory"

    def ready(self) -> None:
        pre_migrate.connect(_drop_triggers, sender=self)
        post_migrate.connect(_install_triggers, sender=self)
