# SPDX-License-Identifier: Apache-2.0
"""Goal: a network that delays, loses or cuts, on either side of the server, costs no acknowledged commit and makes none twice;
commits go on within 2 s of its coming back, without a restart, and no worker waits for ever.

Method: proxies of wire.py, and clients of clients.py meanwhile. A statement may take 2 s, so that one whose bytes are lost is
given up after 4."""
import time
import types

import pytest

from clients import make_table, run_clients, wait_for_commits
from postgres import Pooler
from test_history import TABLES, begin, judge
from test_postgres import expect_resumption, start_server
from wire import Scissors, Wire

STATEMENT_TIMEOUT_MS = 2000
OUTAGE_S = 6


def cuts(wire, history, server):
    wire.delay_s = 0.005
    for _ in range(5):
        wait_for_commits(history, 2)
        wire.cut_all()
    wire.delay_s = 0
    expect_resumption(server, "delays and cuts")


def silence(wire, _history, server):
    """What was sent arrives late, as TCP has it."""
    wire.is_silent = True
    time.sleep(OUTAGE_S)
    wire.is_silent = False
    expect_resumption(server, "silence")


def hole(wire, history, server):
    """What was sent is lost, and its connection with it."""
    wire.is_hole = True
    time.sleep(OUTAGE_S)
    wire.is_hole = False
    expect_resumption(server, "black hole")
    assert wire.lost > 0
    began = time.monotonic()
    for table in TABLES:  # no session of PostgreSQL that lost its client keeps a table locked
        wait_for_commits(history, 1, table)
    print(f"every table has a new commit after {time.monotonic() - began:.1f} s more")


def single_round_trips(wire, _history, server):
    for number in range(12):
        wire.arm(1 + number % 4, ["before", "after"][number % 2])
        time.sleep(0.15)
    wire.disarm()
    expect_resumption(server, "cuts of single round trips")


def harm(wire, faults, skepd_factory, uri, **settings):
    server = start_server(skepd_factory, uri, SKEP_DATABASE_STATEMENT_TIMEOUT_MS=str(STATEMENT_TIMEOUT_MS), **settings)
    history = begin(server)
    make_table(server.rest_url, "probe")

    def during():
        for fault in faults:
            wait_for_commits(history, 5)
            fault(wire, history, server)
        wait_for_commits(history, 20)

    run_clients(server, history, TABLES, "network", during)
    judge(server, history, 20)
    assert server.stop() == 0, "a worker waits for ever"


@pytest.mark.parametrize("faults", [[hole], pytest.param([cuts, silence, hole, single_round_trips, hole],
                                                         marks=pytest.mark.heavy)], ids=["hole", "all"])
def test_the_network_to_postgresql(skepd_factory, postgres, faults):
    wire = Wire(postgres.port)
    try:
        harm(wire, faults, skepd_factory, postgres.uri(wire.port))
    finally:
        wire.close()


@pytest.mark.heavy
@pytest.mark.parametrize("faults", [[cuts, single_round_trips], [silence], [hole]], ids=["cuts", "silence", "hole"])
@pytest.mark.parametrize("side", ["before", "behind"])
def test_the_network_around_pgbouncer(skepd_factory, postgres, side, faults):
    """The wire before PgBouncer or behind it."""
    inner = Wire(postgres.port) if side == "behind" else None
    pooler = Pooler(inner or postgres)
    wire = inner or Wire(pooler.port)
    try:
        harm(wire, faults, skepd_factory, postgres.uri(pooler.port if inner else wire.port),
             SKEP_DATABASE_PREPARE_STATEMENTS="false")
    finally:
        wire.close()
        pooler.remove()


def test_the_network_to_clients(skepd_factory, postgres):
    server = start_server(skepd_factory, postgres.uri())
    history = begin(server)
    rest, thrift = Scissors(server.rest_port, "rest", 40000), Scissors(server.thrift_port, "thrift", 6000)
    try:
        behind = types.SimpleNamespace(rest_url=f"http://127.0.0.1:{rest.port}", thrift_port=thrift.port)
        run_clients(behind, history, TABLES, "scissors", lambda: wait_for_commits(history, 100))
        judge(server, history, 100)
        print(f"cut: {rest.cuts} of REST, {thrift.cuts} of Thrift")
        assert all(scissors.cuts[way] > 0 for scissors in (rest, thrift) for way in ("request", "answer"))
        assert server.stop() == 0
    finally:
        rest.close()
        thrift.close()
