"""``init`` and ``doctor``: the first minute and the bad night."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console

from bot.gateway.discord_check import discord_problems
from bot.gateway.loopback import redirect_for_tests
from bot.gateway.permissions import invite_link
from bot.secret import application_id, find_token
from bot.settings import CONFIG_FILE, Settings, load_settings
from bot.terminal.options import Options, locating
from bot.words import STALE
from retrieval.engine import Engine
from retrieval.freshness.recall import Recalled
from retrieval.freshness.staleness import Stale
from retrieval.indexes import IndexOverview
from retrieval.reviewing.drift import Drift
from retrieval.reviewing.exam import Exams
from retrieval.upkeep import SpaceOverview
from storage.errors import KnowbotError
from storage.servers import LeftServer
from storage.stores import DATABASE

_OUT = Console(highlight=False, markup=False, soft_wrap=True)
_LISTED = 10

TEMPLATE = """\
# knowbot's settings. Each can also be set in the environment, as KNOWBOT_SPACE and so on, which comes first.
# What may change while knowbot runs (thresholds, weights) is not here but in its database.
# Secrets are not here either: put DISCORD_TOKEN=... into the environment or into .env; for an encoder or a writer
# behind an API also OPENAI_API_KEY=..., and OPENAI_BASE_URL=... where it is not OpenAI's.

space = "default"            # the space of documents that questions are asked in
# data_dir = "{data_dir}"    # database and index
# encoder = "sentence-transformers/all-MiniLM-L6-v2"   # for a space without an index; later: knowbot reindex --encoder
#     "sentence-transformers/all-MiniLM-L6-v2@int8" is its quantised form: quicker still, and a little less exact;
#     "models/my-long-encoder@late" takes passages out of whole documents (late chunking; needs a long context);
#     or "openai:text-embedding-3-small", or of another server "openai:bge-m3@1024" (name and length of its vectors)
# reranker = "models/my-cross-encoder"   # folder or hub name of a model that re-orders the best 20 passages
# rerank_seconds = 1.0       # what that may take on Discord; a slow or failing one costs the new order only
# exact_up_to = 20000        # vectors up to which a space is searched exactly, beyond it by HNSW
# models_dir = "models"      # where compiled models are kept, 90 MB each; by default in data_dir
# worker_memory_mb = 3072    # what the worker process may take
# keep_backups = 7           # how many of the scheduled backups are kept
# keep_retired = "7d"        # how long `knowbot index rollback` can return to a former index
# keep_questions = "90d"     # how long questions, votes and flags are kept
# keep_left_servers = "30d"  # how long everything of a server is kept that knowbot was removed from
# allow_hosts = ["wiki.lan"] # hosts whose pages are read although their addresses are private

# On Discord, switch on Settings > Advanced > Developer Mode; "Copy ID" then gives the number of everything.
[discord]
# moderators_channel = 123   # where flags of off-topic messages go
# helper_role = 456          # whom "Ask a human" pings
# operators = [321]          # roles that may do what moderators may, beside all who may manage messages
# channels = {{ 789 = "helpful", 790 = "mention", 791 = "silent", 793 = "shadow" }}
#     helpful: answers unasked when it is sure; mention: answers when it is spoken to; silent: the same, and is read
#     only; shadow: posts nothing but one notice to members, and records what it would have answered and flagged.
#     All of them are watched for off-topic messages; in other channels it hears only those who speak to it.
# language = "en"            # what knowbot says: "en" or "de"; answers stay in the words of your documents
# patience = "2s"            # waits so long for the rest of a question that comes in several messages
# shards = 1                 # connections to Discord, which wants several from 2,500 servers on; "auto" asks it

# [servers.654]              # what one server has for itself; what it does not name is as in [discord]
# space = "other"            # its own documents, which nobody elsewhere is answered from
# moderators_channel = 124
# helper_role = 457
# operators = [322]
# language = "de"
# channels = {{ 792 = "helpful" }}

[schedule]                   # 90s, 15m, 6h or 1d
# refresh = "1h"             # looks at the sources again
# evict = "1d"               # forgets cached questions that nobody asks any more
# roll_up = "1d"             # keeps of the ledger's former days the sums
# check_index = "1d"
# backup = "1d"
# retention = "1d"           # forgets questions, votes and flags that are older than keep_questions
# survey = "1d"              # topics, gaps, duplicates and outliers of each space
# drift = "1d"               # whether the scores of the last week are those of the four weeks before
# exam = "1d"                # asks each space questions whose document is known, half of them with it withheld

[budget]                     # USD for calls of an API; a model on this machine costs nothing
# day = 1.0
# month = 20.0
# time_zone = "UTC"          # where a day begins, such as "Europe/Berlin"

[writer]                     # a language model that words the answers on Discord from their sources; costs money
# model = "gpt-5-mini"
# base_url = "https://api.openai.com/v1"   # any OpenAI-compatible API; OPENAI_BASE_URL where it is not given
# max_tokens = 400
# seconds = 30

[log]
# level = "info"             # debug, info, warning or error
# format = "auto"            # console, logfmt, json; auto is colours on a terminal, else logfmt
# content = false            # true: errors may quote what members wrote; with level = "debug" all libraries tell it

[metrics]                    # http://127.0.0.1:PORT/healthz and /metrics for Prometheus; on no other address, ever
# port = 9090

# [prompts."intfloat/e5-small-v2"]   # what a model wants before each text, where its folder does not say; then reindex
# query = "query: "
# document = "passage: "

