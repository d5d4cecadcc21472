"""The schema, as numbered steps. A released step is never edited; a change is a new step."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from sqlite_utils import Database, Migrations

from storage.schema import forgetting, jobs, knowledge, members, money, ranking, review, servers, shadow, shelf, survey

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
    _run(db, knowledge.KNOWLEDGE)
    _run(db, knowledge.LEXICAL)


@migrations()
def m002_vectors(db: Database) -> None:
    """Generations, vectors with their change log, and the cache of everything else that was encoded."""
    _run(db, knowledge.VECTORS)


@migrations()
def m003_conversation(db: Database) -> None:
    """Questions with citations and votes, flags, taught examples, golden questions."""
    _run(db, knowledge.CONVERSATION)


@migrations()
def m004_operation(db: Database) -> None:
    """Token ledger, tunables with history, jobs."""
    _run(db, knowledge.OPERATION)


@migrations()
def m005_rooms(db: Database) -> None:
    """Who asked for a job and how often it was tried or missed; withdrawn answers, notices of flags, the old ledger."""
    _run(db, knowledge.ROOMS)


@migrations()
def m006_money(db: Database) -> None:
    """Budgets: what was spent and what is reserved; calls whose price nobody knows."""
    _run(db, money.MONEY)


@migrations()
def m007_pages(db: Database) -> None:
    """What a server said of each page, to be asked whether it has changed."""
    _run(db, knowledge.PAGES)


@migrations()
def m008_members(db: Database) -> None:
    """Opt-outs, threads left to people, drafts of answers, messages behind documents, an audit."""
    _run(db, members.MEMBERS)


@migrations()
def m009_forgetting(db: Database) -> None:
    """Documents that are to stay away, and erasures under way."""
    _run(db, forgetting.FORGETTING)


@migrations()
def m010_cleaning(db: Database) -> None:
    """What a page would have cost with its markup."""
    _run(db, money.CLEANING)


@migrations()
def m011_pausing(db: Database) -> None:
    """Jobs that rest until somebody resumes them, and what was done of them before."""
    _run(db, jobs.PAUSING)


@migrations()
def m012_servers(db: Database) -> None:
    """Which servers there are and which were left, the server of each channel, the channel of what was taught."""
    _run(db, servers.SERVERS)


@migrations()
def m013_review(db: Database) -> None:
    """What a question found and what judged it, an operator's verdict, and indexes to read many questions by."""
    _run(db, review.REVIEW)


@migrations()
def m014_shelf(db: Database) -> None:
    """What could not be read of a source, and why; the documents of a source by the page."""
    _run(db, shelf.SHELF)


@migrations()
def m015_deferrals(db: Database) -> None:
    """Replies to commands that are owed."""
    _run(db, members.DEFERRALS)


@migrations()
def m016_surveys(db: Database) -> None:
    """What was found out about a whole space."""
    _run(db, survey.SURVEY)


@migrations()
def m017_ranking(db: Database) -> None:
    """Maps that are fitted to the question vectors of an index."""
    _run(db, ranking.ADAPTERS)


@migrations()
def m018_shadow(db: Database) -> None:
    """Which messages were only listened to, and how scores move from week to week."""
    _run(db, shadow.SHADOW)


@migrations()
def m019_days(db: Database) -> None:
    """Every call is added to its day's sums as it is written down."""
    _run(db, money.DAYS)


@migrations()
def m020_figures(db: Database) -> None:
    """What came of a job in figures, beside the sentence."""
    _run(db, jobs.FIGURES)


@migrations()
def m021_exams(db: Database) -> None:
    """How well each space answered questions whose document is known, night by night."""
    _run(db, survey.EXAMS)


@migrations()
def m022_flag_of_question(db: Database) -> None:
    """The flag on a question is found by an index."""
    _run(db, review.FLAG_OF_QUESTION)


@migrations()
def m023_last_read(db: Database) -> None:
    """When what cannot be read just now was read last."""
    _run(db, shelf.LAST_READ)


@migrations()
def m024_second_looks(db: Database) -> None:
    """Answers that are still right although their documents changed, and such as Discord shows though they are not."""
    _run(db, review.SECOND_LOOKS)
