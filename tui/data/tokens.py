"""A text in two vocabularies, counted in a thread of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from retrieval.engine import Engine, NothingIndexedError
from retrieval.token_costs.countable import Countable, countable
from retrieval.token_costs.token_page import ENCODER, Examined, examined, named_tokenizers, pasted, usual_encodings
from storage.errors import KnowbotError
from tui.data.desk import Desk

LONGEST = 200_000
"""Letters of a text that are counted while one types; of a longer one the beginning."""


class TextUnreadableError(KnowbotError):
    """A file cannot be read."""


@dataclass(frozen=True)
class TokenView:
    """A text as it was examined; ``cut`` where only its beginning was."""

    given: Countable
    examined: tuple[Examined, ...]
    cut: bool


class TokensData:
    """Counts, and stores nothing."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def encodings(self) -> tuple[str, ...]:
        """The names that can be chosen; the encoder's own only where the space has one."""

        def read(engine: Engine) -> tuple[str, ...]:
            names = usual_encodings(engine.stores.data_dir)
            has_encoder = engine.stores.generations.active(self._desk.space) is not None
            return tuple(name for name in names if has_encoder or name != ENCODER)

        return await self._desk.threads.reading.run(read)

    async def examine(self, text: str, encodings: tuple[str, ...]) -> TokenView:
        """What each vocabulary makes of a text; raises UnknownTokenizerError, EncoderUnavailableError."""
        return await self._desk.threads.looking.run(lambda engine: self._examine(engine, text, encodings))

    async def open(self, path: Path) -> Countable:
        """The text of a file, a web page with its readings; raises TextUnreadableError and what reading raises."""

        def read(_: Engine) -> Countable:
            try:
                return countable(path.expanduser())
            except OSError as error:
                raise TextUnreadableError(
                    f"{path} cannot be read ({error.strerror or error}): name a file that is there"
                ) from error

        return await self._desk.threads.looking.run(read)

    def _examine(self, engine: Engine, text: str, encodings: tuple[str, ...]) -> TokenView:
        given = pasted(text[:LONGEST])
        try:
            encoder = str(engine.spaces.present(self._desk.space).encoder["name"])
        except NothingIndexedError:
            encoder = ""
        tokenizers = list(named_tokenizers(encodings, engine.stores.data_dir, encoder))
        return TokenView(given, tuple(examined(given, each) for each in tokenizers), len(text) > LONGEST)
