"""From text to normalised vectors: guard, cache, batch, truncate, normalise, and count what it cost."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from retrieval.costs.metering import Account, Call, Meter, loading
from retrieval.costs.pricing import PricedModel, TokenUse
from retrieval.encoders.base import AnyEncoder, ContextualEncoder, Fingerprint, Loadable, PaidEncoder, TextKind
from retrieval.encoders.windows import Text, slices, tokens_of
from storage.embedding_cache import EmbeddingCache
from storage.errors import KnowbotError
from storage.records import Matrix

SLICE = 512
"""Texts encoded between two looks at the cache and the ledger; bounds what a kill can cost."""

BATCH_TEXTS = 64
"""Texts that a local encoder may as well be given at once; one behind an API names its own number."""

Keep = Literal["query", "reference"]


class EncoderBrokenError(KnowbotError):
    """The encoder returned something that is no vector."""


class TooManyDimensionsError(KnowbotError):
    """More dimensions were asked for than the encoder has."""


def text_hash(text: str) -> str:
    """The sha256 of the exact text, in hex: with the fingerprint, the key of an embedding."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def key_of(text: Text) -> str:
    """What the vector of a text is known by, with the fingerprint: its hash, or a hash of all that it depends on."""
    return text_hash(text) if isinstance(text, str) else text.key


@dataclass(frozen=True)
class Purpose:
    """Why something is encoded: the ledger's columns, and whether the cache shall keep it.

    Documents are not kept there: their vectors are stored with their chunks, and the cache finds them.
    """

    operation: str
    space: str
    kind: TextKind
    keep: Keep | None = None


class Embedder:
    """An encoder with its cache and its ledger. The only way to a vector."""

    def __init__(self, encoder: AnyEncoder, cache: EmbeddingCache, meter: Meter, dimensions: int | None = None) -> None:
        """``dimensions`` cuts vectors to their first components (Matryoshka); None keeps them whole."""
        self.encoder = encoder
        self.dimensions = dimensions or encoder.fingerprint.dimensions
        if self.dimensions > encoder.fingerprint.dimensions:
            raise TooManyDimensionsError(
                f"{encoder.fingerprint.model} has {encoder.fingerprint.dimensions} dimensions, so {self.dimensions} of "
                "them cannot be kept: ask for fewer"
            )
        self.fingerprint: Fingerprint = encoder.fingerprint.truncated(self.dimensions)
        self._cache, self._meter = cache, meter
        # Asked with every text; whether an object fits a protocol takes longer than a short search.
        self._paid = encoder if isinstance(encoder, PaidEncoder) else None
        self._contextual = encoder if isinstance(encoder, ContextualEncoder) else None

    @property
    def batch_texts(self) -> int:
        """How many texts are worth gathering before they are embedded."""
        return self._paid.batch_texts if self._paid else BATCH_TEXTS

    @property
    def is_paid(self) -> bool:
        """True for an encoder behind an API."""
        return self._paid is not None

    @property
    def priced_as(self) -> PricedModel:
        """What a price list knows the encoder by."""
        encoder = self.encoder
        return encoder.priced_as if isinstance(encoder, PaidEncoder) else PricedModel(encoder.fingerprint.model)

    def missing(self, texts: Sequence[Text], kind: TextKind) -> dict[str, Text]:
        """Of ``texts``, by key, each once, those that would have to be encoded."""
        wanted = {key_of(text): text for text in texts}
        known = self._known(wanted, kind)
        return {key: text for key, text in wanted.items() if key not in known}

    def embed(self, texts: Sequence[Text], purpose: Purpose, progress: Callable[[int], None] | None = None) -> Matrix:
        """Unit vectors of ``texts``, float32 of shape (len(texts), dimensions), in order.

        Each distinct text is encoded at most once, and not at all where its vector is known. ``progress`` is told
        after every slice how many more texts are done.
        """
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        known: dict[str, Matrix] = {}
        for first, end in slices(texts, max(SLICE, self.batch_texts)):
            rows[first:end] = self._embed_slice(texts[first:end], purpose, known)
            if progress:
                progress(end - first)
        return rows

    def _embed_slice(self, texts: Sequence[Text], purpose: Purpose, known: dict[str, Matrix]) -> Matrix:
        """Adds to ``known``, by key, what it did not hold: the cache keeps no documents."""
        keys = [key_of(text) for text in texts]
        known.update(self._known(set(keys) - known.keys(), purpose.kind))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        encoded = self._encode(missing, texts, purpose)
        if encoded and purpose.keep:
            self._cache.remember(self.fingerprint.known_as(purpose.kind), purpose.keep, encoded, self._meter.clock())
        known.update(encoded)
        return np.stack([known[key] for key in keys])

    def _known(self, hashes: Collection[str], kind: TextKind) -> dict[str, Matrix]:
        """Vectors that were encoded before, at this size or whole: a whole one need only be cut."""
        known = self._cache.find(self.fingerprint.known_as(kind), hashes)
        if self.dimensions < self.encoder.fingerprint.dimensions:
            whole = self._cache.find(self.encoder.fingerprint.known_as(kind), set(hashes) - known.keys())
            if whole:
                known.update(zip(whole, normalised(np.stack([*whole.values()])[:, : self.dimensions]), strict=True))
        return known

    def _encode(self, missing: Mapping[str, Text], texts: Sequence[Text], purpose: Purpose) -> dict[str, Matrix]:
        """The vectors of what is ``missing`` of ``texts``, by key; every call that this takes is counted."""
        wanted = list(missing.values())
        account = self._account(purpose, texts, wanted)
        if self._paid and wanted:
            raw = self._paid.encode_paid(_strings(wanted), purpose.kind, self.dimensions, account)
        else:
            raw = self._encode_here(wanted, purpose.kind, account)
        return dict(zip(missing, normalised(raw[:, : self.dimensions]), strict=True)) if wanted else {}

    def _encode_here(self, wanted: list[Text], kind: TextKind, account: Account) -> Matrix:
        """Nothing is called where everything was known, and that is counted as well."""
        if wanted:
            load_model(self.encoder, self._meter, kind)
        started = time.perf_counter()
        raw = np.zeros((0, 0), dtype=np.float32)
        if wanted:
            assert not isinstance(self.encoder, PaidEncoder)
            if self._contextual:
                raw = self._contextual.encode_in_context(wanted, kind)
            else:
                raw = self.encoder.encode(_strings(wanted), kind)
        latency = time.perf_counter() - started if wanted else 0.0
        account.note(Call(TokenUse(self.tokens(wanted, kind)), len(wanted), 0, latency))
        return raw

    def _account(self, purpose: Purpose, texts: Sequence[Text], wanted: Sequence[Text]) -> Account:
        saved = len(texts) - len(wanted)
        tokens = self.tokens(texts, purpose.kind) - self.tokens(wanted, purpose.kind) if saved else 0
        return Account(self._meter, self.priced_as, purpose.operation, purpose.space).saving(saved, tokens)

    def tokens(self, texts: Iterable[Text], kind: TextKind) -> int:
        """What the encoder counts of ``texts``, or of the windows that they are in, with prompts and special tokens."""
        return tokens_of(texts, self.encoder.tokenizer, self.fingerprint.prompt(kind))


