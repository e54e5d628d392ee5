# SPDX-License-Identifier: Apache-2.0
"""Goal: a request that is repeated with its Idempotency-Key is done once and answered alike each time.

Method: every mutation that takes a key is sent twice; what the catalog holds is compared. Lost answers are made by
closing the connection unread, and by killing a server of the test's own in the middle of commits.
"""
import json
import random
import threading
import time
import uuid

import pytest
import requests
from rest_client import SCHEMA, Rest, assert_error, view_request, view_version


def new_key():
    return str(uuid.uuid4())


def keyed(rest, method, path, body=None, key=None):
    return rest.call(method, path, body, headers={"Idempotency-Key": key or new_key()})


def twice(rest, method, path, body=None):
    """Sends the same request twice; both answers must be the same. The answer."""
    key = new_key()
    first = keyed(rest, method, path, body, key)
    second = keyed(rest, method, path, body, key.upper())
    assert second.status_code == first.status_code, (first.text, second.text)
    assert second.text == first.text
    assert second.headers.get("ETag") == first.headers.get("ETag")
    assert second.headers.get("Content-Type") == first.headers.get("Content-Type")
    return first


def table_path(namespace, name):
    return f"/v1/namespaces/{namespace}/tables/{name}"


def history(rest, namespace, name):
    answer = rest.get(f"/management/v1/hive/namespaces/{namespace}/tables/{name}/history?limit=10000")
    assert answer.status_code == 200, answer.text
    return answer.json()["history"]


def properties_change(**updates):
    return {"requirements": [], "updates": [{"action": "set-properties", "updates": updates}]}


def test_config_advertises_the_lifetime_of_keys(rest):
    assert rest.get("/v1/config").json()["idempotency-key-lifetime"] == "PT30M"


def test_a_namespace_is_made_changed_and_dropped_once(rest, fresh_name):
    name = fresh_name()
    made = twice(rest, "POST", "/v1/namespaces", {"namespace": [name], "properties": {"a": "1", "b": "2"}})
    assert made.status_code == 200 and made.json()["properties"]["a"] == "1"
    changed = twice(rest, "POST", f"/v1/namespaces/{name}/properties",
                    {"removals": ["b", "never"], "updates": {"c": "3"}})
    assert changed.json() == {"updated": ["c"], "removed": ["b"], "missing": ["never"]}
    dropped = twice(rest, "DELETE", f"/v1/namespaces/{name}")
    assert dropped.status_code == 204 and dropped.text == ""
    assert rest.head(f"/v1/namespaces/{name}").status_code == 404


def test_a_table_is_made_committed_renamed_and_dropped_once(rest, namespace):
    path = f"/v1/namespaces/{namespace}/tables"
    made = twice(rest, "POST", path, {"name": "t", "schema": SCHEMA})
    assert made.status_code == 200 and made.json()["metadata-location"]
    assert len(history(rest, namespace, "t")) == 1
    committed = twice(rest, "POST", f"{path}/t", properties_change(a="1"))
    assert committed.status_code == 200 and "config" not in committed.json()
    assert len(history(rest, namespace, "t")) == 2
    renamed = twice(rest, "POST", "/v1/tables/rename", {
        "source": {"namespace": [namespace], "name": "t"}, "destination": {"namespace": [namespace], "name": "u"}})
    assert renamed.status_code == 204
    dropped = twice(rest, "DELETE", f"{path}/u?purgeRequested=true")
    assert dropped.status_code == 204
    assert rest.head(f"{path}/u").status_code == 404


def test_a_replay_shows_the_document_of_its_own_commit(rest, namespace):
    rest.create_table(namespace, "t")
    key = new_key()
    first = keyed(rest, "POST", table_path(namespace, "t"), properties_change(a="1"), key)
    rest.commit(namespace, "t", [{"action": "set-properties", "updates": {"a": "2"}}])
    again = keyed(rest, "POST", table_path(namespace, "t"), properties_change(a="1"), key)
    assert again.json() == first.json()
    assert rest.load(namespace, "t").json()["metadata"]["properties"]["a"] == "2"


