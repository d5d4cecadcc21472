"""Channels that staff had learnt: what is new in them is learnt as well, until staff have them unlearnt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from retrieval.handed_in.channel_documents import SOURCE, source_name
from retrieval.space import Clock
from storage.message_documents import MessagePart
from storage.records import Source
from storage.stores import Stores

_FOLLOWED = "followed"


@dataclass(frozen=True)
class LearnedChannel:
    """A channel by its number; ``read_at`` is when its past was last read, in seconds since the epoch."""

    space: str
    channel_id: int
    read_at: float | None


class LearnedChannels:
    """A channel is followed as an option of its source, which outlives the documents: what was forgotten stays so."""

    def __init__(self, stores: Stores, clock: Clock) -> None:
        self._stores, self._clock = stores, clock

    def follow(self, space: str, channel_id: int) -> None:
        """From now on what is new in a channel is learnt."""
        self._set(space, channel_id, {_FOLLOWED: True})

    def leave(self, channel_id: int) -> None:
        """It is learnt no more, in whatever space; a channel that never was is no error."""
        for each in self.all():
            if each.channel_id == channel_id:
                self._set(each.space, channel_id, {})

    def is_followed(self, space: str, channel_id: int) -> bool:
        """True from ``follow`` to ``leave``."""
        return self._followed(space, channel_id) is not None

    def all(self) -> list[LearnedChannel]:
        """Every channel that is followed."""
        sources = [each for each in self._stores.sources.list() if each.options.get(_FOLLOWED)]
        numbers = ((each, int(each.location.removeprefix(SOURCE))) for each in sources)
        return [LearnedChannel(each.space, number, each.refreshed_at) for each, number in numbers]

    def was_read(self, space: str, channel_id: int, problem: str = "") -> None:
        """Notes that the past of a channel that is followed was read just now, or with ``problem`` why it was not."""
        source, now = self._followed(space, channel_id), self._clock()
        if source is None:
            return
        self._stores.unread.note(source.id, {source.location: problem} if problem else {}, now, [source.location])
        if not problem:
            self._stores.sources.mark_refreshed(source.id, now)

    def parts(self, space: str, channel_id: int, room_id: int) -> list[MessagePart]:
        """The messages in ``room_id``, the channel itself or a thread of it, that what was learnt is made of."""
        return self._stores.message_documents.of_room(space, source_name(channel_id), room_id)

    def belongs_elsewhere(self, space: str, channel_id: int, locations: Iterable[str]) -> frozenset[str]:
        """Those of ``locations`` that another source has, as an approved answer has the address of its message."""
        source_of = self._stores.message_documents.source_of
        return frozenset(each for each in locations if source_of(space, each) not in ("", source_name(channel_id)))

    def _followed(self, space: str, channel_id: int) -> Source | None:
        sources = self._stores.sources.list(space)
        return next((s for s in sources if s.location == source_name(channel_id) and s.options.get(_FOLLOWED)), None)

    def _set(self, space: str, channel_id: int, options: dict[str, bool]) -> None:
        self._stores.sources.remember(space, "documents", source_name(channel_id), self._clock(), options)
