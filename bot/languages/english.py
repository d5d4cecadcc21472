"""Every sentence that a member or a moderator reads on Discord, in English. The other languages follow this one."""

from __future__ import annotations

from collections.abc import Mapping

from bot.languages.english_listening import SHADOW_TITLE as SHADOW_TITLE
from bot.languages.english_listening import drifted as drifted
from bot.languages.english_listening import shadow_notice as shadow_notice
from bot.languages.english_listening import shadow_untold as shadow_untold
from bot.languages.english_status import audited as audited
from bot.languages.english_status import job_line as job_line
from bot.languages.english_status import job_name as job_name
from bot.outgoing.addresses import located
from retrieval.freshness.staleness import Reason
from retrieval.types import Answer, Decision, Note

WITHOUT_ANSWER: Mapping[Decision, str] = {
    "unsure": "I do not know: the documents do not say it clearly enough.",
    "off_topic": "That does not look like what this community's documents are about: the people here may know more.",
    "small_talk": "Happy to be here. Ask me about the documents whenever you like.",
}
NOTES: Mapping[Note, str] = {
    "with_error_only": "I searched with the error that your traceback ends with.",
    "with_message_before": "I read your message together with the one before it.",
    "shortened": "Your message was long, so I searched with the part that reads like the question.",
    "by_words": "I can only search by words just now, so I may have missed something.",
    "sentences_by_words": "I could choose the sentences by their words only, so they may not be the best ones.",
    "not_read_lately": (
        "Source {number} was last read {days} days ago and could not be read since: it may be out of date."
    ),
    "expires_soon": "A document that this rests on expires within two days.",
}
NEAREST = "The nearest I found:"
SOURCES = "Sources:"
SOURCE = "Source:"
SEE_ALSO = "See also:"
NOTHING_NEAR = "I found nothing that comes near it."
HELPFUL = "Helpful"
NOT_HELPFUL = "Not helpful"
WITHDRAW = "Withdraw"
ASK_A_HUMAN = "Ask a human"
ON_TOPIC = "On topic"
OFF_TOPIC = "Off topic"
UNDO = "Undo"
SHOW_SOURCES = "Sources"
ANSWERED = "Answered."
NOT_ANSWERED = "The documents do not answer that clearly enough, so I said nothing in public."
SIMILAR_TITLE = "Questions like this one"
NOTHING_SIMILAR = "I know of no question like that which you may see."
VOTED: Mapping[bool, str] = {
    True: "Thank you, noted as helpful.",
    False: "Thank you, noted as not helpful. That shows the people who keep the documents where to look.",
}
WHY_TITLE = "What was missing?"
WHY = "Your words go to those who keep the documents"
SOURCES_GONE = "What I quoted has been changed or removed since, so it is no longer shown. Please ask again."
FLAG_FORGOTTEN = "That message was edited, deleted or forgotten since, so there is nothing to decide."
SUSPICIOUS = "Suspicious"
HARMLESS = "Harmless"
HELP_THREAD = "Help wanted"
FORGOTTEN = "I no longer know that answer, so there is nothing to note."
WITHDRAWN = "A moderator has withdrawn this answer."
STAFF_ONLY = "That is for this server's moderators."
SOURCE_WITHDRAWN = "What I quoted here was removed, or not everybody here may read it any more: I take it back."
ADD_ONE = "Give me one thing: a file, or a url, or a text together with its title."
ADD_ADDRESS = "A url begins with http:// or https://."
ADD_TOO_LARGE = "That file is too large for me; whoever runs me can take it in with `knowbot ingest`."
NO_INDEX = "no index yet"
FLAG_WHY = "Why"
FLAG_WHERE = "Where"
STATUS_TITLE = "What I know in the space {space}"
STATUS_STALE = "Out of date: {count}"
STALE: Mapping[Reason, str] = {
    "expired": "it has expired",
    "not_indexed": "not of the active generation",
    "unreadable": "the source cannot be read; its documents are kept",
    "gone": "gone from its source",
    "changed": "its file has changed",
}
STATUS_JOBS = "Latest jobs"
STATUS_CHANNELS = "Watched channels"
STATUS_AUDIT = "Who changed what"
SET_HERE = " (set on Discord)"

