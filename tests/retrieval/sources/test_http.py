"""One GET, bounded in every direction, over real sockets."""

from __future__ import annotations

import gzip
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler

import pytest

from retrieval.sources.addresses import PrivateAddressError
from retrieval.sources.http import Fetcher, PageTooLargeError, TooManyRedirectsError, WebError
from retrieval.sources.limits import WebLimits
from tests.web_server import Handler, Page, Site, redirect

QUICK = WebLimits(delay=0.0, page_seconds=0.6, page_bytes=50_000, silence_seconds=0.3, connect_seconds=1.0)


def fetcher(limits: WebLimits = QUICK) -> Fetcher:
    return Fetcher(limits, frozenset({"127.0.0.1", "wiki.example"}))


def test_a_page_comes_with_its_headers_and_unpacked(site: Site) -> None:
    body = gzip.compress(b"hello " * 100)
    site.pages["/a"] = Page(body, headers={"Content-Encoding": "gzip", "ETag": '"1"'})
    response = fetcher().get(site.url("/a#part"))
    assert (response.status, response.body, response.headers["etag"]) == (200, b"hello " * 100, '"1"')
    assert site.asked == ["/a"]


def test_no_proxy_of_the_environment_is_asked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.pages["/a"] = Page(b"direct")
    assert fetcher().get(site.url("/a")).body == b"direct"


def test_the_very_address_that_was_checked_is_connected_to(site: Site) -> None:
    answers = iter([["127.0.0.1"], ["192.0.2.1"]])
    site.pages["/a"] = Page(b"once")
    own = Fetcher(QUICK, frozenset({"wiki.example"}), lambda *_: next(answers))
    assert own.get(site.url("/a", "wiki.example")).body == b"once"
    assert site.headers[0]["Host"] == f"wiki.example:{site.port}"
    assert next(answers) == ["192.0.2.1"]  # the name was resolved once: there is no second answer to be rebound to


def test_a_second_address_is_tried_where_the_first_takes_no_connection(site: Site) -> None:
    site.pages["/a"] = Page(b"here")

    def resolver(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.2", "127.0.0.1"]  # the server listens on the latter only

    assert Fetcher(QUICK, frozenset({"wiki.example"}), resolver).get(site.url("/a", "wiki.example")).body == b"here"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_within_the_site_is_followed(site: Site, status: int) -> None:
    site.pages |= {"/old": redirect("/new#x", status), "/new": Page(b"moved")}
    response = fetcher().get(site.url("/old"))
    assert (response.body, response.url) == (b"moved", site.url("/new"))


@pytest.mark.parametrize(
    "place", ["http://localhost/secret", "http://10.0.0.1/", "http://[::ffff:169.254.169.254]/latest"]
)
def test_a_redirect_to_a_private_address_is_refused(site: Site, place: str) -> None:
    site.pages["/a"] = redirect(place)
    with pytest.raises(PrivateAddressError, match="not a public address"):
        fetcher().get(site.url("/a"))


def test_a_redirect_to_another_site_is_refused_with_its_address(site: Site) -> None:
    site.pages["/a"] = redirect("http://wiki.example/b")
    own = Fetcher(QUICK, frozenset({"127.0.0.1"}), lambda host, _: ["8.8.8.8" if host == "wiki.example" else host])
    with pytest.raises(TooManyRedirectsError, match=r"wiki\.example/b"):
        own.get(site.url("/a"))


def test_redirects_in_a_circle_end(site: Site) -> None:
    site.pages |= {"/a": redirect("/b"), "/b": redirect("/a")}
    with pytest.raises(TooManyRedirectsError, match="more than 5 times"):
        fetcher().get(site.url("/a"))
    assert len(site.asked) == 6


@pytest.mark.parametrize("body", [b"x" * 60_000, gzip.compress(b"0" * 5_000_000)])
def test_a_page_that_is_too_large_or_unpacks_to_too_much_is_refused(site: Site, body: bytes) -> None:
    site.pages["/a"] = Page(body, headers={"Content-Encoding": "gzip"} if body.startswith(b"\x1f") else {})
    with pytest.raises(PageTooLargeError, match="/a has more than"):
        fetcher().get(site.url("/a"))


def drip(head: bytes) -> Handler:
    """Sends ``head`` and then a byte now and then, for as long as somebody listens."""

    def handler(request: BaseHTTPRequestHandler) -> None:
        try:
            request.wfile.write(head)
            while True:
                request.wfile.write(b"a")
                request.wfile.flush()
                time.sleep(0.05)
        except OSError:
            pass

    return handler


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Endless: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n",
    ],
)
def test_a_server_that_never_ends_is_left_at_the_deadline(site: Site, head: bytes) -> None:
    site.pages["/a"] = drip(head)
    before = time.monotonic()
    with pytest.raises(WebError, match=r"took more than 0\.6 seconds"):
        fetcher().get(site.url("/a"))
    assert time.monotonic() - before < 3


def test_a_silent_server_and_a_broken_answer_are_named(site: Site) -> None:
    def short(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc")

    site.pages |= {"/silent": lambda _: time.sleep(0.6), "/short": short}
    for path in ("/silent", "/short"):
        with pytest.raises(WebError, match=f"{path} could not be read"):
            fetcher().get(site.url(path))


def test_two_requests_to_one_host_keep_their_distance(site: Site) -> None:
    site.pages["/a"] = Page(b"x")
    polite = fetcher(WebLimits(delay=0.2))
    before = time.monotonic()
    polite.get(site.url("/a"))
    polite.get(site.url("/a"))
    assert time.monotonic() - before >= 0.2
