# SPDX-License-Identifier: Apache-2.0
"""Goal: an unregistered table is gone from the catalog with all that was committed to it in its answer, and none of its
files is; nothing can be committed to it any more.

Method: tables unregistered while others commit, with a key and without; files on disk and answers compared.
"""
import os
import threading
import urllib.parse
import uuid

import pytest
from rest_client import Rest, assert_error, view_request


def path_of(namespace, name):
    return f"/v1/namespaces/{namespace}/tables/{name}"


def set_property(key, value):
    return [{"action": "set-properties", "updates": {key: value}}]


def files_of(location):
    path = urllib.parse.unquote(urllib.parse.urlsplit(location).path)
    if not os.path.exists(path):
        pytest.skip("the warehouse is not on this machine")
    return sorted(os.path.join(folder, file) for folder, _, files in os.walk(path) for file in files)


def test_the_answer_is_the_last_state_and_the_files_stay(rest, namespace):
    rest.create_table(namespace, "t")
    rest.commit(namespace, "t", set_property("a", "1"))
    loaded = rest.load(namespace, "t").json()
    before = files_of(loaded["metadata"]["location"])
    answer = rest.post(path_of(namespace, "t") + "/unregister")
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"metadata-location", "metadata"}
    assert answer.json()["metadata-location"] == loaded["metadata-location"]
    assert answer.json()["metadata"] == loaded["metadata"]
    assert files_of(loaded["metadata"]["location"]) == before
    assert rest.head(path_of(namespace, "t")).status_code == 404
    missing = f"Table does not exist: {namespace}.t"
    assert_error(rest.commit(namespace, "t", set_property("a", "2")), 404, "NoSuchTableException", missing)
    assert_error(rest.post(path_of(namespace, "t") + "/unregister"), 404, "NoSuchTableException", missing)
    registered = rest.post(f"/v1/namespaces/{namespace}/register",
                           {"name": "u", "metadata-location": answer.json()["metadata-location"]})
    assert registered.status_code == 200
    assert registered.json()["metadata"] == loaded["metadata"]


def test_a_key_unregisters_once_and_answers_alike(rest, namespace):
    made = rest.create_table(namespace, "t")
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    first = rest.post(path_of(namespace, "t") + "/unregister", headers=headers)
    rest.create_table(namespace, "t")
    again = rest.post(path_of(namespace, "t") + "/unregister", headers=headers)
    assert first.status_code == 200 and again.status_code == 200
    assert again.json() == first.json()
    assert again.json()["metadata-location"] == made["metadata-location"]
    assert rest.head(path_of(namespace, "t")).status_code == 204


def test_a_replay_does_not_show_another_table_of_the_name(rest, namespace):
    made = rest.create_table(namespace, "t")
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    assert rest.post(path_of(namespace, "t") + "/unregister", headers=headers).status_code == 200
    rest.create_table(namespace, "t")
    files_of(made["metadata"]["location"])
    os.unlink(urllib.parse.unquote(urllib.parse.urlsplit(made["metadata-location"]).path))
    assert_error(rest.post(path_of(namespace, "t") + "/unregister", headers=headers), 404, "NotFoundException")


def test_a_table_without_its_document_stays(rest, namespace):
    made = rest.create_table(namespace, "t")
    files_of(made["metadata"]["location"])
    os.unlink(urllib.parse.unquote(urllib.parse.urlsplit(made["metadata-location"]).path))
    assert_error(rest.post(path_of(namespace, "t") + "/unregister"), 404, "NotFoundException")
    assert rest.head(path_of(namespace, "t")).status_code == 204


def test_views_and_missing_namespaces_are_no_tables(rest, namespace):
    assert rest.post(f"/v1/namespaces/{namespace}/views", view_request("v")).status_code == 200
    assert_error(rest.post(path_of(namespace, "v") + "/unregister"), 404, "NoSuchTableException")
    assert_error(rest.post(path_of("missing", "t") + "/unregister"), 404, "NoSuchTableException")


def test_no_commit_that_was_acknowledged_is_missing_in_the_answer(rest, namespace):
    """Four writers commit until they get 404; whatever was answered 200 is in the last metadata."""
    rest.create_table(namespace, "t")
    acknowledged, ends = [], []
    started = threading.Barrier(5)

    def write(writer):
        own = Rest(rest.url)
        started.wait()
        for number in range(1000):
            answer = own.commit(namespace, "t", set_property(f"{writer}-{number}", "x"))
            if answer.status_code != 200:
                ends.append(answer.status_code)
                return
            acknowledged.append(f"{writer}-{number}")

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    started.wait()
    while len(acknowledged) < 8:
        assert any(thread.is_alive() for thread in threads), ends
    answer = rest.post(path_of(namespace, "t") + "/unregister")
    for thread in threads:
        thread.join()
    assert answer.status_code == 200, answer.text
    assert ends == [404] * 4
    assert set(answer.json()["metadata"]["properties"]) >= set(acknowledged)


def test_hms_clients_hear_of_it_as_a_drop(rest, namespace):
    rest.create_table(namespace, "t")
    assert rest.post(path_of(namespace, "t") + "/unregister").status_code == 200
    assert rest.get(f"/management/v1/namespaces/{namespace}/tables").json()["tables"] == []
    assert rest.delete(f"/v1/namespaces/{namespace}").status_code == 204
