# SPDX-License-Identifier: Apache-2.0
"""The checker itself: a sound history passes, and each kind of lie is found."""
import pytest

from history import OK, REFUSED, UNKNOWN, History, Operation, check, check_table


def append(snapshot, expected, began, ended, outcome=OK, client="c", **members):
    return Operation("append", "t", client, began, expected, snapshot, ended, outcome, **members)


def read(snapshot, began, ended):
    return Operation("read", "t", "r", began, None, snapshot, ended, OK)


SOUND = [append(1, None, 0, 1), append(2, 1, 2, 4), append(3, 1, 2, 5, REFUSED), read(1, 2, 3), read(2, 3, 6),
         append(4, 2, 6, float("inf"), UNKNOWN), append(5, 2, 6, float("inf"), UNKNOWN), read(4, 7, 8)]
CHAIN = [(1, None), (2, 1), (4, 2)]


def test_a_sound_history_passes():
    assert check_table(SOUND, CHAIN) == []


@pytest.mark.parametrize("change, chain, word", [
    ([append(9, 2, 6, 7)], CHAIN, "lost"),  # acknowledged and gone
    ([], CHAIN + [(3, 4)], "refused"),  # refused and there
    ([], CHAIN + [(7, 4)], "nobody asked"),
    ([], [(1, None), (2, 1), (4, 1)], "was made on"),  # a fork
    ([], [(1, None), (2, 1), (4, 2), (2, 4)], "twice"),
    ([read(1, 5, 6)], CHAIN, "had ended before"),  # an old value after a new one was acknowledged
    ([read(2, 0.1, 0.2)], CHAIN, "had ended before"),  # a value that was written later
    ([read(77, 7, 8)], CHAIN, "not in the chain"),
    ([append(8, 4, 9, 10, REFUSED)], CHAIN, "nobody had replaced"),
])
def test_a_lie_is_found(change, chain, word):
    problems = check_table(SOUND + change, chain)
    assert any(word in p for p in problems), problems


def test_an_acknowledged_swap_that_is_elsewhere_is_found():
    operations = [append(1, None, 0, 1), append(2, 1, 2, 3), append(3, 1, 2, 3, OK, "d")]
    assert any("right behind" in p for p in check_table(operations, [(1, None), (2, 1), (3, 2)]))


def test_half_a_transaction_is_found():
    history = History()
    for table, snapshot in (("t", 1), ("u", 2)):
        history.operations.append(Operation("append", table, "c", 0, None, snapshot, 1, OK, group=1))
    assert check(history, {"t": [(1, None)], "u": [(2, None)]}) == []
    assert any("half" in p for p in check(history, {"t": [(1, None)], "u": []}))
