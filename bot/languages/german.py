"""What knowbot says, in German; see ``bot/languages/english.py`` for what each sentence is for."""

from __future__ import annotations

from collections.abc import Mapping

from bot.languages.german_commands import named as _named
from bot.languages.german_listening import SHADOW_TITLE as SHADOW_TITLE
from bot.languages.german_listening import drifted as drifted
from bot.languages.german_listening import shadow_notice as shadow_notice
from bot.languages.german_listening import shadow_untold as shadow_untold
from bot.languages.german_status import audited as audited
from bot.languages.german_status import job_line as job_line
from bot.languages.german_status import job_name as job_name
from bot.outgoing.addresses import located
from retrieval.freshness.staleness import Reason
from retrieval.types import Answer, Decision, Note

WITHOUT_ANSWER: Mapping[Decision, str] = {
    "unsure": "Das weiß ich nicht: Die Dokumente sagen es nicht deutlich genug.",
    "off_topic": "Davon handeln die Dokumente hier wohl nicht: Die Leute hier wissen vielleicht mehr.",
    "small_talk": "Schön, hier zu sein. Frag mich zu den Dokumenten, wann immer du magst.",
}
NOTES: Mapping[Note, str] = {
    "with_error_only": "Ich habe mit dem Fehler gesucht, mit dem dein Traceback endet.",
    "with_message_before": "Ich habe deine Nachricht zusammen mit der davor gelesen.",
    "shortened": "Deine Nachricht war lang, darum habe ich mit dem Teil gesucht, der nach der Frage klingt.",
    "by_words": "Ich kann gerade nur nach Wörtern suchen und habe vielleicht etwas übersehen.",
    "sentences_by_words": "Ich konnte die Sätze nur nach ihren Wörtern wählen; vielleicht sind es nicht die besten.",
    "not_read_lately": (
        "Quelle {number} wurde zuletzt vor {days} Tagen gelesen und war seitdem nicht lesbar: Sie kann veraltet sein."
    ),
    "expires_soon": "Ein Dokument, auf dem das beruht, läuft in weniger als zwei Tagen ab.",
}
NEAREST = "Am nächsten kommt:"
SOURCES = "Quellen:"
SOURCE = "Quelle:"
SEE_ALSO = "Siehe auch:"
NOTHING_NEAR = "Ich habe nichts gefunden, was dem nahe kommt."
HELPFUL = "Hilfreich"
NOT_HELPFUL = "Nicht hilfreich"
WITHDRAW = "Zurücknehmen"
ASK_A_HUMAN = "Einen Menschen fragen"
ON_TOPIC = "Zum Thema"
OFF_TOPIC = "Nicht zum Thema"
UNDO = "Rückgängig"
SHOW_SOURCES = "Quellen"
ANSWERED = "Beantwortet."
NOT_ANSWERED = "Die Dokumente beantworten das nicht deutlich genug, darum habe ich öffentlich nichts gesagt."
SIMILAR_TITLE = "Fragen wie diese"
NOTHING_SIMILAR = "Ich kenne keine solche Frage, die du sehen darfst."
VOTED: Mapping[bool, str] = {
    True: "Danke, als hilfreich vermerkt.",
    False: "Danke, als nicht hilfreich vermerkt. Das zeigt denen, die die Dokumente pflegen, wo etwas fehlt.",
}
WHY_TITLE = "Was hat gefehlt?"
WHY = "Das lesen die, die die Dokumente pflegen"
SOURCES_GONE = "Was ich zitiert habe, wurde inzwischen geändert oder entfernt. Frag bitte noch einmal."
FLAG_FORGOTTEN = "Diese Nachricht wurde inzwischen geändert, gelöscht oder vergessen: Es gibt nichts zu entscheiden."
SUSPICIOUS = "Verdächtig"
HARMLESS = "Harmlos"
HELP_THREAD = "Hilfe gesucht"
FORGOTTEN = "Diese Antwort kenne ich nicht mehr, also gibt es nichts zu vermerken."
WITHDRAWN = "Jemand von der Moderation hat diese Antwort zurückgenommen."
STAFF_ONLY = "Das ist für die Moderation dieses Servers."
SOURCE_WITHDRAWN = (
    "Was ich hier zitiert habe, wurde entfernt, oder nicht mehr alle hier dürfen es lesen: Ich nehme es zurück."
)
ADD_ONE = "Gib mir eines: eine Datei (file), eine Adresse (url) oder einen Text mit seinem Titel (text und title)."
ADD_ADDRESS = "Eine Adresse beginnt mit http:// oder https://."
ADD_TOO_LARGE = "Diese Datei ist zu groß für mich; wer mich betreibt, kann sie mit `knowbot ingest` aufnehmen."
NO_INDEX = "noch kein Index"
FLAG_WHY = "Warum"
FLAG_WHERE = "Wo"
STATUS_TITLE = "Was ich im Bereich {space} weiß"
STATUS_STALE = "Veraltet: {count}"
STALE: Mapping[Reason, str] = {
    "expired": "abgelaufen",
    "not_indexed": "nicht im aktiven Index",
    "unreadable": "die Quelle ist nicht lesbar; ihre Dokumente bleiben",
    "gone": "nicht mehr in der Quelle",
    "changed": "die Datei hat sich geändert",
}
STATUS_JOBS = "Letzte Aufträge"
STATUS_CHANNELS = "Beobachtete Kanäle"
STATUS_AUDIT = "Wer was geändert hat"
SET_HERE = " (auf Discord gesetzt)"