def test_when_the_document_is_gone_a_replay_shows_the_present_one(rest, namespace):
    key = new_key()
    body = {"name": "t", "schema": SCHEMA}
    first = keyed(rest, "POST", f"/v1/namespaces/{namespace}/tables", body, key).json()
    rest.commit(namespace, "t", [{"action": "set-properties", "updates": {"write.metadata.previous-versions-max": "1",
                                                                        "write.metadata.delete-after-commit.enabled": "true"}}])
    for value in range(3):
        rest.commit(namespace, "t", [{"action": "set-properties", "updates": {"n": str(value)}}])
    again = keyed(rest, "POST", f"/v1/namespaces/{namespace}/tables", body, key)
    assert again.status_code == 200, again.text
    assert again.json()["metadata"]["table-uuid"] == first["metadata"]["table-uuid"]
    assert again.json()["metadata-location"] == rest.load(namespace, "t").json()["metadata-location"]


def test_a_staged_table_is_staged_once(rest, namespace):
    staged = twice(rest, "POST", f"/v1/namespaces/{namespace}/tables",
                   {"name": "t", "schema": SCHEMA, "stage-create": True})
    assert staged.status_code == 200 and staged.json()["metadata"]["table-uuid"]
    assert "metadata-location" not in staged.json()


def test_a_commit_that_makes_a_table_makes_it_once(rest, namespace):
    staged = rest.create_table(namespace, "t", **{"stage-create": True})["metadata"]
    body = {"requirements": [{"type": "assert-create"}],
            "updates": [{"action": "assign-uuid", "uuid": staged["table-uuid"]},
                        {"action": "set-location", "location": staged["location"]},
                        {"action": "add-schema", "schema": staged["schemas"][0]},
                        {"action": "set-current-schema", "schema-id": -1},
                        {"action": "add-spec", "spec": {"spec-id": 0, "fields": []}},
                        {"action": "set-default-spec", "spec-id": -1},
                        {"action": "add-sort-order", "sort-order": {"order-id": 0, "fields": []}},
                        {"action": "set-default-sort-order", "sort-order-id": -1}]}
    made = twice(rest, "POST", table_path(namespace, "t"), body)
    assert made.status_code == 200, made.text
    assert len(history(rest, namespace, "t")) == 1


def test_an_empty_commit_is_answered_alike(rest, namespace):
    rest.create_table(namespace, "t")
    key = new_key()
    body = {"requirements": [], "updates": []}
    first = keyed(rest, "POST", table_path(namespace, "t"), body, key)
    rest.commit(namespace, "t", [{"action": "set-properties", "updates": {"a": "2"}}])
    again = keyed(rest, "POST", table_path(namespace, "t"), body, key)
    assert first.status_code == 200 and again.json() == first.json()


def test_a_table_is_registered_once(rest, namespace):
    location = rest.create_table(namespace, "t")["metadata-location"]
    assert rest.delete(table_path(namespace, "t")).status_code == 204
    path = f"/v1/namespaces/{namespace}/register"
    registered = twice(rest, "POST", path, {"name": "u", "metadata-location": location})
    assert registered.status_code == 200 and registered.json()["metadata-location"] == location
    over = twice(rest, "POST", path, {"name": "u", "metadata-location": location, "overwrite": True})
    assert over.status_code == 200
    assert len(history(rest, namespace, "u")) == 2


def test_a_transaction_over_tables_is_committed_once(rest, namespace):
    for name in "ab":
        rest.create_table(namespace, name)
    body = {"table-changes": [{"identifier": {"namespace": [namespace], "name": name}, **properties_change(x="1")}
                              for name in "ab"]}
    assert twice(rest, "POST", "/v1/transactions/commit", body).status_code == 204
    assert [len(history(rest, namespace, name)) for name in "ab"] == [2, 2]


