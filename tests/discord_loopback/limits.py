"""The sizes that Discord documents for messages, embeds and components. What exceeds one is refused with 50035."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.discord_loopback.basics import Json
from tests.discord_loopback.errors import empty_message, flaw, invalid_form

CONTENT, CONTENT_WITH_NITRO = 2000, 4000
EMBEDS = 10
EMBED_TOTAL = 6000
EMBED_TEXTS = {("title",): 256, ("description",): 4096, ("footer", "text"): 2048, ("author", "name"): 256}
FIELDS = 25
FIELD_TEXTS = {"name": 256, "value": 1024}
ROWS = 5
BUTTONS = 5
COMPONENT_TEXTS = {"custom_id": 100, "label": 80, "placeholder": 150}
COMMAND_NAME = re.compile(r"[-_'\w]{1,32}")


def check_message(body: Json, longest: int = CONTENT, *, has_something_else: bool) -> None:
    """Refuses a message that is empty or too large anywhere."""
    parts = {
        "content": _length(body.get("content"), longest),
        "embeds": _embeds(body.get("embeds") or []),
        "components": _components(body.get("components") or []),
    }
    if errors := {name: found for name, found in parts.items() if found}:
        raise invalid_form(errors)
    said = (body.get("content") or "").strip() or body.get("embeds") or body.get("components")
    if not said and not has_something_else:
        raise empty_message()


def check_command(command: Json) -> None:
    """Refuses a command whose name, description or options Discord would not take, in whatever language."""
    if errors := _command(command, is_slash=command.get("type", 1) == 1):
        raise invalid_form(errors)


def _command(command: Json, *, is_slash: bool) -> Json:
    """What is wrong with a command, or with an option, subcommand or group of one."""
    errors: Json = {}
    names = [command.get("name") or "", *(command.get("name_localizations") or {}).values()]
    if not all(1 <= len(name) <= 32 and (not is_slash or _is_slash_name(name)) for name in names):
        errors["name"] = flaw("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    descriptions = [command.get("description") or "", *(command.get("description_localizations") or {}).values()]
    if is_slash and not all(1 <= len(description) <= 100 for description in descriptions):
        errors["description"] = flaw("BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
    options, choices = command.get("options") or [], command.get("choices") or []
    if len(options) > 25 or len(choices) > 25:
        errors["options"] = flaw("BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    elif found := {str(index): wrong for index, each in enumerate(options) if (wrong := _command(each, is_slash=True))}:
        errors["options"] = found
    if not all(1 <= len(name) <= 100 for choice in choices for name in _choice_names(choice)):
        errors["choices"] = flaw("BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
    return errors


def _is_slash_name(name: str) -> bool:
    return COMMAND_NAME.fullmatch(name) is not None and name == name.lower()


def _choice_names(choice: Json) -> list[str]:
    return [choice["name"], *(choice.get("name_localizations") or {}).values()]


def _length(text: object, limit: int) -> Json:
    if text is None or len(str(text)) <= limit:
        return {}
    return flaw("BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")


def _embeds(embeds: list[Json]) -> Json:
    if len(embeds) > EMBEDS:
        return flaw("BASE_TYPE_MAX_LENGTH", f"Must be {EMBEDS} or fewer in length.")
    if errors := {str(index): found for index, embed in enumerate(embeds) if (found := _embed(embed))}:
        return errors
    if sum(len(text) for embed in embeds for text in _texts(embed)) > EMBED_TOTAL:
        return flaw("MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {EMBED_TOTAL}")
    return {}


def _embed(embed: Json) -> Json:
    errors: Json = {}
    for path, limit in EMBED_TEXTS.items():
        if found := _length(_at(embed, path), limit):
            errors[path[0]] = {path[1]: found} if len(path) > 1 else found
    fields = embed.get("fields") or []
    if len(fields) > FIELDS:
        errors["fields"] = flaw("BASE_TYPE_MAX_LENGTH", f"Must be {FIELDS} or fewer in length.")
    elif found := {str(index): wrong for index, each in enumerate(fields) if (wrong := _field(each))}:
        errors["fields"] = found
    return errors


def _field(field: Json) -> Json:
    errors = {name: _length(field.get(name), limit) for name, limit in FIELD_TEXTS.items()}
    for name in FIELD_TEXTS:
        if not field.get(name):
            errors[name] = flaw("BASE_TYPE_REQUIRED", "This field is required")
    return {name: found for name, found in errors.items() if found}


def _texts(embed: Json) -> Iterator[str]:
    for path in EMBED_TEXTS:
        yield str(_at(embed, path) or "")
    for field in embed.get("fields") or []:
        yield from (str(field.get(name) or "") for name in FIELD_TEXTS)


def _at(embed: Json, path: tuple[str, ...]) -> object:
    value: Any = embed
    for key in path:
        value = (value or {}).get(key)
    return value


def walk(components: list[Json]) -> Iterator[Json]:
    """Every component, with those inside rows, sections and containers."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        yield from walk([each for each in (component.get("accessory"), component.get("component")) if each])


def _components(components: list[Json]) -> Json:
    rows = [each for each in components if each.get("type") == 1]
    if len(rows) > ROWS or any(len(row["components"]) > BUTTONS for row in rows):
        return flaw("BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {ROWS} in length.")
    everything = list(walk(components))
    for component in everything:
        for name, limit in COMPONENT_TEXTS.items():
            if found := _length(component.get(name), limit):
                return {name: found}
    ids = [each["custom_id"] for each in everything if each.get("custom_id")]
    if len(ids) != len(set(ids)):
        return flaw("COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
    return {}
