"""Settings: ``knowbot.toml`` for what needs a restart, ``KNOWBOT_...`` in the environment before it."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from platformdirs import user_data_path
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from bot.terminal.options import Options
from bot.words import Language
from retrieval.encoders.registry import DEFAULT_ENCODER
from retrieval.settings import MODELS, BudgetLimits, Prompts, Rates, RetrievalSettings
from storage.errors import KnowbotError
from storage.records import DEFAULT_SPACE

CONFIG_FILE = Path("knowbot.toml")


class SettingsError(KnowbotError):
    """The settings file cannot be used."""


Mode = Literal["silent", "mention", "helpful", "shadow"]
"""How knowbot behaves in a watched channel towards messages that are not addressed to it.

It reads and judges them in each; it answers them, when it is sure, in ``helpful`` only. In ``shadow`` it posts nothing
at all, not even to those who speak to it: what it would have said and flagged is recorded.
"""

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def _seconds(value: object) -> object:
    """``"90s"``, ``"15m"``, ``"6h"`` and ``"1d"`` in seconds; numbers are seconds already."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhd])\s*", value) if isinstance(value, str) else None
    return float(found[1]) * _UNITS[found[2]] if found else value


Interval = Annotated[float, BeforeValidator(_seconds), Field(ge=1)]
"""Seconds, written ``"90s"``, ``"15m"``, ``"6h"`` or ``"1d"``."""


Patience = Annotated[float, BeforeValidator(_seconds), Field(ge=0, le=10)]
"""Seconds as well, but few of them, or none."""


class Section(BaseModel):
    """A table of the settings file; a key that is not listed is refused by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Rooms(Section):
    """What knowbot does where. All numbers are Discord's; a server, channel or role shows its own under "Copy ID"."""

    moderators_channel: int | None = None
    helper_role: int | None = None
    channels: dict[int, Mode] = {}
    operators: frozenset[int] = frozenset()
    language: Language | None = None


class DiscordSettings(Rooms):
    """What holds on every server that has no table of its own in ``servers``, or does not say otherwise there.

    ``patience`` is how long a member may pause within one question; with 0 every message is one of its own. ``shards``
    is how many connections share the servers; "auto" asks Discord, which wants more than one from 2,500 servers on.
    """

    patience: Patience = 2.0
    shards: Literal["auto"] | Annotated[int, Field(ge=1, le=1000)] = 1


class ServerSettings(Rooms):
    """What one server has for itself, with ``space`` "" where it shares the default one."""

    space: str = ""


class ScheduleSettings(Section):
    """How often each kind of upkeep is due, in seconds."""

    refresh: Interval = 3600.0
    evict: Interval = 86_400.0
    roll_up: Interval = 86_400.0
    check_index: Interval = 86_400.0
    backup: Interval = 86_400.0
    retention: Interval = 86_400.0
    survey: Interval = 86_400.0
    drift: Interval = 86_400.0
    exam: Interval = 86_400.0


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone {name!r}, write one such as Europe/Berlin") from error
    return name


class BudgetSettings(Section):
    """USD that calls of an API may cost a day and a month, which begin at midnight in ``time_zone``."""

    day: float | None = Field(default=None, ge=0)
    month: float | None = Field(default=None, ge=0)
    time_zone: Annotated[str, AfterValidator(_zone)] = "UTC"


class PriceSettings(Section):
    """What a model behind an API costs, in USD per million tokens."""

    input: float = Field(ge=0)
    output: float = Field(default=0.0, ge=0)
    cached_input: float | None = Field(default=None, ge=0)


class PromptSettings(Section):
    """What stands before every question and every passage that a model encodes; what is not given, the model says."""

    query: str | None = None
    document: str | None = None


class WriterSettings(Section):
    """A chat model behind an OpenAI-compatible API that words the answers on Discord; without ``model`` there is none.

    ``base_url`` is OPENAI_BASE_URL where it is empty; a reply has at most ``max_tokens`` and takes at most ``seconds``.
    """

    model: str = ""
    base_url: str = ""
    max_tokens: int = Field(default=400, ge=16, le=4000)
    seconds: float = Field(default=30.0, gt=0, le=120)


Format = Literal["auto", "console", "logfmt", "json"]
"""How a line of the log looks: on a terminal in colours, as ``key=value``, or as a JSON object."""


