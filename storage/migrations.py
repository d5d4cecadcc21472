"""The schema, as numbered steps. A released step is never edited; a change is a new step."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from sqlite_utils import Database, Migrations

from storage import (
    schema,
    schema_forgetting,
    schema_jobs,
    schema_members,
    schema_money,
    schema_ranking,
    schema_review,
    schema_servers,
    schema_shadow,
    schema_shelf,
    schema_survey,
)

migrations = Migrations("knowbot")


def known_steps() -> set[str]:
    """The names of the steps that this version has."""
    with closing(Database(memory=True)) as blank:
        return {step.name for step in migrations.pending(blank)}


def applied_steps(db: Database) -> set[str]:
    """The names of the steps that a database has gone through; none where it is not ours."""
    return {step.name for step in migrations.applied(db)}


def _run(db: Database, statements: str) -> None:
    """Executes a script statement by statement; ``executescript`` would commit the surrounding transaction."""
    pending = ""
    for line in statements.splitlines(keepends=True):
        pending += line
        if pending.strip() and sqlite3.complete_statement(pending):
            db.execute(pending)
            pending = ""
    assert not pending.strip(), f"unfinished statement: {pending}"


@migrations()
def m001_knowledge(db: Database) -> None:
    """Sources, documents, chunkings, chunks and the full-text index beside them."""
    _run(db, schema.KNOWLEDGE)
    _run(db, schema.LEXICAL)


@migrations()
def m002_vectors(db: Database) -> None:
    """Generations, vectors with their change log, and the cache of everything else that was encoded."""
    _run(db, schema.VECTORS)


@migrations()
def m003_conversation(db: Database) -> None:
    """Questions with citations and votes, flags, taught examples, golden questions."""
    _run(db, schema.CONVERSATION)


@migrations()
def m004_operation(db: Database) -> None:
    """Token ledger, tunables with history, jobs."""
    _run(db, schema.OPERATION)


@migrations()
def m005_rooms(db: Database) -> None:
    """Who asked for a job and how often it was tried or missed; withdrawn answers, notices of flags, the old ledger."""
    _run(db, schema.ROOMS)


@migrations()
def m006_money(db: Database) -> None:
    """Budgets: what was spent and what is reserved; calls whose price nobody knows."""
    _run(db, schema_money.MONEY)


@migrations()
def m007_pages(db: Database) -> None:
    """What a server said of each page, to be asked whether it has changed."""
    _run(db, schema.PAGES)


@migrations()
def m008_members(db: Database) -> None:
    """Opt-outs, threads left to people, drafts of answers, messages behind documents, an audit."""
    _run(db, schema_members.MEMBERS)


@migrations()
def m009_forgetting(db: Database) -> None:
    """Documents that are to stay away, and erasures under way."""
    _run(db, schema_forgetting.FORGETTING)


@migrations()
def m010_cleaning(db: Database) -> None:
    """What a page would have cost with its markup."""
    _run(db, schema_money.CLEANING)


@migrations()
def m011_pausing(db: Database) -> None:
    """Jobs that rest until somebody resumes them, and what was done of them before."""
    _run(db, schema_jobs.PAUSING)


@migrations()
def m012_servers(db: Database) -> None:
    """Which servers there are and which were left, the server of each channel, the channel of what was taught."""
    _run(db, schema_servers.SERVERS)


@migrations()
def m013_review(db: Database) -> None:
    """What a question found and what judged it, an operator's verdict, and indexes to read many questions by."""
    _run(db, schema_review.REVIEW)


@migrations()
def m014_shelf(db: Database) -> None:
    """What could not be read of a source, and why; the documents of a source by the page."""
    _run(db, schema_shelf.SHELF)


@migrations()
def m015_deferrals(db: Database) -> None:
    """Replies to commands that are owed."""
    _run(db, schema_members.DEFERRALS)


@migrations()
def m016_surveys(db: Database) -> None:
    """What was found out about a whole space."""
    _run(db, schema_survey.SURVEY)


@migrations()
def m017_ranking(db: Database) -> None:
    """Maps that are fitted to the question vectors of an index."""
    _run(db, schema_ranking.ADAPTERS)


@migrations()
def m018_shadow(db: Database) -> None:
    """Which messages were only listened to, and how scores move from week to week."""
    _run(db, schema_shadow.SHADOW)


@migrations()
def m019_days(db: Database) -> None:
    """Every call is added to its day's sums as it is written down."""
    _run(db, schema_money.DAYS)
