"""Settings: ``knowbot.toml`` for what needs a restart, ``KNOWBOT_...`` in the environment before it."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from platformdirs import user_data_path
from pydantic import ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from bot.options import Options
from retrieval.encoders.registry import DEFAULT_ENCODER
from retrieval.settings import RetrievalSettings
from storage.errors import KnowbotError
from storage.records import DEFAULT_SPACE

CONFIG_FILE = Path("knowbot.toml")


class SettingsError(KnowbotError):
    """The settings file cannot be used."""


class Settings(BaseSettings):
    """Everything an operator sets. A key that is not listed here is refused by name."""

    model_config = SettingsConfigDict(env_prefix="KNOWBOT_", extra="forbid", frozen=True)

    data_dir: Path = user_data_path("knowbot")
    space: str = DEFAULT_SPACE
    encoder: str = DEFAULT_ENCODER
    exact_up_to: int = 20_000

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
    def retrieval(self) -> RetrievalSettings:
        """The part that the engine takes."""
        return RetrievalSettings(encoder=self.encoder, exact_up_to=self.exact_up_to)


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
