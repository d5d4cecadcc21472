"""The console's only door: it reads storage, and acts through the engine and the job queue."""

from __future__ import annotations

from collections.abc import Callable

from retrieval.engine import Engine
from tui.data.conversations import ConversationsData
from tui.data.costs import CostsData
from tui.data.desk import Desk
from tui.data.exploring import ExploringData
from tui.data.index import IndexData
from tui.data.jobs import JobsData
from tui.data.knowledge import KnowledgeData
from tui.data.log import LogData
from tui.data.looks import LooksData
from tui.data.overview import OverviewData
from tui.data.questions import QuestionsData
from tui.data.shelf import ShelfData
from tui.data.threads import Threads
from tui.data.thresholds import ThresholdsData
from tui.data.tokens import TokensData
from tui.surroundings import ALONE, Surroundings


class AdminData:
    """What the screens show and do, a facet a subject.

    Every method of a facet is async, does its work in a thread, and raises KnowbotError and nothing else.
    """

    def __init__(
        self,
        open_engine: Callable[[], Engine],
        space: str,
        clock: Callable[[], float],
        surroundings: Surroundings = ALONE,
    ) -> None:
        """Opens nothing yet: a folder that cannot be opened is said on the screen, and tried again."""
        self.space, self.surroundings = space, surroundings
        self._threads = Threads(open_engine)
        desk = Desk(self._threads, space, clock)
        self.jobs = JobsData(desk, surroundings.schedule)
        self.log = LogData(desk, surroundings.logs)
        self.overview = OverviewData(desk, surroundings.schedule)
        self.knowledge = KnowledgeData(desk, self.jobs)
        self.shelf = ShelfData(desk)
        self.index = IndexData(desk, self.jobs)
        self.tokens = TokensData(desk)
        self.conversations = ConversationsData(desk)
        self.questions = QuestionsData(desk)
        self.exploring = ExploringData(desk)
        self.costs = CostsData(desk)
        self.thresholds = ThresholdsData(desk)
        self.looks = LooksData(desk)

    async def version(self) -> tuple[int, int]:
        """Numbers that are others after every change that any process made to the database, or another database."""
        version = await self._threads.reading.run(lambda engine: engine.stores.data_version())
        return self._threads.reading.openings, version

    async def close(self) -> None:
        """Closes everything; what is being written is finished."""
        await self._threads.close()
