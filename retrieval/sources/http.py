"""One GET at a time, bounded: checked at every hop, connected to the very address that was checked.

No proxy of the environment is used, since a proxy would resolve names by itself and undo the check.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.parse import urldefrag, urljoin

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from retrieval.sources.addresses import Resolve, Target, checked, resolve, split
from retrieval.sources.limits import WebLimits
from storage.errors import KnowbotError

AGENT = "knowbot"
"""What robots.txt calls us."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BLOCK = 1 << 16


class WebError(KnowbotError):
    """A server could not be asked, or gave no usable answer; what is known of it is kept."""


class TooManyRedirectsError(WebError):
    """A page leads in circles, or to another site."""


class PageTooLargeError(WebError):
    """The page has more bytes than are read."""


@dataclass(frozen=True)
class Response:
    """What a server answered in the end; ``url`` is that of the last hop, ``headers`` have small letters."""

    url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Fetcher:
    """Asks servers, politely. Not for several threads at once."""

    def __init__(
        self, limits: WebLimits, allow_hosts: frozenset[str] = frozenset(), resolver: Resolve = resolve
    ) -> None:
        self.limits = limits
        self._allow_hosts = frozenset(host.lower().rstrip(".") for host in allow_hosts)
        self._resolver = resolver
        self._last_asked: dict[str, float] = {}
        self._delays: dict[str, float] = {}

    def be_slower(self, host: str, delay: float) -> None:
        """Waits at least ``delay`` seconds between requests to ``host``."""
        self._delays[host] = max(self.limits.delay, delay)

    def get(
        self, url: str, headers: Mapping[str, str] | None = None, allow: Callable[[str], None] = lambda _: None
    ) -> Response:
        """The answer to ``url`` after all redirects, whatever its status; ``allow`` raises where a hop must not be.

        Raises WebError, UrlError, UnresolvedHostError or PrivateAddressError; each names the address.
        """
        current = urldefrag(url).url
        for _ in range(self.limits.redirects + 1):
            allow(current)
            response = self._ask(current, headers or {}, time.monotonic() + self.limits.page_seconds)
            place = response.headers.get("location")
            if response.status not in _REDIRECTS or not place:
                return response
            current = urldefrag(urljoin(current, place)).url
            if not same_site(url, current):
                checked(current, self._allow_hosts, self._resolver)
                raise TooManyRedirectsError(f"{url} leads to {current}, another site: ingest that address instead")
        raise TooManyRedirectsError(f"{url} was redirected more than {self.limits.redirects} times: check the address")

    def _ask(self, url: str, headers: Mapping[str, str], deadline: float) -> Response:
        target = checked(url, self._allow_hosts, self._resolver)
        self._wait(target.host)
        try:
            with _Watch(deadline) as watch:
                connection = self._connected(target, watch)
                # Content codings: those that urllib3 can always undo.
                sent = {"Host": target.host_header, "User-Agent": AGENT, "Accept-Encoding": "gzip, deflate", **headers}
                connection.request("GET", target.path, headers=sent, preload_content=False, decode_content=True)
                response = connection.getresponse()
                known = {name.lower(): value for name, value in response.headers.items()}
                body = b"" if response.status in _REDIRECTS else self._body(response, url, deadline)
                return Response(url, response.status, known, body)
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            if time.monotonic() >= deadline:
                raise _too_slow(url, self.limits) from error
            raise WebError(f"{url} could not be read ({_cause(error)}): try again later") from error

    def _body(self, response: BaseHTTPResponse, url: str, deadline: float) -> bytes:
        body = bytearray()
        while block := response.read1(_BLOCK):
            body += block
            if len(body) > self.limits.page_bytes:
                limit = self.limits.page_bytes / 1e6
                raise PageTooLargeError(f"{url} has more than {limit:.0f} MB: save it and ingest the parts that matter")
            if time.monotonic() >= deadline:
                break
        if time.monotonic() >= deadline:  # also where the watch has ended it, which looks like the end of the page
            raise _too_slow(url, self.limits)
        return bytes(body)

    def _connected(self, target: Target, watch: _Watch) -> HTTPConnection:
        """To the first of the checked addresses that takes the connection; raises what the last of them raises."""
        *others, last = target.addresses
        for address in others:
            with suppress(HTTPError, OSError):
                return watch.connect(self._connection(target, address), self.limits.silence_seconds)
        return watch.connect(self._connection(target, last), self.limits.silence_seconds)

    def _connection(self, target: Target, address: str) -> HTTPConnection:
        """Where it is a secure one, the certificate has to be the host's."""
        seconds = self.limits.connect_seconds
        if not target.secure:
            return HTTPConnection(address, target.port, timeout=seconds)
        return HTTPSConnection(
            address,
            target.port,
            timeout=seconds,
            cert_reqs="CERT_REQUIRED",
            server_hostname=target.host,
            assert_hostname=target.host,
        )

    def _wait(self, host: str) -> None:
        delay = self._delays.get(host, self.limits.delay)
        left = self._last_asked.get(host, 0.0) + delay - time.monotonic()
        if host in self._last_asked and left > 0:
            time.sleep(left)
        self._last_asked[host] = time.monotonic()


def same_site(one: str, other: str) -> bool:
    """Whether both are pages of one host; ``www.`` before it makes no difference."""
    hosts = [(split(url).hostname or "").removeprefix("www.") for url in (one, other)]
    return hosts[0] == hosts[1]


class _Watch:
    """Ends whatever is waited for at the deadline, since a server may send a byte now and then for ever."""

    def __init__(self, deadline: float) -> None:
        self._connections: list[HTTPConnection] = []
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(max(0.0, deadline - time.monotonic()), self._end)
        self._timer.daemon = True

    def connect(self, connection: HTTPConnection, silence: float) -> HTTPConnection:
        """Connects, under watch; from then on ``silence`` seconds without a byte are an error."""
        self._connections.append(connection)
        connection.connect()
        connection.timeout = silence  # which it sets anew before it waits for the answer
        self._sockets.append(connection.sock)  # the connection forgets it when the server is the one who will close
        return connection

    def __enter__(self) -> _Watch:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        for connection in self._connections:
            connection.close()

    def _end(self) -> None:
        for each in [*self._sockets, *(connection.sock for connection in self._connections)]:
            with suppress(OSError, AttributeError):  # not connected yet, or closed already
                each.shutdown(socket.SHUT_RDWR)


def _too_slow(url: str, limits: WebLimits) -> WebError:
    return WebError(f"{url} took more than {limits.page_seconds:g} seconds: try again later")


def _cause(error: Exception) -> str:
    text = str(error).rpartition(": ")[2] or type(error).__name__
    return text[:200].strip(" .")
