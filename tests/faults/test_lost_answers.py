# SPDX-License-Identifier: Apache-2.0
"""Goal: a change whose answer is lost anywhere on its way is made once, and whoever asks again learns so.

Method: for each mutation, each round trip to PostgreSQL is cut in turn, before PostgreSQL sees it and after it has answered
(wire.py). Every change writes events, so that their number tells whether it was made, and how often."""
import itertools
import os
import pathlib
import socket
import struct
import sys
import time
import uuid

import pytest
import requests

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / f"doors/{door}") for door in ("rest", "thrift")]
from hms_client import connect, hms, table as hive_table  # noqa: E402
from rest_client import SCHEMA, Rest, view_request, view_version  # noqa: E402

from postgres import Pooler, Postgres  # noqa: E402
from wire import AFTER, BEFORE, Wire  # noqa: E402

TRIPS_MAX = 40
numbers = itertools.count(1)


class World:
    """A server behind a wire, and what tests make on it."""

    def __init__(self, server, postgres, wire):
        self.server, self.postgres, self.wire = server, postgres, wire
        self.rest = Rest(server.rest_url)
        os.environ["SKEP_THRIFT_URL"] = f"127.0.0.1:{server.thrift_port}"
        self.hive = connect()

    def namespace(self):
        name = f"lost{next(numbers)}"
        self.rest.create_namespace(name)
        return name

    def events(self):
        return int(self.postgres.sql("SELECT count(*) FROM skep.events"))


@pytest.fixture(scope="module", params=["direct", *(pytest.param(way, marks=pytest.mark.heavy) for way in ("before", "behind"))])
def world(skepd_factory, request):
    """The wire is alone, or before PgBouncer or behind it."""
    postgres = Postgres().make().start()
    inner = Wire(postgres.port) if request.param == "behind" else None
    pooler = None if request.param == "direct" else Pooler(inner or postgres)
    wire = inner or Wire(pooler.port if pooler else postgres.port)
    environment = {"SKEP_DATABASE_URI": postgres.uri(pooler.port if inner else wire.port),
                   "SKEP_DATABASE_PREPARE_STATEMENTS": "false" if pooler else "true"}
    server = skepd_factory(environment=environment)
    server.data_dir.mkdir(exist_ok=True)
    environment["SKEP_WAREHOUSE"] = server.warehouse
    server.start()
    yield World(server, postgres, wire)
    assert server.is_running(), server.log_text()
    server.stop()
    wire.close()
    if pooler:
        pooler.remove()
    postgres.remove()


def set_properties(**updates):
    return {"requirements": [], "updates": [{"action": "set-properties", "updates": updates}]}


def create_namespace(_world):
    return "POST", "/v1/namespaces", {"namespace": [f"lost{next(numbers)}"]}


def change_namespace(world):
    return "POST", f"/v1/namespaces/{world.namespace()}/properties", {"updates": {"a": "1"}}


def drop_namespace(world):
    return "DELETE", f"/v1/namespaces/{world.namespace()}", None


def create_table(world):
    return "POST", f"/v1/namespaces/{world.namespace()}/tables", {"name": "t", "schema": SCHEMA}


def stage_table(world):
    return "POST", f"/v1/namespaces/{world.namespace()}/tables", {"name": "t", "schema": SCHEMA, "stage-create": True}


def with_table(world):
    namespace = world.namespace()
    return namespace, world.rest.create_table(namespace, "t"), f"/v1/namespaces/{namespace}/tables/t"


def commit_table(world):
    _, _, path = with_table(world)
    return "POST", path, set_properties(a="1")


def commit_new_table(world):
    namespace = world.namespace()
    staged = world.rest.create_table(namespace, "t", **{"stage-create": True})["metadata"]
    return "POST", f"/v1/namespaces/{namespace}/tables/t", {
        "requirements": [{"type": "assert-create"}],
        "updates": [{"action": "assign-uuid", "uuid": staged["table-uuid"]},
                    {"action": "set-location", "location": staged["location"]},
                    {"action": "add-schema", "schema": staged["schemas"][0]},
                    {"action": "set-current-schema", "schema-id": -1},
                    {"action": "add-spec", "spec": {"spec-id": 0, "fields": []}},
                    {"action": "set-default-spec", "spec-id": -1},
                    {"action": "add-sort-order", "sort-order": {"order-id": 0, "fields": []}},
                    {"action": "set-default-sort-order", "sort-order-id": -1}]}