[prices]                     # USD per million tokens, where the published price is not yours or there is none
# "my-model" = {{ input = 0.02, output = 0.0, cached_input = 0.01 }}
"""

NEXT_STEPS = """\
Next:
  knowbot ingest FOLDER      take in your documents (also files, web pages, sitemaps, tables)
  knowbot ask "a question"   see what members would read
  knowbot doctor             see whether all is well
  knowbot run                be on Discord
  knowbot tui                watch and tune"""

WITHOUT_TOKEN = """\
For Discord: make an application on discord.com/developers/applications, switch on Message Content Intent on its Bot
page, put its token as DISCORD_TOKEN=... into .env, and run `knowbot doctor` for the link that invites it."""


class AlreadyThereError(KnowbotError):
    """A file that would have been overwritten."""


@click.command()
@locating
def init(options: Options) -> None:
    """Write knowbot.toml here, or where --config says, and say what to do next."""
    path = options.config or CONFIG_FILE
    if path.exists():
        raise AlreadyThereError(f"{path} exists and was left alone: edit it, or move it away first")
    data_dir = options.data_dir or Path("data")
    path.write_text(TEMPLATE.format(data_dir=data_dir.as_posix()), encoding="utf-8")
    _OUT.print(f"wrote {path}")
    _OUT.print(NEXT_STEPS)
    _OUT.print(_invitation() or WITHOUT_TOKEN)


@click.command()
@click.option("--fix", is_flag=True, help="Mend what can be mended without losing anything.")
@locating
def doctor(options: Options, fix: bool) -> int:
    """Check settings, database, index and encoder; every problem comes with its remedy."""
    settings = load_settings(options)
    problems = _data_problems(settings, fix) + _discord_problems(settings)
    for problem in problems:
        _OUT.print(f"problem: {problem}")
    _OUT.print("all is well" if not problems else f"{len(problems)} to mend")
    return 1 if problems else 0


def _data_problems(settings: Settings, fix: bool) -> list[str]:
    _OUT.print(f"data folder: {settings.data_dir}")
    if not (settings.data_dir / DATABASE).exists():
        _OUT.print("nothing is stored there yet: run `knowbot ingest FOLDER`")
        return []
    with Engine(settings.data_dir, settings.retrieval) as engine:
        for each in engine.upkeep.overview():
            _show_space(each)
            _show_indexes(engine.indexes.overview(each.space))
            _show_stale(engine.upkeep.stale(each.space))
            _show_recalled(engine.conversations.recalled(each.space))
            _show_exam(engine.exams, each.space)
        _show_left(engine.left_servers.all(), settings.keep_left_servers)
        for drift in engine.drift.standing():
            _show_drift(drift)
        not_reranked = [found for each in [engine.reranker] if each and (found := each.problem())]
        problems = engine.upkeep.problems()
        if fix and problems:
            engine.upkeep.mend()
            problems = engine.upkeep.problems()
    return [*problems, *not_reranked]


def _show_indexes(indexes: Sequence[IndexOverview]) -> None:
    for each in indexes:
        found = "not measured until its file is written again" if each.recall is None else f"{each.recall:.1%}"
        _OUT.print(f"  index {each.generation.id} ({each.generation.state}): recall {found}")


def _show_drift(drift: Drift) -> None:
    """No problem: somebody may want to mark answers on the console's Questions, and to tune."""
    _OUT.print(f"drift: {drift.outcome}")


def _show_exam(exams: Exams, space: str) -> None:
    """No problem: what changed since is for somebody to look at."""
    for last in exams.of_space(space, 1):
        _OUT.print(f"  last exam: {last.outcome.removeprefix(f'{space}: ')}")
    for sentence in exams.worse(space):
        _OUT.print(f"  worse than before: {sentence}")


def _show_stale(stale: Sequence[Stale]) -> None:
    """No problem: the next refresh mends it."""
    for each in stale[:_LISTED]:
        _OUT.print(f"  stale: {each.location}: {STALE[each.reason]}")
    if len(stale) > _LISTED:
        _OUT.print(f"  stale: {len(stale) - _LISTED} more; `knowbot refresh` brings them up to date")


def _show_left(left: Sequence[LeftServer], kept: float) -> None:
    """No problem: that is how it is meant."""
    for each in left:
        days = [time.strftime("%Y-%m-%d", time.localtime(at)) for at in (each.left_at, each.left_at + kept)]
        _OUT.print(f"server {each.name or each.id} was left on {days[0]}: what came from it is forgotten on {days[1]}")


def _show_recalled(recalled: Sequence[Recalled]) -> None:
    """No problem either: somebody may want to look at them again."""
    for each in recalled[:_LISTED]:
        where = each.link() or f"question {each.interaction_id}"
        _OUT.print(f"  an answer's source has changed since: {', '.join(each.documents)}: {where}")
    if len(recalled) > _LISTED:
        _OUT.print(f"  and the sources of {len(recalled) - _LISTED} more answers")
    if recalled:
        _OUT.print(
            "  `knowbot tui`, Questions, key o: what changed; say that an answer is still right, or take it back"
        )


def _discord_problems(settings: Settings) -> list[str]:
    """What has to be changed on Discord; without a token knowbot is not meant to be there yet."""
    token = find_token()
    if not token:
        _OUT.print("Discord: no DISCORD_TOKEN, so nothing was asked there")
        return []
    redirect_for_tests()
    problems = asyncio.run(discord_problems(settings, token))
    _OUT.print(_invitation() or "Discord: asked")
    return problems


def _invitation() -> str | None:
    number = application_id(find_token() or "")
    return f"Invite knowbot to a server with {invite_link(number)}" if number else None


def _show_space(each: SpaceOverview) -> None:
    active = each.active
    encoder = f"{active.encoder['name']}, {active.dimensions} dimensions" if active else "nothing indexed"
    _OUT.print(f"space '{each.space}': {each.counts.documents} documents ({encoder})")
    for source in each.sources:
        _OUT.print(f"  source {source.id}: {source.location}")
