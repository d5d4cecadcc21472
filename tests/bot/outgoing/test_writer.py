"""The answer writer: a real stream over a real socket, and Discord as members see it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from bot.outgoing import streaming
from bot.outgoing.writer import Draft, Writer
from bot.settings import WriterSettings
from retrieval.api.chat import ReplyCutOffError
from retrieval.api.retrying import ApiRefusedError, ApiUnavailableError
from retrieval.costs.budget import NO_LIMITS, BudgetExhaustedError, BudgetLimits
from retrieval.costs.metering import Meter
from retrieval.costs.pricing import OPERATOR, PriceList, Rates
from retrieval.counting.tokens import EstimateTokenizer
from retrieval.types import Answer, Citation, Question
from retrieval.write import WritingFailedError
from storage.stores import Stores, open_stores
from tests.bot.server import ANSWERED, UNSURE, Server, a_server, text_of
from tests.chat_api import ChatApi
from tests.fakes import a_chunk

pytestmark = pytest.mark.asyncio

TEXT = "Hold the red button for ten seconds."
SOURCE = Citation(1, "Reset", "1.md", TEXT, 0.5, a_chunk(TEXT))
ANSWER = Answer(Question("how do I reset it?"), "answer", TEXT, 0.9, 0.1, sources=(SOURCE,))
PRICES = PriceList({"chatty": Rates(input=1_000_000.0, output=2_000_000.0, cached_input=500_000.0)})
NOON = 1_000_000.0


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with open_stores(tmp_path) as opened:
        yield opened


def a_writer(stores: Stores, api: ChatApi, limits: BudgetLimits = NO_LIMITS, seconds: float = 5.0) -> Writer:
    meter = Meter.of(stores, lambda: NOON, limits, PRICES)
    return Writer(meter, WriterSettings(model="chatty", base_url=api.url, seconds=seconds))


async def written(writer: Writer) -> list[Draft]:
    try:
        async with aclosing(writer.drafts(ANSWER)) as drafts:
            return [draft async for draft in drafts]
    finally:
        await writer.close()


def lines(stores: Stores) -> list[tuple[object, ...]]:
    return stores.db.rows(
        "SELECT operation, model, prompt_tokens, completion_tokens, cached_tokens, price, price_source FROM ledger"
    )


async def test_drafts_grow_and_the_last_one_is_whole_and_the_call_is_counted_once(stores: Stores) -> None:
    with ChatApi("Hold the ", "red button [", "1", "]. ", "Done [1].") as api:
        drafts = await written(a_writer(stores, api))
    assert [draft.text for draft in drafts] == [
        *("Hold the", "Hold the red button", "Hold the red button [1].", "Hold the red button [1]. Done [1]."),
        "Hold the red button [1]. Done [1].",
    ]
    assert [draft.final for draft in drafts] == [False] * 4 + [True]
    (asked,) = api.requests
    assert (asked["model"], asked["max_tokens"], asked["stream"]) == ("chatty", 400, True)
    price = (200 - 128) * 1.0 + 128 * 0.5 + 20 * 2.0
    assert lines(stores) == [("write", "chatty", 200, 20, 128, price, OPERATOR)]
    assert stores.spending.spent(0.0, NOON) == price * 10**9


async def test_tokens_are_counted_here_where_the_api_says_nothing_of_them(stores: Stores) -> None:
    with ChatApi("Hold it [1].") as api:
        api.usage = None
        await written(a_writer(stores, api))
    ((_, _, prompt, completion, cached, _, _),) = lines(stores)
    assert int(str(prompt)) > 100
    assert (completion, cached) == (EstimateTokenizer().count("Hold it [1]."), 0)


@pytest.mark.parametrize(
    ("pieces", "error"),
    [
        (["Ten seconds [1], or twenty [4]", ", who knows"], WritingFailedError),
        ([], WritingFailedError),
        (["no citation at all"], WritingFailedError),
        (["Visit http://evil.example [1]"], WritingFailedError),
        (["It takes 1", "5 seconds [1]."], WritingFailedError),
        (["so much " * 400], WritingFailedError),
    ],
)
async def test_what_may_not_be_shown_ends_the_stream_and_is_counted_all_the_same(
    stores: Stores, pieces: list[str], error: type[Exception]
) -> None:
    with ChatApi(*pieces) as api, pytest.raises(error):
        await written(a_writer(stores, api))
    assert len(lines(stores)) == 1


async def test_a_reply_that_is_cut_off_is_no_answer(stores: Stores) -> None:
    with ChatApi("Hold it [1] and then") as api:
        api.finish_reason = "length"
        with pytest.raises(ReplyCutOffError):
            await written(a_writer(stores, api))


async def test_a_refusal_costs_nothing_and_is_asked_once(stores: Stores) -> None:
    for status, error in ((500, ApiUnavailableError), (401, ApiRefusedError)):
        with ChatApi("x") as api:
            api.status = status
            with pytest.raises(error):
                await written(a_writer(stores, api))
            assert len(api.requests) == 1
    assert lines(stores) == []
    assert stores.spending.spent(0.0, NOON) == 0


async def test_a_stall_is_given_up_in_time_even_in_the_middle(stores: Stores) -> None:
    with ChatApi("Hold it [1].", "never", pause=1.0) as api:
        started = time.monotonic()
        with pytest.raises(ApiUnavailableError):
            await written(a_writer(stores, api, seconds=1.5))
        assert time.monotonic() - started < 4
    assert len(lines(stores)) == 1


async def test_without_budget_nothing_is_asked(stores: Stores) -> None:
    with ChatApi("Hold it [1].") as api:
        with pytest.raises(BudgetExhaustedError):
            await written(a_writer(stores, api, BudgetLimits(day=10.0)))
        assert not api.requests


async def until(condition: Callable[[], bool]) -> None:
    """Waits until it holds, for ten seconds at most."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.02)


