"""The application that owns what belongs to no single room: demo, imports, backups."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Tracerie"
