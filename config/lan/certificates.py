"""A local authority and the server's certificate, in a folder beside the database.

The authority's certificate goes to every tablet: it vouches for local names only, whoever should
get hold of its key. Each ``.pem`` holds a key and its certificate, so that both change together.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lan import hosts as names
from config.lan.hosts import Address, Host

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

AUTHORITY_LASTS = timedelta(days=3650)
SERVER_LASTS = timedelta(days=824)  # with the day before: 825, the most that Apple accepts
BEFORE = timedelta(days=1)  # a tablet's clock may be late
SOON = timedelta(days=30)
Extensions = list[tuple["x509.ExtensionType", bool]]


def folder() -> Path:
    return Path(settings.DATA_DIR) / "https"


def handed_out() -> Path:
    """The authority's certificate without its key: what a tablet installs."""
    return folder() / "tracerie-ca.crt"


def vouched_for() -> list[Host]:
    """What the present certificate names, the address to print first."""
    path = folder() / "hosts"
    return names.read(path.read_text()) if path.exists() else []


def certify(
    hosts: Sequence[str] = (), addresses: Sequence[Address] = (), *, new_ca: bool = False
) -> None:
    """Make the server's certificate, and the authority behind it where there is none yet.

    Where no names, or no addresses, are given, those of the certificate before stay.
    """
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    wanted = _wanted(hosts, addresses)
    authority = _authority_for(wanted, new_ca=new_ca)
    server = _server(authority, wanted)
    _save(handed_out(), authority.public(), 0o644)
    _save(folder() / "server.pem", server.whole())
    _save(folder() / "hosts", f"{names.written(wanted)}\n".encode(), 0o644)


def _wanted(hosts: Sequence[str], addresses: Sequence[Address]) -> list[Host]:
    """What was asked for comes first, this machine's own last."""
    before = vouched_for() or names.own_names()
    kept = [each for each in before if not (hosts if isinstance(each, str) else addresses)]
    return list(dict.fromkeys([*hosts, *addresses, *kept, *names.ITSELF]))


def is_good() -> bool:
    """Whether the server's certificate is of this authority and has a month to go."""
    from cryptography.exceptions import InvalidSignature

    files = [folder() / name for name in ("ca.pem", "server.pem", "hosts")]
    if not all(path.exists() for path in (*files, handed_out())):
        return False
    server = Pair.read(files[1]).certificate
    try:
        server.verify_directly_issued_by(Pair.read(files[0]).certificate)
    except (InvalidSignature, ValueError):
        return False
    return server.not_valid_after_utc - timezone.now() > SOON


def fingerprint() -> str:
    """The SHA-256 of the authority's certificate, in pairs, as devices show it."""
    import hashlib
    import ssl

    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(handed_out().read_text())).hexdigest().upper()
    return " ".join(digest[at : at + 2] for at in range(0, len(digest), 2))


# Files


@dataclass(frozen=True)
class Pair:
    """A certificate and the key that belongs to it."""

    key: "EllipticCurvePrivateKey"
    certificate: "x509.Certificate"

    @classmethod
    def read(cls, path: Path) -> "Pair":
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        content = path.read_bytes()
        try:
            key: Any = load_pem_private_key(content, password=None)
            return cls(key, x509.load_pem_x509_certificate(content))
        except ValueError as error:
            message = _("%(file)s cannot be read: put back a copy of it, or use --new-ca.")
            raise ValidationError(message % {"file": path}, code="unreadable") from error

    def whole(self) -> bytes:
        from cryptography.hazmat.primitives import serialization as form

        pem, none = form.Encoding.PEM, form.NoEncryption()
        return self.key.private_bytes(pem, form.PrivateFormat.PKCS8, none) + self.public()

    def public(self) -> bytes:
        from cryptography.hazmat.primitives.serialization import Encoding

        return self.certificate.public_bytes(Encoding.PEM)


