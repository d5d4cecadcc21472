"""``run``: the bot itself."""

from __future__ import annotations

import asyncio
import logging

import click

from bot.gateway.connecting import log_reconnects_plainly
from bot.gateway.loopback import redirect_for_tests
from bot.observing.log_files import BOT_LOG
from bot.observing.logs import log_to_file, log_to_stderr
from bot.secret import all_secrets, discord_token
from bot.service import serve
from bot.settings import load_settings
from bot.terminal.options import Options, locating
from storage.database import DatabaseReplacedError

logger = logging.getLogger(__name__)


@click.command()
@locating
def run(options: Options) -> None:
    """Run the Discord bot and its scheduler until Ctrl-C or SIGTERM.

    The token comes from DISCORD_TOKEN, in the environment or in .env.
    """
    settings = load_settings(options)
    token = discord_token()
    redirect_for_tests()
    log_to_stderr(all_secrets(), settings.log)
    log_to_file(settings.data_dir / BOT_LOG, all_secrets(), settings.log.content)
    log_reconnects_plainly()
    while True:
        try:
            return asyncio.run(serve(settings, token, options.config))
        except DatabaseReplacedError as error:
            logger.warning("%s", error)
