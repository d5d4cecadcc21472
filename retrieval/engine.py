"""The only door to this package: one engine a process and data folder, with a facet for each kind of work."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from retrieval.answers import Answers
from retrieval.costs.metering import Meter
from retrieval.costs.pricing import PriceList
from retrieval.encoders.pair_scores import PairScore
from retrieval.explore import Explorer
from retrieval.extractors.bounded import BoundedExtractor
from retrieval.forget import Forgetter
from retrieval.freshness.left_servers import LeftServers
from retrieval.handed_in.channel_documents import ChannelDocuments
from retrieval.handed_in.editor import Editor
from retrieval.handed_in.learned_channels import LearnedChannels
from retrieval.handed_in.saved_answers import SavedAnswers
from retrieval.indexes import Indexes
from retrieval.judge import Judge
from retrieval.known import KnownQuestions
from retrieval.lab import Lab
from retrieval.library import Library
from retrieval.off_topic.suspicion import Watch
from retrieval.refresh import Refresher
from retrieval.rerank import Reranker
from retrieval.reviewing.conversations import Conversations
from retrieval.reviewing.drift import DriftWatch
from retrieval.reviewing.exam import Exams
from retrieval.reviewing.members import Members
from retrieval.reviewing.review import Review
from retrieval.reviewing.teaching import Teaching
from retrieval.settings import RetrievalSettings
from retrieval.sources.offers import SourceReader
from retrieval.space import NothingIndexedError, Spaces
from retrieval.upkeep import Upkeep
from retrieval.why_not import WhyNots
from storage.stores import open_stores

__all__ = ["Engine", "NothingIndexedError"]


class Engine:
    """Opens a data folder. ``answers`` reads, ``library`` writes, ``judge`` tells on topic from off topic,
    ``teaching`` what a verdict changes.

    ``conversations`` keeps what was asked, voted and decided, ``lab`` tries thresholds out, ``drift`` says how scores
    move, ``exams`` how good the answers are tonight. ``refresher`` looks at all sources again, ``upkeep`` says whether
    all is well. ``known`` finds questions that have an answer already, ``watch`` suspicious ones; ``members`` keeps
    their wishes, ``channel_documents`` what was learnt on Discord, ``learned_channels`` where, ``saved_answers`` what
    moderators approved; ``review`` explains single questions and keeps verdicts. ``forgetting`` takes a document, or
    what a member left, out of every file. ``editor`` changes documents where they are read, ``indexes`` looks at
    generations and says which answers, ``why_nots`` says why a document did not. ``explorer`` looks at a whole space:
    topics, gaps, duplicates, outliers, a map.

    Synchronous; loads a model at the first text it has to encode. Use it as a context manager, or close it.
    """

    def __init__(
        self, data_dir: Path, settings: RetrievalSettings | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        """Raises what ``open_stores`` raises; nothing is loaded or written beyond the schema."""
        chosen = settings or RetrievalSettings()
        self.clock = clock
        self.stores = open_stores(data_dir)
        self.meter = Meter.of(self.stores, clock, chosen.budget, PriceList(chosen.prices))
        self.spaces = Spaces(self.stores, chosen, self.meter)
        self.judge = Judge(self.stores, self.spaces, clock)
        self.teaching = Teaching(self.stores, self.judge)
        self.reranker = _reranker(chosen, self.meter)
        self.answers = Answers(self.stores, self.spaces, self.judge, clock, self.reranker)
        self.conversations = Conversations(self.stores, clock)
        self.known = KnownQuestions(self.stores, self.spaces, clock)
        self.watch = Watch(self.spaces)
        self.members = Members(self.stores, self.conversations.hashed, clock)
        self.lab = Lab(self.stores, clock)
        self.drift = DriftWatch(self.stores, clock)
        self.exams = Exams(self.stores, self.spaces, clock)
        self._extractor = BoundedExtractor()
        sources = SourceReader(self.stores, self._extractor, chosen.allow_hosts, chosen.web)
        self.library = Library(self.stores, self.spaces, sources, clock)
        self.channel_documents = ChannelDocuments(self.stores, self.library, self.conversations.hashed, clock)
        self.learned_channels = LearnedChannels(self.stores, clock)
        self.saved_answers = SavedAnswers(self.stores, self.library, clock)
        self.review = Review(self.stores, self.saved_answers, clock)
        self.refresher = Refresher(self.stores, self.spaces, self.library, clock)
        self.forgetting = Forgetter(self.stores, self.spaces, self.conversations.hashed, clock)
        self.left_servers = LeftServers(self.stores, clock)
        self.upkeep = Upkeep(self.stores, self.spaces, clock)
        self.editor = Editor(self.stores, self.spaces, self.library, clock)
        self.indexes = Indexes(self.stores, self.spaces, clock)
        self.explorer = Explorer(self.stores, self.spaces, clock)
        self.why_nots = WhyNots(self.stores, self.spaces, clock)

    def close(self) -> None:
        """Closes the database and ends the process that reads documents; the engine cannot be used afterwards."""
        self._extractor.close()
        self.stores.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _reranker(settings: RetrievalSettings, meter: Meter) -> Reranker | None:
    score = PairScore(settings.reranker, meter) if settings.reranker else None
    return Reranker(score, settings.rerank_seconds, settings.patient) if score else None