def test_a_view_is_replaced_renamed_dropped_and_registered_once(rest, namespace):
    made = rest.create_view(namespace, "v")
    path = f"/v1/namespaces/{namespace}/views"
    replaced = twice(rest, "POST", f"{path}/v", {"requirements": [], "updates": [
        {"action": "add-view-version", "view-version": view_version("select 2", "spark", 2)},
        {"action": "set-current-view-version", "view-version-id": -1}]})
    assert replaced.status_code == 200 and len(replaced.json()["metadata"]["versions"]) == 2
    renamed = twice(rest, "POST", "/v1/views/rename", {
        "source": {"namespace": [namespace], "name": "v"}, "destination": {"namespace": [namespace], "name": "w"}})
    assert renamed.status_code == 204
    assert twice(rest, "DELETE", f"{path}/w").status_code == 204
    registered = twice(rest, "POST", f"/v1/namespaces/{namespace}/register-view",
                       {"name": "x", "metadata-location": made["metadata-location"]})
    assert registered.status_code == 200 and registered.json()["metadata"] == made["metadata"]


def test_making_a_view_takes_no_key(rest, namespace):
    key = new_key()
    path = f"/v1/namespaces/{namespace}/views"
    assert keyed(rest, "POST", path, view_request("v"), key).status_code == 200
    assert_error(keyed(rest, "POST", path, view_request("v"), key), 409, "AlreadyExistsException")


@pytest.mark.parametrize("key", ["", "1", "not-a-uuid", "017F22E2-79B0-7CC3-98C4-DC0C0C07398", "x" * 36])
def test_a_malformed_key_is_refused(rest, namespace, key):
    answer = rest.call("POST", f"/v1/namespaces/{namespace}/tables", {"name": "t", "schema": SCHEMA},
                       headers={"Idempotency-Key": key})
    assert_error(answer, 400, "BadRequestException", "Idempotency-Key")
    assert rest.head(table_path(namespace, "t")).status_code == 404


def test_a_key_of_another_request_is_refused(rest, namespace):
    rest.create_table(namespace, "t")
    key = new_key()
    assert keyed(rest, "POST", table_path(namespace, "t"), properties_change(a="1"), key).status_code == 200
    for method, path, body in (("POST", table_path(namespace, "t"), properties_change(a="2")),
                               ("DELETE", table_path(namespace, "t"), None),
                               ("POST", f"/v1/namespaces/{namespace}/properties", {"updates": {"a": "1"}})):
        assert_error(keyed(rest, method, path, body, key), 422, "UnprocessableEntityException", key)
    assert len(history(rest, namespace, "t")) == 2
    again = keyed(rest, "POST", table_path(namespace, "t"), properties_change(a="1"), key)
    assert again.status_code == 200, "a refusal does not use the key up"


def test_errors_that_would_come_again_are_kept(rest, namespace):
    path = table_path(namespace, "t")
    key = new_key()
    first = keyed(rest, "POST", path, properties_change(a="1"), key)
    assert_error(first, 404, "NoSuchTableException")
    rest.create_table(namespace, "t")
    again = keyed(rest, "POST", path, properties_change(a="1"), key)
    assert again.status_code == 404 and again.json() == first.json()
    assert len(history(rest, namespace, "t")) == 1
    taken = twice(rest, "POST", f"/v1/namespaces/{namespace}/tables", {"name": "t", "schema": SCHEMA})
    assert_error(taken, 409, "AlreadyExistsException")
    full = twice(rest, "DELETE", f"/v1/namespaces/{namespace}")
    assert_error(full, 409, "NamespaceNotEmptyException")
    failed = twice(rest, "POST", path, {"requirements": [{"type": "assert-table-uuid", "uuid": new_key()}],
                                        "updates": []})
    assert_error(failed, 409, "CommitFailedException")
    wrong = twice(rest, "POST", path, {"requirements": [], "updates": [{"action": "no-such-action"}]})
    assert_error(wrong, 400, "BadRequestException")
    both = twice(rest, "POST", f"/v1/namespaces/{namespace}/properties", {"removals": ["a"], "updates": {"a": "1"}})
    assert_error(both, 422, "UnprocessableEntityException")


