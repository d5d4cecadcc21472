"""Commands in the language of each member's own Discord, which chooses among the names that it is told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from discord import Locale, app_commands

from bot.languages import german_commands

TRANSLATED: Mapping[Locale, Mapping[str, str]] = {Locale.german: german_commands.COMMANDS}


class CommandNames(app_commands.Translator):
    """Names and descriptions of commands, menus, options and choices; where there is no other, the English one."""

    async def translate(
        self, string: app_commands.locale_str, locale: Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        """See Translator."""
        return TRANSLATED.get(locale, {}).get(string.message)


def choices(values: Sequence[str]) -> list[app_commands.Choice[str]]:
    """The values of an option, with names to translate: discord.py leaves those of a Literal as they are."""
    return [app_commands.Choice(name=app_commands.locale_str(value), value=value) for value in values]
