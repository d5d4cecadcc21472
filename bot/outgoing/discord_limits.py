"""What Discord accepts at most, in characters unless it says otherwise; beyond it a message is refused as a whole."""

CONTENT = 2000
EMBEDS = 10
"""Embeds of one message."""

EMBED_TOTAL = 6000
"""All words of all embeds of one message together."""

EMBED_TITLE = 256
EMBED_DESCRIPTION = 4096
EMBED_FIELDS = 25
FIELD_NAME = 256
FIELD_VALUE = 1024
FOOTER = 2048

ROWS = 5
BUTTONS_A_ROW = 5
BUTTON_LABEL = 80
CUSTOM_ID = 100

MODAL_TITLE = 45
INPUT_LABEL = 45
INPUT_VALUE = 4000

CHOICES = 25
"""Suggestions of one autocompletion."""

CHOICE = 100
THREAD_NAME = 100


def shortened(text: str, limit: int) -> str:
    """``text``, or its beginning with an ellipsis where it is longer than ``limit`` (1 or more)."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
