# SPDX-License-Identifier: Apache-2.0
"""Goal: functions in Iceberg's form are listed and loaded as the specification says, as they were registered, and what is
no sound document is never kept.

Method: documents registered through the management API, read by the specification's routes; each rule broken once.
"""
import copy
import uuid

import pytest
from rest_client import assert_error, quote


def document(**members):
    return {
        "function-uuid": str(uuid.uuid4()), "format-version": 1, "doc": "adds one", "secure": False, "properties": {"a": "b"},
        "definitions": [{
            "definition-id": "int", "function-type": "udf", "return-type": "int", "current-version-id": 2,
            "parameters": [{"name": "x", "type": "int", "doc": "what is added to"}],
            "versions": [
                {"version-id": 1, "timestamp-ms": 1700000000000, "representations": [
                    {"type": "sql", "dialect": "trino", "sql": "x + 1"}, {"type": "sql", "dialect": "spark", "sql": "x + 1"}]},
                {"version-id": 2, "timestamp-ms": 3055729675574597004, "deterministic": True, "on-null-input": "return-null",
                 "representations": [{"type": "sql", "dialect": "trino", "sql": "1 + x"}]}],
        }],
        "definition-log": [{"timestamp-ms": 1, "definition-versions": [{"definition-id": "int", "version-id": 1}]}],
        "unknown-member": 9223372036854775807,
        **members,
    }


def own(namespace, name=None):
    return f"/management/v1/hive/namespaces/{quote(namespace)}/functions" + (f"/{quote(name)}" if name else "")


def path(namespace, name=None):
    return f"/v1/namespaces/{quote(namespace)}/functions" + (f"/{quote(name)}" if name else "")


def register(rest, namespace, name, metadata, **members):
    return rest.post(own(namespace), {"name": name, "metadata": metadata, **members})


def test_a_function_is_listed_loaded_and_dropped(rest, namespace):
    assert rest.get(path(namespace)).json() == {"identifiers": [], "next-page-token": None}
    metadata = document()
    answer = register(rest, namespace, "Add_One", metadata)
    assert answer.status_code == 204, answer.text
    assert rest.get(path(namespace)).json()["identifiers"] == [[namespace, "add_one"]]
    loaded = rest.get(path(namespace, "add_one"))
    assert loaded.status_code == 200 and loaded.json() == {"metadata": metadata}
    assert rest.delete(own(namespace, "add_one")).status_code == 204
    assert_error(rest.get(path(namespace, "add_one")), 404, "NoSuchFunctionException",
                 f"Function does not exist: {namespace}.add_one")
    assert_error(rest.delete(own(namespace, "add_one")), 404, "NoSuchFunctionException")


def test_a_missing_namespace_is_told_as_such(rest, fresh_name):
    name = fresh_name()
    for answer in (rest.get(path(name)), rest.get(path(name, "f")), rest.delete(own(name, "f")),
                   register(rest, name, "f", document())):
        assert_error(answer, 404, "NoSuchNamespaceException", f"Namespace does not exist: {name}")


def test_a_name_is_taken_once_and_replaced_by_its_own_uuid_alone(rest, namespace):
    metadata = document()
    assert register(rest, namespace, "f", metadata).status_code == 204
    assert_error(register(rest, namespace, "F", metadata), 409, "AlreadyExistsException",
                 f"Function already exists: {namespace}.f")
    assert_error(register(rest, namespace, "f", document(), replace=True), 400, "IllegalArgumentException", "uuid")
    changed = {**metadata, "doc": "adds one again"}
    assert register(rest, namespace, "f", changed, replace=True).status_code == 204
    assert rest.get(path(namespace, "f")).json()["metadata"] == changed
    assert register(rest, namespace, "g", document(), replace=True).status_code == 204


