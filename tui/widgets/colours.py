"""The console's colours: calm, and dark enough that a bright line is seen."""

from __future__ import annotations

from textual.theme import Theme

LANTERN = Theme(
    name="lantern",
    primary="#5FB3D9",
    secondary="#7C9CB5",
    accent="#F2B84B",
    warning="#F2B84B",
    error="#EE7B7B",
    success="#7BC88F",
    foreground="#DCE3E8",
    background="#12181D",
    surface="#182027",
    panel="#222C35",
    dark=True,
)

DAYLIGHT = Theme(
    name="daylight",
    primary="#1F6F99",
    secondary="#51687A",
    accent="#9A6400",
    warning="#9A6400",
    error="#B3261E",
    success="#2E7D43",
    foreground="#1B242B",
    background="#F4F6F7",
    surface="#FFFFFF",
    panel="#E3E9ED",
    dark=False,
)