SAVE_TITLE = "Save as answer"
SAVE_QUESTION = "The question that it answers"
SAVE_ANSWER = "The answer, as members will read it"
SAVE_DAYS = "True for so many days"
SAVE_DAYS_WRONG = "The days have to be a number from 1 to 3650. Please try again."
PUBLISH = "Publish"
DISCARD = "Discard"
DISCARDED = "Discarded."
DRAFT_GONE = "That draft was published, discarded or forgotten already."
DRAFT_EXPIRES = "Until"
NOTHING_TO_SAVE = "There is nothing in that message that could be saved."
OPTED_OUT = "Its author does not want me to learn from their messages."
NOT_YOUR_CHANNEL = "You may not read that channel yourself."
CANNOT_READ = "I may not read that channel: allow me View Channel and Read Message History there."
FORGET_ME = "Forget me"
FORGET_ASK = (
    "I will delete your questions with their answers, your votes, flags on your messages, what I was taught by them, "
    "and documents and drafts made of your messages. This cannot be undone."
)
FORGETTING = "I am deleting what I kept of you..."
NOT_YOURS = "That button is for somebody else. Use `/forget-me` yourself."
ASK_SOMETHING = "Ask me something about the documents, in a sentence or two."
NOTHING_KNOWN = "I have not been given any documents yet, so I cannot answer. The people who run me know how."
ASK_ON_SERVER = "You are on several servers that I serve. Please ask me there, so that I know which documents you mean."
PAUSED = "I am taking a break: the moderators have paused me."
PAUSE_ON = "Paused. I answer and flag nothing in this server until somebody says `/resume`."
PAUSE_OFF = "I am back and answer again."
SLOWER = "That is a lot of questions at once. Give me a minute, then ask again."
BUSY = "Many people are asking just now. Please ask again in a minute."
INTERRUPTED = "I was restarted before I was done with that. Please try again."
BUDGET_EXHAUSTED = "What I may spend on answers is used up for now. Please ask again later, or ask the people here."
MODEL_MISSING = "The model that I search with is not there. The people who run me have to look at it."
SERVICE_DOWN = "A service that I need does not answer me. Please ask again in a few minutes."
INDEX_OUTDATED = "My index does not fit what I search with any more. The people who run me have to renew it."
NOTES_BUSY = "Something else is writing in my notes. Please try again in a minute."
NO_ROOM = "There is no room left where I keep my notes. The people who run me have to make some."
NOTES_NEWER = "My notes were written by a newer version of me. The people who run me have to bring me up to date."
NOTES_UNREADABLE = "I cannot read my notes. The people who run me have to look at it."
NO_MEMORY = "I have run out of memory. Please ask again in a few minutes."
EXPIRED = "That took longer than Discord waits for me. Please try again."
FORBIDDEN = "Discord does not allow me to do that here. The moderators can change my permissions."
NOT_FOUND = "What that was about is no longer there."
DISCORD_LIMITS = "Discord asks me to slow down. Please try again in a minute."
DISCORD_DOWN = "Discord itself has trouble just now. Please try again in a few minutes."
REFUSED = "Discord did not accept what I wanted to show you."
COMMAND_CHANGED = "That command has changed. Please type it anew; Discord may need a minute to show it."
WRONG_VALUE = "I cannot use one of the values that you gave. Please look at them and try again."
TOOK_TOO_LONG = "That took too long, so I stopped. Please ask again."
FAILED = "Something went wrong on my side and I could not answer. It is in my log; please ask again later."


def late(asker: str) -> str:
    """Above an answer that took longer than Discord keeps a command open."""
    return f"{asker} That took long. You asked me with a command:"


def with_id(sentence: str, number: str) -> str:
    """A sentence about trouble, and the id under which the people who run knowbot find it in the log."""
    return f"{sentence} ({number})"


def confidence_word(confidence: float) -> str:
    """A plain word for a probability (0-1)."""
    if confidence >= 0.85:
        return "I am quite sure of this."
    if confidence >= 0.65:
        return "I am fairly sure of this."
    return "This is my best guess."


def reply(answer: Answer) -> str:
    """What to say before the sources."""
    if answer.decision == "answer":
        return answer.text
    if answer.decision == "unsure" and not answer.sources:
        return f"{WITHOUT_ANSWER['unsure']} {NOTHING_NEAR}"
    return WITHOUT_ANSWER[answer.decision]


def human_wanted(role_id: int, asker: str, link: str) -> str:
    """Calls the helpers for a question that the documents do not answer."""
    return f"<@&{role_id}> {asker} would like a person's help with <{link}>"


def answered_before(link: str) -> str:
    """Instead of the same answer once more."""
    return f"That was asked here before, and this is what the documents say: <{link}>"


def flag_title(score: float, suspicious: bool = False) -> str:
    """Over the notice of a flagged message; ``score`` is the judge's (0-1)."""
    return f"Looks {'suspicious' if suspicious else 'off topic'} ({score:.0%})"