def test_functions_are_paged_in_nested_namespaces(rest, namespace):
    nested = f"{namespace}\x1fchild"
    rest.create_namespace(namespace, "child")
    for name in ("c", "a", "b"):
        assert register(rest, nested, name, document()).status_code == 204
    first = rest.get(path(nested) + "?pageToken=&pageSize=2").json()
    assert first["identifiers"] == [[namespace, "child", "a"], [namespace, "child", "b"]]
    register(rest, nested, "aa", document())
    rest.delete(own(nested, "b"))
    last = rest.get(path(nested), params={"pageToken": first["next-page-token"], "pageSize": 2}).json()
    assert last == {"identifiers": [[namespace, "child", "c"]], "next-page-token": None}
    assert rest.get(path(namespace)).json()["identifiers"] == []


def test_a_namespace_with_a_function_is_not_empty(rest, namespace):
    register(rest, namespace, "f", document())
    assert_error(rest.delete(f"/v1/namespaces/{namespace}"), 409, "NamespaceNotEmptyException")
    assert rest.delete(own(namespace, "f")).status_code == 204
    assert rest.delete(f"/v1/namespaces/{namespace}").status_code == 204


def broken(change):
    metadata = document()
    change(metadata, metadata["definitions"][0])
    return metadata


BREAKS = {
    "no uuid": lambda m, d: m.pop("function-uuid"),
    "a bad uuid": lambda m, d: m.update({"function-uuid": "x"}),
    "another format": lambda m, d: m.update({"format-version": 2}),
    "no definitions": lambda m, d: m.update({"definitions": []}),
    "no log": lambda m, d: m.pop("definition-log"),
    "definitions that are none": lambda m, d: m.update({"definitions": [1]}),
    "a definition twice": lambda m, d: m["definitions"].append(copy.deepcopy(d)),
    "no current version": lambda m, d: d.update({"current-version-id": 7}),
    "a version twice": lambda m, d: d["versions"].append(copy.deepcopy(d["versions"][0])),
    "a dialect twice": lambda m, d: d["versions"][0]["representations"].append({"type": "sql", "dialect": "TRINO", "sql": "2"}),
    "sql without dialect": lambda m, d: d["versions"][0]["representations"][0].pop("dialect"),
    "an unknown kind": lambda m, d: d.update({"function-type": "udaf"}),
    "a table function of a number": lambda m, d: d.update({"function-type": "udtf"}),
    "a type with a space": lambda m, d: d.update({"return-type": "decimal(9, 2)"}),
    "a nested type of no kind": lambda m, d: d.update({"return-type": {"type": "tuple"}}),
    "a list of nothing": lambda m, d: d["parameters"][0].update({"type": {"type": "list"}}),
    "a parameter without name": lambda m, d: d["parameters"][0].pop("name"),
    "an unknown rule for nulls": lambda m, d: d["versions"][0].update({"on-null-input": "throw"}),
}


@pytest.mark.parametrize("change", BREAKS.values(), ids=BREAKS.keys())
def test_what_is_no_sound_document_is_refused(rest, namespace, change):
    assert_error(register(rest, namespace, "f", broken(change)), 400, "BadRequestException")
    assert rest.get(path(namespace)).json()["identifiers"] == []


def test_nested_types_and_table_functions_are_taken(rest, namespace):
    struct = {"type": "struct", "fields": [{"name": "a", "type": {"type": "map", "key": "string", "value": {
        "type": "list", "element": "long"}}}]}
    metadata = broken(lambda m, d: d.update({"function-type": "udtf", "return-type": struct}))
    assert register(rest, namespace, "f", metadata).status_code == 204
    assert rest.get(path(namespace, "f")).json()["metadata"] == metadata


def test_hive_functions_are_not_iceberg_functions(rest, namespace, hive_client):
    from hive_metastore.ttypes import Function

    hive_client.create_function(Function(functionName="h", dbName=namespace, className="a.B", ownerName="me",
                                         ownerType=1, createTime=0, functionType=1, resourceUris=[]))
    assert rest.get(path(namespace)).json()["identifiers"] == []
    assert_error(rest.get(path(namespace, "h")), 404, "NoSuchFunctionException")
    hive_client.drop_function(namespace, "h")


def test_a_cascade_takes_functions_along(rest, namespace, hive_client):
    register(rest, namespace, "f", document())
    hive_client.drop_database(namespace, True, True)
    assert rest.head(f"/v1/namespaces/{namespace}").status_code == 404
