"""Answers that rest on what may be out of date say so: a source that could not be read lately, or soon expires."""

from __future__ import annotations

from dataclasses import replace

from retrieval.types import Answer, Note
from storage.stores import Stores

LATELY = 2 * 86_400.0
"""Seconds: what was read since then is as fresh as anybody expects, whether the last look failed or not."""

SOON = 2 * 86_400.0

_DAY = 86_400.0


def with_age(stores: Stores, answer: Answer, now: float) -> Answer:
    """The answer, with notes where one of its sources was last read more than LATELY ago and could not be since.

    Also where one expires in less than SOON. Of outcomes that claim nothing, nothing is said.
    """
    if answer.decision != "answer":
        return answer
    known = stores.unread.freshness(answer.question.space, {each.chunk.document_location for each in answer.sources})
    unread = {
        place: int((now - each.last_read_at) // _DAY)
        for place, each in known.items()
        if each.last_read_at is not None and now - each.last_read_at > LATELY
    }
    notes: list[Note] = ["not_read_lately"] if unread else []
    if any(each.expires_at is not None and each.expires_at - now < SOON for each in known.values()):
        notes.append("expires_soon")
    if not notes:
        return answer
    sources = tuple(replace(each, days_unread=unread.get(each.chunk.document_location, 0)) for each in answer.sources)
    return replace(answer, sources=sources, notes=(*answer.notes, *notes))
