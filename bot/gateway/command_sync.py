"""Slash commands are told to Discord when they changed, and not at every start: it allows few such calls a day."""

from __future__ import annotations

import hashlib
import json
import logging

import discord
from discord import app_commands

from bot.gateway.command_names import CommandNames
from bot.gateway.connecting import UNREACHABLE
from storage.tunables import Tunables

logger = logging.getLogger(__name__)

_SPACE = "discord"
_BY = "knowbot"


async def sync_commands(tree: app_commands.CommandTree[discord.Client], tunables: Tunables, now: float) -> bool:
    """Syncs the global commands, with their names in every language, where this application was told others last.

    True where it did.
    """
    names = CommandNames()
    await tree.set_translator(names)
    described = [await command.get_translated_payload(tree, names) for command in tree.get_commands()]
    digest = hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()
    name = f"commands:{tree.client.application_id}"
    if tunables.get(_SPACE, name, "") == digest:
        return False
    try:
        synced = await tree.sync()
    except UNREACHABLE as error:
        logger.warning("Discord takes no commands just now (%s): they are told at the next start", error)
        return False
    tunables.set(_SPACE, name, digest, _BY, now)
    logger.info("told Discord of %d commands", len(synced))
    return True
