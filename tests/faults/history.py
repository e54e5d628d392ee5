# SPDX-License-Identifier: Apache-2.0
"""What many clients did to tables, and whether it can be true.

An operation appends a snapshot of its own to a table, on condition that the table's main branch is at a snapshot which the
client saw: a compare-and-swap of a register whose values are all different. So the swaps that happened can be lined up in
one way only, each behind the one whose value it replaced: the chain, which the server tells as the table's history. A
history is linearizable exactly when

- each acknowledged swap is in the chain, once, and right behind what it expected;
- no refused one is; of those without an answer any may be;
- nobody's swap is in it that nobody asked for;
- when one operation had ended before another began, its place in the chain is not behind the other's (a read has the
  place of the value that it gave);
- a refused swap had a reason: its expected value was replaced by a swap that began before the refusal.

The last two are what "as if one after the other, each between its call and its answer" says of a chain of different
values, so no search is needed."""
import dataclasses
import threading
import time

OK, REFUSED, UNKNOWN = "ok", "refused", "unknown"


@dataclasses.dataclass
class Operation:
    kind: str  # "append" or "read"
    table: str
    client: str
    began: float
    expected: int | None = None  # the snapshot that an append was made on; None: the table was empty
    snapshot: int | None = None  # what an append would add; what a read saw
    ended: float = float("inf")  # stays so without an answer
    outcome: str = UNKNOWN
    excused: bool = False  # refused for another reason than its expectation
    told: str = ""  # why it was refused, in the server's words
    group: int | None = None  # appends to several tables in one transaction


class History:
    """Thread safe."""

    def __init__(self):
        self.operations = []
        self.lock = threading.Lock()

    def begin(self, kind, table, client, **members):
        operation = Operation(kind, table, client, time.monotonic(), **members)
        with self.lock:
            self.operations.append(operation)
        return operation

    def end(self, operation, outcome, **members):
        operation.outcome = outcome
        for name, value in members.items():
            setattr(operation, name, value)
        if outcome != UNKNOWN:
            operation.ended = time.monotonic()

    def count(self, outcome, table=None):
        return sum(o.outcome == outcome and table in (None, o.table) for o in self.operations if o.kind == "append")


def place_chain(chain):
    """Snapshot -> place; None, the empty table, has place 0. Problems are in the second result."""
    places, problems, previous = {None: 0}, [], None
    for place, (snapshot, parent) in enumerate(chain, start=1):
        if snapshot in places:
            problems.append(f"snapshot {snapshot} is in the chain twice")
        if parent != previous:
            problems.append(f"snapshot {snapshot} is behind {previous} but was made on {parent}")
        places[snapshot] = place
        previous = snapshot
    return places, problems


def check_places(operations, places):
    """Each operation against the chain alone."""
    problems, asked = [], set()
    for o in operations:
        if o.kind == "read":
            if o.outcome == OK and o.snapshot not in places:
                problems.append(f"{o.client} read {o.snapshot}, which is not in the chain")
            continue
        asked.add(o.snapshot)
        if o.outcome == OK and o.snapshot not in places:
            problems.append(f"lost: {o.client} was told that {o.snapshot} was committed")
        if o.outcome == OK and o.snapshot in places and places.get(o.expected) != places[o.snapshot] - 1:
            problems.append(f"{o.snapshot} is not right behind {o.expected}, which it expected")
        if o.outcome == REFUSED and o.snapshot in places:
            problems.append(f"{o.client} was told that {o.snapshot} was refused")
    problems += [f"nobody asked for {s}" for s in places if s is not None and s not in asked]
    return problems


def check_order(operations, places):
    """Ended before begun means not behind. One pass over both orders of time."""
    placed = [(o, places[o.snapshot]) for o in operations
              if o.snapshot in places and (o.kind == "append" or o.outcome == OK)]
    by_end = sorted((p for p in placed if p[0].ended < float("inf")), key=lambda p: p[0].ended)
    problems, highest, last, at = [], 0, None, 0
    for o, place in sorted(placed, key=lambda p: p[0].began):
        while at < len(by_end) and by_end[at][0].ended < o.began:
            if by_end[at][1] > highest:
                highest, last = by_end[at][1], by_end[at][0]
            at += 1
        if place < highest or (o.kind == "append" and place == highest and last is not o):
            problems.append(f"{o.client} {o.kind} {o.snapshot} has place {place}, but {last.client} {last.kind} "
                            f"{last.snapshot} with place {highest} had ended before")
    return problems


def check_refusals(operations, places, chain):
    began = {o.snapshot: o.began for o in operations if o.kind == "append"}
    problems = []
    for o in operations:
        if o.kind != "append" or o.outcome != REFUSED or o.excused or o.expected not in places:
            continue
        after = places[o.expected]
        if after >= len(chain) or began.get(chain[after][0], float("-inf")) > o.ended:
            problems.append(f"{o.client} was refused on {o.expected}, which nobody had replaced: {o.told}")
    return problems


def check_table(operations, chain):
    """The problems of one table's history; chain is [(snapshot, parent)], the oldest first."""
    places, problems = place_chain(chain)
    return (problems + check_places(operations, places) + check_order(operations, places) +
            check_refusals(operations, places, chain))


def check(history, chains):
    problems, placed = [], {}
    for table, chain in chains.items():
        operations = [o for o in history.operations if o.table == table]
        problems += [f"{table}: {p}" for p in check_table(operations, chain)]
        placed[table] = {snapshot for snapshot, _ in chain}
    groups = {}
    for o in history.operations:
        if o.group is not None:
            groups.setdefault(o.group, []).append(o.snapshot in placed.get(o.table, ()))
    problems += [f"half of transaction {g} happened" for g, parts in groups.items() if len(set(parts)) > 1]
    return problems