def test_of_many_at_once_with_one_key_one_is_applied_and_all_get_its_answer(rest, rest_url, namespace):
    rest.create_table(namespace, "t")
    key = new_key()
    answers = []

    def send():
        answers.append(keyed(Rest(rest_url), "POST", table_path(namespace, "t"), properties_change(a="1"), key))

    threads = [threading.Thread(target=send) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert len(history(rest, namespace, "t")) == 2


def raw_request(path, body, key):
    data = json.dumps(body)
    return (f"POST {path} HTTP/1.1\r\nHost: skep\r\nContent-Type: application/json\r\nIdempotency-Key: {key}\r\n"
            f"Content-Length: {len(data)}\r\n\r\n{data}").encode()


def test_a_retry_after_a_connection_closed_unread_gets_the_first_answer(rest, namespace):
    rest.create_table(namespace, "t")
    path = table_path(namespace, "t")
    for number in range(20):
        key, body = new_key(), properties_change(**{f"k{number}": "1"})
        connection = rest.open(raw_request(path, body, key))
        time.sleep(random.choice((0, 0.002, 0.01)))
        connection.close()
        assert keyed(rest, "POST", path, body, key).status_code == 200
    # A request whose connection is closed early may have been served after its retry, never twice.
    assert len(history(rest, namespace, "t")) == 21


def test_a_key_is_forgotten_after_its_lifetime_by_setting(skepd_factory, fresh_name):
    server = skepd_factory(environment={"SKEP_IDEMPOTENCY_LIFETIME_S": "90"}).start()
    rest = Rest(server.rest_url)
    assert rest.get("/v1/config").json()["idempotency-key-lifetime"] == "PT90S"
    server.stop()


def commit_until(server, rest_path, log, stop):
    """Commits under keys of their own, each repeated until it is answered, as a client's HTTP layer does."""
    number = 0
    while not stop.is_set():
        number += 1
        key, body = new_key(), properties_change(**{f"{log['name']}-{number}": "1"})
        while True:
            try:
                answer = requests.post(server.rest_url + rest_path, json=body, headers={"Idempotency-Key": key},
                                       timeout=30)
            except requests.RequestException:
                time.sleep(0.05)
                continue
            if answer.status_code == 503:
                time.sleep(0.05)
                continue
            log["answers"].append((f"{log['name']}-{number}", answer.status_code, answer.json()))
            break


def test_commits_repeated_over_kills_of_the_server_are_there_exactly_once(skepd_factory):
    server = skepd_factory().start()
    rest = Rest(server.rest_url)
    rest.create_namespace("n")
    rest.create_table("n", "t", properties={"write.metadata.previous-versions-max": "2"})
    stop = threading.Event()
    logs = [{"name": f"w{i}", "answers": []} for i in range(4)]
    threads = [threading.Thread(target=commit_until, args=(server, table_path("n", "t"), log, stop)) for log in logs]
    for thread in threads:
        thread.start()
    for _ in range(5):
        time.sleep(random.uniform(0.3, 1.0))
        server.kill()
        server.start()
    stop.set()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    answers = [answer for log in logs for answer in log["answers"]]
    assert answers and {status for _, status, _ in answers} == {200}, [a for a in answers if a[1] != 200][:3]
    present = Rest(server.rest_url).load("n", "t").json()["metadata"]["properties"]
    assert {name for name, _, _ in answers} == {name for name in present if name.startswith("w") and "-" in name
                                                and not name.startswith("write")}
    for name, _, body in answers:
        assert body["metadata"]["properties"][name] == "1"
    rows = history(Rest(server.rest_url), "n", "t")
    assert len(rows) == len(answers) + 1, "each commit adds one property, and one made the table"
    server.stop()