SAVE_TITLE = "Als Antwort speichern"
SAVE_QUESTION = "Die Frage, die damit beantwortet ist"
SAVE_ANSWER = "Die Antwort, wie alle sie lesen werden"
SAVE_DAYS = "Gilt so viele Tage"
SAVE_DAYS_WRONG = "Die Tage müssen eine Zahl von 1 bis 3650 sein. Versuch es bitte noch einmal."
PUBLISH = "Veröffentlichen"
DISCARD = "Verwerfen"
DISCARDED = "Verworfen."
DRAFT_GONE = "Dieser Entwurf wurde schon veröffentlicht, verworfen oder vergessen."
DRAFT_EXPIRES = "Bis"
NOTHING_TO_SAVE = "In dieser Nachricht steht nichts, was sich speichern ließe."
OPTED_OUT = "Wer das geschrieben hat, möchte nicht, dass ich daraus lerne."
NOT_YOUR_CHANNEL = "Diesen Kanal darfst du selbst nicht lesen."
CANNOT_READ = "Diesen Kanal darf ich nicht lesen: Erlaube mir dort, ihn zu sehen und den Nachrichtenverlauf zu lesen."
FORGET_ME = "Vergiss mich"
FORGET_ASK = (
    "Ich lösche deine Fragen mit ihren Antworten, deine Stimmen, Meldungen zu deinen Nachrichten, was ich daraus "
    "gelernt habe, und Dokumente und Entwürfe aus deinen Nachrichten. Das lässt sich nicht zurücknehmen."
)
FORGETTING = "Ich lösche, was ich von dir hatte..."
NOT_YOURS = f"Dieser Knopf ist für jemand anderen. Nimm selbst {_named('forget-me')}."
ASK_SOMETHING = "Frag mich etwas zu den Dokumenten, in ein oder zwei Sätzen."
NOTHING_KNOWN = "Ich habe noch keine Dokumente und kann nicht antworten. Wer mich betreibt, weiß, wie es geht."
ASK_ON_SERVER = "Du bist auf mehreren meiner Server. Frag mich bitte dort, damit ich weiß, welche Dokumente du meinst."
PAUSED = "Ich mache Pause: Die Moderation hat mich angehalten."
PAUSE_ON = f"Angehalten. Ich antworte und melde auf diesem Server nichts, bis jemand {_named('resume')} sagt."
PAUSE_OFF = "Ich bin zurück und antworte wieder."
SLOWER = "Das sind viele Fragen auf einmal. Lass mir eine Minute, dann frag weiter."
BUSY = "Gerade fragen viele. Versuch es bitte in einer Minute noch einmal."
INTERRUPTED = "Ich wurde neu gestartet, bevor ich damit fertig war. Versuch es bitte noch einmal."
BUDGET_EXHAUSTED = "Was ich für Antworten ausgeben darf, ist vorerst aufgebraucht. Frag später oder die Leute hier."
MODEL_MISSING = "Das Modell, mit dem ich suche, ist nicht da. Wer mich betreibt, muss danach sehen."
SERVICE_DOWN = "Ein Dienst, den ich brauche, antwortet nicht. Frag bitte in ein paar Minuten noch einmal."
INDEX_OUTDATED = "Mein Index passt nicht mehr zu dem, womit ich suche. Wer mich betreibt, muss ihn erneuern."
NOTES_BUSY = "Gerade schreibt etwas anderes in meine Notizen. Versuch es bitte in einer Minute noch einmal."
NO_ROOM = "Wo ich meine Notizen habe, ist kein Platz mehr. Wer mich betreibt, muss welchen schaffen."
NOTES_NEWER = "Meine Notizen sind von einer neueren Version von mir. Wer mich betreibt, muss mich aktualisieren."
NOTES_UNREADABLE = "Ich kann meine Notizen nicht lesen. Wer mich betreibt, muss danach sehen."
NO_MEMORY = "Mein Speicher ist voll. Frag bitte in ein paar Minuten noch einmal."
EXPIRED = "Das hat länger gedauert, als Discord auf mich wartet. Versuch es bitte noch einmal."
FORBIDDEN = "Discord erlaubt mir das hier nicht. Die Moderation kann meine Rechte ändern."
NOT_FOUND = "Worum es da ging, ist nicht mehr da."
DISCORD_LIMITS = "Discord bittet mich, langsamer zu machen. Versuch es bitte in einer Minute noch einmal."
DISCORD_DOWN = "Discord selbst hat gerade Schwierigkeiten. Versuch es bitte in ein paar Minuten noch einmal."
REFUSED = "Discord hat nicht angenommen, was ich dir zeigen wollte."
COMMAND_CHANGED = "Dieser Befehl hat sich geändert. Tipp ihn bitte neu; Discord zeigt ihn vielleicht etwas später."
WRONG_VALUE = "Mit einem der Werte kann ich nichts anfangen. Sieh sie bitte durch und versuch es noch einmal."
TOOK_TOO_LONG = "Das hat zu lange gedauert, darum habe ich aufgehört. Frag bitte noch einmal."
FAILED = "Bei mir ist etwas schiefgegangen. Es steht in meinem Protokoll; frag bitte später noch einmal."


