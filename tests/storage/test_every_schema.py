"""A database of every schema that ever was, with rows in each of its tables, is brought up to date and loses none."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from storage.database import connect, write_block
from storage.migrations import migrations
from storage.stores import DATABASE, open_stores

with closing(Database(memory=True)) as blank:
    STEPS = [step.name for step in migrations.pending(blank)]

VECTOR = "zeroblob(32)"
SUMS = "ledger_day"
"""A step adds up in it what stands in another table."""

ROWS: dict[str, list[str]] = {
    "m001_knowledge": [
        "source (space, kind, location, added_at) VALUES ('default', 'folder', '/docs', 1.0)",
        "document (space, source_id, location, title, text, format, content_hash, stored_at) "
        "VALUES ('default', 1, 'a.md', 'A', 'All about a.', 'markdown', 'hash', 1.0)",
        "chunking (digest, spec) VALUES ('digest', '{}')",
        'chunk (chunking_id, document_id, ordinal, heading, text, location, start, "end", token_count) '
        "VALUES (1, 1, 0, 'A', 'All about a.', 'a.md#a', 0, 12, 3)",
    ],
    "m002_vectors": [
        "generation (space, chunking_id, fingerprint, encoder, dimensions, state, created_at, activated_at) "
        "VALUES ('default', 1, 'words', '{}', 8, 'active', 1.0, 1.0)",
        f"vector (generation_id, chunk_id, kind, text_hash, data) VALUES (1, 1, 'passage', 'hash', {VECTOR})",
        f"embedding_cache (fingerprint, text_hash, kind, data, used_at) VALUES ('words', 'h', 'query', {VECTOR}, 1.0)",
    ],
    "m003_conversation": [
        "interaction (space, asked_at, origin, message_id, addressed, question, decision, answer, confidence, "
        "off_topic_score) VALUES ('default', 5.0, 'discord', 77, 1, 'why?', 'answer', 'so', 0.9, 0.1)",
        "citation (interaction_id, number, document_location, location, title, quote, text_hash, score) "
        "VALUES (1, 1, 'a.md', 'a.md#a', 'A', 'All about a.', 'hash', 0.5)",
        "vote (interaction_id, voter_hash, helpful, voted_at) VALUES (1, 'ann', 1, 6.0)",
        "flag (interaction_id, space, kind, excerpt, score, raised_at) "
        "VALUES (1, 'default', 'off_topic', 'why?', 0.9, 7.0)",
        "taught_example (space, text, label, origin, flag_id, taught_at) "
        "VALUES ('default', 'why?', 'out', 'moderator', 1, 8.0)",
        "golden_question (space, question, location, origin, added_at) "
        "VALUES ('default', 'what is a?', 'a.md', 'import', 9.0)",
    ],
    "m004_operation": [
        "ledger (at, operation, space, model, texts, cached_texts, prompt_tokens, completion_tokens, cached_tokens, "
        "retries, latency, price, currency, price_source) "
        "VALUES (8.0, 'ask', 'default', 'words', 3, 0, 30, 0, 0, 0, 0.1, 0.0, 'USD', 'local')",
        "tunable (space, name, value, set_by, set_at) VALUES ('default', 'x', '1', 'me', 1.0)",
        "job (name, space, state, queued_at, due_at) VALUES ('refresh', '', 'queued', 9.0, 9.0)",
    ],
    "m008_members": [
        "opted_out (author_hash, opted_at) VALUES ('ann', 1.0)",
        "handover (channel_id, handed_at) VALUES (5, 1.0)",
        "audit (at, server, who, action) VALUES (1.0, '1', 'ann', 'paused')",
        "message_document (message_id, space, location, channel_id, author_hash) VALUES (6, 'default', 'a.md', 5, 'b')",
    ],
    "m009_forgetting": ["excluded_document (space, location, source_id, excluded_at) VALUES ('default', 'b', 1, 1.0)"],
    "m017_ranking": [f"query_adapter (generation_id, digest, data) VALUES (1, 'digest', {VECTOR})"],
    "m014_shelf": ["unread_document (source_id, location, reason, noted_at) VALUES (1, 'c.md', 'it is empty', 1.0)"],
    "m018_shadow": ["drift (space, value, made_at) VALUES ('default', '{}', 1.0)"],
    "m024_second_looks": [
        "still_right (interaction_id, document_location, content_hash, said_at) VALUES (1, 'a.md', 'hash', 1.0)",
        "withdrawal (reply_id, channel_id, interaction_id, asked_at) VALUES (78, 5, 1, 1.0)",
    ],
    "m021_exams": ["exam (space, value, taken_at) VALUES ('default', '{}', 1.0)"],
    "m016_surveys": ["survey (space, value, made_at) VALUES ('default', '{}', 1.0)"],
}


def database_of(data_dir: Path, last: str) -> dict[str, int]:
    """A database that went as far as step ``last``, with rows; how many each table has."""
    data_dir.mkdir()
    done = STEPS[: STEPS.index(last) + 1]
    later = STEPS[len(done) :]
    with closing(connect(data_dir / DATABASE)) as db:
        with write_block(db):
            migrations.apply(db, **({"stop_before": later[0]} if later else {}))
        for step in done:
            for row in ROWS.get(step, []):
                db.execute(f"INSERT INTO {row}")
        return counts(db)


def counts(db: Database) -> dict[str, int]:
    tables = [name for name in db.table_names() if not name.startswith(("sqlite_", "_sqlite", "chunk_fts"))]
    return {name: db.execute(f"SELECT count(*) FROM [{name}]").fetchone()[0] for name in tables}


@pytest.mark.parametrize("last", STEPS)
def test_every_row_of_every_former_schema_is_kept_and_the_schema_is_todays(tmp_path: Path, last: str) -> None:
    before = database_of(tmp_path / "old", last)
    with open_stores(tmp_path / "old") as stores:
        after = counts(stores.db)
        assert {name: after.get(name) for name in before if name != SUMS} == {
            name: number for name, number in before.items() if name != SUMS
        }
        assert sum(day.calls for day in stores.ledger.by_day_and_model(0.0)) == before.get("ledger", 0)
        assert stores.integrity_problems() == []
        document = stores.documents.get("default", "a.md")
        assert document is not None
        assert document.text == "All about a."
        schema = stores.db.schema
    with open_stores(tmp_path / "new") as new:
        assert schema == new.db.schema


def test_there_are_rows_for_most_tables() -> None:
    named = {row.split(" ", 1)[0] for rows in ROWS.values() for row in rows}
    assert len(named) >= 19
    assert set(ROWS) <= set(STEPS)
