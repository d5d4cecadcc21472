"""What a site's robots.txt allows us."""

from __future__ import annotations

from urllib.parse import urlsplit

from protego import Protego

from retrieval.sources.http import AGENT, Fetcher, WebError
from storage.errors import KnowbotError

_LONGEST = 500_000
_SLOWEST = 10.0


class ForbiddenByRobotsError(KnowbotError):
    """The site does not want the page to be read by programs."""


class Robots:
    """Asks each site once. Without a robots.txt all is allowed; one that cannot be read forbids all (RFC 9309)."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._known: dict[str, Protego] = {}

    def check(self, url: str) -> None:
        """Returns where the page may be read; raises ForbiddenByRobotsError, or what asking the site raises."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._known:
            self._known[site] = self._ask(site)
            delay = self._known[site].crawl_delay(AGENT)
            if delay:
                self._fetcher.be_slower(parts.hostname or "", min(delay, _SLOWEST))
        if not self._known[site].can_fetch(url, AGENT):
            raise ForbiddenByRobotsError(f"{url} is closed to programs by {site}/robots.txt: ask the site to open it")

    def _ask(self, site: str) -> Protego:
        response = self._fetcher.get(f"{site}/robots.txt")
        if response.status >= 500 or response.status == 429:
            raise WebError(f"{site}/robots.txt could not be read (status {response.status}): try again later")
        text = response.body[:_LONGEST].decode("utf-8", "replace") if response.status == 200 else ""
        return Protego.parse(text)
