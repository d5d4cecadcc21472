"""Asks Discord, before or beside a running bot, whether everything is set up there as the settings need it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import discord

from bot.gateway.permissions import lacking, lacks, not_found, not_on, wanted_in_channels
from bot.settings import Settings

TIMEOUT_SECONDS = 15.0
INTENT_MISSING = (
    "knowbot may not read messages yet: switch on Message Content Intent on the Bot page of "
    "discord.com/developers/applications"
)
TOKEN_REFUSED = (
    "Discord refused the token: copy it anew from the Bot page of discord.com/developers/applications "
    "into DISCORD_TOKEN"
)


async def discord_problems(settings: Settings, token: str) -> list[str]:
    """One sentence for each thing that has to be changed on Discord or in the settings; none where all is well."""
    client = discord.Client(intents=discord.Intents.none())
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS), client:
            await client.login(token)
            return [problem async for problem in _problems(client, settings)]
    except discord.LoginFailure:
        return [TOKEN_REFUSED]
    except (aiohttp.ClientError, TimeoutError, discord.HTTPException) as error:
        return [f"Discord could not be asked ({error or 'no answer'}): check the network and try again"]


async def _problems(client: discord.Client, settings: Settings) -> AsyncIterator[str]:
    flags = (await client.application_info()).flags
    if not (flags.gateway_message_content or flags.gateway_message_content_limited):
        yield INTENT_MISSING
    found: set[int] = set()
    servers: set[int] = set()
    wanted = wanted_in_channels(settings)
    async for listed in client.fetch_guilds():
        servers.add(listed.id)
        guild = await client.fetch_guild(listed.id)
        me = await guild.fetch_member(client.user.id if client.user else 0)
        for channel in await guild.fetch_channels():
            if channel.id in wanted:
                found.add(channel.id)
                if missing := lacking(channel.permissions_for(me), wanted[channel.id]):
                    yield lacks(channel, missing)
    for number in settings.servers.keys() - servers:
        yield not_on(number)
    for number in wanted.keys() - found:
        yield not_found(number)
