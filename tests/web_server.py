"""A web server on loopback that serves what a test puts into it, over real sockets."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Handler = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Page:
    """An answer. With an ``etag``, a request that names it is answered with 304 and nothing."""

    body: bytes = b""
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    etag: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Site:
    """``pages`` by path; what is not there is 404. ``asked`` are the paths in order, ``statuses`` what was answered."""

    port: int
    pages: dict[str, Page | Handler] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """The address of a path."""
        return f"http://{host}:{self.port}{path}"

    def forget(self) -> None:
        """Begins the log anew."""
        self.asked.clear()
        self.statuses.clear()


def article(title: str, *sentences: str) -> Page:
    """A page with a heading and paragraphs."""
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    return Page(f"<title>{title}</title><main><h1>{title}</h1>{paragraphs}</main>".encode())


def redirect(place: str, status: int = 302) -> Page:
    """An answer that leads elsewhere."""
    return Page(status=status, headers={"Location": place})


def sitemap(*urls: str, index: bool = False) -> Page:
    """A sitemap of these pages, or an index of these sitemaps."""
    root, entry = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    entries = "".join(f"<{entry}><loc>{url}</loc></{entry}>" for url in urls)
    body = f'<?xml version="1.0"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</{root}>'
    return Page(body.encode(), kind="application/xml")


@contextmanager
def serving() -> Iterator[Site]:
    """A site on a free port of 127.0.0.1 for the time of the block."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            site.headers.append(dict(self.headers))
            page = site.pages.get(self.path, Page(b"not here", 404))
            if not isinstance(page, Page):
                page(self)
                return
            known = page.etag and self.headers.get("If-None-Match") == page.etag
            status = 304 if known else page.status
            site.statuses.append(status)
            self.send_response(status)
            own = {"ETag": page.etag} if page.etag else {}
            body = b"" if known else page.body
            for name, value in {
                "Content-Type": page.kind,
                "Content-Length": str(len(body)),
                **own,
                **page.headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    site = Site(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
