# SPDX-License-Identifier: Apache-2.0
"""Goal: commits that become true together are all there when one of them is acknowledged, whatever died on the way, and
each once; one that was refused because of another in its group was refused for something that happened.

Method: many REST clients commit to few branches of one table. The first commit after a change of the failpoints' file is
held, so that the others park behind it; the next to come by is a group, and the server dies in it."""
import re

import pytest
import requests

from clients import BranchClient, make_table, read_branches, run_clients, wait_for_commits
from history import OK, UNKNOWN, History, check
from test_history import wait_for_death
from test_postgres import start_server, terminate_backends

BRANCHES = [f"t@b{i}" for i in range(8)]
CLIENTS = 16
PLACES = ["commit-before-file", "commit-after-file", "commit-before-swap", "rest-before-answer"]
HELD_MS = 1000


def grouped(server):
    text = requests.get(f"{server.management_url}/metrics", timeout=30).text
    return int(re.search(r"^skep_commits_grouped_total (\d+)", text, re.M).group(1))


def snapshots_of(chains):
    return {snapshot for chain in chains.values() for snapshot, _ in chain}


def die_in_a_group(server, history, file, place):
    """The snapshots that were asked for and not answered when it died."""
    file.write_text(f"commit-before-file=hang:{HELD_MS}@1\n{place}=crash@{1 if place.startswith('rest') else 2}\n")
    wait_for_death(server)
    unanswered = {o.snapshot for o in history.operations if o.kind == "append" and o.outcome == UNKNOWN}
    file.write_text("")
    return unanswered


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.heavy) for n in (2, 3))])
def test_killed_in_a_group(skepd_factory, postgres, tmp_path, seed):
    file = tmp_path / "failpoints"
    file.write_text("")
    server = start_server(skepd_factory, postgres.uri(), SKEP_FAILPOINTS_FILE=str(file))
    make_table(server.rest_url, "t", **{"format-version": "1"})
    history = History()
    groups = []

    def die(place):
        """How many became true without an answer."""
        wait_for_commits(history, 10)
        groups.append(grouped(server))
        unanswered = die_in_a_group(server, history, file, place)
        server.start()
        return len(unanswered & snapshots_of(read_branches(server.rest_url, "t")))

    def during():
        for place in PLACES:
            die(place)
        for _ in range(5):  # a busy machine may not have let two clients come while the first was held
            together = die("commit-after-swap")
            if together > 1:
                break
        terminate_backends(postgres, None)
        wait_for_commits(history, 10)
        groups.append(grouped(server))
        return together

    together = run_clients(server, history, BRANCHES, seed, during, rest=CLIENTS, hive=0, rest_kind=BranchClient)
    chains = read_branches(server.rest_url, "t")
    problems = check(history, {branch: chains.get(branch, []) for branch in BRANCHES})
    assert not problems, "\n".join(problems[:20])
    assert together > 1, "the server did not die in a group that had become true"
    assert int(postgres.sql("SELECT count(*) FROM skep.commits")) == 1 + len(snapshots_of(chains))
    print(f"{history.count(OK)} commits acknowledged, in groups: {groups}; {together} of one group true and unanswered")
    server.stop()
