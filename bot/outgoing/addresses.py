"""Where something lies, as Discord shows it: a link without a preview, or the name of a file."""

from __future__ import annotations

import re
from urllib.parse import quote

from bot.outgoing.discord_limits import shortened

LONGEST_ADDRESS = 500

_LONGEST_NAME = 250
_MESSAGE = re.compile(r"\A(https://discord\.com/channels/[@\w/]+)#.*")


def located(location: str) -> str:
    """An address that Discord does not look behind; whatever is none, as code, where nothing is looked for."""
    return f"<{_encoded(location)}>" if _is_address(location) else _named(location)


def linked(title: str, location: str) -> str:
    """A link where ``location`` is an address; ``title`` is escaped already."""
    return f"[{title}]({_encoded(location)})" if _is_address(location) else f"{title} · {_named(location)}"


def message_link(guild_id: int, channel_id: int, message_id: int) -> str:
    """Where Discord shows a message."""
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"


def _is_address(location: str) -> bool:
    """True for what can be opened; one that is too long to be shown is named as a file is."""
    return location.startswith(("http://", "https://")) and len(_encoded(location)) <= LONGEST_ADDRESS


def _encoded(location: str) -> str:
    """An address that ends nothing but itself. Discord jumps to a message only where nothing follows its number."""
    return re.sub(r"[\s()<>\[\]|`\\]", lambda found: quote(found[0]), _MESSAGE.sub(r"\1", location))


def _named(location: str) -> str:
    return f"`{shortened(' '.join(location.replace('`', '').split()), _LONGEST_NAME)}`"