def use_writer(server: Server, api: ChatApi) -> None:
    server.client.writer = Writer(server.engine.meter, WriterSettings(model="chatty", base_url=api.url))


async def test_on_discord_the_extracted_answer_comes_first_and_is_replaced_by_the_written_one(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "EDIT_SECONDS", 0.05)
    with ChatApi("Set it up ", "as the page says [1]. @everyone", " That is all [1].", pause=0.1) as api:
        async with a_server(data_dir) as server:
            use_writer(server, api)
            await server.alice.send(server.helpful, ANSWERED)
            (reply,) = server.said(server.helpful)
            await until(lambda: "That is all [1]." in text_of(server.said(server.helpful)[0]))
            await until(lambda: "That is all" in server.engine.stores.interactions.get(1).answer)
            (final,) = server.said(server.helpful)
            assert server.client.writer is not None
            await server.client.writer.close()
    assert final.id == reply.id
    assert "1. " in text_of(final)
    assert not final.mention_everyone
    assert final.components


async def test_on_discord_an_answer_that_does_not_hold_up_gives_way_to_the_extracted_one(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "EDIT_SECONDS", 0.05)
    with ChatApi("The moon is made ", "of cheese [1]. ", "Ask there [9].", pause=0.2) as api:
        async with a_server(data_dir) as server:
            use_writer(server, api)
            await server.alice.slash(server.unwatched, "ask", question=ANSWERED)
            await until(lambda: len(server.engine.stores.ledger.timings("chatty", "write", 9)) == 1)
            extracted = server.engine.stores.interactions.get(1).answer
            await until(lambda: extracted[:40] in text_of(server.said(server.unwatched)[0]))
            assert "cheese" not in text_of(server.said(server.unwatched)[0])


async def test_on_discord_a_stream_that_breaks_leaves_the_extracted_answer(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "EDIT_SECONDS", 0.05)
    with ChatApi("Set it up ", "as the page says [1]. ", "And then", pause=0.08) as api:
        api.breaks = True
        async with a_server(data_dir) as server:
            use_writer(server, api)
            await server.alice.send(server.helpful, ANSWERED)
            extracted = server.engine.stores.interactions.get(1).answer
            await until(lambda: len([each for each in server.env.http_requests if each.method == "PATCH"]) > 1)
            await until(lambda: extracted[:40] in text_of(server.said(server.helpful)[0]))
            (reply,) = server.said(server.helpful)
            assert "as the page says" not in text_of(reply)
            assert reply.components
            assert server.engine.stores.interactions.get(1).answer == extracted
            assert server.client.writer is not None
            await server.client.writer.close()


async def test_however_quickly_words_arrive_a_message_is_edited_once_in_a_while(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "EDIT_SECONDS", 0.1)
    with ChatApi(*("word " for _ in range(30)), "as the page says [1].", pause=0.01) as api:
        async with a_server(data_dir) as server:
            use_writer(server, api)
            started = time.monotonic()
            await server.alice.send(server.helpful, ANSWERED)
            await until(lambda: "as the page says" in server.engine.stores.interactions.get(1).answer)
            edits = [each for each in server.env.http_requests if each.method == "PATCH"]
            assert 1 < len(edits) <= (time.monotonic() - started) / 0.1 + 1
            assert server.client.writer is not None
            await server.client.writer.close()


async def test_what_is_not_answered_is_not_written(data_dir: Path) -> None:
    with ChatApi("x") as api:
        async with a_server(data_dir) as server:
            use_writer(server, api)
            await server.alice.send_dm(UNSURE)
        assert not api.requests