FLAG_ON_TOPIC = "Nearest that is on topic"
FLAG_OFF_TOPIC = "Nearest that was called off topic"


def flag_reason(signal: str) -> str:
    """Which references the judge compared the message with."""
    return {
        "documents": "It is far from everything in the documents.",
        "messages": "It is unlike the messages that are known to be on topic.",
        "injection": "It tries to give an assistant other instructions. I follow none; readers might.",
        "secrets": "It asks for a password, a token or another secret.",
    }.get(signal, "")


def judged_otherwise(changed: int, messages: int) -> str:
    """Under the notice, behind the verdict: what it has changed of the latest messages."""
    if not changed:
        return f"Of the last {messages} messages none is judged otherwise by that."
    return f"{changed} of the last {messages} messages would now be judged otherwise."


def verdict_label(verdict: str | None, suspicious: bool) -> str:
    """On the button for a verdict ("in", "out"), or for taking it back (None)."""
    if verdict is None:
        return UNDO
    if suspicious:
        return HARMLESS if verdict == "in" else SUSPICIOUS
    return ON_TOPIC if verdict == "in" else OFF_TOPIC


def flag_decided(verdict: str, moderator: str, suspicious: bool = False) -> str:
    """Under the notice of a flag once somebody has decided; of an off-topic one the verdict is taught."""
    if suspicious:
        return f"{moderator} says it is {verdict_label(verdict, True).lower()}."
    word = ON_TOPIC.lower() if verdict == "in" else OFF_TOPIC.lower()
    return f"{moderator} says it is {word}. I judge the next messages by it."


def digest_title(count: int) -> str:
    """Over the one message that stands for all flags beyond the hourly limit."""
    return f"{count} more messages were flagged in the last hour"


DIGEST_FOOTER = "Whoever runs me can go through them in the console, on the screen Off-topic."
MORE_FLAGS = "and {count} more"


def mode_set(channel: str, mode: str) -> str:
    """Once a moderator has set how knowbot behaves in a channel."""
    return f"{channel} is `{mode}` from now on." if mode != "default" else f"{channel} is as in my settings again."


def known(documents: int, sources: int) -> str:
    """How much a space holds."""
    return f"{documents} documents of {sources} sources"


def queued(job: str, what: str, number: int) -> str:
    """Once something slow was put into the queue."""
    shown = f" {located(what)}" if what else ""
    return f"Queued as job {number}: {job_name(job)}{shown}. `/kb status` shows what becomes of it."


def privacy(days: int, backups: int, is_out: bool, listening: str) -> str:
    """What is kept of a member, and how long; ``listening`` are channels in which knowbot posts nothing, if any."""
    along = f"- In {listening} I only read along: the same, with what I would have answered or flagged.\n"
    now = (
        "You have **opted out**: I answer you when you speak to me, and keep neither your words nor who you are. "
        "`/privacy choice:opt-in` takes that back."
        if is_out
        else "`/privacy choice:opt-out`: I then keep neither your words nor who you are, and learn nothing from you."
    )
    return (
        "**What I keep of you**\n"
        f"- Questions to me, and messages in the channels that I watch, with what I answered: {days} days.\n"
        f"{along if listening else ''}"
        "- Your votes with their reasons, and flags on your messages: as long as those messages.\n"
        "- What moderators taught me by a message of yours, and answers of yours that they saved: until it is taken "
        "back, deleted or expired.\n"
        "- Not your name or number, but a keyed hash that tells two people apart and names neither.\n"
        f"- Backups hold all this until they are replaced; there are {backups} of them.\n\n"
        f"{now}\n`/forget-me` deletes everything at once. Deleting a message of yours takes back what I answered to it."
    )


def forgotten(rows: int, copies: int) -> str:
    """Once everything of a member's is gone; ``copies`` are backups that still hold some of it."""
    left = f" {copies} backups still hold some of it until they are replaced." if copies else ""
    return f"Done: I keep nothing of you any more ({rows} entries deleted).{left}"


def learnt(channel: str, count: int) -> str:
    """Once a channel was imported."""
    documents = "one document" if count == 1 else f"{count} documents"
    return (
        f"I have learnt {documents} from {channel}. Only those who may read it are answered from them. "
        "I keep up with what is new there: threads as they are solved, messages once a day."
    )


def unlearnt(channel: str) -> str:
    """Once everything that came from a channel is gone."""
    return f"I know nothing of {channel} any more."


def published(link: str) -> str:
    """Once a saved answer is known."""
    return f"Published: from now on I answer from <{link}>."