def drop_table(world):
    return "DELETE", with_table(world)[2], None


def purge_table(world):
    return "DELETE", with_table(world)[2] + "?purgeRequested=true", None


def rename_table(world):
    namespace = with_table(world)[0]
    return "POST", "/v1/tables/rename", {"source": {"namespace": [namespace], "name": "t"},
                                         "destination": {"namespace": [namespace], "name": "u"}}


def register_table(world):
    namespace, made, path = with_table(world)
    world.rest.delete(path)
    return "POST", f"/v1/namespaces/{namespace}/register", {"name": "u", "metadata-location": made["metadata-location"]}


def unregister_table(world):
    return "POST", with_table(world)[2] + "/unregister", {}


def commit_transaction(world):
    namespace = with_table(world)[0]
    world.rest.create_table(namespace, "u")
    return "POST", "/v1/transactions/commit", {"table-changes": [
        {"identifier": {"namespace": [namespace], "name": name}, **set_properties(a="1")} for name in "tu"]}


def create_view(world):
    return "POST", f"/v1/namespaces/{world.namespace()}/views", view_request("v")


def with_view(world):
    namespace = world.namespace()
    return namespace, world.rest.create_view(namespace, "v"), f"/v1/namespaces/{namespace}/views/v"


def replace_view(world):
    return "POST", with_view(world)[2], {"requirements": [], "updates": [
        {"action": "add-view-version", "view-version": view_version("select 2", "spark", 2)},
        {"action": "set-current-view-version", "view-version-id": -1}]}


def rename_view(world):
    namespace = with_view(world)[0]
    return "POST", "/v1/views/rename", {"source": {"namespace": [namespace], "name": "v"},
                                        "destination": {"namespace": [namespace], "name": "w"}}


def drop_view(world):
    return "DELETE", with_view(world)[2], None


def register_view(world):
    namespace, made, path = with_view(world)
    world.rest.delete(path)
    return "POST", f"/v1/namespaces/{namespace}/register-view", {"name": "w",
                                                                 "metadata-location": made["metadata-location"]}


MUTATIONS = [create_namespace, change_namespace, drop_namespace, create_table, stage_table, commit_table, commit_new_table,
             drop_table, purge_table, rename_table, register_table, unregister_table, commit_transaction, create_view,
             replace_view, rename_view, drop_view, register_view]


def send(world, request, key):
    method, path, body = request
    return world.rest.call(method, path, body, headers={"Idempotency-Key": key} if key else {})


def plain_run(world, mutation):
    """How the mutation is answered when nothing is cut, and how many events it writes."""
    request = mutation(world)
    before = world.events()
    answer = send(world, request, None)
    assert answer.status_code in (200, 204), answer.text
    return answer.status_code, world.events() - before


@pytest.mark.parametrize("is_keyed", [pytest.param(True, id="keyed"),
                                      pytest.param(False, id="keyless", marks=pytest.mark.heavy)])
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.__name__)
def test_a_round_trip_to_postgresql_is_cut(world, mutation, is_keyed):
    status, events = plain_run(world, mutation)
    cuts = 0
    for mode in (BEFORE, AFTER):
        for number in range(1, TRIPS_MAX):
            request, key = mutation(world), str(uuid.uuid4()) if is_keyed else None
            before = world.events()
            world.wire.arm(number, mode)
            answer = send(world, request, key)
            if not world.wire.disarm():
                assert answer.status_code == status, answer.text
                break
            cuts += 1
            where = f"round trip {number} cut {mode}: {answer.status_code} {answer.text}"
            made = world.events() - before
            # PostgreSQL is there again at once, so the server finds out what became of it.
            assert answer.status_code == status, where
            assert made == events, f"{where}; {made} events, not {events}"
            if is_keyed and mutation is not create_view:  # which the specification gives no key
                again = send(world, request, key)
                assert (again.status_code, again.text) == (answer.status_code, answer.text), f"{where}; then {again.text}"
                assert world.events() - before == events, where
        else:
            raise AssertionError("the operation never ends")
    assert cuts >= 2


