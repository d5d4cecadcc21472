from __future__ import annotations

from storage.flags import Flag, FlagDraft
from storage.records import Label
from storage.stores import Stores


def texts(stores: Stores, label: str) -> list[str]:
    return [example.text for example in stores.taught.list("default", label)]  # type: ignore[arg-type]


def test_the_latest_verdict_on_a_text_counts(stores: Stores) -> None:
    stores.taught.put_many("default", [("hello", "in"), ("buy now", "out")], "moderator", 1.0)
    stores.taught.put_many("default", [("hello", "out")], "import", 2.0)
    assert texts(stores, "in") == []
    assert texts(stores, "out") == ["buy now", "hello"]
    assert stores.taught.list("other", "out") == []


def test_the_revision_moves_with_every_change(stores: Stores) -> None:
    revisions = [stores.taught.revision("default")]
    stores.taught.put_many("default", [("hello", "in"), ("bye", "in")], "moderator", 1.0)
    revisions.append(stores.taught.revision("default"))
    stores.taught.put_many("default", [("hello", "out")], "moderator", 2.0)
    revisions.append(stores.taught.revision("default"))
    stores.taught.delete(stores.taught.list("default", "out")[0].id)
    revisions.append(stores.taught.revision("default"))
    stores.taught.put_many("other", [("hello", "in")], "moderator", 3.0)
    assert stores.taught.revision("default") == revisions[-1]
    assert len(set(revisions)) == 4
    assert texts(stores, "in") == ["bye"]


def flagged(stores: Stores, text: str) -> Flag:
    return stores.flags.put(FlagDraft("default", "off_topic", text, 0.9, author_hash="abc"), 1.0)


def test_a_verdict_teaches_the_flagged_message_and_goes_with_its_flag(stores: Stores) -> None:
    flag = flagged(stores, "buy now")
    stores.taught.put_verdict(flag, "out", 2.0)
    assert texts(stores, "out") == ["buy now"]
    assert stores.db.rows("SELECT origin, flag_id, author_hash FROM taught_example") == [("moderator", flag.id, "abc")]
    stores.db.execute("DELETE FROM flag")
    assert texts(stores, "out") == []


def test_the_other_verdict_on_the_same_flag_replaces_the_first(stores: Stores) -> None:
    flag = flagged(stores, "buy now")
    revision = stores.taught.revision("default")
    labels: list[Label] = ["out", "in"]
    for label in labels:
        stores.taught.put_verdict(flag, label, 2.0)
        assert stores.taught.revision("default") != revision
        revision = stores.taught.revision("default")
    assert (texts(stores, "in"), texts(stores, "out")) == (["buy now"], [])


def test_a_verdict_that_is_taken_back_teaches_nothing_and_leaves_the_others(stores: Stores) -> None:
    kept, undone = flagged(stores, "buy now"), flagged(stores, "see my channel")
    for flag in (kept, undone):
        stores.taught.put_verdict(flag, "out", 2.0)
    stores.taught.take_back_verdict(undone.id)
    stores.taught.take_back_verdict(undone.id)
    assert texts(stores, "out") == ["buy now"]
