"""Routes for the bot itself, users, the guild and application commands."""

from __future__ import annotations

from tests.discord_loopback import payloads
from tests.discord_loopback.errors import unknown
from tests.discord_loopback.routing import Call, Reply, Routes

routes = Routes()


@routes.add("GET", "users/@me")
def me(call: Call) -> Reply:
    return {**call.world.bot.user(), "flags": 0, "verified": True, "mfa_enabled": False, "locale": "en-US"}


@routes.add("GET", "users/@me/guilds")
def my_guilds(call: Call) -> Reply:
    granted = str(int(call.world.permissions(call.world.bot)))
    return [{**payloads.guild(call.world), "owner": False, "permissions": granted}]


@routes.add("POST", "users/@me/channels")
def open_direct_messages(call: Call) -> Reply:
    return call.world.dm(call.world.member_by_id(str(call.body["recipient_id"]))).payload()


@routes.add("GET", "users/{user}")
def user(call: Call) -> Reply:
    return call.world.member_by_id(call.path["user"]).user()


@routes.add("GET", "(?:oauth2/)?applications/@me")
def application(call: Call) -> Reply:
    return payloads.application(call.world)


@routes.add("GET", "gateway")
def gateway(call: Call) -> Reply:
    return {"url": call.gateway_url}


@routes.add("GET", "gateway/bot")
def gateway_for_bots(call: Call) -> Reply:
    limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
    return {"url": call.gateway_url, "shards": 1, "session_start_limit": limit}


@routes.add("GET", "guilds/{guild}")
def guild(call: Call) -> Reply:
    call.check_guild()
    return payloads.guild(call.world)


@routes.add("GET", "guilds/{guild}/channels")
def channels(call: Call) -> Reply:
    call.check_guild()
    return [channel.payload() for channel in call.world.channels]


@routes.add("GET", "guilds/{guild}/roles")
def roles(call: Call) -> Reply:
    call.check_guild()
    return [role.payload() for role in call.world.roles]


@routes.add("GET", "guilds/{guild}/members")
def members(call: Call) -> Reply:
    call.check_guild()
    after, limit = int(call.query.get("after", 0)), int(call.query.get("limit", 1))
    return [member.payload() for member in call.world.members if int(member.id) > after][:limit]


@routes.add("GET", "guilds/{guild}/members/{user}")
def member(call: Call) -> Reply:
    call.check_guild()
    for each in call.world.members:
        if each.id == call.path["user"]:
            return each.payload()
    raise unknown("Member")


@routes.add("GET", "guilds/{guild}/threads/active")
def active_threads(call: Call) -> Reply:
    call.check_guild()
    active = call.world.threads.active()
    joined = [thread for thread in active if call.world.bot.id in thread.member_ids]
    return {
        "threads": [thread.payload() for thread in active],
        "members": [thread.membership(call.world.bot.id) for thread in joined],
    }


COMMANDS = "applications/{application}(?:/guilds/{guild})?/commands"


@routes.add("GET", COMMANDS)
def commands(call: Call) -> Reply:
    return call.world.commands.all(_scope(call))


@routes.add("PUT", COMMANDS)
def replace_commands(call: Call) -> Reply:
    return call.world.commands.replace(_scope(call), call.body)


@routes.add("POST", COMMANDS, status=201)
def add_command(call: Call) -> Reply:
    return call.world.commands.upsert(_scope(call), call.body)


@routes.add("GET", COMMANDS + "/{command}")
def command(call: Call) -> Reply:
    return call.world.commands.by_id(_scope(call), call.path["command"])


@routes.add("PATCH", COMMANDS + "/{command}")
def edit_command(call: Call) -> Reply:
    return call.world.commands.edit(_scope(call), call.path["command"], call.body)


@routes.add("DELETE", COMMANDS + "/{command}")
def delete_command(call: Call) -> Reply:
    call.world.commands.delete(_scope(call), call.path["command"])
    return None


def _scope(call: Call) -> str | None:
    """The guild, or None for everywhere."""
    if call.path.get("guild"):
        call.check_guild()
    return call.path.get("guild")