def cut_connection(world, request, key, read_bytes):
    """Sends a request and closes hard when so many bytes of the answer were read; 0 before any was."""
    method, path, body = request
    prepared = requests.Request(method, world.server.rest_url + path, json=body,
                                headers={"Idempotency-Key": key}).prepare()
    head = "".join(f"{n}: {v}\r\n" for n, v in {**prepared.headers, "Host": "skep"}.items())
    data = f"{method} {prepared.path_url} HTTP/1.1\r\n{head}\r\n".encode() + (prepared.body or b"")
    connection = socket.create_connection(("127.0.0.1", world.server.rest_port), 30)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.sendall(data)
    if read_bytes:
        connection.recv(read_bytes)
    connection.close()


@pytest.mark.parametrize("world", ["direct"], indirect=True)
@pytest.mark.parametrize("mutation", [m for m in MUTATIONS if m is not create_view], ids=lambda m: m.__name__)
def test_a_client_is_cut(world, mutation):
    status, events = plain_run(world, mutation)
    for read_bytes in (0, 1, 40):
        request, key = mutation(world), str(uuid.uuid4())
        before = world.events()
        cut_connection(world, request, key, read_bytes)
        first = send(world, request, key)
        second = send(world, request, key)
        assert first.status_code == status, first.text
        assert (second.status_code, second.text) == (first.status_code, first.text)
        time.sleep(0.05)  # a request that was never read any further is not served after its repetition
        assert world.events() - before == events


def hive_create_database(_world):
    made = hms.Database(name=f"lost{next(numbers)}", parameters={})
    return lambda client: client.create_database(made)


def hive_drop_database(world):
    name = world.namespace()
    return lambda client: client.drop_database(name, False, False)


def hive_create(world):
    made = hive_table(world.namespace(), "t")
    return lambda client: client.create_table(made)


def with_hive_table(world):
    made = hive_table(world.namespace(), "t")
    world.hive.create_table(made)
    return world.hive.get_table(made.dbName, "t")


def hive_alter(world):
    row = with_hive_table(world)
    row.parameters["a"] = "1"
    return lambda client: client.alter_table(row.dbName, "t", row)


def hive_rename(world):
    row = with_hive_table(world)
    row.tableName = "u"
    return lambda client: client.alter_table(row.dbName, "t", row)


def hive_drop(world):
    row = with_hive_table(world)
    return lambda client: client.drop_table(row.dbName, "t", True)


def hive_commit(world):
    namespace, made, _ = with_table(world)
    location = made["metadata-location"]
    row = world.hive.get_table(namespace, "t")
    local = location.removeprefix("file://")
    after = location.replace("/00000-", "/00001-")
    with open(local, encoding="utf-8") as source, open(after.removeprefix("file://"), "w", encoding="utf-8") as target:
        target.write(source.read())
    row.parameters.update(metadata_location=after, previous_metadata_location=location)
    expected = hms.EnvironmentContext(properties={"expected_parameter_key": "metadata_location",
                                                  "expected_parameter_value": location})
    return lambda client: client.alter_table_with_environment_context(namespace, "t", row, expected)


HIVE_MUTATIONS = [hive_create_database, hive_drop_database, hive_create, hive_alter, hive_rename, hive_drop, hive_commit]


@pytest.mark.parametrize("mutation", HIVE_MUTATIONS, ids=lambda m: m.__name__)
def test_a_round_trip_of_the_thrift_door_is_cut(world, mutation):
    act = mutation(world)
    before = world.events()
    act(world.hive)
    events, cuts = world.events() - before, 0
    for mode in (BEFORE, AFTER):
        for number in range(1, TRIPS_MAX):
            act = mutation(world)
            before = world.events()
            world.wire.arm(number, mode)
            try:
                act(world.hive)
                said = "done"
            except Exception as problem:  # noqa: BLE001: whatever it is, it is not "done"
                said = repr(problem)
            if not world.wire.disarm():
                assert said == "done", said
                break
            cuts += 1
            made = world.events() - before
            assert said == "done", f"round trip {number} cut {mode}: {said}; {made} events"
            assert made == events, f"round trip {number} cut {mode}: {made} events, not {events}"
        else:
            raise AssertionError("the operation never ends")
    assert cuts >= 2
