"""Sitemaps, whole and hostile."""

from __future__ import annotations

import gzip

import pytest

from retrieval.sources import sitemap as sitemaps
from retrieval.sources.sitemap import BrokenSitemapError, is_sitemap, read_sitemap
from tests.web_server import sitemap

URL = "https://example.org/sitemap.xml"


def test_pages_and_sitemaps_are_told_apart() -> None:
    assert read_sitemap(sitemap("a", "b", "a").body, URL).pages == ("a", "b")
    assert read_sitemap(sitemap("a", index=True).body, URL).sitemaps == ("a",)


def test_a_page_is_no_sitemap_and_a_packed_one_is() -> None:
    assert not is_sitemap(b"<html><body>sitemap</body></html>")
    assert is_sitemap(gzip.compress(sitemap("a").body))
    assert not is_sitemap(b"\x1f\x8b\x08 broken")


@pytest.mark.parametrize("body", [b"", b"<urlset><url>", b"<html/>", gzip.compress(sitemap("a").body)[:30]])
def test_what_is_no_whole_sitemap_is_refused_by_its_address(body: bytes) -> None:
    with pytest.raises(BrokenSitemapError, match=URL):
        read_sitemap(body, URL)


def test_a_packed_sitemap_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "LARGEST_SITEMAP", 1_000)
    with pytest.raises(BrokenSitemapError, match="unpacks to too much"):
        read_sitemap(gzip.compress(sitemap(*map(str, range(1_000))).body), URL)


def test_no_entity_reads_a_file_or_grows_without_end() -> None:
    reading = b'<!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset><url><loc>&x;</loc></url></urlset>'
    assert read_sitemap(reading, URL).pages == ()
    laughs = b'<!ENTITY a "ha">' + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 50) for n in range(9))
    with pytest.raises(BrokenSitemapError):
        read_sitemap(b"<!DOCTYPE u [" + laughs + b"]><urlset a='&j;'/>", URL)