def _strings(texts: Iterable[Text]) -> list[str]:
    """All of them, for an encoder that is given nothing else."""
    return [text for text in texts if isinstance(text, str)]


def load_model(encoder: AnyEncoder, meter: Meter, kind: TextKind = "query", many: bool = False) -> None:
    """Loads the encoder's model where there is one that was not loaded yet, for texts of ``kind``; counted apart."""
    if isinstance(encoder, Loadable) and (many or not encoder.loaded(kind)):
        with loading(meter, encoder.fingerprint.model):
            encoder.load(kind, many)


class RecentVectors:
    """An embedder for texts that come again soon, such as the sentences of passages that are often found.

    Remembers up to ``most`` vectors in memory, and forgets those that were not needed for longest. Threads may share
    it; two that need the same text at the same moment may both encode it.
    """

    def __init__(self, embedder: Embedder, purpose: Purpose, most: int = 16_384) -> None:
        self._embedder, self._purpose, self._most = embedder, purpose, most
        self._known: OrderedDict[str, Matrix] = OrderedDict()
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Unit vectors of ``texts``, float32 of shape (len(texts), dimensions), in order."""
        with self._lock:
            found = {text: self._known[text] for text in texts if text in self._known}
        missing = list(dict.fromkeys(text for text in texts if text not in found))
        found |= zip(missing, self._embedder.embed(missing, self._purpose), strict=True)
        with self._lock:
            self._remember(found)
        return np.stack([found[text] for text in texts])

    def _remember(self, found: Mapping[str, Matrix]) -> None:
        self._known |= found
        for text in found:
            self._known.move_to_end(text)
        while len(self._known) > self._most:
            self._known.popitem(last=False)


def normalised(rows: Matrix) -> Matrix:
    """Rows scaled to length 1 in float32, so that a dot product is the cosine; refuses what has no direction."""
    lengths = np.linalg.norm(rows.astype(np.float32), axis=1, keepdims=True)
    if not np.all(np.isfinite(lengths)) or np.any(lengths == 0):
        raise EncoderBrokenError(
            "the encoder returned a vector of zeros or NaN: check the model's files, or choose another encoder"
        )
    return np.asarray(rows / lengths, dtype=np.float32)
