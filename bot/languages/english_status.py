"""What ``/kb status`` says of jobs and of what moderators did; part of ``english.py``."""

from __future__ import annotations

from storage.audit import AuditLine
from storage.jobs import Job


def job_line(job: Job) -> str:
    """A job with what came of it, as whoever runs knowbot reads it too."""
    return f"{job.id} {job.name} {job.state} ({job.origin}) {job.outcome}"


def job_name(name: str) -> str:
    """What is to be done."""
    return name


def audited(line: AuditLine) -> str:
    """What a moderator did, and to what."""
    return f"{line.action} {line.subject}"
