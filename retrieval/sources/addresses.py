"""Which addresses a URL may lead to: the public ones, and those of hosts that the operator names.

Who may name a URL may otherwise have the bot read what only its own network can reach: the router's pages, another
service's port, a cloud's credentials (server-side request forgery).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

from storage.errors import KnowbotError

Resolve = Callable[[str, int], Sequence[str]]
"""From host and port to all its addresses; raises OSError."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_IPV4_COMPATIBLE = ipaddress.ip_network("::/96")
_PORTS = {"http": 80, "https": 443}
_SAFE = "/%:@!$&'()*+,;=~-._?"
_LONGEST_URL = 2_000


class UrlError(KnowbotError):
    """The text is no address of a page."""


class UnresolvedHostError(KnowbotError):
    """The host has no address."""


class PrivateAddressError(KnowbotError):
    """The URL leads into a network that is not public."""


@dataclass(frozen=True)
class Target:
    """Where a URL leads: ``addresses`` are what was checked and what is to be connected to, in this order."""

    url: str
    host: str
    port: int
    secure: bool
    path: str
    addresses: tuple[str, ...]

    @property
    def host_header(self) -> str:
        """The host as a request names it, with the port where it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS["https" if self.secure else "http"] else f"{host}:{self.port}"


def resolve(host: str, port: int) -> Sequence[str]:
    """All addresses of ``host``, by the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def checked(url: str, allow_hosts: frozenset[str] = frozenset(), resolver: Resolve = resolve) -> Target:
    """Where ``url`` leads, if it may be asked.

    Every address of the host must be public, unless ``allow_hosts`` has it (in small letters). Raises UrlError,
    UnresolvedHostError or PrivateAddressError.
    """
    parts = split(url)
    host, port = (parts.hostname or "").rstrip("."), parts.port or _PORTS[parts.scheme]
    try:
        host = host.encode("idna").decode("ascii") if not host.isascii() else host
        addresses = resolver(host, port)
    except (OSError, UnicodeError) as error:
        raise UnresolvedHostError(f"{url}: the host {host} cannot be found; check the address, or try later") from error
    if not addresses:
        raise UnresolvedHostError(f"{url}: the host {host} has no address; check it, or try later")
    private = next((address for address in addresses if not is_public(address)), None)
    if private and host not in allow_hosts:
        raise PrivateAddressError(
            f"{url} leads to {private}, which is not a public address: if that is meant, name '{host}' in allow_hosts"
        )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(url, host, port, parts.scheme == "https", quote(path, safe=_SAFE), tuple(addresses))


def split(url: str) -> SplitResult:
    """The parts of an http(s) URL, its host in small letters; raises UrlError."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or len(url) > _LONGEST_URL or not url.isprintable() or " " in url:
        raise UrlError(f"{url[:200]} is no address of a page: write it as https://host/path")
    if parts.username is not None or parts.password is not None:
        raise UrlError(f"{url[:200]} carries a name or password, which is not sent: write it without")
    return parts


def is_public(address: str) -> bool:
    """Whether ``address`` is of the public internet; one that wraps an IPv4 address is what it wraps."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if ip in _NAT64:
            wrapped = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if wrapped:
            return is_public(str(wrapped))
        if ip.is_site_local or ip in _IPV4_COMPATIBLE:
            return False
    return ip.is_global and not ip.is_multicast
