# SPDX-License-Identifier: Apache-2.0
"""Commits to tables whose object store fails: each becomes true once, or is refused and leaves the table as it was; the
next one is right again, and no secret is told."""
import time

import pytest
import requests
from support.bad_store import BadStore

SCHEMA = {"type": "struct", "schema-id": 0, "fields": [{"id": 1, "name": "id", "required": False, "type": "long"}]}
SECRET = "canary-of-a-secret"


@pytest.fixture(scope="module")
def store():
    running = BadStore()
    yield running
    running.close()


@pytest.fixture(scope="module")
def server(store, skepd_factory):
    running = skepd_factory(environment={
        "SKEP_WAREHOUSE": "s3://lake/wh", "SKEP_S3_ENDPOINT": store.endpoint, "SKEP_S3_ACCESS_KEY_ID": "key",
        "SKEP_S3_SECRET_ACCESS_KEY": SECRET, "SKEP_S3_TIMEOUT_S": "1", "SKEP_METADATA_CACHE_BYTES": "0"}).start()
    yield running
    assert running.stop() == 0
    assert SECRET not in running.log_path.read_text(errors="replace")


class Table:
    def __init__(self, server, name):
        self.url = f"{server.rest_url}/v1/namespaces/s/tables"
        self.name = name
        requests.post(f"{server.rest_url}/v1/namespaces", json={"namespace": ["s"]}, timeout=30)
        made = requests.post(self.url, json={"name": name, "schema": SCHEMA}, timeout=30)
        assert made.status_code == 200, made.text

    def load(self):
        return requests.get(f"{self.url}/{self.name}", timeout=60)

    def metadata(self):
        answer = self.load()
        assert answer.status_code == 200, answer.text
        return answer.json()["metadata"]

    def commit(self, value):
        return requests.post(f"{self.url}/{self.name}", timeout=60, json={
            "requirements": [], "updates": [{"action": "set-properties", "updates": {"value": value}}]})


@pytest.fixture
def table(server, store, fresh_name):
    store.heal()
    made = Table(server, fresh_name())
    store.heal()  # forgets the requests so far, too
    yield made
    store.heal()


@pytest.mark.parametrize("fault", ["503", "429", "500", "reset", "silent", "garbage", "lost", "late", "half"])
def test_a_write_that_fails_once_succeeds_once(table, store, fault):
    store.fail("PUT", fault, 1)
    answer = table.commit("new")
    assert answer.status_code == 200, answer.text
    assert store.count("PUT") <= 2
    metadata = table.metadata()
    assert metadata["properties"]["value"] == "new"
    assert len(metadata["metadata-log"]) == 1
    assert sum(f"/{table.name}/" in key for key in store.documents()) == 2


@pytest.mark.parametrize("fault", ["503", "403", "redirect", "reset", "silent", "garbage", "lost"])
def test_a_write_that_always_fails_leaves_the_table_as_it_was(table, store, fault):
    store.fail("PUT", fault)
    begun = time.monotonic()
    answer = table.commit("new")
    assert time.monotonic() - begun < 15
    if fault == "lost":  # each answer is lost, and yet a look shows that the first write is there
        assert answer.status_code == 200, answer.text
    else:
        assert answer.status_code in (403, 500, 503), answer.text
        assert answer.json()["error"]["message"]
        assert SECRET not in answer.text
    store.heal()
    metadata = table.metadata()
    assert metadata["properties"].get("value") == ("new" if fault == "lost" else None)
    assert table.commit("after").status_code == 200
    assert table.metadata()["properties"]["value"] == "after"


@pytest.mark.parametrize("fault", ["503", "500", "reset", "silent", "garbage", "half"])
def test_a_read_that_fails_once_is_repeated(table, store, fault):
    store.fail("GET", fault, 1)
    assert table.metadata()["table-uuid"]
    assert table.commit("new").status_code == 200
    assert table.metadata()["properties"]["value"] == "new"


@pytest.mark.parametrize("fault", ["503", "403", "redirect", "reset", "silent", "garbage", "half", "short", "dribble"])
def test_a_document_that_cannot_be_read_is_never_answered_in_part(table, store, fault):
    store.fail("GET", fault)
    try:
        answer = table.load()
        assert answer.status_code in (403, 500, 503), answer.text
        assert SECRET not in answer.text
    except requests.exceptions.RequestException:
        pass  # cut where the answer had begun
    assert table.commit("new").status_code in (403, 500, 503)
    store.heal()
    assert "value" not in table.metadata()["properties"]
    assert table.commit("after").status_code == 200


def test_a_redirect_names_the_region_and_is_not_followed(table, store):
    store.fail("GET", "redirect")
    answer = table.load()
    assert answer.status_code == 503
    assert "mars-1" in answer.json()["error"]["message"]
    assert store.count("GET") == 1


def test_what_is_busy_is_asked_again_with_pauses_and_not_for_ever(table, store):
    store.fail("PUT", "503")
    assert table.commit("new").status_code == 503
    with store.lock:
        times = [at for at, method, _, _ in store.requests if method == "PUT"]
    assert 2 <= len(times) <= 5
    assert all(later - earlier >= 0.04 for earlier, later in zip(times, times[1:]))


def test_a_document_that_is_gone_is_told_as_such(table, store):
    with store.lock:
        for key in [key for key in store.objects if f"/{table.name}/" in key]:
            del store.objects[key]
    answer = table.load()
    assert answer.status_code in (404, 500), answer.text
    assert "metadata.json" in answer.json()["error"]["message"]


def test_other_tables_and_doors_go_on_while_a_store_is_away(table, store, server):
    store.fail("GET", "silent")
    begun = time.monotonic()
    names = requests.get(table.url, timeout=10)
    assert names.status_code == 200
    assert time.monotonic() - begun < 2
