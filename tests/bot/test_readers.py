"""No answer ever cites what one of its readers may not see, over random spaces, channels, threads, roles and edits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import discord
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.community.places import bound_to, readable_by, readable_in
from retrieval.engine import Engine
from retrieval.handed_in.channel_documents import ChannelDocument, MessageOfDocument
from retrieval.settings import RetrievalSettings
from retrieval.types import Asked, Question
from tests.bot.readers import CHANNELS, MEMBERS, PLACES, PRIVATE_THREADS, ROLES, RULES, TARGETS, ChangingServer

SPACES = ("here", "elsewhere")
ANIMALS = ("zebra", "gnu")
NUMBERS = range(1, 4)
MESSAGE_IDS = count(1000)

SAY = st.tuples(
    st.just("say"),
    st.sampled_from(NUMBERS),
    st.sampled_from(ANIMALS),
    st.sampled_from(PLACES),
    st.sampled_from((SPACES[0], *SPACES)),
)
"""What is said anew under the same number is an edit, or stands in another place now."""

RULE = st.tuples(st.just("rule"), st.sampled_from(CHANNELS), st.sampled_from(TARGETS), st.sampled_from(tuple(RULES)))
OTHERS = st.one_of(
    st.tuples(st.just("delete"), st.sampled_from(NUMBERS)),
    st.tuples(st.just("everyone"), st.sampled_from(tuple(RULES))),
    st.tuples(st.just("give"), st.sampled_from(MEMBERS), st.sampled_from(ROLES)),
    st.tuples(st.just("invite"), st.sampled_from(MEMBERS), st.sampled_from(PRIVATE_THREADS)),
    st.tuples(st.just("ask"), st.sampled_from(PLACES), st.sampled_from(ANIMALS)),
)
STEPS = st.lists(st.one_of(SAY, SAY, RULE, OTHERS), min_size=6, max_size=14)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine(tmp_path_factory.mktemp("readers"), RetrievalSettings(encoder="hashing")) as engine:
        yield engine


@dataclass
class Story:
    """One run of steps: where each document stands, and which answers were posted where."""

    engine: Engine
    server: ChangingServer = field(default_factory=ChangingServer)
    documents: dict[tuple[str, int], str] = field(default_factory=dict)
    posted: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for number in NUMBERS:
            self.engine.channel_documents.forget_message(number)
        for space in SPACES:  # so that there is something to ask in each
            self.put(space, 99, "heron", "public")

    def step(self, what: str, *values: Any) -> None:  # noqa: ANN401 - as many and of such kinds as the step has
        server = self.server
        if what == "say":
            number, animal, place, space = values
            self.put(space, number, animal, bound_to(self.channel(place)))
            self.documents[space, number] = place
        elif what == "delete":
            self.engine.channel_documents.forget_message(values[0])
            self.documents = {key: place for key, place in self.documents.items() if key[1] != values[0]}
        elif what == "ask":
            self.ask(*values)
        elif what == "rule":
            server.rule(*values)
        elif what == "everyone":
            server.grant_everyone(*values)
        elif what == "give":
            server.give(*values)
        else:
            server.invite(*values)

    def put(self, space: str, number: int, animal: str, visibility: str) -> None:
        text = f"The {animal} quota is exactly {number} stripes for every member of the herd."
        title, message = f"How large is the {animal} quota of {number}?", MessageOfDocument(number, 1, 1)
        document = ChannelDocument(f"https://example.org/{number}", title, text, visibility, (message,))
        self.engine.channel_documents.put(space, "source", [document])

    def channel(self, place: str) -> discord.TextChannel | discord.Thread:
        found = self.server.guild.get_channel_or_thread(int(self.server.place(place).id))
        assert isinstance(found, discord.TextChannel | discord.Thread)
        return found

    def ask(self, place: str, animal: str) -> None:
        """A public answer, and what every one of its readers may be shown in private, there or under its button."""
        channel = self.channel(place)
        bound = self.engine.channel_documents.visibilities("here")
        question = Question(f"how large is the {animal} quota", "here", readable_in(channel, bound))
        answer = self.engine.answers.answer(question)
        readers = [each for each in MEMBERS if self.hears(each, place)]
        for cited in {candidate.chunk.document_location for candidate in answer.candidates}:
            self.check(cited, readers)
        number = self.engine.conversations.record(answer, Asked("discord", 1, channel.id, next(MESSAGE_IDS)))
        assert number is not None
        self.posted.append((number, place))
        for reader in readers:
            self.look_alone(reader, channel, animal)

    def look_alone(self, reader: str, channel: discord.TextChannel | discord.Thread, animal: str) -> None:
        """What one member is answered, pointed to and suggested."""
        bound = self.engine.channel_documents.visibilities("here")
        member = channel.guild.get_member(int(self.server.world.member(reader).id))
        assert member is not None
        question = Question(f"how large is the {animal} quota", "here", readable_by(member, channel, bound))
        for candidate in self.engine.answers.answer(question).candidates:
            self.check(candidate.chunk.document_location, [reader])
        for similar in self.engine.known.similar(question):
            if similar.location:
                self.check(similar.location.split("#")[0], [reader])
        for suggestion in self.engine.known.suggestions("here", question.visible_to, f"large {animal} quota of"):
            self.check(suggestion.rstrip("?").rsplit(" ", 1)[1], [reader])

    def press_sources(self) -> None:
        """Everybody who still reads an answer asks for its sources, whatever has changed since."""
        bound = self.engine.channel_documents.visibilities("here")
        for number, place in self.posted:
            channel = self.channel(place)
            for reader in MEMBERS:
                if self.hears(reader, place):
                    member = channel.guild.get_member(int(self.server.world.member(reader).id))
                    assert member is not None
                    for source in self.engine.conversations.sources(number, readable_by(member, channel, bound)):
                        self.check(source.document_location, [reader])

    def check(self, location: str, readers: list[str]) -> None:
        """Raises where one of the readers may not read where the document comes from."""
        number = int(location.rsplit("/", 1)[-1])
        if number == 99:
            return
        origin = self.documents["here", number]
        for reader in readers:
            assert self.server.may_read(self.server.world.member(reader), self.server.place(origin)), (reader, origin)

    def hears(self, reader: str, place: str) -> bool:
        return self.server.hears(self.server.world.member(reader), self.server.place(place))


def tell(engine: Engine, steps: list[tuple[Any, ...]], animal: str) -> None:
    story = Story(engine)
    for step in steps:
        story.step(*step)
    for place in PLACES:
        story.ask(place, animal)
    story.press_sources()


patiently = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}


@settings(max_examples=10, **patiently)  # type: ignore[arg-type]
@given(STEPS, st.sampled_from(ANIMALS))
def test_no_reader_of_an_answer_is_shown_what_they_may_not_see(
    engine: Engine, steps: list[tuple[Any, ...]], animal: str
) -> None:
    tell(engine, steps, animal)


@pytest.mark.faults
@settings(max_examples=400, **patiently)  # type: ignore[arg-type]
@given(STEPS, st.sampled_from(ANIMALS))
def test_no_reader_is_shown_what_they_may_not_see_over_many_servers(
    engine: Engine, steps: list[tuple[Any, ...]], animal: str
) -> None:
    tell(engine, steps, animal)
