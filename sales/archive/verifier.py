"""Vérifie une archive de caisse de Tracerie, sans Tracerie : Python 3 suffit.

    python3 verifier.py [ARCHIVE.zip]      (sans argument : le dossier de ce fichier)

Recalcule les empreintes des fichiers, la signature du manifeste, chaque maillon des chaînes, et
compare ce que les tablettes ont écrit à ce que dit le journal.
Finit par 0 si tout est juste, par 1 sinon, en disant ce qui est faux.
"""

import base64
import hashlib
import json
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

DOMAIN = "tracerie/journal/1"
CLOSING = "tracerie/closing/1"
ENVELOPE = "tracerie/envelope/1"
TRAINING = "-ECOLE"  # ce qui finit le nom d'une chaîne d'entraînement
FILES = ("journal.ndjson", "enveloppes.ndjson", "entrainement.ndjson")
UNREADABLE = (KeyError, OSError, zipfile.BadZipFile, zlib.error)
MALFORMED = (ValueError, KeyError, TypeError, AttributeError)
CLOSINGS = ("close_day", "close_month", "close_year")
GENESIS = "0" * 64
SIGNS = {"sale": 1, "refund": -1}
Point = tuple[int, int, int, int]
Fault = tuple[str, str, str]  # what is wrong, where, why

# Ed25519, as RFC 8032 (section 5.1) writes it down: slow, short, and nothing to install.
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def _x_of(y: int, sign: int) -> int | None:
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (not x and sign):
        return None
    return P - x if x % 2 != sign else x


