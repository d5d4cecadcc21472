"""What Discord shows of the commands where a member's own Discord is German, by what it shows everywhere else."""

from __future__ import annotations

from collections.abc import Mapping

COMMANDS: Mapping[str, str] = {
    "ask": "frag",
    "Ask the community's documents a question.": "Frag die Dokumente dieser Gemeinschaft etwas.",
    "question": "frage",
    "What you would like to know, in a sentence or two": "Was du wissen möchtest, in ein oder zwei Sätzen",
    "private": "privat",
    "Show the answer to nobody but me": "Die Antwort nur mir zeigen",
    "Answer this": "Das beantworten",
    "Similar questions": "Ähnliche Fragen",
    "privacy": "datenschutz",
    "What I keep of you and how long; opt out of it here.": (
        "Was ich von dir behalte und wie lange; hier kannst du widersprechen."
    ),
    "choice": "wahl",
    "opt-out: record nothing I write and learn nothing from it; opt-in: the other way": (
        "widersprechen: nichts von mir behalten und nichts daraus lernen; zustimmen: umgekehrt"
    ),
    "opt-out": "widersprechen",
    "opt-in": "zustimmen",
    "forget-me": "vergiss-mich",
    "Delete everything that I have kept of you.": "Alles löschen, was ich von dir behalten habe.",
    "pause": "pause",
    "Stop answering and flagging in this server.": "Auf diesem Server nicht mehr antworten und melden.",
    "resume": "weiter",
    "Answer again in this server.": "Auf diesem Server wieder antworten.",
    "learn": "lernen",
    "Learn a channel's messages and solved threads.": "Aus den Nachrichten und gelösten Threads eines Kanals lernen.",
    "Only those who may read it will be answered from it": "Nur wer ihn lesen darf, bekommt daraus Antworten",
    "unlearn": "verlernen",
    "Forget everything that came from a channel.": "Alles vergessen, was aus einem Kanal kam.",
    "A channel or forum that I have learnt": "Ein Kanal oder Forum, aus dem ich gelernt habe",
    "Save as answer": "Als Antwort speichern",
    "kb": "wissen",
    "What I know, and where from.": "Was ich weiß und woher.",
    "status": "stand",
    "Documents, what is out of date, jobs, channels, and who changed what.": (
        "Dokumente, was veraltet ist, Aufträge, Kanäle und wer was geändert hat."
    ),
    "add": "hinzufügen",
    "Give me a document: a file, a page's address, or a text.": (
        "Gib mir ein Dokument: eine Datei, die Adresse einer Seite oder einen Text."
    ),
    "file": "datei",
    "A document of any format that I read": "Ein Dokument in einem Format, das ich lese",
    "url": "adresse",
    "The address of a page or a sitemap": "Die Adresse einer Seite oder einer Sitemap",
    "text": "text",
    "What I shall know, in your words": "Was ich wissen soll, in deinen Worten",
    "title": "titel",
    "What the text is about; best as the question it answers": "Wovon der Text handelt; am besten die Frage dazu",
    "refresh": "auffrischen",
    "Look at all sources again now.": "Jetzt alle Quellen noch einmal ansehen.",
    "channel": "kanal",
    "How I behave in a channel.": "Wie ich mich in einem Kanal verhalte.",
    "mode": "modus",
    "Set how I behave in a channel; it counts at once.": "Wie ich mich in einem Kanal verhalten soll; gilt sofort.",
    "A channel or forum": "Ein Kanal oder Forum",
    "helpful answers unasked; shadow only listens; off: not watched; default: as set before": (
        "In Klammern steht, wie der Modus in den Einstellungen heißt"
    ),
    "helpful": "antwortet auch ungefragt (helpful)",
    "mention": "antwortet nur, wenn man mich anspricht (mention)",
    "silent": "liest mit und meldet (silent)",
    "shadow": "liest nur mit (shadow)",
    "off": "wird nicht beobachtet (off)",
    "default": "wie in den Einstellungen (default)",
}
"""Names of commands and options (lower case, up to 32 characters), of menus and choices, and all descriptions (100)."""


def named(command: str, **options: str) -> str:
    """A command with its options for a sentence: as a German Discord shows it, then as all others do."""
    name = " ".join(COMMANDS[part] for part in command.split())
    given = "".join(f" {COMMANDS[option]}:{COMMANDS[value]}" for option, value in options.items())
    english = "".join(f" {option}:{value}" for option, value in options.items())
    return f"`/{name}{given}` (`/{command}{english}`)"