def late(asker: str) -> str:
    """See English."""
    return f"{asker} Das hat lange gedauert. Du hattest mich mit einem Befehl gefragt:"


def with_id(sentence: str, number: str) -> str:
    """See English."""
    return f"{sentence} ({number})"


def confidence_word(confidence: float) -> str:
    """See English."""
    if confidence >= 0.85:
        return "Da bin ich recht sicher."
    if confidence >= 0.65:
        return "Da bin ich ziemlich sicher."
    return "Das ist meine beste Vermutung."


def reply(answer: Answer) -> str:
    """See English."""
    if answer.decision == "answer":
        return answer.text
    if answer.decision == "unsure" and not answer.sources:
        return f"{WITHOUT_ANSWER['unsure']} {NOTHING_NEAR}"
    return WITHOUT_ANSWER[answer.decision]


def human_wanted(role_id: int, asker: str, link: str) -> str:
    """See English."""
    return f"<@&{role_id}> {asker} wünscht sich Hilfe von einem Menschen bei <{link}>"


def answered_before(link: str) -> str:
    """See English."""
    return f"Das wurde hier schon gefragt, und das sagen die Dokumente: <{link}>"


def flag_title(score: float, suspicious: bool = False) -> str:
    """See English."""
    return f"Sieht {'verdächtig aus' if suspicious else 'nicht nach dem Thema aus'} ({score:.0%})"


FLAG_ON_TOPIC = "Am nächsten unter dem, was zum Thema gehört"
FLAG_OFF_TOPIC = "Am nächsten unter dem, was nicht dazugehörte"


def flag_reason(signal: str) -> str:
    """See English."""
    return {
        "documents": "Es ist weit von allem in den Dokumenten entfernt.",
        "messages": "Es gleicht nicht den Nachrichten, die bekanntlich zum Thema gehören.",
        "injection": "Es versucht, einem Assistenten andere Anweisungen zu geben. Ich befolge keine; Leser vielleicht.",
        "secrets": "Es fragt nach einem Passwort, einem Token oder einem anderen Geheimnis.",
    }.get(signal, "")


def judged_otherwise(changed: int, messages: int) -> str:
    """See English."""
    if not changed:
        return f"Von den letzten {messages} Nachrichten wird keine dadurch anders beurteilt."
    return f"{changed} der letzten {messages} Nachrichten würden jetzt anders beurteilt."