class LogSettings(Section):
    """What is logged on stderr, and how. ``content``: whether it may hold what members write, for finding an error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Format = "auto"
    content: bool = False


class MetricsSettings(Section):
    """Where ``/healthz`` and ``/metrics`` are, always on this machine's loopback address; without ``port``, nowhere."""

    port: int | None = Field(default=None, ge=1, le=65_535)


class Settings(BaseSettings):
    """Everything an operator sets. A key that is not listed here is refused by name."""

    model_config = SettingsConfigDict(env_prefix="KNOWBOT_", extra="forbid", frozen=True)

    data_dir: Path = user_data_path("knowbot")
    space: str = DEFAULT_SPACE
    encoder: str = DEFAULT_ENCODER
    reranker: str = ""
    rerank_seconds: float = Field(default=1.0, gt=0, le=30)
    exact_up_to: int = 20_000
    models_dir: Path | None = None
    worker_memory_mb: int = Field(default=3072, ge=512)
    keep_backups: int = Field(default=7, ge=1)
    keep_retired: Interval = 7 * 86_400.0
    keep_questions: Interval = 90 * 86_400.0
    keep_left_servers: Interval = 30 * 86_400.0
    allow_hosts: frozenset[str] = frozenset()
    discord: DiscordSettings = DiscordSettings()
    servers: dict[int, ServerSettings] = {}
    schedule: ScheduleSettings = ScheduleSettings()
    budget: BudgetSettings = BudgetSettings()
    prices: dict[str, PriceSettings] = {}
    prompts: dict[str, PromptSettings] = {}
    writer: WriterSettings = WriterSettings()
    metrics: MetricsSettings = MetricsSettings()
    log: LogSettings = LogSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The command line first, then the environment, then the file."""
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls))

    @property
    def models(self) -> Path:
        """The folder of compiled models; several data folders may share one."""
        return self.models_dir or self.data_dir / MODELS

    @property
    def retrieval(self) -> RetrievalSettings:
        """The part that the engine takes."""
        return RetrievalSettings(
            encoder=self.encoder,
            exact_up_to=self.exact_up_to,
            reranker=self.reranker,
            rerank_seconds=self.rerank_seconds,
            models=self.models,
            allow_hosts=self.allow_hosts,
            budget=BudgetLimits(**self.budget.model_dump()),
            prices={model: Rates(**price.model_dump()) for model, price in self.prices.items()},
            prompts={model: Prompts(**prompts.model_dump()) for model, prompts in self.prompts.items()},
        )

    def space_of(self, guild_id: int | None) -> str:
        """The space that questions of a server are asked in."""
        return self.server(guild_id).space

    def server(self, guild_id: int | None) -> ServerSettings:
        """What holds on a server: what it has for itself, and for the rest what is the same everywhere."""
        own, shared = self.servers.get(guild_id or 0, ServerSettings()), self.discord
        return ServerSettings(
            space=own.space or self.space,
            moderators_channel=own.moderators_channel or shared.moderators_channel,
            helper_role=own.helper_role or shared.helper_role,
            channels={**shared.channels, **own.channels},
            operators=shared.operators | own.operators,
            language=self.language_of(guild_id),
        )

    def language_of(self, guild_id: int | None) -> Language:
        """What is spoken on a server, and in direct messages."""
        own = self.servers.get(guild_id or 0, ServerSettings())
        return own.language or self.discord.language or "en"

    @property
    def spaces(self) -> frozenset[str]:
        """Every space that a server may be asked in."""
        return frozenset({self.space, *(self.space_of(number) for number in self.servers)})


def load_settings(options: Options) -> Settings:
    """Reads the settings; raises SettingsError with the file's name and what is wrong in it."""
    named = options.config or (Path(os.environ["KNOWBOT_CONFIG"]) if os.environ.get("KNOWBOT_CONFIG") else None)
    if named and not named.is_file():
        raise SettingsError(f"the settings file {named} does not exist: name another, or write one with `knowbot init`")
    file = named or CONFIG_FILE

    class FromFile(Settings):
        model_config = SettingsConfigDict(toml_file=file)

    try:
        return FromFile(data_dir=options.data_dir) if options.data_dir else FromFile()
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file} is not valid TOML ({error}): mend that line") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"the setting '{key}' is wrong ({first['msg']}): change it in {file}") from error
