"""Mounts everything: settings, URLs, the one API, the pages' frame, commands across rooms."""

VERSION = "0.1.0"
