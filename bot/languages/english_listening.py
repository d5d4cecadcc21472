"""What knowbot says where it only listens, and of scores that moved; part of ``english.py``."""

from __future__ import annotations

from collections.abc import Sequence

SHADOW_TITLE = "I read along here"


def shadow_notice(days: int) -> str:
    """Said once in a channel where knowbot begins to listen and posts nothing."""
    return (
        "I read along in this channel from now on, to find out what I could answer here. I post nothing more, not even "
        "to those who speak to me; `/ask` answers you alone.\n"
        "Of your messages I keep the words, with what I would have answered or told the moderators: "
        f"{days} days, under a keyed hash and not under your name.\n"
        "`/privacy` tells more; `/privacy choice:opt-out` leaves your messages out, `/forget-me` deletes those I have."
    )


def shadow_untold(channel: str) -> str:
    """Members could not be told."""
    return (
        f"{channel} is `shadow` from now on, but I may not post my notice to members there, and before they can read "
        "it I do not listen: allow me View Channel and Send Messages there, then set the mode once more."
    )


def drifted(moved: Sequence[tuple[str, bool, float, float]]) -> str:
    """Which scores (by name, of what was only heard or not) moved, with last week's median and the one before."""
    lines = ["Messages score otherwise than in the four weeks before:"]
    for score, shadow, median, before in moved:
        name = "how far they are from the topic" if score == "off_topic" else "how sure I am of an answer"
        kind = ", where I only read along" if shadow else ""
        lines.append(f"- {name}{kind}: half of them above {median:.2f} last week, above {before:.2f} before.")
    lines.append("Whoever runs me can look into it in the console, on the screens Questions and Thresholds.")
    return "\n".join(lines)
