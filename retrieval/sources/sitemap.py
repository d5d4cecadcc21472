"""Sitemaps: the pages that a site says it has, plain or gzipped, in one file or in several behind an index."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from lxml import etree

from storage.errors import KnowbotError

LARGEST_SITEMAP = 50_000_000
"""Bytes once unpacked: what the protocol allows."""

_GZIP = b"\x1f\x8b"


class BrokenSitemapError(KnowbotError):
    """The file is no sitemap, or a damaged one."""


@dataclass(frozen=True)
class Sitemap:
    """What one file lists: pages, or further sitemaps where it is an index; in its order, each once."""

    pages: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()


def is_sitemap(body: bytes) -> bool:
    """Whether ``body`` looks like one, as far as its first bytes tell."""
    start = _unzipped(body, 2_000)[0] if body.startswith(_GZIP) else body[:2_000]
    return b"<urlset" in start or b"<sitemapindex" in start


def read_sitemap(body: bytes, url: str) -> Sitemap:
    """What the file at ``url`` lists. Raises BrokenSitemapError."""
    if body.startswith(_GZIP):
        body, whole = _unzipped(body, LARGEST_SITEMAP)
        if not whole:
            raise BrokenSitemapError(f"{url} is damaged or unpacks to too much: have the site write it anew")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BrokenSitemapError(f"{url} is no whole sitemap ({error}): have the site write it anew") from error
    name = etree.QName(root).localname
    found = tuple(dict.fromkeys(text for each in root if (text := _place(each))))
    if name == "urlset":
        return Sitemap(pages=found)
    if name == "sitemapindex":
        return Sitemap(sitemaps=found)
    raise BrokenSitemapError(f"{url} is XML, but no sitemap: name the page or the sitemap that is meant")


def _place(entry: etree._Element) -> str:
    for child in entry:
        if isinstance(child.tag, str) and etree.QName(child).localname == "loc":
            return (child.text or "").strip()
    return ""


def _unzipped(body: bytes, most: int) -> tuple[bytes, bool]:
    """At most ``most`` unpacked bytes, and whether that is all of it."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        return unpacker.decompress(body, most), unpacker.eof
    except zlib.error:
        return b"", False
