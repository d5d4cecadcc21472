"""A space's generation, opened: its vectors with the encoder that made them and the chunker that cut their text."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from retrieval.chunk import Chunker
from retrieval.costs.metering import Meter
from retrieval.embed import Embedder, Purpose, RecentVectors
from retrieval.encoders import is_behind_api, load_encoder
from retrieval.encoders.base import AnyEncoder
from retrieval.encoders.prompts import as_settings
from retrieval.encoders.registry import lacking_prompts, model_of
from retrieval.settings import MODELS, RetrievalSettings
from storage.errors import KnowbotError
from storage.generations import Chunking
from storage.records import Generation
from storage.stores import Stores
from storage.vector_index import VectorIndex

Clock = Callable[[], float]

_LONGEST_VALUE = 60

LONGEST_PASSAGE = 512
"""Tokens, with its prompt. Encoders of long contexts read more, but a longer passage speaks of too much to be near to
a question."""


class FingerprintMismatchError(KnowbotError):
    """The encoder at hand would make vectors that mean something else than the stored ones."""


class ChunkingMismatchError(KnowbotError):
    """This version would cut documents otherwise than the stored passages were cut."""


class NothingIndexedError(KnowbotError):
    """The space holds no document."""

    def __init__(self, space: str) -> None:
        super().__init__(
            f"nothing has been ingested into the space '{space}' yet: run `knowbot ingest FOLDER --space {space}`"
        )


@dataclass(frozen=True)
class OpenSpace:
    """One generation with everything needed to read it and to write it."""

    generation: Generation
    embedder: Embedder
    todays_chunker: Chunker
    index: VectorIndex
    chunking: Chunking
    sentences: RecentVectors
    """Of passages that are read: what is found once is mostly found again soon."""

    @property
    def chunker(self) -> Chunker:
        """What cut the generation's passages; raises ChunkingMismatchError where this version cuts otherwise."""
        if self.todays_chunker.digest != self.chunking.digest:
            space = self.generation.space
            raise ChunkingMismatchError(
                f"the passages of space '{space}' were cut by another chunker than this version has "
                f"({_differences(self.chunking.spec, self.todays_chunker.spec)}), so nothing can be added to them: "
                f"run `knowbot reindex --space {space}`"
            )
        return self.todays_chunker


