"""Mounts everything: settings, URLs, the one API, pages' frame, and the commands that span rooms."""
