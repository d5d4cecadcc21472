from __future__ import annotations

import pytest

from storage.stores import Stores
from storage.tunables import NothingToUndoError


def threshold(stores: Stores) -> float:
    return stores.tunables.get("default", "threshold", 0.5)


def test_a_tunable_stands_at_its_default_until_it_is_set(stores: Stores) -> None:
    assert threshold(stores) == 0.5
    stores.tunables.set("default", "threshold", 0.7, "ada", 1.0)
    assert threshold(stores) == 0.7
    assert stores.tunables.get("other", "threshold", 0.5) == 0.5
    stores.tunables.set("default", "weights", {"lexical": [1, 2]}, "ada", 1.0)
    assert stores.tunables.get("default", "weights", {}) == {"lexical": [1, 2]}


def test_undo_goes_back_step_by_step_to_the_default(stores: Stores) -> None:
    for value in (0.6, 0.7, 0.8):
        stores.tunables.set("default", "threshold", value, "ada", 1.0)
    seen = []
    for now in (3.0, 4.0, 5.0):
        stores.tunables.undo("default", "threshold", now)
        seen.append(threshold(stores))
    assert seen == [0.7, 0.6, 0.5]
    with pytest.raises(NothingToUndoError, match="threshold stands at its default in the space default"):
        stores.tunables.undo("default", "threshold", 6.0)


def test_after_an_undo_one_may_go_on(stores: Stores) -> None:
    for value in (0.6, 0.7):
        stores.tunables.set("default", "threshold", value, "ada", 1.0)
    stores.tunables.undo("default", "threshold", 2.0)
    stores.tunables.set("default", "threshold", 0.9, "ada", 3.0)
    stores.tunables.undo("default", "threshold", 4.0)
    assert threshold(stores) == 0.6


def test_the_history_forgets_nothing(stores: Stores) -> None:
    stores.tunables.set("default", "threshold", 0.6, "ada", 1.0)
    stores.tunables.undo("default", "threshold", 2.0)
    assert [(line.value, line.set_by, line.set_at) for line in stores.tunables.history("default", "threshold")] == [
        (0.6, "ada", 1.0),
        (None, "undo", 2.0),
    ]