def _save(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a whole file or none, closed to others from its first byte."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)
        os.fsync(file.fileno())
    draft.replace(path)


# Certificates


def _authority_for(hosts: Sequence[Host], *, new_ca: bool) -> Pair:
    """The authority there is, if it may vouch for these hosts; a new one where there is none."""
    path = folder() / "ca.pem"
    if path.exists() and not new_ca:
        authority = Pair.read(path)
        _require_reach(authority.certificate, hosts)
        return authority
    authority = _authority(hosts)
    _save(path, authority.whole())
    return authority


def _require_reach(certificate: "x509.Certificate", hosts: Sequence[Host]) -> None:
    from cryptography import x509

    if certificate.not_valid_after_utc - timezone.now() < SOON:
        raise ValidationError(_refused(_("The local authority ends soon.")), code="ends_soon")
    permitted = certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    subtrees = permitted.permitted_subtrees or []
    domains = [each.value for each in subtrees if isinstance(each, x509.DNSName)]
    networks: Any = [each.value for each in subtrees if isinstance(each, x509.IPAddress)]
    outside = [host for host in hosts if not names.is_within(host, domains, networks)]
    if outside:
        reason = _("The local authority may not vouch for %(hosts)s.")
        raise ValidationError(
            _refused(reason % {"hosts": ", ".join(map(str, outside))}), code="out_of_reach"
        )


def _refused(reason: str) -> str:
    way_out = _("Add --new-ca to make another one, then install it on every device again.")
    return f"{reason} {way_out}"


def _authority(hosts: Sequence[Host]) -> Pair:
    from cryptography import x509

    domains, networks = names.reach_of(hosts)
    permitted = [*map(x509.DNSName, domains), *map(x509.IPAddress, networks)]
    key, today = _key(), timezone.localdate()
    name = _name(f"Tracerie {names.machine()[:32]} {today.isoformat()}")
    extensions: Extensions = [
        (x509.BasicConstraints(ca=True, path_length=0), True),
        (_usage(signs_others=True), True),
        (x509.NameConstraints(permitted, None), True),
    ]
    until = timezone.now() + AUTHORITY_LASTS
    return Pair(key, _signed(key, key, (name, name), until, extensions))


def _server(authority: Pair, hosts: Sequence[Host]) -> Pair:
    from cryptography import x509

    key, issuer = _key(), authority.certificate
    subjects = [x509.DNSName(h) if isinstance(h, str) else x509.IPAddress(h) for h in hosts]
    signer = authority.key.public_key()
    extensions: Extensions = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage(signs_others=False), True),
        (x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (x509.SubjectAlternativeName(subjects), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), False),
    ]
    until = min(timezone.now() + SERVER_LASTS, issuer.not_valid_after_utc)
    parties = (issuer.subject, _name(str(hosts[0])[:64]))
    return Pair(key, _signed(authority.key, key, parties, until, extensions))


def _signed(
    signer: "EllipticCurvePrivateKey",
    key: "EllipticCurvePrivateKey",
    parties: tuple["x509.Name", "x509.Name"],
    until: Any,
    extensions: Extensions,
) -> "x509.Certificate":
    """What ``signer`` says of ``key``: issuer and subject, how long, and what for."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    public = key.public_key()
    builder = x509.CertificateBuilder(*parties, public, x509.random_serial_number())
    builder = builder.not_valid_before(timezone.now() - BEFORE).not_valid_after(until)
    identifier = x509.SubjectKeyIdentifier.from_public_key(public)
    for extension, is_critical in [*extensions, (identifier, False)]:
        builder = builder.add_extension(extension, is_critical)
    return builder.sign(signer, hashes.SHA256())


def _key() -> "EllipticCurvePrivateKey":
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def _name(common: str) -> "x509.Name":
    from cryptography import x509

    return x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, common)])


def _usage(*, signs_others: bool) -> "x509.KeyUsage":
    """An authority signs certificates; a server signs its handshakes."""
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not signs_others,
        key_cert_sign=signs_others,
        crl_sign=signs_others,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
