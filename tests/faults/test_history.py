# SPDX-License-Identifier: Apache-2.0
"""Goal: whatever dies while many clients commit through both doors, each acknowledged commit is there once.

Method: clients of clients.py write down what they did; history.py says whether it can be true. Seeds are printed."""
import random
import time

import pytest

from clients import make_table, read_chain, run_clients, wait_for_commits
from history import OK, History, check

PLACES = ["commit-before-file", "commit-after-file", "commit-before-swap", "commit-after-swap", "rest-before-answer",
          "thrift-before-answer"]
TABLES = ["t", "u", "v"]


def begin(server):
    for table in TABLES:
        make_table(server.rest_url, table)
    return History()


def judge(server, history, at_least):
    problems = check(history, {table: read_chain(server.rest_url, table) for table in TABLES})
    assert not problems, "\n".join(problems[:20])
    assert history.count(OK) >= at_least, f"only {history.count(OK)} commits: nothing was shown"
    print(f"{len(history.operations)} operations, {history.count(OK)} commits acknowledged")


def wait_for_death(server, timeout_s=60):
    deadline = time.monotonic() + timeout_s
    while server.is_running():
        assert time.monotonic() < deadline, "the place was never reached"
        time.sleep(0.02)
    assert server.process.returncode == -9


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.heavy) for n in (2, 3))])
def test_killed_at_random(skepd_factory, seed):
    print(f"seed {seed}")
    chance = random.Random(seed)
    server = skepd_factory().start()
    history = begin(server)

    def during():
        for _ in range(4):
            wait_for_commits(history, 5)
            time.sleep(chance.uniform(0, 1))
            server.kill()
            server.start()
        wait_for_commits(history, 5)

    run_clients(server, history, TABLES, seed, during)
    judge(server, history, 20)
    server.stop()


def test_killed_delayed_and_cut_at_each_place(skepd_factory, tmp_path):
    chance = random.Random(3)
    file = tmp_path / "failpoints"
    file.write_text("")
    server = skepd_factory(environment={"SKEP_FAILPOINTS_FILE": str(file)}).start()
    history = begin(server)

    def during():
        for place in PLACES:
            file.write_text(f"{place}=hang:{chance.randint(50, 300)}@{chance.randint(1, 3)}\n")
            time.sleep(0.5)
            file.write_text(f"{place}=cut@{chance.randint(1, 3)}\n")
            wait_for_commits(history, 3)
            file.write_text(f"{place}=crash@{chance.randint(1, 6)}\n")
            wait_for_death(server)
            file.write_text("")
            server.start()
            wait_for_commits(history, 5)

    run_clients(server, history, TABLES, 3, during)
    judge(server, history, 20)
    server.stop()