def verdict_label(verdict: str | None, suspicious: bool) -> str:
    """See English."""
    if verdict is None:
        return UNDO
    if suspicious:
        return HARMLESS if verdict == "in" else SUSPICIOUS
    return ON_TOPIC if verdict == "in" else OFF_TOPIC


def flag_decided(verdict: str, moderator: str, suspicious: bool = False) -> str:
    """See English."""
    if suspicious:
        return f"{moderator} sagt: {verdict_label(verdict, True).lower()}."
    word = "gehört zum Thema" if verdict == "in" else "gehört nicht zum Thema"
    return f"{moderator} sagt: {word}. Danach beurteile ich die nächsten Nachrichten."


def digest_title(count: int) -> str:
    """See English."""
    return f"In der letzten Stunde wurden {count} weitere Nachrichten gemeldet"


DIGEST_FOOTER = "Wer mich betreibt, kann sie in der Konsole durchgehen, auf der Seite Off-topic."
MORE_FLAGS = "und {count} weitere"


def mode_set(channel: str, mode: str) -> str:
    """See English."""
    return f"{channel} ist ab jetzt `{mode}`." if mode != "default" else f"{channel} ist wieder wie eingestellt."


def known(documents: int, sources: int) -> str:
    """See English."""
    return f"{documents} Dokumente aus {sources} Quellen"


def queued(job: str, what: str, number: int) -> str:
    """See English."""
    shown = f" {located(what)}" if what else ""
    return f"Als Auftrag {number} eingereiht: {job_name(job)}{shown}. {_named('kb status')} zeigt, was daraus wird."


def privacy(days: int, backups: int, is_out: bool, listening: str) -> str:
    """See English."""
    along = f"- In {listening} lese ich nur mit: dasselbe, mit dem, was ich geantwortet oder gemeldet hätte.\n"
    now = (
        "Du hast **widersprochen**: Ich antworte, wenn du mich ansprichst, und behalte weder deine Worte noch, wer du "
        f"bist. {_named('privacy', choice='opt-in')} nimmt das zurück."
        if is_out
        else f"{_named('privacy', choice='opt-out')}: Dann behalte ich weder deine Worte noch, wer du bist, und lerne "
        "nichts."
    )
    return (
        "**Was ich von dir behalte**\n"
        f"- Fragen an mich und Nachrichten in den Kanälen, die ich beobachte, mit meiner Antwort: {days} Tage.\n"
        f"{along if listening else ''}"
        "- Deine Stimmen mit ihren Gründen und Meldungen zu deinen Nachrichten: so lange wie diese Nachrichten.\n"
        "- Was die Moderation mich an einer Nachricht von dir gelehrt hat, und gespeicherte Antworten von dir: bis es "
        "zurückgenommen, gelöscht oder abgelaufen ist.\n"
        "- Nicht deinen Namen oder deine Nummer, sondern einen Schlüsselwert, der zwei Menschen unterscheidet und "
        "keinen nennt.\n"
        f"- Sicherungen enthalten all das, bis sie ersetzt sind; es gibt {backups} davon.\n\n"
        f"{now}\n{_named('forget-me')} löscht alles sofort. Löschst du eine Nachricht, nehme ich meine Antwort darauf "
        "zurück."
    )


def forgotten(rows: int, copies: int) -> str:
    """See English."""
    left = f" {copies} Sicherungen enthalten noch etwas davon, bis sie ersetzt sind." if copies else ""
    return f"Fertig: Ich behalte nichts mehr von dir ({rows} Einträge gelöscht).{left}"


def learnt(channel: str, count: int) -> str:
    """See English."""
    documents = "ein Dokument" if count == 1 else f"{count} Dokumente"
    return (
        f"Ich habe {documents} aus {channel} gelernt. Nur wer den Kanal lesen darf, bekommt daraus Antworten. "
        "Was dort neu ist, lerne ich dazu: Threads, sobald sie gelöst sind, Nachrichten einmal am Tag."
    )


def unlearnt(channel: str) -> str:
    """See English."""
    return f"Von {channel} weiß ich nichts mehr."


def published(link: str) -> str:
    """See English."""
    return f"Veröffentlicht: Ab jetzt antworte ich aus <{link}>."
