"""A document on its way in: what every source, and people, hand to ``retrieval/ingest.py``."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from retrieval.types import Extracted
from storage.errors import KnowbotError


class Incoming(Protocol):
    """A document as its source offers it."""

    @property
    def location(self) -> str:
        """Its address, unique in the space."""
        ...

    @property
    def modified_at(self) -> float | None:
        """Seconds since the epoch, where the source knows."""
        ...

    def read(self) -> bytes | None:
        """Its content as it is, or None where it is known to be what is stored.

        Raises KnowbotError or OSError; GoneError where there is no such document any more.
        """
        ...

    def extract(self, content: bytes) -> Extracted:
        """Its text and headings; raises KnowbotError."""
        ...


@runtime_checkable
class Restricted(Protocol):
    """What an incoming document adds that is not for everybody, or not for ever."""

    @property
    def visibility(self) -> str:
        """``public``, or ``channel:<id>``."""
        ...

    @property
    def expires_at(self) -> float | None:
        """When it is no longer true, in seconds since the epoch; None: never."""
        ...


class GoneError(KnowbotError):
    """The source says that it has the document no more; every other failure keeps what is stored."""
