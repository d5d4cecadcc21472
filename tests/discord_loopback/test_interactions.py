"""Slash commands, buttons and forms against the fake."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import discord
import pytest
import pytest_asyncio
from discord import app_commands

from tests.discord_loopback import DiscordLoopback, Permission, TextChannel
from tests.discord_loopback.client import RecordingClient, connected
from tests.discord_loopback.options import Value


class Buttons(discord.ui.View):
    @discord.ui.button(label="Useful", custom_id="useful:1")
    async def useful(self, interaction: discord.Interaction, button: discord.ui.Button[Buttons]) -> None:
        await interaction.response.edit_message(content="thanks", view=None)

    @discord.ui.button(label="Why", custom_id="why:1")
    async def why(self, interaction: discord.Interaction, button: discord.ui.Button[Buttons]) -> None:
        await interaction.response.send_modal(Form())


class Form(discord.ui.Modal, title="Why?"):
    reason: discord.ui.TextInput[Form] = discord.ui.TextInput(label="Reason", custom_id="reason")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"because {self.reason.value}", ephemeral=True)


def add_commands(tree: app_commands.CommandTree) -> None:
    @tree.command(description="thinks first")
    async def ask(interaction: discord.Interaction, question: str, times: int = 1) -> None:
        await interaction.response.defer(thinking=True)
        await interaction.followup.send(f"{question} x{times}")
        await interaction.followup.send("and more")

    @tree.command(description="answers in private")
    @app_commands.default_permissions(manage_guild=True)
    async def status(interaction: discord.Interaction, who: discord.Member, where: discord.TextChannel) -> None:
        await interaction.response.send_message(f"{who.name} in {where.name}", ephemeral=True)

    @ask.autocomplete("question")
    async def suggest(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=typed.upper(), value=typed)]


@pytest_asyncio.fixture
async def bot(loopback: DiscordLoopback) -> AsyncIterator[RecordingClient]:
    client = RecordingClient()
    add_commands(client.tree)
    async with connected(loopback, client):
        yield client


@pytest.mark.asyncio
async def test_the_first_followup_fills_the_deferral_and_the_next_is_a_message_of_its_own(
    loopback: DiscordLoopback, bot: RecordingClient, help_channel: TextChannel
) -> None:
    asked = await loopback.slash(loopback.world.member("alice"), help_channel, "ask", {"question": "how", "times": "2"})
    assert (await asked.wait_for_callback())["type"] == 5
    assert (await asked.wait_for_answer())["content"] == "how x2"
    await loopback.until(lambda: asked.followups)
    assert asked.original is not None
    assert asked.original["content"] == "how x2"
    assert [each["content"] for each in asked.followups] == ["and more"]


@pytest.mark.asyncio
async def test_options_reach_the_bot_as_what_they_were_declared(
    loopback: DiscordLoopback, bot: RecordingClient, help_channel: TextChannel
) -> None:
    world = loopback.world
    mod = world.add_member("mod", roles=[world.add_role("mods", Permission.MANAGE_GUILD)])
    options: dict[str, Value] = {"who": world.member("bob"), "where": world.channel("general")}
    with pytest.raises(PermissionError):
        await loopback.slash(world.member("alice"), help_channel, "status", options)
    shown = await loopback.slash(mod, help_channel, "status", options)
    assert (await shown.wait_for_answer())["content"] == "bob in general"
    assert shown.ephemeral
    assert [choice["name"] for choice in await loopback.autocomplete(mod, help_channel, "ask", "question", "ab")] == [
        "AB"
    ]


@pytest.mark.asyncio
async def test_a_button_changes_its_message_and_another_opens_a_form(
    loopback: DiscordLoopback, bot: RecordingClient, help_channel: TextChannel
) -> None:
    alice = loopback.world.member("alice")
    await bot.text_channel(help_channel.id).send("was this useful?", view=Buttons(timeout=None))
    message = await loopback.wait_for_message(help_channel)
    opened = await loopback.click(alice, message, "Why")
    submitted = await loopback.submit(opened, {"reason": "reasons"})
    assert (await submitted.wait_for_answer())["content"] == "because reasons"
    clicked = await loopback.click(alice, message, "useful:")
    assert (await clicked.wait_for_callback())["type"] == 7
    assert (message["content"], message["components"]) == ("thanks", [])


@pytest.mark.asyncio
async def test_an_interaction_is_answered_once_and_in_time(
    loopback: DiscordLoopback, bot: RecordingClient, help_channel: TextChannel
) -> None:
    alice = loopback.world.member("alice")
    asked = await loopback.slash(alice, help_channel, "ask", {"question": "how"})
    await loopback.until(lambda: asked.followups)
    (interaction,) = bot.events("interaction")
    with pytest.raises(discord.HTTPException, match="40060"):
        await bot.http.request(callback_route(interaction), json={"type": 5})
    asked.expired = True
    with pytest.raises(discord.HTTPException, match="50027"):
        await interaction.edit_original_response(content="late")
    loopback.world.interactions.answer_within = 0
    late = await loopback.slash(alice, help_channel, "ask", {"question": "how"})
    await loopback.until(lambda: len(bot.events("interaction")) == 2)
    await asyncio.sleep(0.05)
    assert late.callback is None
    with pytest.raises(discord.NotFound, match="10062"):
        await bot.http.request(callback_route(bot.events("interaction")[1]), json={"type": 5})


def callback_route(interaction: discord.Interaction) -> discord.http.Route:
    path = "/interactions/{interaction}/{token}/callback"
    return discord.http.Route("POST", path, interaction=interaction.id, token=interaction.token)
