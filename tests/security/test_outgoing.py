"""The server opens no connection that somebody could lead elsewhere: it asks nobody for anything.

It speaks to its database and to the mail server of its own settings. What prints, weighs and scans
hangs on a person's device, which speaks to it itself.
"""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

APPS = ("config", "organisation", "inventory", "collection", "sales", "reporting")
# What can open a connection, or start a program that does.
OUTGOING = {
    "socket", "ssl", "http.client", "urllib.request", "urllib3", "requests", "httpx", "aiohttp",
    "ftplib", "smtplib", "imaplib", "poplib", "telnetlib", "xmlrpc", "socketserver", "websockets",
    "subprocess", "multiprocessing", "paramiko", "webbrowser", "pycurl", "asyncio",
}  # fmt: skip
READS = re.compile(r"\b(?:read|image|json|csv|yaml|toml|xml|cbor|plugin)\(")
READS_BYTES = re.compile(r"\b(?:image|json)\(\s*(?:bytes|str)\(")  # or a picture by its number
ALLOWED = {
    ("config/backup/postgresql.py", "subprocess"): "pg_dump and pg_restore, by whoever runs us",
    ("config/lan/certificates.py", "ssl"): "checks a certificate of its own",
    ("config/management/commands/send_reports.py", "smtplib"): "names the fault of a mail, too",
    ("config/lan/hosts.py", "socket"): "this machine's own name",
    ("config/wsgi.py", "subprocess"): "makes the key at the first start: no word of anybody's",
    ("config/reading.py", "asyncio"): "takes requests in",
    ("config/serving.py", "asyncio"): "takes requests in",
    ("config/turns.py", "asyncio"): "waits for a thread",
    ("sales/views/handing.py", "smtplib"): "names the fault of a mail that did not leave",
}


def modules_of(path):
    """Every module that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def outgoing():
    for app in APPS:
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            here = str(path.relative_to(settings.BASE_DIR))
            for module in set(modules_of(path)):
                for name in OUTGOING:
                    if module == name or module.startswith(f"{name}."):
                        yield here, name


def test_no_module_of_ours_opens_connections_but_those_named_here():
    found = set(outgoing())
    assert found - set(ALLOWED) == set()
    assert set(ALLOWED) - found == set()  # what is not needed any more is not allowed any more


def test_no_row_holds_an_address_that_a_server_could_be_sent_to():
    fields = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if model._meta.app_label in APPS
        and (isinstance(field, models.URLField) or "url" in field.name or "webhook" in field.name)
    ]
    assert fields == []


def test_papers_read_no_file_that_a_text_names():
    """Typst reads files by name: our templates read nothing but bytes that they are given."""
    found = [each for app in APPS for each in (settings.BASE_DIR / app).rglob("*.typ")]
    assert found
    for path in found:
        text = path.read_text()
        assert len(READS.findall(text)) == len(READS_BYTES.findall(text)), path
        assert "eval(" not in text


@pytest.mark.parametrize("named", ["urllib.request", "http.client"])
def test_a_module_that_does_is_caught(named, tmp_path):
    path: Path = tmp_path / "asks.py"
    path.write_text(f"def ask():\n    from {named} import anything\n")
    assert named in set(modules_of(path))
