"""The installation's signing key (Ed25519): made at the first start, kept outside the database.

``TRACERIE_DATA/fiscal_key.pem``, readable by its owner only. It proves where closings and archives
come from, not that its owner is honest; losing it breaks nothing that was signed.
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
    return _pem_of(_key())


def known_pem() -> str | None:
    """The same for whoever only reads: none where there is no key, or none that can be read."""
    try:
        return _pem_of(_read(path_of_key()))
    except (OSError, ValueError, TypeError):
        return None


def public_hex() -> str:
    """The 32 bytes of the public key in hexadecimal, as closings name it."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return _key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def path_of_key() -> Path:
    """Where the key is; whoever keeps backups keeps it too."""
    path: Path = settings.DATA_DIR / NAME
    return path


def make() -> None:
    """Make the key where there is none: at the first start, or after it was lost."""
    if not path_of_key().exists():
        _make(path_of_key())


def is_signed(public: bytes, content: bytes, signature: bytes) -> bool:
    """Whether ``signature`` is that of ``content`` by the key ``public`` (32 bytes)."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _pem_of(key: "Ed25519PrivateKey") -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = key.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _key() -> "Ed25519PrivateKey":
    make()
    return _read(path_of_key())


def _read(path: Path) -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(path.name)
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
