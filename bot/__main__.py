"""``python -m bot`` is ``knowbot``."""

from bot.cli import main

if __name__ == "__main__":
    main()
