"""How much is asked of a server, and for how long."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WebLimits:
    """Bounds on what is asked of a server. Seconds and bytes; ``delay`` lies between two requests to one host."""

    pages: int = 2_000
    page_bytes: int = 10_000_000
    page_seconds: float = 60.0
    total_seconds: float = 3_600.0
    connect_seconds: float = 10.0
    silence_seconds: float = 20.0
    redirects: int = 5
    delay: float = 0.5
