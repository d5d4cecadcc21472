"""What ``/kb status`` says of jobs and of what moderators did; part of ``german.py``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from storage.audit import AuditLine
from storage.jobs import Job
from storage.records import JobState

JOB_NAMES: Mapping[str, str] = {
    "ingest": "aufnehmen",
    "refresh": "auffrischen",
    "reindex": "neu indizieren",
    "evict": "Zwischenspeicher leeren",
    "roll_up": "Abrechnung zusammenfassen",
    "check_index": "Index prüfen",
    "backup": "sichern",
    "retention": "Altes vergessen",
    "survey": "Überblick gewinnen",
    "drift": "Werte vergleichen",
    "exam": "Prüfung",
}
OUTCOMES: Mapping[str, str] = {
    "ingest": "{new} neu, {changed} geändert, {unchanged} unverändert, {gone} weg, {skipped} nicht lesbar: {path}",
    "refresh": (
        "{sources} Quellen, {unread} davon nicht lesbar; Dokumente: {new} neu, {changed} geändert, {unchanged} "
        "unverändert, {gone} weg, {expired} abgelaufen, {skipped} nicht lesbar"
    ),
    "reindex": "Generation {number}: {encoder}, {dimensions} Dimensionen, {chunks} Abschnitte, {encoded} neu kodiert",
    "evict": "{vectors} Vektoren vergessen, nach denen niemand fragte",
    "roll_up": "{lines} alte Zeilen zusammengefasst, {jobs} beendete Aufträge vergessen",
    "check_index": "alles in Ordnung; {saved} Indexdateien neu geschrieben, {dropped} alte Indexe gelöscht",
    "backup": "{megabytes} MB geschrieben",
    "retention": "{questions} Fragen, {audit_lines} Zeilen des Protokolls und {drafts} Entwürfe waren zu alt; "
    "{servers} verlassene Server vergessen",
    "survey": "{topics} Themen, {gaps} Lücken, {duplicates} Gruppen von Doppeltem, {outliers} Dokumente aus der Reihe",
    "drift": "{spaces} Bereiche verglichen, {moved} davon verschoben",
    "exam": "{spaces} Bereiche geprüft, {questions} Fragen",
}
"""By the job; what is filled in are its figures."""

STATES: Mapping[JobState, str] = {
    "queued": "wartet",
    "running": "läuft",
    "done": "fertig",
    "failed": "fehlgeschlagen",
}
ORIGINS: Mapping[str, str] = {"schedule": "nach Plan", "command": "Befehl", "console": "Konsole", "discord": "Discord"}
ACTIONS: Mapping[str, str] = {
    "pause": "angehalten",
    "resume": "wieder gestartet",
    "withdraw": "zurückgenommen:",
    "learn": "gelernt:",
    "unlearn": "verlernt:",
    "save as answer": "als Antwort gespeichert:",
    "kb ingest": "hinzugefügt:",
    "kb refresh": "Quellen aufgefrischt",
    "channel mode": "Modus gesetzt:",
    "verdict in": "gehört zum Thema oder ist harmlos:",
    "verdict out": "gehört nicht zum Thema oder ist verdächtig:",
    "verdict undo": "Urteil zurückgenommen:",
}
_SUBJECTS = {"flag": "Meldung", "answer": "Antwort"}


def job_line(job: Job) -> str:
    """See English; why a job failed is told in the words of the log, which are English."""
    if job.was_cancelled:
        state, outcome = "abgebrochen", ""
    else:
        state = STATES[job.state]
        outcome = OUTCOMES[job.name].format_map(job.figures) if job.figures else job.outcome
    return f"{job.id} {job_name(job.name)} {state} ({ORIGINS.get(job.origin, job.origin)}) {outcome}"


def job_name(name: str) -> str:
    """See English."""
    return JOB_NAMES.get(name, name)


def audited(line: AuditLine) -> str:
    """See English."""
    subject = re.sub(r"^(flag|answer)(?= \d+$)", lambda found: _SUBJECTS[found[0]], line.subject)
    return f"{ACTIONS.get(line.action, line.action)} {subject}"
