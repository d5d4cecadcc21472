"""When a call is worth another try, and after how long."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from retrieval.api.retrying import MalformedReplyError, Patience, retry_after, tries

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Mon, 01 Jun 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Mon, 01 Jun 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None),
    ],
)
def test_a_reply_says_in_one_of_three_ways_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOON) == seconds


def test_a_retry_is_told_to_the_log_and_not_to_standard_output(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    async def second_time() -> int:
        async for attempt in tries(Patience(2, 1.0, 1.0, 1.0, first_wait=0.001)):
            with attempt:
                if attempt.num == 1:
                    raise MalformedReplyError("half of it")
        return attempt.num

    caplog.set_level("INFO")
    assert asyncio.run(second_time()) == 2
    assert capsys.readouterr().out == ""
    assert "an API failed (MalformedReplyError) and is asked again" in caplog.text
