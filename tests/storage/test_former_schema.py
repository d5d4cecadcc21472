"""A database of the former version, with rows in every table that a later step changes, loses none of them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from storage.database import connect, write_block
from storage.migrations import migrations
from storage.stores import DATABASE, open_stores

ROWS = (
    "INSERT INTO interaction (space, asked_at, origin, message_id, addressed, question, decision, answer, confidence, "
    "off_topic_score) VALUES ('default', 5.0, 'discord', 77, 1, 'why?', 'answer', 'so', 0.9, 0.1)",
    "INSERT INTO vote (interaction_id, voter_hash, helpful, voted_at) VALUES (1, 'ann', 1, 6.0)",
    "INSERT INTO flag (interaction_id, space, kind, excerpt, score, raised_at) "
    "VALUES (1, 'default', 'off_topic', 'why?', 0.9, 7.0)",
    "INSERT INTO ledger (at, operation, space, model, texts, cached_texts, prompt_tokens, completion_tokens, "
    "cached_tokens, retries, latency, price, currency, price_source) "
    "VALUES (8.0, 'ask', 'default', 'words', 3, 0, 30, 0, 0, 0, 0.1, 0.0, 'USD', 'local')",
    "INSERT INTO job (name, space, state, queued_at, due_at) VALUES ('refresh', '', 'queued', 9.0, 9.0)",
)


def former_database(data_dir: Path) -> None:
    data_dir.mkdir()
    with closing(connect(data_dir / DATABASE)) as db:
        with write_block(db):
            migrations.apply(db, stop_before="m005_rooms")
        for row in ROWS:
            db.execute(row)


def test_every_row_of_the_former_schema_is_kept_and_usable(tmp_path: Path) -> None:
    former_database(tmp_path / "data")
    with open_stores(tmp_path / "data") as stores:
        question = stores.interactions.get(1)
        assert (question.question, question.message_id, question.helpful) == ("why?", 77, 1)
        assert question.withdrawn_at is None
        (flag,) = stores.flags.list("default", open_only=True)
        assert (flag.excerpt, flag.interaction_id, flag.notice_id) == ("why?", 1, None)
        (day,) = stores.ledger.by_day_and_model(0.0)
        assert (day.texts, day.prompt_tokens) == (3, 30)
        assert stores.ledger.roll_up("1970-01-02") == 1
        assert stores.ledger.by_day_and_model(0.0) == [day]
        job = stores.jobs.claim("worker", 10.0)
        assert job is not None
        assert (job.name, job.origin, job.attempts, job.missed) == ("refresh", "command", 1, 0)
        assert stores.integrity_problems() == []


def test_the_former_schema_and_the_steps_since_then_make_the_schema_of_a_new_database(tmp_path: Path) -> None:
    former_database(tmp_path / "data")
    schemas = []
    for data_dir in (tmp_path / "data", tmp_path / "new"):
        with open_stores(data_dir):
            pass
        with closing(Database(data_dir / DATABASE)) as db:
            schemas.append(db.schema)
    assert schemas[0] == schemas[1]
