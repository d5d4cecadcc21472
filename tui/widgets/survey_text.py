"""What a survey found, as rows of a table and as a text to read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.content import Content

from retrieval.explore import SimilarityMatrix
from retrieval.exploring.gaps import Gap
from retrieval.exploring.survey import Survey
from tui.widgets.live_table import Column, Row
from tui.widgets.map_chart import topic_letter
from tui.words import count, one_line

LISTS = ("topics", "gaps", "duplicates", "outliers")
"""What can be listed, in the order in which one leafs through it."""

TITLES = {
    "topics": "Topics",
    "gaps": "Asked in vain, 30 days",
    "duplicates": "Said twice",
    "outliers": "Unlike the rest",
}
NONE = {
    "topics": "Nothing was looked at yet. Press s.",
    "gaps": "No question was left unanswered.",
    "duplicates": "Nothing is said twice.",
    "outliers": "No document stands out.",
}
SURVEY_COLUMNS = (Column("", 2, colour="primary"), Column("what"), Column("", 13, "right"))


def survey_rows(survey: Survey, chosen: str) -> list[Row]:
    """One of the LISTS; a row's key is its place in it."""
    cells: Iterable[tuple[str, str, str]]
    if chosen == "topics":
        cells = ((topic_letter(n), t.name, count(t.documents, "document")) for n, t in enumerate(survey.topics))
    elif chosen == "gaps":
        cells = (("!" if gap.missing else "", _named(gap), f"asked {len(gap.questions)} ×") for gap in survey.gaps)
    elif chosen == "duplicates":
        cells = (
            ("=", group.places[0].title, count(len(group.places), "document" if group.whole else "passage"))
            for group in survey.duplicates
        )
    else:
        cells = (("", each.title, f"{each.similarity:.2f} alike") for each in survey.outliers)
    return [Row(str(n), (mark, one_line(what), number)) for n, (mark, what, number) in enumerate(cells)]


def _named(gap: Gap) -> str:
    """A single question speaks for itself."""
    return gap.examples[0] if len(gap.questions) == 1 else gap.name


def survey_detail(survey: Survey, chosen: str, place: int) -> Content:
    """What stands behind one row."""
    if chosen == "topics":
        topic = survey.topics[place]
        return _text(
            f"{count(topic.passages, 'passage')} in {count(topic.documents, 'document')}. In its middle:",
            [f"{one_line(title)}  {location}" for location, title in topic.examples],
        )
    if chosen == "gaps":
        gap = survey.gaps[place]
        verdict = "No document is about it" if gap.missing else "Something is written, but it was not an answer"
        return _text(
            f"{verdict}; nearest: {gap.nearest} ({gap.similarity:.2f}).", [one_line(each) for each in gap.examples]
        )
    if chosen == "duplicates":
        group = survey.duplicates[place]
        what = "Whole documents" if group.whole else "Passages"
        return _text(
            f"{what} that are at least {group.resemblance:.0%} the same:",
            [f"{each.location}  {one_line(each.title)}" for each in group.places],
        )
    each = survey.outliers[place]
    return _text(
        f"{each.location}", [f"nearest: {each.nearest}", f"mean likeness to its neighbours {each.similarity:.2f}"]
    )


def similarity_text(found: SimilarityMatrix) -> Content:
    """The matrix with numbered texts."""
    head = "   " + " ".join(f"{number:>5}" for number in range(1, len(found.labels) + 1))
    rows = [
        f"{number:>2} {' '.join(f'{cosine:5.2f}' for cosine in row)}  {one_line(label)}"
        for number, (label, row) in enumerate(zip(found.labels, found.cosines, strict=True), start=1)
    ]
    return Content("\n".join([head, *rows]))


def analogy_text(asked: str, found: Sequence[tuple[str, float]]) -> Content:
    """The nearest words and headings, best first."""
    return _text(f"Nearest to {asked}:", [f"{cosine:.2f}  {one_line(term)}" for term, cosine in found])


def _text(title: str, lines: Sequence[str]) -> Content:
    return Content("\n").join([Content.styled(title, "b"), *map(Content, lines)])
