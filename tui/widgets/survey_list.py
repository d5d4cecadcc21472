"""What the last survey found, a list at a time: topics, gaps, duplicates, outliers."""

from __future__ import annotations

from textual.content import Content

from tui.data.exploring import Explored
from tui.times import short_time
from tui.widgets.panel import TablePanel
from tui.widgets.survey_text import LISTS, NONE, SURVEY_COLUMNS, TITLES, survey_detail, survey_rows


class SurveyList(TablePanel):
    """One of the LISTS."""

    def __init__(self) -> None:
        super().__init__(TITLES[LISTS[0]], SURVEY_COLUMNS, id="found")
        self._list = LISTS[0]
        self._found: Explored | None = None

    @property
    def topic(self) -> int | None:
        """The topic under the cursor, where topics are listed."""
        return self._place if self._list == "topics" else None

    @property
    def detail(self) -> tuple[str, Content]:
        """What the line under the cursor means, with its title; nothing where there is none."""
        survey, place = self._found.survey if self._found else None, self._place
        if survey is None or place is None:
            return "", Content("")
        return survey_rows(survey, self._list)[place].cells[1], survey_detail(survey, self._list, place)

    def show_found(self, found: Explored) -> None:
        """Shows what was found by now."""
        self._found = found
        self._show_list(found)

    def turn(self) -> None:
        """The next list."""
        self._list = LISTS[(LISTS.index(self._list) + 1) % len(LISTS)]
        if self._found:
            self._show_list(self._found)

    @property
    def _place(self) -> int | None:
        return self.table.cursor_row if 0 <= self.table.cursor_row < self.table.row_count else None

    def _show_list(self, found: Explored) -> None:
        self.border_title = TITLES[self._list]
        self.border_subtitle = f"as of {short_time(found.survey.made_at, found.now)}" if found.survey else ""
        rows = survey_rows(found.survey, self._list) if found.survey else []
        self.show(rows, NONE[self._list if found.survey else "topics"])
