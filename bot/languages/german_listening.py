"""What knowbot says where it only listens, and of scores that moved; part of ``german.py``."""

from __future__ import annotations

from collections.abc import Sequence

from bot.languages.german_commands import named

SHADOW_TITLE = "Ich lese hier mit"


def shadow_notice(days: int) -> str:
    """See English."""
    return (
        "Ich lese in diesem Kanal ab jetzt mit, um herauszufinden, was ich hier beantworten könnte. Ich schreibe sonst "
        f"nichts, auch nicht, wenn man mich anspricht; {named('ask')} antwortet nur dir.\n"
        "Von deinen Nachrichten behalte ich die Worte und was ich geantwortet oder der Moderation gemeldet hätte: "
        f"{days} Tage, unter einem Schlüsselwert und nicht unter deinem Namen.\n"
        f"{named('privacy')} sagt mehr; {named('privacy', choice='opt-out')} lässt deine Nachrichten aus, "
        f"{named('forget-me')} löscht sie."
    )


def shadow_untold(channel: str) -> str:
    """See English."""
    return (
        f"{channel} ist ab jetzt `shadow`, aber ich darf dort meinen Hinweis an die Mitglieder nicht schreiben, und "
        "bevor sie ihn lesen können, lese ich nicht mit: Erlaubt mir dort Kanal ansehen und Nachrichten senden, dann "
        "setzt den Modus noch einmal."
    )


def drifted(moved: Sequence[tuple[str, bool, float, float]]) -> str:
    """See English."""
    lines = ["Nachrichten werden anders bewertet als in den vier Wochen davor:"]
    for score, shadow, median, before in moved:
        name = "wie weit sie vom Thema sind" if score == "off_topic" else "wie sicher ich bei Antworten bin"
        kind = ", wo ich nur mitlese" if shadow else ""
        lines.append(f"- {name}{kind}: die Hälfte lag letzte Woche über {median:.2f}, davor über {before:.2f}.")
    lines.append("Wer mich betreibt, kann dem in der Konsole nachgehen, auf den Seiten Questions und Thresholds.")
    return "\n".join(lines)
