"""Which addresses a webhook may reach: otherwise whoever may add one could ask the servers beside this one.

    public      https to addresses of the internet
    private     https, also to this machine and to private networks (RFC 1918, RFC 4193)
    insecure    plain http as well, and to this machine and private networks only

The name is looked up once, every address that it has must be allowed, and the connection goes to the one looked at: a
name that changes its mind in between (DNS rebinding) leads nowhere else. Addresses where clouds keep what machines may
know of themselves (169.254.169.254, 100.100.100.200), multicast and reserved ones are never allowed.
"""

import ipaddress
import socket
from enum import StrEnum
from typing import Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

LONGEST_URL: Final = 2_000
HIGHEST_PORT: Final = 65_535
PORTS: Final = {"https": 443, "http": 80}

PRIVATE: Final = tuple(
    ipaddress.ip_network(network)
    for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "fc00::/7", "::1/128")
)
NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Reach(StrEnum):
    """How far an endpoint may be."""

    PUBLIC = "public"
    PRIVATE = "private"
    INSECURE = "insecure"


class NotAllowed(Exception):
    """An address that this endpoint may not reach, or that is none; the text says what to do."""


class Target(NamedTuple):
    """Where a message goes.

    host, port:  as the address names them; the certificate must be the host's.
    path:        with the query.
    """

    secure: bool
    host: str
    port: int
    path: str


def target_of(url: str, reach: Reach) -> Target:
    """The parts of an endpoint's address, as far as can be seen without asking anybody.

    Raises:
        NotAllowed: when it is no address, holds a password, or is not one that `reach` allows.
    """
    parts = _split(url)
    if parts.scheme == "http" and reach is not Reach.INSECURE:
        raise NotAllowed("A webhook's address begins with https://; plain http only with --insecure-http.")
    if parts.scheme not in PORTS:
        raise NotAllowed("A webhook's address begins with https://.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise NotAllowed("A webhook's address has no user, password or fragment in it.")
    host = parts.hostname or ""
    try:
        literal: Address | None = ipaddress.ip_address(host)
    except ValueError:
        literal = None
        if not host or not all(label and len(label) < 64 for label in host.rstrip(".").split(".")):  # noqa: PLR2004  RFC 1035
            raise NotAllowed("A webhook's address names a host.") from None
    if literal is not None:
        refuse(literal, reach, secure=parts.scheme == "https")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme == "https", host, parts.port or PORTS[parts.scheme], path)


def located(target: Target, reach: Reach) -> str:
    """The one address, in digits, to which a connection to `target` goes.

    Raises:
        NotAllowed: when the name leads to one that `reach` does not allow.
        OSError: when it leads nowhere.
    """
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    for address in addresses:
        refuse(address, reach, secure=target.secure)
    return str(addresses[0])


def refuse(address: Address, reach: Reach, *, secure: bool) -> None:
    """Refuse an address that `reach` does not allow.

    Raises:
        NotAllowed: with what to do.
    """
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if any(address in network for network in PRIVATE if network.version == address.version):
        if reach is Reach.PUBLIC:
            raise NotAllowed("This address is on this machine or a private network; allow that with --private.")
    elif not _is_public(address):
        raise NotAllowed("This address is none that a webhook may be sent to.")
    elif not secure:
        raise NotAllowed("Plain http goes to this machine or a private network only; use https://.")


def _is_public(address: Address) -> bool:
    """Whether it is somebody's on the internet; so must be the IPv4 address to which one of IPv6 is translated."""
    if not address.is_global or address.is_multicast:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return True
    behind = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in NAT64 else address.sixtofour
    return behind is None or (behind.is_global and not behind.is_multicast)


def _split(url: str) -> SplitResult:
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise NotAllowed(
            f"A webhook's address has at most {LONGEST_URL} letters of ASCII; write others as %XX or xn--."
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotAllowed("A webhook's address cannot be read; write it as https://host/path.") from error
    if port == 0:
        raise NotAllowed(f"A port is a number from 1 to {HIGHEST_PORT}.")
    return parts
