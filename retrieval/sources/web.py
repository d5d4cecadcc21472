"""Pages of a web site as a source: one address, or all that a sitemap lists.

A page that is as it was costs one conditional request; one that is gone (404, 410) is forgotten; what a failing server
does not show is kept.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import PurePosixPath
from urllib.parse import urldefrag, urlsplit

from retrieval.extract import READABLE_SUFFIXES, WEB, Extract
from retrieval.sources.http import Fetcher, Response, WebError, same_site
from retrieval.sources.incoming import GoneError
from retrieval.sources.robots import Robots
from retrieval.sources.sitemap import is_sitemap, read_sitemap
from retrieval.types import Extracted
from storage.errors import KnowbotError
from storage.records import Validators

_MOST_SITEMAPS = 100
_KINDS = {
    "text/html": WEB,
    "application/xhtml+xml": WEB,
    "text/markdown": ".md",
    "text/x-markdown": ".md",
    "text/x-rst": ".rst",
    "text/prs.fallenstein.rst": ".rst",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
}
_BY_SUFFIX = frozenset({"text/plain", "application/octet-stream", "binary/octet-stream", ""})
_ACCEPTED = "text/html, text/markdown, text/plain, application/pdf, */*;q=0.5"


class NotADocumentError(KnowbotError):
    """The address leads to something that is no document: a picture, a program."""


class OtherHostError(KnowbotError):
    """A sitemap lists a page of another site."""


class TookTooLongError(WebError):
    """The time for a whole site is over."""


@dataclass
class Visit:
    """One run over one site: what was asked for, what came, and what to say the next time."""

    fetcher: Fetcher
    known: Mapping[str, Validators]
    """By location, what the server said of the page that is stored."""
    robots: Robots = field(init=False)
    started: float = field(default_factory=time.monotonic)
    validators: dict[str, Validators] = field(default_factory=dict)
    """Of the pages that came, to be remembered once they are stored."""

    def __post_init__(self) -> None:
        self.robots = Robots(self.fetcher)

    def get(self, url: str) -> Response | None:
        """The page at ``url``, None where it is as it was; raises what hinders, GoneError for a page that is gone."""
        limits = self.fetcher.limits
        if time.monotonic() - self.started > limits.total_seconds:
            raise TookTooLongError(f"{url} was not asked for: the site took {limits.total_seconds:.0f} seconds already")
        response = self.fetcher.get(url, {"Accept": _ACCEPTED, **_conditions(self.known.get(url))}, self.robots.check)
        if response.status == 304 and url in self.known:
            return None
        if response.status in (404, 410):
            raise GoneError(f"{url} is gone (status {response.status})")
        if response.status != 200:
            raise WebError(
                f"{url} was answered with status {response.status}: try again later, or name another address"
            )
        self.validators[url] = Validators(response.headers.get("etag", ""), response.headers.get("last-modified", ""))
        return response


@dataclass
class WebPage:
    """A page of the source. It is asked for when it is read, and again when it is read again.

    A site may have thousands of pages, so their bytes are not kept.
    """

    location: str
    visit: Visit
    extractor: Extract
    headers: Mapping[str, str] = field(default_factory=dict)
    """Of the last answer."""

    @property
    def modified_at(self) -> float | None:
        """Seconds since the epoch, where the server told."""
        try:
            return parsedate_to_datetime(self.headers.get("last-modified", "")).timestamp()
        except ValueError:
            return None

    def read(self) -> bytes | None:
        """Its bytes, or None where the server says that they are as they were."""
        response = self.visit.get(self.location)
        if response is None:
            return None
        self.headers = response.headers
        return response.body

    def extract(self, content: bytes) -> Extracted:
        """Its text and headings."""
        kind, charset = _kind_of(self.headers, self.location)
        return self.extractor(content, self.location, kind, charset)


@dataclass(frozen=True)
class AskedPage:
    """A page that was asked for already: its ``response``, or None where it is as it was."""

    page: WebPage
    response: Response | None

    @property
    def location(self) -> str:
        """Its address."""
        return self.page.location

    @property
    def modified_at(self) -> float | None:
        """Seconds since the epoch, where the server told."""
        return self.page.modified_at

    def read(self) -> bytes | None:
        """What came."""
        return self.response.body if self.response else None

    def extract(self, content: bytes) -> Extracted:
        """Its text and headings."""
        return self.page.extract(content)


@dataclass(frozen=True)
class RefusedPage:
    """A page that a sitemap lists and that is not asked for."""

    location: str
    error: KnowbotError
    modified_at: float | None = None

    def read(self) -> bytes:
        """Raises the reason."""
        raise self.error

    def extract(self, content: bytes) -> Extracted:
        """Raises the reason."""
        raise self.error


def canonical(url: str) -> str:
    """How a page is named: without a fragment, never without a path."""
    bare = urldefrag(url.strip()).url
    return bare if urlsplit(bare).path else f"{bare}/"


def pages_at(url: str, visit: Visit, extractor: Extract) -> Sequence[WebPage | AskedPage | RefusedPage]:
    """The page at ``url``, or the pages that it lists where it is a sitemap; in the sitemap's order, each once.

    Raises WebError and its like where the address itself cannot be read. A page that is gone is no error: it is
    offered, and says so when it is read.
    """
    try:
        response = visit.get(url)
    except GoneError:
        if url in visit.known:
            return [WebPage(url, visit, extractor)]
        raise
    if response is None or not is_sitemap(response.body):
        headers = response.headers if response else {}
        return [AskedPage(WebPage(url, visit, extractor, headers), response)]
    listed = list(dict.fromkeys(map(canonical, _listed(url, response.body, visit))))
    return [_offered(page, url, index, visit, extractor) for index, page in enumerate(listed)]


def _offered(page: str, sitemap: str, index: int, visit: Visit, extractor: Extract) -> WebPage | RefusedPage:
    most = visit.fetcher.limits.pages
    try:
        if not same_site(page, sitemap):
            raise OtherHostError(f"{page} is of another site than its sitemap: ingest it by itself")
        if index >= most:
            raise OtherHostError(
                f"{page} is beyond the first {most} pages of the sitemap: ingest a part of it by itself"
            )
    except KnowbotError as error:
        return RefusedPage(page, error)
    return WebPage(page, visit, extractor)


def _listed(url: str, body: bytes, visit: Visit) -> Iterator[str]:
    """The pages of a sitemap, or of those that an index names; an index behind an index is not followed."""
    top = read_sitemap(body, url)
    yield from top.pages
    for each in top.sitemaps[:_MOST_SITEMAPS]:
        if same_site(each, url) and (response := visit.get(each)):
            yield from read_sitemap(response.body, each).pages


def _conditions(known: Validators | None) -> dict[str, str]:
    pairs = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified} if known else {}
    return {name: value for name, value in pairs.items() if value}


def _kind_of(headers: Mapping[str, str], location: str) -> tuple[str, str | None]:
    """How the page is to be read, and in which encoding, where the server says so."""
    header = Message()
    header["content-type"] = headers.get("content-type", "")
    declared = header.get_content_type() if headers.get("content-type") else ""
    suffix = PurePosixPath(urlsplit(location).path).suffix.lower()
    if declared in _KINDS:
        kind = _KINDS[declared]
    elif declared in _BY_SUFFIX and suffix in READABLE_SUFFIXES:
        kind = WEB if suffix in {".html", ".htm", ".xhtml"} else suffix
    elif declared in {"text/plain", ""}:
        kind = ".txt" if declared else WEB
    else:
        raise NotADocumentError(f"{location} is {declared}, which knowbot does not read: leave it out")
    charset = header.get_content_charset()
    return kind, charset
