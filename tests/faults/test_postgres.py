# SPDX-License-Identifier: Apache-2.0
"""Goal: whatever befalls PostgreSQL, each acknowledged commit is there once, and commits go on within 2 s of its answering
again, without a restart of the server.

Method: clients commit through both doors meanwhile (clients.py, history.py). All of it also through PgBouncer in
transaction mode."""
import signal
import time

import pytest
import requests

from clients import NAMESPACE, make_table, run_clients, wait_for_commits
from postgres import Pooler, Postgres, signal_all
from test_history import TABLES, begin, judge

RESUME_S = 2
# What the machine that runs the tests may add under sanitizers, with many clients on few processors: this much, or so many
# times what a commit takes when nothing is wrong.
ALLOWANCE_S = 2
ALLOWANCE_COMMITS = 5


def start_server(skepd_factory, uri, **settings):
    environment = {"SKEP_DATABASE_URI": uri, **settings}
    server = skepd_factory(environment=environment)
    server.data_dir.mkdir(exist_ok=True)
    environment["SKEP_WAREHOUSE"] = server.warehouse
    return server.start()


def commit_once(server):
    body = {"requirements": [], "updates": [{"action": "set-properties", "updates": {"at": str(time.time())}}]}
    try:
        answer = requests.post(f"{server.rest_url}/v1/namespaces/{NAMESPACE}/tables/probe", json=body, timeout=30)
    except requests.RequestException:
        return False
    return answer.status_code == 200


def time_of_commit(server):
    """The slowest of some, with the present clients and nothing wrong."""
    times = []
    for _ in range(5):
        began = time.monotonic()
        assert commit_once(server)
        times.append(time.monotonic() - began)
    return max(times)


def expect_resumption(server, what):
    """From now, when PostgreSQL answers again."""
    began = time.monotonic()
    while not commit_once(server):
        assert server.is_running(), server.log_text()
        assert time.monotonic() - began < 30, f"{what}: commits do not come again"
        time.sleep(0.02)
    took = time.monotonic() - began
    print(f"{what}: commits again after {took:.2f} s")
    if took >= RESUME_S + ALLOWANCE_S:
        usual = time_of_commit(server)
        assert took < RESUME_S + ALLOWANCE_COMMITS * usual, f"{what}: {took:.1f} s; a commit takes {usual:.1f} s"


def kill(postgres, _pooler):
    postgres.kill()
    postgres.start()


def shut_down_at_once(postgres, _pooler):
    postgres.stop(signal.SIGQUIT)
    postgres.start()


def restart(postgres, _pooler):
    postgres.stop()
    postgres.start()


def terminate_backends(postgres, _pooler):
    for _ in range(8):
        postgres.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                     "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'")
        time.sleep(0.1)


def take_no_writes(postgres, _pooler):
    postgres.sql("ALTER SYSTEM SET default_transaction_read_only = on")
    postgres.sql("SELECT pg_reload_conf()")
    time.sleep(1)
    postgres.sql("ALTER SYSTEM RESET default_transaction_read_only")
    postgres.sql("SELECT pg_reload_conf()")
    time.sleep(0.1)


def hang(postgres, _pooler):
    stopped = postgres.everybody()
    signal_all(stopped, signal.SIGSTOP)
    time.sleep(3)
    signal_all(stopped, signal.SIGCONT)


FAULTS = [kill, shut_down_at_once, restart, terminate_backends, take_no_writes, hang]


@pytest.mark.parametrize("way", ["direct", pytest.param("pooled", marks=pytest.mark.heavy)])
def test_faults_of_postgresql(skepd_factory, postgres, way):
    pooler = Pooler(postgres) if way == "pooled" else None
    try:
        port = pooler.port if pooler else postgres.port
        prepares = {"SKEP_DATABASE_PREPARE_STATEMENTS": "false"} if pooler else {}
        server = start_server(skepd_factory, postgres.uri(port), **prepares)
        history = begin(server)
        make_table(server.rest_url, "probe")

        def during():
            for fault in FAULTS:
                wait_for_commits(history, 5)
                fault(postgres, pooler)
                expect_resumption(server, fault.__name__)

        run_clients(server, history, TABLES, way, during)
        judge(server, history, 20)
        server.stop()
    finally:
        if pooler:
            pooler.remove()


@pytest.mark.parametrize("way", ["direct", pytest.param("pooled", marks=pytest.mark.heavy)])
def test_a_standby_takes_over(skepd_factory, postgres, way):
    """Synchronous replication: what was acknowledged is on the standby that is promoted."""
    standby = Postgres().copy_of(postgres).start()
    pooler = Pooler(postgres) if way == "pooled" else None
    try:
        postgres.sql("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        postgres.sql("SELECT pg_reload_conf()")
        both = (f"postgresql://skep@127.0.0.1:{postgres.port},127.0.0.1:{standby.port}/postgres"
                "?target_session_attrs=read-write")
        prepares = {"SKEP_DATABASE_PREPARE_STATEMENTS": "false"} if pooler else {}
        server = start_server(skepd_factory, postgres.uri(pooler.port) if pooler else both, **prepares)
        history = begin(server)
        make_table(server.rest_url, "probe")

        def during():
            wait_for_commits(history, 20)
            postgres.kill()
            time.sleep(0.5)
            standby.run("pg_ctl", "promote", "-D", standby.data, "-w")
            if pooler:
                pooler.point_to(standby)
            expect_resumption(server, "promotion")
            wait_for_commits(history, 5)

        run_clients(server, history, TABLES, "standby", during)
        judge(server, history, 20)
        server.stop()
    finally:
        if pooler:
            pooler.remove()
        standby.remove()
