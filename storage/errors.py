"""The root of every error that knowbot raises on purpose."""


class KnowbotError(Exception):
    """Something a person can mend; the message is one sentence that names the thing and the remedy.

    Derive a small class beside the code that raises it. Only the edges (command line, Discord, console) turn it
    into words on a screen; nothing in between catches it to hide it.
    """
