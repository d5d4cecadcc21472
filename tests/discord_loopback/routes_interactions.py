"""Routes that answer interactions. They need no bot token: the interaction's own token opens them."""

from __future__ import annotations

from tests.discord_loopback import payloads
from tests.discord_loopback.basics import Json
from tests.discord_loopback.errors import already_acknowledged, flaw, invalid_form, unknown
from tests.discord_loopback.interactions import COMMAND, Interaction
from tests.discord_loopback.routing import Call, Reply, Routes

routes = Routes()

MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, CHOICES, FORM = 4, 5, 6, 7, 8, 9
COMMAND_ANSWER = 20


@routes.add("POST", "interactions/{interaction}/{token}/callback")
def respond(call: Call) -> Reply:
    """The first response. One that is refused does not use the interaction up."""
    interaction = call.world.interactions.to_answer(call.path["interaction"], call.path["token"])
    if interaction.callback is not None:
        raise already_acknowledged()
    kind, data = call.body["type"], call.body.get("data") or {}
    if kind == MESSAGE:
        interaction.original = _write(call, interaction, data)
        interaction.answered_with(interaction.original)
    elif kind == DEFERRED_MESSAGE:
        interaction.original = _write(call, interaction, data, loading=True)
    elif kind in (DEFERRED_UPDATE, UPDATE):
        _respond_with_update(call, interaction, kind, data)
    elif kind not in (CHOICES, FORM):
        raise invalid_form({"type": flaw("BASE_TYPE_CHOICES", "Value must be one of (1, 4, 5, 6, 7, 8, 9, 10, 12).")})
    interaction.callback = call.body
    return _report(interaction, kind) if call.query.get("with_response") in ("1", "true") else None


@routes.add("POST", "webhooks/{application}/{token}")
def follow_up(call: Call) -> Reply:
    """After a deferral this fills the original, whose ephemeral flag stays; later ones reply to the original."""
    interaction = _following(call)
    if interaction.thinking and interaction.original is not None:
        return _fill(call, interaction, interaction.original)
    message = _write(call, interaction, call.body)
    interaction.followups.append(message)
    interaction.answered_with(message)
    return message


@routes.add("GET", "webhooks/{application}/{token}/messages/{message}")
def get(call: Call) -> Reply:
    return _message(call, _following(call))


@routes.add("PATCH", "webhooks/{application}/{token}/messages/{message}")
def edit(call: Call) -> Reply:
    interaction = _following(call)
    return _fill(call, interaction, _message(call, interaction))


@routes.add("DELETE", "webhooks/{application}/{token}/messages/{message}")
def delete(call: Call) -> Reply:
    interaction = _following(call)
    message = _message(call, interaction)
    call.world.messages.remove(message)
    if message is interaction.original:
        interaction.original = None
    return None


def _following(call: Call) -> Interaction:
    return call.world.interactions.to_follow(call.path["application"], call.path["token"])


def _message(call: Call, interaction: Interaction) -> Json:
    """One of the interaction's own messages, ephemeral or not."""
    asked = call.path["message"]
    if asked == "@original" and interaction.original is not None:
        return call.world.messages.current(interaction.original)
    for message in (*interaction.followups, interaction.original):
        if message is not None and message["id"] == asked:
            return call.world.messages.current(message)
    raise unknown("Message")


def _write(call: Call, interaction: Interaction, body: Json, *, loading: bool = False) -> Json:
    answers_command = interaction.kind == COMMAND and interaction.original is None
    flags = (body.get("flags") or 0) & payloads.SETTABLE_FLAGS | (payloads.LOADING if loading else 0)
    extra: Json = {
        "flags": flags,
        "type": COMMAND_ANSWER if answers_command else 0,
        "webhook_id": call.world.application_id,
        "application_id": call.world.application_id,
        "interaction_metadata": interaction.metadata(),
    }
    if interaction.original is not None and not interaction.ephemeral:
        extra.update(payloads.reference(interaction.original, interaction.channel.guild_id))
    return call.world.messages.write(interaction.channel, call.world.bot, body, call.files, extra)


def _fill(call: Call, interaction: Interaction, message: Json) -> Json:
    interaction.answered_with(message)
    return call.world.messages.rewrite(message, call.body, call.files)


def _respond_with_update(call: Call, interaction: Interaction, kind: int, data: Json) -> None:
    """Only what was clicked on a message can change that message."""
    if interaction.message is None:
        raise invalid_form({"type": flaw("INTERACTION_CALLBACK_INVALID", "There is no message to update.")})
    interaction.original = call.world.messages.current(interaction.message)
    if kind == UPDATE:
        call.world.messages.rewrite(interaction.original, data, call.files)
        interaction.answered_with(interaction.original)


def _report(interaction: Interaction, kind: int) -> Json:
    """What discord.py asks for with ``with_response=1``. The message comes along only where it says something."""
    original = interaction.original
    found: Json = {
        "interaction": {
            "id": interaction.id,
            "type": interaction.kind,
            "activity_instance_id": None,
            "response_message_id": original["id"] if original else None,
            "response_message_loading": interaction.thinking,
            "response_message_ephemeral": interaction.ephemeral,
        }
    }
    if kind in (MESSAGE, UPDATE):
        found["resource"] = {"type": kind, "message": original}
    return found