def _point(raw: bytes) -> Point | None:
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y % 2**255
    x = _x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def _add(one: Point, two: Point) -> Point:
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(scalar: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point, scalar = _add(point, point), scalar >> 1
    return total


def is_signed(public: bytes, content: bytes, signature: bytes) -> bool:
    """Whether ``signature`` (64 bytes) is that of ``content`` by the key ``public`` (32 bytes)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, first = _point(public), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or first is None or scalar >= Q:
        return False
    base = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    if base is None:
        return False
    digest = hashlib.sha512(signature[:32] + public + content).digest()
    left = _times(scalar, base)
    right = _add(first, _times(int.from_bytes(digest, "little") % Q, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (
        left[1] * right[2] - right[1] * left[2]
    ) % P == 0


def raw_key(pem: str) -> bytes:
    """The 32 bytes of an Ed25519 public key in PEM."""
    lines = [line for line in pem.splitlines() if not line.startswith("-----")]
    return base64.b64decode("".join(lines))[-32:]


def faults(read: Callable[[str], bytes]) -> Iterator[Fault]:
    """``(wrong, where, why)`` of all that is wrong; ``read(name)`` gives the bytes of a file."""
    try:
        manifest_bytes = read("manifest.json")
        manifest = json.loads(manifest_bytes)
        signature = base64.b64decode(read("manifest.sig"))
        public = raw_key(read("public_key.pem").decode())
    except (*UNREADABLE, ValueError) as error:
        yield "manquant", "manifest.json", str(error)
        return
    if not is_signed(public, manifest_bytes, signature):
        yield "modifié", "manifest.json", "la signature n'est pas celle de la clé publique"
    try:
        if manifest["public_key"] != public.hex():
            yield "modifié", "public_key.pem", "ce n'est pas la clé que nomme le manifeste"
        yield from _contents(read, manifest)
    except (KeyError, TypeError, AttributeError, ValueError):
        yield "modifié", "manifest.json", "il n'a pas la forme attendue"


def _contents(read: Callable[[str], bytes], manifest: Any) -> Iterator[Fault]:
    found: dict[str, bytes] = {}
    for name in sorted({*manifest["files"], *FILES}):
        try:
            found[name] = read(name)
        except UNREADABLE:
            yield "manquant", name, "le fichier n'est pas dans l'archive"
            continue
        if hashlib.sha256(found[name]).hexdigest() != manifest["files"].get(name):
            yield "modifié", name, "son empreinte n'est pas celle du manifeste"
    journal, envelopes, training = (found.get(name, b"") for name in FILES)
    yield from _journal(FILES[0], journal, manifest["chains"])
    yield from _closings(journal, manifest["keys"])
    yield from _envelopes(envelopes, journal, manifest["chains"])
    yield from _journal(FILES[2], training, manifest["training"], is_training=True)


def _journal(
    name: str, content: bytes, parts: Any, *, is_training: bool = False
) -> Iterator[Fault]:
    """Les maillons des chaînes ; un entraînement n'ajoute rien à aucun total."""
    chains = {chain["name"]: dict(chain) for chain in parts}
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            event = json.loads(line)
            chain, body = chains[event["chain"]], json.loads(event["body"])
            where = f"{event['chain']} n° {event['seq']}"
            sign = 0 if is_training else SIGNS.get(body["kind"], 0)
            found = list(_link(event, body, chain, sign * body["data"].get("total_cents", 0)))
            is_lesson = event["chain"].endswith(TRAINING)
            if body["kind"] in SIGNS:
                is_lesson = is_lesson and body["data"].get("training") is True
        except MALFORMED:
            yield "modifié", f"{name}, ligne {number}", "illisible, ou d'une chaîne inconnue"
            continue
        yield from ((wrong, where, why) for wrong, why in found)
        if is_lesson != is_training:
            yield "modifié", where, "un entraînement parmi les ventes, ou une vente parmi eux"
    yield from _ends(chains)


def _ends(chains: Any) -> Iterator[Fault]:
    """Les chaînes qui s'arrêtent avant la tête que nomme le manifeste."""
    for name, chain in chains.items():
        last = chain.get("seq", chain["first_seq"] - 1)
        found = last, chain.get("hash", chain["before_hash"])
        if found != (chain["last_seq"], chain["last_hash"]):
            yield "manquant", name, f"la chaîne s'arrête au n° {last}, attendu {chain['last_seq']}"


def _envelopes(content: bytes, journal: bytes, parts: Any) -> Iterator[Fault]:
    """Ce que les tablettes ont écrit : leur chaîne, et ce que dit l'événement de chacune."""
    named = dict(_named(journal))
    chains = {
        f"{part['name']} (enveloppes)": dict(part["envelopes"])
        for part in parts
        if part.get("envelopes")
    }
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            row = json.loads(line)
            chain, body = chains[f"{row['chain']} (enveloppes)"], json.loads(row["body"])
            where = f"{row['chain']}, enveloppe n° {row['seq']}"
            event, lease = named.pop((row["chain"], row["of"]), (None, None))
            found = [*_follows(row, body, chain), *_tells(row, body, event, lease)]
        except MALFORMED:
            yield "modifié", f"{FILES[1]}, ligne {number}", "illisible, ou d'une chaîne inconnue"
            continue
        yield from ((wrong, where, why) for wrong, why in found)
    for name, seq in named:
        yield "manquant", f"{name} n° {seq}", "l'enveloppe que nomme cet événement"
    yield from _ends(chains)


def _named(journal: bytes) -> Iterator[tuple[tuple[str, int], tuple[Any, str | None]]]:
    """Les événements qui nomment une enveloppe, et à quel prêt de la caisse ils sont."""
    leases: dict[str, str] = {}
    for line in journal.splitlines():
        try:
            event = json.loads(line)
            body = json.loads(event["body"])
            if body["kind"] == "lease" and body["data"]["act"] == "begun":
                leases[event["chain"]] = body["uuid"]
            elif "envelope" in body["data"]:
                yield (event["chain"], event["seq"]), (body, leases.get(event["chain"]))
        except MALFORMED:
            continue  # déjà dit


def _follows(row: Any, body: Any, chain: Any) -> Iterator[tuple[str, str]]:
    """Une enveloppe contre celle d'avant, dont ``chain`` se souvient."""
    seq = chain.get("seq", chain["first_seq"] - 1)
    if row["seq"] != seq + 1:
        yield "manquant", f"attendu l'enveloppe n° {seq + 1}"
    elif body["prev"] != chain.get("hash", chain["before_hash"]):
        yield "modifié", "elle ne suit pas l'enveloppe d'avant"
    text = f"{ENVELOPE}\n{body['prev']}\n{row['body']}"
    if hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != row["hash"]:
        yield "modifié", "son empreinte n'est pas celle de son contenu"
    chain.update(seq=row["seq"], hash=row["hash"])


def _tells(row: Any, body: Any, event: Any, lease: str | None) -> Iterator[tuple[str, str]]:
    """Une enveloppe contre l'événement qui la nomme."""
    if event is None:
        yield "modifié", "aucun événement ne la nomme"
        return
    data, is_ticket = event["data"], event["kind"] in SIGNS
    if data["envelope"] != row["hash"]:
        yield "modifié", "l'événement nomme une autre enveloppe"
    told = {
        "v": 1,
        "seq": row["seq"],
        "till": event["till"],
        "kind": event["kind"],
        "id": event["uuid"],
        "total_cents": data["total_cents"] if is_ticket else None,
        "lease": lease or body["lease"],
    }
    number = body["number"]
    is_numbered = data["number"].endswith(f"-{number}") if is_ticket else number is None
    if not is_numbered or any(body[key] != value for key, value in told.items()):
        yield "modifié", "elle dit autre chose que son événement"


def _closings(content: bytes, keys: Any) -> Iterator[Fault]:
    """Signatures des clôtures, et clôtures qu'elles citent."""
    hashes: dict[tuple[str, int], str] = {}
    cited: list[tuple[str, Any]] = []
    for line in content.splitlines():
        try:
            event = json.loads(line)
            body = json.loads(event["body"])
            where = f"{event['chain']} n° {event['seq']}"
            hashes[event["chain"], event["seq"]] = event["hash"]
            if body["kind"] in CLOSINGS:
                cited += [(where, (name, n, said)) for name, n, said in _cited(body["data"])]
                if why := _unsigned(event["prev_hash"], body, keys):
                    yield "modifié", where, why
        except MALFORMED:
            continue  # déjà dit
    for where, (name, seq, digest) in cited:
        if hashes.get((name, seq), digest) != digest:
            yield "modifié", where, f"cette clôture cite une autre empreinte de {name} n° {seq}"


def _unsigned(prev_hash: str, body: Any, keys: Any) -> str | None:
    """Ce qui ne va pas dans la signature d'une clôture."""
    data = dict(body["data"])
    try:
        signature, key = bytes.fromhex(data.pop("signature")), bytes.fromhex(data["key"])
    except (KeyError, TypeError, ValueError):
        return "elle n'est pas signée"
    if data["key"] not in keys:
        return "sa clé n'est pas de celles que nomme le journal du site"
    said = json.dumps(
        {**body, "data": data}, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    text = f"{CLOSING}\n{prev_hash}\n{said}".encode("utf-8", "surrogatepass")
    return None if is_signed(key, text, signature) else "sa signature n'est pas celle de sa clé"


def _cited(data: Any) -> Iterator[tuple[str, int, str]]:
    """Les clôtures qu'une clôture de mois ou d'année additionne : chaîne, rang, empreinte."""
    yield from data.get("closings", [])
    for till in data["tills"].values() if isinstance(data.get("tills"), dict) else ():
        yield from _cited(till)


def _link(event: Any, body: Any, chain: Any, cents: int) -> Iterator[tuple[str, str]]:
    """One event against the one before, which ``chain`` remembers."""
    seq = chain.get("seq", chain["first_seq"] - 1)
    before = chain.get("hash", chain["before_hash"])
    if event["seq"] != seq + 1:
        yield "manquant", f"attendu le n° {seq + 1}"
    elif event["prev_hash"] != before:
        yield "modifié", "il ne suit pas l'événement d'avant"
    text = f"{DOMAIN}\n{event['prev_hash']}\n{event['body']}"
    if hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != event["hash"]:
        yield "modifié", "son empreinte n'est pas celle de son contenu"
    if (body.get("chain"), body.get("seq")) != (event["chain"], event["seq"]):
        yield "modifié", "son contenu désigne un autre événement"
    known = chain.get("perpetual", chain["before_perpetual_cents"])
    if body.get("perpetual_cents") != known + cents:
        yield "modifié", "ses totaux perpétuels ne suivent pas"
    chain.update(seq=event["seq"], hash=event["hash"], perpetual=body.get("perpetual_cents"))


def main(arguments: list[str]) -> int:
    path = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    if path.is_dir():
        found = list(faults(lambda name: (path / name).read_bytes()))
    else:
        with zipfile.ZipFile(path) as archive:
            found = list(faults(archive.read))
    for wrong, where, why in found:
        sys.stdout.write(f"{wrong} · {where} · {why}\n")
    said = f"Anomalies : {len(found)}." if found else "L'archive est intacte."
    sys.stdout.write(f"{said}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
