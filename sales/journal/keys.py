"""The installation's signing key (Ed25519): made at its first use, kept outside the database.

``TRACERIE_DATA/fiscal_key.pem``, readable by its owner only. It proves where an archive comes
from, not that its owner is honest; losing it breaks nothing that was signed.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

NAME = "fiscal_key.pem"


def sign(content: bytes) -> bytes:
    """The 64 bytes that only this installation can put under ``content``."""
    return _key().sign(content)


def public_pem() -> str:
    """What anybody may check a signature with, as PEM."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = _key().public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _key() -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    path: Path = settings.DATA_DIR / NAME
    if not path.exists():
        _make(path)
    key = load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, Ed25519PrivateKey)  # noqa: S101 (we made it)
    return key


def _make(path: Path) -> None:
    """Written whole beside its place, then linked: two that begin at once keep one key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # somebody else was quicker: theirs counts
    finally:
        draft.unlink()
