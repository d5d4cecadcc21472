from __future__ import annotations

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
