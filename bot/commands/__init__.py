"""The commands of ``knowbot``, by what they are about; ``bot/cli.py`` imports the one that is called."""
