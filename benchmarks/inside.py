"""The product within this process: on a throw-away database, asked without a socket."""

import os
from collections.abc import Callable
from io import BytesIO
from typing import Any


def start_django(folder: str, *, urls: str = "config.urls") -> None:
    """Migrate an empty database in ``folder``, or the PostgreSQL of DATABASE_URL."""
    os.environ |= {"TRACERIE_DATA": folder, "DJANGO_SETTINGS_MODULE": "config.settings"}
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.ROOT_URLCONF = urls
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("load_reference", verbosity=0)


def poster() -> Callable[[str, str, bytes], None]:
    """``post(path, token, body)``: the whole request, which must be answered by 201."""
    from django.core.handlers.wsgi import WSGIHandler

    handler: Any = WSGIHandler()
    shared = {
        "REQUEST_METHOD": "POST", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
        "CONTENT_TYPE": "application/json", "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http",
    }  # fmt: skip
    said: list[str] = []

    def post(path: str, token: str, body: bytes) -> None:
        answer = handler(
            {
                **shared,
                "PATH_INFO": path,
                "HTTP_AUTHORIZATION": f"Bearer {token}",
                "CONTENT_LENGTH": str(len(body)),
                "wsgi.input": BytesIO(body),
            },
            lambda status, _headers: said.append(status),
        )
        text = b"".join(answer)
        answer.close()
        if (status := said.pop())[:3] != "201":
            raise SystemExit(f"{path}: {status} {text.decode()}")

    return post
