from __future__ import annotations

from dataclasses import replace

import pytest

from storage.flags import FlagDraft, NoSuchFlagError
from storage.stores import Stores

DRAFT = FlagDraft(
    "default", "off_topic", "buy cheap watches", 0.9, "documents", channel_id=7, message_id=5, author_hash="abc"
)
SERVER = 100


def test_a_flag_comes_back_as_it_was_raised_open_and_unnoticed(stores: Stores) -> None:
    flag = stores.flags.put(DRAFT, 10.0)
    assert (flag.excerpt, flag.score, flag.raised_at, flag.author_hash) == ("buy cheap watches", 0.9, 10.0, "abc")
    assert (flag.verdict, flag.noticed_at) == (None, None)
    assert stores.flags.get(flag.id) == flag


def test_moderators_are_told_once_of_each_open_flag_of_their_server(stores: Stores) -> None:
    stores.servers.note_channels(SERVER, [7])
    stores.servers.note_channels(200, [8])
    first, second, decided = (stores.flags.put(DRAFT, float(now)) for now in (1, 2, 3))
    stores.flags.put(replace(DRAFT, channel_id=8), 4.0)
    stores.flags.decide(decided.id, "out", "moderator", 5.0)
    assert [flag.id for flag in stores.flags.unnoticed(SERVER)] == [first.id, second.id]
    stores.flags.mark_noticed([first.id], 900, 6.0)
    assert [flag.id for flag in stores.flags.unnoticed(SERVER)] == [second.id]
    assert (stores.flags.get(first.id).notice_id, stores.flags.get(first.id).noticed_at) == (900, 6.0)


def test_a_notice_of_several_flags_is_one_notice(stores: Stores) -> None:
    stores.servers.note_channels(SERVER, [7])
    flags = [stores.flags.put(DRAFT, float(now)) for now in range(4)]
    stores.flags.mark_noticed([flags[0].id], 900, 10.0)
    stores.flags.mark_noticed([flag.id for flag in flags[1:]], 901, 20.0)
    assert stores.flags.notices_since(SERVER, 0.0) == [10.0, 20.0]
    assert stores.flags.notices_since(SERVER, 10.0) == [20.0]
    assert stores.flags.notices_since(200, 0.0) == []


def test_a_verdict_closes_a_flag_and_none_opens_it_again(stores: Stores) -> None:
    flag = stores.flags.put(DRAFT, 1.0)
    closed = stores.flags.decide(flag.id, "in", "moderator", 2.0)
    assert (closed.verdict, closed.decided_by, closed.decided_at) == ("in", "moderator", 2.0)
    assert stores.flags.list("default", open_only=True) == []
    assert stores.flags.decide(flag.id, None, None, 3.0) == flag


def test_flags_are_listed_newest_first_by_space_or_of_all(stores: Stores) -> None:
    numbers = [stores.flags.put(replace(DRAFT, space=space), now).id for now, space in ((1.0, "a"), (2.0, "b"))]
    assert [flag.id for flag in stores.flags.list()] == numbers[::-1]
    assert [flag.id for flag in stores.flags.list("a")] == numbers[:1]
    assert [flag.id for flag in stores.flags.list(limit=1)] == numbers[1:]


def test_a_flag_that_is_not_there_is_named(stores: Stores) -> None:
    with pytest.raises(NoSuchFlagError, match="no flag 3"):
        stores.flags.decide(3, "in", "moderator", 1.0)
