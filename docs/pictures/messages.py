"""Pictures of what knowbot posts on Discord, one a kind: ``python -m docs.pictures.messages docs/img``.

The real client over the example knowledge base, with the real model, on a Discord that is only in this process. It
needs the extras offline and dev, and Chromium with fonts to draw with.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bot import words
from bot.policy import FLAGS_AN_HOUR
from docs.pictures.browser import BrowserMissingError, draw
from docs.pictures.chat_page import Names, page, post
from retrieval.encoders.registry import DEFAULT_ENCODER
from retrieval.engine import Engine
from retrieval.settings import RetrievalSettings
from storage.records import DEFAULT_SPACE
from tests.bot.server import Server, a_server

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
REFUND = "how many days do I have to get a refund on a yearly Cloud plan"
UNSURE = "updated yesterday and don't like it. how can i roll back to the previous release"
FOOTBALL = "who do you think wins the champions league this year"
REFUND = "how many days do I have to get a refund on a yearly Cloud plan"
CELERON = "got an ancient celeron nas, cpu doesn't do avx2. any special image i could use instead?"


def main(folder: Path) -> None:
    """Writes the pictures into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data_dir:
        with Engine(Path(data_dir), RetrievalSettings(encoder=DEFAULT_ENCODER)) as engine:
            engine.library.ingest(EXAMPLES / "lanternfish", DEFAULT_SPACE)
        for name, drawn in asyncio.run(told(Path(data_dir))).items():
            draw(drawn, folder / f"discord-{name}.png")


async def told(data_dir: Path) -> dict[str, str]:
    """A page for each kind of message, by the picture's name."""
    async with a_server(data_dir, DEFAULT_ENCODER) as server:
        await asyncio.to_thread(server.engine.answers.warm_up, DEFAULT_SPACE)
        pages = {
            "answer": await _asked(server, REFUND),
            "unsure": await _asked(server, UNSURE),
            "human": await _human(server),
            "off-topic": await _asked(server, FOOTBALL),
            "small-talk": await _asked(server, "thanks, that helped!"),
            "ask": await _commanded(server, CELERON),
            "withdrawn": await _withdrawn(server),
        }
        return pages | await _flagged(server)


async def _asked(server: Server, text: str) -> str:
    me = server.client.user
    assert me is not None
    asked = await server.alice.send(server.mention, f"<@{me.id}> {text}")
    reply, names = server.said(server.mention)[-1], _names(server)
    return page([post(asked, names), post(reply, names, f"↱ alice  @knowbot {text}")])


async def _commanded(server: Server, text: str) -> str:
    await server.alice.slash(server.unwatched, "ask", question=text)
    return page([post(server.said(server.unwatched)[-1], _names(server), "↱ alice used /ask")])


async def _human(server: Server) -> str:
    """The unsure answer, the last one, after its button was pressed, and the call in the thread of the question."""
    before = server.said(server.mention)[-1]
    await server.alice.click(before, label=words.ASK_A_HUMAN)
    reply = next(message for message in server.said(server.mention) if message.id == before.id)
    (thread,) = server.mention.threads
    return page([post(message, _names(server)) for message in (reply, *server.said(thread)) if not message.is_system()])


async def _withdrawn(server: Server) -> str:
    asked = await server.alice.send(server.helpful, REFUND)
    await server.mod.click(server.said(server.helpful)[-1], label=words.WITHDRAW)
    reply, names = server.said(server.helpful)[-1], _names(server)
    return page([post(asked, names), post(reply, names, f"↱ alice  {REFUND}")])


async def _flagged(server: Server) -> dict[str, str]:
    """The notice of a flag, then with its verdict; and the digest of those that were too many."""
    off_topic = iter(_off_topic())
    while not server.said(server.moderators):
        await server.alice.send(server.silent, next(off_topic))
    (notice,), names = server.said(server.moderators), _names(server)
    before = page([post(notice, names)])
    await server.mod.click(notice, label=words.OFF_TOPIC)
    after = page([post(server.said(server.moderators)[0], names)])
    for text in off_topic:
        await server.alice.send(server.silent, text)
    await server.wait(3700)
    digest = server.said(server.moderators)[FLAGS_AN_HOUR]
    return {"flag": before, "flag-decided": after, "digest": page([post(digest, names)])}


def _off_topic() -> Iterator[str]:
    """What members say to each other that has nothing to do with the documents; enough for a digest."""
    lines = [json.loads(line) for line in (EXAMPLES / "offtopic.jsonl").read_text(encoding="utf-8").splitlines()]
    yield from [line["text"] for line in lines if line["label"] == "out"][4:26]


def _names(server: Server) -> Names:
    channels = (server.helpful, server.mention, server.silent, server.unwatched, server.moderators)
    assert server.client.user is not None
    return {
        **{channel.id: channel.name or "" for channel in channels},
        server.alice.id: "alice",
        server.mod.id: "mod",
        server.helpers.id: server.helpers.name,
        server.client.user.id: "knowbot",
    }


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/img"))
    except BrowserMissingError as error:
        sys.exit(str(error))
