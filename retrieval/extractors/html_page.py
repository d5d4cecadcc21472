"""Of a web page: its title, where its content stands, and what in there is not content."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bs4 import BeautifulSoup, Tag

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_NEVER_SHOWN = frozenset(
    {"audio", "button", "canvas", "datalist", "dialog", "footer", "head", "iframe", "input", "link", "menu", "meta"}
    | {"nav", "noscript", "object", "option", "script", "select", "style", "svg", "template", "textarea", "title"}
    | {"video"}
)
_FURNITURE_ROLES = frozenset({"navigation", "search", "banner", "contentinfo", "menu", "menubar"})
# Of readers' aids the screen shows nothing; of permanent links and line numbers nothing is worth keeping.
_FURNITURE_CLASSES = frozenset(
    {"sr-only", "visually-hidden", "skip-link", "headerlink", "anchorjs-link", "linenos", "lineno", "mw-editsection"}
)
_CALLOUT = re.compile(r"admonition|callout|\bnote\b|\btip\b|warning|footnote|-aside", re.IGNORECASE)
_HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SITE_SUFFIX = re.compile(r"\s+(?:[|·»–—-]|::)\s+")
_MOST_TITLES = 20
_PERMALINKS = frozenset({"", "#", "¶", "§", "🔗"})


def content_of(soup: BeautifulSoup) -> Tag:
    """The element that holds the content: ``main``, the only ``article``, else ``body``."""
    body: Tag = soup.body or soup
    mains = soup.find_all(lambda tag: tag.name == "main" or tag.get("role") == "main")
    articles = [article for article in soup.find_all("article") if not article.find_parent("article")]
    for candidates in (mains, articles if len(articles) == 1 else []):
        longest = max(candidates, key=_length, default=None)
        # Pages that a script fills keep an empty <main> beside what they show without it.
        if longest is not None and _length(longest) * 10 >= _length(body):
            return longest
    return body


def title_of(soup: BeautifulSoup) -> str:
    """The page's title, without the site's name where a level-1 heading shows what that is; "" without a title.

    The heading may say more than the title, a badge with a version for instance: it is the title then.
    """
    title = soup.head.find("title") if soup.head else None
    full = one_line(title.get_text()) if title else ""
    headings = [text for h1 in soup.find_all("h1", limit=_MOST_TITLES) if (text := heading_text(h1))]
    fronts = [full[: cut.start()].casefold() for cut in _SITE_SUFFIX.finditer(full)]
    shown = (each for each in headings if any(f"{each.casefold()} ".startswith(f"{front} ") for front in fronts))
    return next(shown, full or next(iter(headings), ""))


def heading_text(heading: Tag) -> str:
    """The words of a heading, without the permanent link that stands beside them."""
    texts = (str(text) for text in heading.find_all(string=True) if not _within_furniture(text.parents, heading))
    return one_line("".join(texts))


def is_dropped(tag: Tag) -> bool:
    """Whether ``tag`` is no content: scripts, navigation, what the screen does not show."""
    if tag.name in _NEVER_SHOWN or attribute(tag, "role") in _FURNITURE_ROLES or _is_hidden(tag):
        return True
    if tag.name == "header":
        return not (tag.find(HEADINGS) and tag.find_parent(["main", "article", "section"]))
    if tag.name == "aside":
        return not _CALLOUT.search(attribute(tag, "class"))
    if tag.name == "form":  # some sites put the whole page into one
        return not tag.find([*HEADINGS, "p", "pre", "table"])
    return _is_furniture(tag)


def attribute(tag: Tag, name: str) -> str:
    """An attribute as one string; "" where it is missing."""
    value = tag.get(name)
    return value if isinstance(value, str) else " ".join(value or ())


def one_line(text: str) -> str:
    """``text`` with every run of white space as one blank."""
    return " ".join(text.split())


def _is_hidden(tag: Tag) -> bool:
    # The panels of tabs are hidden in turns, and "until-found" waits for the reader: both are content.
    hidden = tag.has_attr("hidden") and tag["hidden"] != "until-found" and attribute(tag, "role") != "tabpanel"
    return hidden or attribute(tag, "aria-hidden") == "true" or bool(_HIDING_STYLE.search(attribute(tag, "style")))


def _is_furniture(tag: Tag) -> bool:
    if not _FURNITURE_CLASSES.isdisjoint(attribute(tag, "class").split()):
        return True
    return tag.name == "a" and attribute(tag, "href").startswith("#") and tag.get_text(strip=True) in _PERMALINKS


def _within_furniture(parents: Iterable[Tag], end: Tag) -> bool:
    for parent in parents:
        if parent is end:
            return False
        if _is_furniture(parent):
            return True
    return False


def _length(tag: Tag) -> int:
    return len(tag.get_text(strip=True))
