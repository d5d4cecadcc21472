"""Pages and sitemaps as sources, from the first ingest to the refresh, over real sockets."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from retrieval.engine import Engine
from retrieval.ingest import IngestReport
from retrieval.settings import RetrievalSettings
from retrieval.sources.addresses import PrivateAddressError
from retrieval.sources.http import WebError
from retrieval.sources.incoming import GoneError
from retrieval.sources.limits import WebLimits
from retrieval.sources.robots import ForbiddenByRobotsError
from retrieval.types import Question
from storage.records import Source
from tests.documents import pdf_of
from tests.web_server import Page, Site, article, redirect, sitemap

SPACE = "default"
SETTINGS = RetrievalSettings(
    encoder="hashing", allow_hosts=frozenset({"127.0.0.1"}), web=WebLimits(delay=0.0, page_seconds=5.0, pages=4)
)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine(tmp_path / "data", SETTINGS) as engine:
        yield engine


@pytest.fixture
def pets(site: Site) -> Site:
    site.pages |= {
        "/sitemap.xml": sitemap(site.url("/cats"), site.url("/dogs"), site.url("/cats#food")),
        "/cats": replace(article("Cats", "Cats sleep fifteen hours a day."), etag='"c1"'),
        "/dogs": replace(article("Dogs", "Dogs bark at the postman."), etag='"d1"'),
    }
    return site


def source_of(engine: Engine) -> Source:
    (source,) = engine.library.sources(SPACE)
    return source


def refreshed(engine: Engine) -> IngestReport:
    return engine.library.refresh(source_of(engine))


def answered_by(engine: Engine, text: str) -> str:
    answer = engine.answers.answer(Question(text))
    return answer.sources[0].location if answer.sources else ""


def test_a_sitemap_brings_its_pages_under_their_addresses_each_once(engine: Engine, pets: Site) -> None:
    report = engine.library.ingest(pets.url("/sitemap.xml"), SPACE)
    assert (report.new, report.skipped) == ([pets.url("/cats"), pets.url("/dogs")], [])
    assert answered_by(engine, "bark at the postman") == pets.url("/dogs#dogs")
    assert pets.asked == ["/robots.txt", "/sitemap.xml", "/cats", "/dogs"]
    assert {each["User-Agent"] for each in pets.headers} == {"knowbot"}


def test_an_unchanged_page_costs_one_conditional_request_and_nothing_else(engine: Engine, pets: Site) -> None:
    engine.library.ingest(pets.url("/sitemap.xml"), SPACE)
    pets.forget()
    report = refreshed(engine)
    assert (report.unchanged, report.touched, report.chunks) == (2, False, 0)
    assert pets.asked == ["/robots.txt", "/sitemap.xml", "/cats", "/dogs"]
    assert pets.statuses == [404, 200, 304, 304]


def test_a_changed_page_is_taken_in_anew_and_one_that_is_gone_forgotten(engine: Engine, pets: Site) -> None:
    engine.library.ingest(pets.url("/sitemap.xml"), SPACE)
    pets.pages["/cats"] = replace(article("Cats", "Cats sleep twenty hours a day."), etag='"c2"')
    pets.pages["/dogs"] = Page(b"", 410)
    report = refreshed(engine)
    assert (report.changed, report.gone, report.skipped) == ([pets.url("/cats")], [pets.url("/dogs")], [])
    assert refreshed(engine).unchanged == 1
    assert "dogs" not in answered_by(engine, "bark at the postman")


def test_a_page_that_the_sitemap_lists_no_more_is_forgotten(engine: Engine, pets: Site) -> None:
    engine.library.ingest(pets.url("/sitemap.xml"), SPACE)
    pets.pages["/sitemap.xml"] = sitemap(pets.url("/cats"))
    assert refreshed(engine).gone == [pets.url("/dogs")]


def test_a_server_that_fails_keeps_what_is_there_and_is_named(engine: Engine, pets: Site) -> None:
    engine.library.ingest(pets.url("/sitemap.xml"), SPACE)
    pets.pages["/dogs"] = Page(b"", 503)
    report = refreshed(engine)
    assert [(each.location, "status 503" in each.reason) for each in report.skipped] == [(pets.url("/dogs"), True)]
    assert report.gone == []
    assert answered_by(engine, "bark at the postman") == pets.url("/dogs#dogs")
    pets.pages["/sitemap.xml"] = Page(b"", 500)
    (result,) = engine.refresher.refresh(SPACE).sources
    assert "sitemap.xml was answered with status 500" in result.problem
    assert answered_by(engine, "bark at the postman") == pets.url("/dogs#dogs")


def test_one_page_is_a_source_of_its_own_until_it_is_gone(engine: Engine, pets: Site) -> None:
    engine.library.ingest(pets.url("/cats#food"), SPACE)
    assert source_of(engine).location == pets.url("/cats")
    assert refreshed(engine).unchanged == 1
    pets.pages["/cats"] = Page(b"", 404)
    assert refreshed(engine).gone == [pets.url("/cats")]


def test_a_page_of_another_source_is_left_to_it(engine: Engine, pets: Site) -> None:
    engine.library.ingest(pets.url("/cats"), SPACE)
    assert engine.library.ingest(pets.url("/sitemap.xml"), SPACE).new == [pets.url("/dogs")]
    assert engine.refresher.refresh(SPACE).sentence.startswith("2 sources: 0 new, 0 changed, 2 unchanged")


def test_a_dry_run_asks_for_the_pages_and_stores_nothing(engine: Engine, pets: Site) -> None:
    planned = engine.library.plan(pets.url("/sitemap.xml"), SPACE)
    assert (len(planned.new), planned.stored, engine.library.sources(SPACE)) == (2, False, [])
    done = engine.library.ingest(pets.url("/sitemap.xml"), SPACE)
    assert (planned.chunks, planned.tokens) == (done.chunks, done.tokens)


@pytest.mark.parametrize("path", ["/sitemap.xml", "/cats"])
def test_an_offer_can_be_planned_before_it_is_taken_in(engine: Engine, pets: Site, path: str) -> None:
    offer = engine.library.offer(pets.url(path), SPACE)
    planned, done = engine.library.plan(offer, SPACE), engine.library.ingest(offer, SPACE)
    assert (planned.new, planned.tokens, done.skipped) == (done.new, done.tokens, [])
    assert answered_by(engine, "cats sleep fifteen hours") == pets.url("/cats#cats")


def test_a_page_that_cannot_be_read_is_asked_for_again_although_the_server_knows_it(engine: Engine, pets: Site) -> None:
    engine.library.ingest(pets.url("/sitemap.xml"), SPACE)
    pets.pages["/cats"] = Page(b"%PDF-1.4 broken", kind="application/pdf", etag='"c2"')
    assert [each.location for each in refreshed(engine).skipped] == [pets.url("/cats")]
    assert [each.location for each in refreshed(engine).skipped] == [pets.url("/cats")]


def test_an_index_leads_to_its_sitemaps_packed_or_not(engine: Engine, pets: Site) -> None:
    packed = replace(sitemap(pets.url("/dogs")), kind="application/gzip")
    pets.pages |= {
        "/index.xml": sitemap(pets.url("/one.xml"), pets.url("/two.xml.gz"), "http://127.0.0.9/x.xml", index=True),
        "/one.xml": sitemap(pets.url("/cats")),
        "/two.xml.gz": replace(packed, body=gzip.compress(packed.body)),
    }
    assert engine.library.ingest(pets.url("/index.xml"), SPACE).new == [pets.url("/cats"), pets.url("/dogs")]
    assert not any("x.xml" in path for path in pets.asked if path != "/index.xml")


def test_pages_elsewhere_and_beyond_the_bound_are_named_and_not_asked_for(engine: Engine, pets: Site) -> None:
    listed = [pets.url(f"/p{number}") for number in range(5)]
    pets.pages |= {f"/p{number}": article(f"P{number}", f"Page number {number}.") for number in range(5)}
    pets.pages["/sitemap.xml"] = sitemap("http://10.0.0.1/secret", *listed)
    report = engine.library.ingest(pets.url("/sitemap.xml"), SPACE)
    assert report.new == listed[:3]
    assert [each.location for each in report.skipped] == ["http://10.0.0.1/secret", *listed[3:]]
    assert "/p3" not in pets.asked


def test_robots_txt_is_respected_and_asked_for_once(engine: Engine, pets: Site) -> None:
    pets.pages["/robots.txt"] = Page(b"User-agent: knowbot\nDisallow: /dogs\n", kind="text/plain")
    report = engine.library.ingest(pets.url("/sitemap.xml"), SPACE)
    assert (report.new, [each.location for each in report.skipped]) == ([pets.url("/cats")], [pets.url("/dogs")])
    assert "robots.txt" in report.skipped[0].reason
    assert pets.asked.count("/robots.txt") == 1
    with pytest.raises(ForbiddenByRobotsError):
        engine.library.ingest(pets.url("/dogs"), SPACE)


def test_robots_txt_holds_for_where_a_page_is_redirected_to(engine: Engine, pets: Site) -> None:
    pets.pages |= {"/robots.txt": Page(b"User-agent: *\nDisallow: /private\n"), "/a": redirect("/private")}
    with pytest.raises(ForbiddenByRobotsError):
        engine.library.ingest(pets.url("/a"), SPACE)
    assert "/private" not in pets.asked


def test_a_site_whose_robots_txt_fails_is_not_read(engine: Engine, pets: Site) -> None:
    pets.pages["/robots.txt"] = Page(b"", 503)
    with pytest.raises(WebError, match=r"robots\.txt could not be read"):
        engine.library.ingest(pets.url("/cats"), SPACE)


@pytest.mark.parametrize(
    ("page", "text"),
    [
        (Page(b"# Cats\n\nMarkdown.", kind="text/markdown"), "# Cats\n\nMarkdown."),
        (Page(b"# Cats\n\nPlain.", kind="text/plain"), "# Cats\n\nPlain."),
        (Page("Größe".encode("latin-1"), kind="text/plain; charset=latin-1"), "Größe"),
        (Page(pdf_of([["A page."]]), kind="application/pdf"), "A page."),
        (Page("<p>Größe".encode("cp1252"), kind="text/html; charset=windows-1252"), "Größe"),
    ],
)
def test_what_the_server_says_decides_how_a_page_is_read(engine: Engine, site: Site, page: Page, text: str) -> None:
    site.pages["/x"] = page
    engine.library.ingest(site.url("/x"), SPACE)
    stored = engine.stores.documents.get(SPACE, site.url("/x"))
    assert stored is not None
    assert stored.text == text


def test_a_picture_is_no_document(engine: Engine, site: Site) -> None:
    site.pages["/x.png"] = Page(b"\x89PNG", kind="image/png")
    (skipped,) = engine.library.ingest(site.url("/x.png"), SPACE).skipped
    assert "image/png" in skipped.reason


def test_a_private_address_is_refused_unless_it_is_allowed(tmp_path: Path, site: Site) -> None:
    with Engine(tmp_path / "strict", RetrievalSettings(encoder="hashing")) as engine:
        with pytest.raises(PrivateAddressError, match=r"name '127\.0\.0\.1' in allow_hosts"):
            engine.library.ingest(site.url("/cats"), SPACE)
        assert engine.library.sources(SPACE) == []
    assert site.asked == []


def test_a_page_that_never_was_is_refused_and_not_remembered(engine: Engine, site: Site) -> None:
    with pytest.raises(GoneError, match="status 404"):
        engine.library.ingest(site.url("/nowhere"), SPACE)
    assert engine.library.sources(SPACE) == []


def test_an_ingest_that_is_stopped_leaves_everything_consistent(engine: Engine, pets: Site) -> None:
    class StoppedError(Exception):
        pass

    def stop(location: str) -> None:
        if location.endswith("/dogs"):
            raise StoppedError

    with pytest.raises(StoppedError):
        engine.library.ingest(pets.url("/sitemap.xml"), SPACE, stop)
    assert engine.upkeep.problems() == []
    report = refreshed(engine)
    assert (sorted(report.new), report.unchanged) == ([pets.url("/cats"), pets.url("/dogs")], 0)
    assert refreshed(engine).unchanged == 2
