"""A loopback fake of Discord's REST and gateway, for tests that need a real client on a real socket.

It was written from discord.py 2.7.1 and from Discord's documentation, and is tested with discord.py alone. So it
proves agreement with discord.py: it is not Discord. It listens on 127.0.0.1 only, and nothing in it leaves the machine.

    async with running_discord() as discord:
        start_the_bot(env=discord.environment)
        question = await discord.say(discord.world.member("alice"), discord.world.channel("help"), "how?")
        answer = await discord.wait_for_message(discord.world.channel("help"), after=question)

A request that the fake does not know is answered with 404 and fails the test when the block ends.
"""

from tests.discord_loopback.basics import Json
from tests.discord_loopback.interactions import Interaction
from tests.discord_loopback.models import Channel, Member, Role, TextChannel, Thread
from tests.discord_loopback.permissions import Permission
from tests.discord_loopback.server import DiscordLoopback, running_discord
from tests.discord_loopback.world import World

__all__ = [
    "Channel",
    "DiscordLoopback",
    "Interaction",
    "Json",
    "Member",
    "Permission",
    "Role",
    "TextChannel",
    "Thread",
    "World",
    "running_discord",
]
