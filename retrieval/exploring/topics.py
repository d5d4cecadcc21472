"""What a space is about: its passages in groups, each with a name, where it stands, and how much there is of it."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.exploring.cluster import MOST, Clustering, cluster
from retrieval.exploring.corpus import Corpus
from retrieval.exploring.topic_names import topic_names

_EXAMPLES = 8
_PASSAGES = 12
"""That a topic has at least, in the mean: the silhouette alone would tell single pages apart."""


@dataclass(frozen=True)
class Topic:
    """A group of passages; ``examples`` are (address, heading) of those nearest to its middle, one a document."""

    name: str
    passages: int
    documents: int
    examples: tuple[tuple[str, str], ...]


def topics_of(corpus: Corpus) -> tuple[list[Topic], Clustering]:
    """The topics, largest first, and the clustering whose groups they are; none without a passage."""
    clustering = cluster(corpus.vectors, min(MOST, max(len(corpus.chunks) // _PASSAGES, 2)))
    labels = clustering.labels.tolist()
    names = topic_names([chunk.embedded_text for chunk in corpus.chunks], labels)
    return [_topic(corpus, clustering, group, name) for group, name in enumerate(names)], clustering


def _topic(corpus: Corpus, clustering: Clustering, group: int, name: str) -> Topic:
    members = [corpus.chunks[place] for place in clustering.members(group, corpus.vectors)]
    firsts = {chunk.document_id: chunk for chunk in reversed(members)}
    middle = [chunk for chunk in members if firsts[chunk.document_id] is chunk]
    examples = tuple((chunk.location, chunk.heading or chunk.document_title) for chunk in middle[:_EXAMPLES])
    return Topic(name, len(members), len(firsts), examples)