class Spaces:
    """Opens generations, each once a process. Encoders are shared: two spaces with one model hold one model."""

    def __init__(self, stores: Stores, settings: RetrievalSettings, meter: Meter) -> None:
        """The encoder that is set is for a space that has no generation yet; an existing one names its own."""
        self._stores, self._settings = stores, settings
        self._default_encoder, self.exact_up_to = settings.encoder, settings.exact_up_to
        self.meter, self._clock = meter, meter.clock
        self._encoders: dict[str, AnyEncoder] = {}
        self._open: dict[int, OpenSpace] = {}
        self._lock = threading.Lock()

    def active(self, space: str) -> OpenSpace:
        """The generation that answers now, whoever switched to it; raises NothingIndexedError without one."""
        return self.open(self.present(space))

    def present(self, space: str) -> Generation:
        """The record of the active generation, which may be one that ``active`` refuses to open."""
        generation = self._stores.generations.active(space)
        if generation is None:
            raise NothingIndexedError(space)
        return generation

    def active_or_new(self, space: str) -> OpenSpace:
        """The active generation, or for a space without one a new and empty one of the default encoder, active."""
        generation = self._stores.generations.active(space)
        if generation is None:
            generation = self.create(space, self._default_encoder).generation
            self._stores.generations.activate(generation.id, self._clock())
            return self.active(space)
        return self.open(generation)

    def live(self, space: str) -> list[OpenSpace]:
        """Every generation that changes go into: the active one first, then those being built or kept for a return."""
        generations = self._stores.generations.live(space)
        return [self.open(g) for g in sorted(generations, key=lambda g: (g.state != "active", g.id))]

    def is_paid(self, space: str, encoder: str | None = None) -> bool:
        """True where ``encoder``, or without one any that documents of the space go through, is behind an API."""
        present = [str(generation.encoder["name"]) for generation in self._stores.generations.live(space)]
        return any(map(is_behind_api, [encoder] if encoder else present or [self._default_encoder]))

    def create(self, space: str, encoder_name: str, dimensions: int | None = None) -> OpenSpace:
        """The generation of this encoder and today's chunker, in state building; an unfinished one is taken up."""
        embedder = self.embedder(encoder_name, dimensions)
        chunker = chunker_for(embedder)
        generation = self._stores.generations.create(
            space,
            self._stores.generations.chunking(chunker.digest, chunker.spec),
            embedder.fingerprint.digest,
            {"name": encoder_name, **asdict(embedder.fingerprint)},
            embedder.dimensions,
            self._clock(),
        )
        return self.open(generation)

    def open(self, generation: Generation) -> OpenSpace:
        """The generation with its encoder; raises FingerprintMismatchError where that is not what made its vectors."""
        with self._lock:
            known = self._open.get(generation.id)
            if known is None or known.generation != generation:
                known = self._opened(generation, known)
                self._open[generation.id] = known
            return known

    def _opened(self, generation: Generation, before: OpenSpace | None) -> OpenSpace:
        name = str(generation.encoder["name"])
        embedder = self.embedder(name, generation.dimensions)
        if embedder.fingerprint.digest != generation.fingerprint:
            raise FingerprintMismatchError(
                f"the index of space '{generation.space}' was made by {_described(generation)}, but '{name}' on this "
                f"machine is {_described_fingerprint(asdict(embedder.fingerprint))}, and their vectors do not compare "
                f"({_differences(generation.encoder, asdict(embedder.fingerprint))}): put the former back, or run "
                f"`knowbot reindex --encoder {name} --space {generation.space}`"
            )
        chunker = chunker_for(embedder)
        index = (
            before.index if before else VectorIndex(self._stores, generation, exact_up_to=self._settings.exact_up_to)
        )
        chunking = self._stores.generations.chunking_of(generation)
        sentences = before.sentences if before else _sentences(generation.space, embedder)
        return OpenSpace(generation, embedder, chunker, index, chunking, sentences)

    def unprompted(self, space: str) -> str:
        """What to do where the active encoder lacks the prompts that it was trained with; "" where it does not.

        A table in the settings, be it of empty prompts, is the operator's decision.
        """
        name = str(self.present(space).encoder["name"])
        model = model_of(name)
        if model in self._settings.prompts or not (wanted := lacking_prompts(name, self.embedder(name).encoder)):
            return ""
        return (
            f"{model} was trained with prompts before its texts and has none, so space '{space}' finds less than it "
            f"could: write {as_settings(model, wanted)} into knowbot.toml, then run "
            f"`knowbot reindex --encoder {name} --space {space}`"
        )

    def embedder(self, encoder_name: str, dimensions: int | None = None) -> Embedder:
        """The encoder with its cache and meter; raises what ``load_encoder`` raises."""
        if encoder_name not in self._encoders:
            models = self._settings.models or self._stores.data_dir / MODELS
            settings = self._settings
            self._encoders[encoder_name] = load_encoder(encoder_name, models, settings.patient, settings.prompts)
        encoder = self._encoders[encoder_name]
        return Embedder(encoder, self._stores.embedding_cache, self.meter, dimensions)


def _sentences(space: str, embedder: Embedder) -> RecentVectors:
    # What was paid for is kept for a day; a local encoder is quicker than the room is worth.
    return RecentVectors(embedder, Purpose("extract", space, "query", keep="query" if embedder.is_paid else None))


def chunker_for(embedder: Embedder) -> Chunker:
    """Today's chunker for what the encoder reads."""
    encoder = embedder.encoder
    room = LONGEST_PASSAGE - encoder.tokenizer.count(encoder.fingerprint.document_prompt)
    return Chunker(encoder.tokenizer, min(room, encoder.max_tokens))


def _described(generation: Generation) -> str:
    return _described_fingerprint(dict(generation.encoder))


def _differences(stored: Mapping[str, object], present: Mapping[str, object]) -> str:
    """Every field that has two values: the stored one, then the present one."""
    fields = [name for name in present if stored.get(name) != present[name]]
    found = (f"{name} {_short(stored.get(name))} there, {_short(present[name])} here" for name in fields)
    return "; ".join(found) or "in a field that is not recorded"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 3]}..."


def _described_fingerprint(fields: dict[str, object]) -> str:
    return f"{fields['model']} (revision {str(fields['revision'])[:12]}, {fields['dimensions']} dimensions)"
