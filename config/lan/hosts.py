"""Names and addresses under which a server is reached on a local network."""

import re
import socket
from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Host = str | Address

LOCAL = ("lan", "local", "home.arpa", "localhost")
PRIVATE: tuple[Network, ...] = tuple(
    ip_network(each)
    for each in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1", "fd00::/8")
)
ITSELF: tuple[Host, ...] = ("localhost", ip_address("127.0.0.1"), ip_address("::1"))
LOOPBACK = frozenset(map(str, ITSELF))
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def name_from(text: str) -> str:
    """Return a whole name such as ``tracerie.lan`` in its usual writing."""
    name = text.strip().lower().removesuffix(".")
    labels = name.split(".")
    is_name = all(map(LABEL.fullmatch, labels)) and not labels[-1].isdigit()
    if len(labels) < 2 or len(name) > 253 or name in LOCAL or not is_name:
        raise ValidationError(
            _("“%(name)s” is not a whole name: write it like tracerie.lan.") % {"name": text},
            code="bad_name",
        )
    return name


def address_from(text: str) -> Address:
    """Return an address that a device may have on a network."""
    address = _address(text.strip())
    if (
        address is None
        or address.is_unspecified
        or address.is_multicast
        or address.is_link_local
        or address.is_reserved
    ):
        raise ValidationError(
            _("“%(address)s” is not an address of a device: write it like 192.168.1.20.")
            % {"address": text},
            code="bad_address",
        )
    return address


def _address(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def machine() -> str:
    """This machine's short name, as far as it may stand in an address."""
    name = re.sub(r"[^a-z0-9]+", "-", socket.gethostname().partition(".")[0].lower())
    name = name[:63].strip("-")
    return "tracerie" if name in {"", "localhost"} else name


def own_names() -> list[Host]:
    """What this machine is called on a local network."""
    return [f"{machine()}.lan", f"{machine()}.local"]


def reach_of(hosts: Iterable[Host]) -> tuple[list[str], list[Network]]:
    """The domains and networks that an authority for ``hosts`` may vouch for, and nothing else."""
    domains, networks = list(LOCAL), list(PRIVATE)
    for host in hosts:
        if not is_within(host, domains, networks):
            if isinstance(host, str):
                domains.append(host)
            else:
                networks.append(ip_network(host))
    return domains, networks


def is_within(host: Host, domains: Iterable[str], networks: Iterable[Network]) -> bool:
    """Whether ``host`` is one of these domains, below one, or in one of these networks."""
    if isinstance(host, str):
        return any(f".{host}".endswith(f".{domain}") for domain in domains)
    return any(host in network for network in networks)


def written(hosts: Iterable[Host]) -> str:
    """One line, as ``TRACERIE_HOSTS`` wants it."""
    return ",".join(f"[{host}]" if isinstance(host, IPv6Address) else str(host) for host in hosts)


def read(line: str) -> list[Host]:
    """What `written` wrote."""
    return [_address(each.strip("[]")) or each for each in line.strip().split(",") if each]
