# SPDX-License-Identifier: Apache-2.0
"""Goal: many clients that commit to one table at once each get an answer of their own, and the table has each change once.

Method: as many clients as there can be at once start together; what they were answered is compared with what a load shows
and with the history. A server with one worker must serve them all.
"""
import concurrent.futures
import threading
import time
import uuid

import pytest
from rest_client import SCHEMA, Rest

CLIENTS = 24
ROUNDS = 4


def change(requirements, *updates):
    return {"requirements": requirements, "updates": list(updates)}


def set_property(key):
    return {"action": "set-properties", "updates": {key: "v"}}


@pytest.fixture
def table(rest, namespace):
    """The path of a table of its own."""
    path = f"/v1/namespaces/{namespace}/tables"
    assert rest.post(path, {"name": "t", "schema": SCHEMA}).status_code == 200
    return f"{path}/t"


def history(rest, table):
    path = table.replace("/v1/", "/management/v1/hive/", 1) + "/history?limit=10000"
    return rest.get(path).json()["history"]


def all_at_once(url, work):
    """work(rest, number) by CLIENTS clients with a connection each; the list of results."""
    barrier = threading.Barrier(CLIENTS)

    def run(number):
        rest = Rest(url)
        barrier.wait()
        return work(rest, number)

    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(run, range(CLIENTS)))


def test_disjoint_changes_all_land_once_with_keys_and_without(rest, rest_url, table):
    def work(client, number):
        answers = []
        for turn in range(ROUNDS):
            headers = {"Idempotency-Key": str(uuid.uuid4())} if number % 2 else {}
            body = change([], set_property(f"k{number}.{turn}"))
            first = client.call("POST", table, body, headers=dict(headers))
            if headers:
                again = client.call("POST", table, body, headers=dict(headers))
                assert again.text == first.text
            answers.append((f"k{number}.{turn}", first))
        return answers

    for answers in all_at_once(rest_url, work):
        for key, answer in answers:
            assert answer.status_code == 200, answer.text
            assert answer.json()["metadata"]["properties"][key] == "v"
    loaded = rest.get(table).json()
    assert {f"k{n}.{t}" for n in range(CLIENTS) for t in range(ROUNDS)} <= loaded["metadata"]["properties"].keys()
    rows = history(rest, table)
    assert len(rows) == 1 + CLIENTS * ROUNDS
    files = {row["metadata-location"] for row in rows}
    log = {entry["metadata-file"] for entry in loaded["metadata"]["metadata-log"]}
    assert files == log | {loaded["metadata-location"]}


def append(snapshot, parent, sequence):
    snapshot_fields = {"snapshot-id": snapshot, "sequence-number": sequence, "timestamp-ms": int(time.time() * 1000),
                       "manifest-list": "file:///nowhere/list.avro", "summary": {"operation": "append"}, "schema-id": 0}
    if parent is not None:
        snapshot_fields["parent-snapshot-id"] = parent
    return change([{"type": "assert-ref-snapshot-id", "ref": "main", "snapshot-id": parent}],
                  {"action": "add-snapshot", "snapshot": snapshot_fields},
                  {"action": "set-snapshot-ref", "ref-name": "main", "type": "branch", "snapshot-id": snapshot})


def test_appends_to_one_branch_form_one_chain_and_losers_see_the_winner_at_once(rest, rest_url, table):
    def work(client, number):
        """Appends once, trying again on what a load shows, as Iceberg's clients do. How often it lost."""
        seen = None
        for lost in range(400):
            metadata = client.get(table).json()["metadata"]
            parent = metadata.get("current-snapshot-id")
            parent = None if parent == -1 else parent
            assert lost == 0 or parent != seen, "a loser was answered before the winner could be seen"
            seen = parent
            answer = client.post(table, append(1000 + number, parent, metadata["last-sequence-number"] + 1))
            if answer.status_code == 200:
                assert any(s["snapshot-id"] == 1000 + number for s in answer.json()["metadata"]["snapshots"])
                return lost
            assert answer.status_code == 409 and answer.json()["error"]["type"] == "CommitFailedException", answer.text
        pytest.fail("never got through")

    all_at_once(rest_url, work)
    metadata = rest.get(table).json()["metadata"]
    parents = {s["snapshot-id"]: s.get("parent-snapshot-id") for s in metadata["snapshots"]}
    at, chain = metadata["current-snapshot-id"], []
    while at is not None:
        chain.append(at)
        at = parents[at]
    assert sorted(chain) == [1000 + n for n in range(CLIENTS)]


def test_one_worker_serves_a_crowd_at_one_table_and_readers_beside_it(skepd_factory):
    server = skepd_factory({"SKEP_WORKERS": "1"}).start()
    rest = Rest(server.rest_url)
    rest.create_namespace("crowd")
    table = "/v1/namespaces/crowd/tables/t"
    assert rest.post("/v1/namespaces/crowd/tables", {"name": "t", "schema": SCHEMA}).status_code == 200

    def work(client, number):
        committed = client.post(table, change([], set_property(f"k{number}")))
        return committed.status_code, client.get(table).status_code

    assert all_at_once(server.rest_url, work) == [(200, 200)] * CLIENTS
    assert len(history(rest, table)) == 1 + CLIENTS


def test_one_worker_serves_crowds_at_a_view_and_at_pairs_of_tables_and_readers_beside_them(skepd_factory):
    server = skepd_factory({"SKEP_WORKERS": "1"}).start()
    rest = Rest(server.rest_url)
    rest.create_namespace("crowd")
    rest.create_view("crowd", "v")
    tables = ["a", "b", "c"]
    for name in tables:
        rest.create_table("crowd", name)

    def work(client, number):
        """Pairs in every order, which would lock one another out were their turns not taken in one order."""
        if number % 3 == 0:
            return client.post("/v1/namespaces/crowd/views/v", change([], set_property(f"k{number}"))).status_code
        pair = [tables[number % 3], tables[(number + 1 + number // 3 % 2) % 3]]
        changes = [{"identifier": {"namespace": ["crowd"], "name": name}} | change([], set_property(f"k{number}"))
                   for name in pair]
        headers = {"Idempotency-Key": str(uuid.uuid4())} if number % 2 else {}
        committed = client.call("POST", "/v1/transactions/commit", {"table-changes": changes}, headers=headers)
        assert client.get(f"/v1/namespaces/crowd/tables/{pair[0]}").json()["metadata"]["properties"][f"k{number}"] == "v"
        return committed.status_code

    assert all_at_once(server.rest_url, work) == [200 if number % 3 == 0 else 204 for number in range(CLIENTS)]
    seen = rest.get("/v1/namespaces/crowd/views/v").json()["metadata"]["properties"]
    assert {f"k{number}" for number in range(0, CLIENTS, 3)} <= seen.keys()
