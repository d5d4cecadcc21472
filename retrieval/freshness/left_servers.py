"""Servers that the bot was removed from: kept for a grace time, then everything that came from their channels goes."""

from __future__ import annotations

from retrieval.embed import text_hash
from retrieval.space import Clock
from storage.erasure import erase
from storage.servers import LeftServer
from storage.stores import Stores


class LeftServers:
    """Documents of a server's space that came from elsewhere stay, and so do members' opt-outs."""

    def __init__(self, stores: Stores, clock: Clock) -> None:
        self._stores, self._clock = stores, clock

    def all(self) -> list[LeftServer]:
        """Those whose data is still there, the first left first."""
        return self._stores.servers.gone()

    def forget(self, seconds: float) -> list[LeftServer]:
        """Forgets those that were left at least so long ago, out of every file; returns them.

        One that took the bot back meanwhile is spared. Raises what ``erase`` raises.
        """
        before = self._clock() - seconds
        forgotten = [each for each in self.all() if each.left_at <= before and self._forget(each)]
        if forgotten:
            erase(self._stores)
        return forgotten

    def _forget(self, server: LeftServer) -> bool:
        forgetting = self._stores.forgetting
        with self._stores.write():
            if server not in self.all():
                return False
            for space, location in forgetting.documents_of_server(server.id):
                hashes = {text_hash(text) for text in forgetting.texts_of(space, location)}
                forgetting.document(space, location, hashes, self._clock())
            forgetting.server(server.id, self._clock())
            return True
