"""Slash commands are told to Discord when they changed, and not at every start: it allows few such calls a day."""

from __future__ import annotations

import hashlib
import json
import logging

import discord
from discord import app_commands

from bot.gateway.connecting import UNREACHABLE
from storage.tunables import Tunables

logger = logging.getLogger(__name__)

_SPACE = "discord"
_BY = "knowbot"


async def sync_commands(tree: app_commands.CommandTree[discord.Client], tunables: Tunables, now: float) -> bool:
    """Syncs the global commands where they differ from what this application was told last; True where it did."""
    described = json.dumps([command.to_dict(tree) for command in tree.get_commands()], sort_keys=True)
    digest = hashlib.sha256(described.encode()).hexdigest()
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
