# SPDX-License-Identifier: Apache-2.0
"""Goal: the OpenAPI page is sound, names every route of Skep's own, and says what these really answer.

Method: OpenAPI's own validator over the page; answers of a running server held against its schemas, with every member
that a schema does not name refused.
"""
import copy
import json

import jsonschema
import openapi_spec_validator
import pytest
from rest_client import SCHEMA


@pytest.fixture(scope="module")
def page(rest_url):
    import requests
    answer = requests.get(rest_url + "/management/v1/openapi.json", timeout=30)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/json"
    return answer.json()


def as_json_schema(page, name):
    """A component with all that it refers to; no further members, and OpenAPI's nullable in JSON schema's words."""
    def convert(node):
        if isinstance(node, list):
            return [convert(item) for item in node]
        if not isinstance(node, dict):
            return node
        node = {key: convert(value) for key, value in node.items()}
        if node.pop("nullable", False):
            node["type"] = [node["type"], "null"]
        if node.get("type") == "object" and "properties" in node:
            node["additionalProperties"] = False
        return node

    return {"$ref": f"#/components/schemas/{name}", "components": convert(copy.deepcopy(page["components"]))}


def assert_answers(page, answer, path, method="get"):
    """The answer has the body that the page gives for its status."""
    described = page["paths"][path][method]["responses"]
    described = described.get(str(answer.status_code)) or described["default"]
    if "content" not in described:
        assert answer.content == b"", answer.text
        return
    reference = described["content"]["application/json"]["schema"]["$ref"]
    jsonschema.validate(answer.json(), as_json_schema(page, reference.rsplit("/", 1)[1]))


def test_the_page_is_sound(page):
    openapi_spec_validator.validate(page)


def test_every_operation_can_be_generated_for(page):
    operations = [operation for item in page["paths"].values() for operation in item.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names)) and len(names) >= 6
    for operation in operations:
        assert operation["summary"]
        success = [status for status in operation["responses"] if status.startswith("2")]
        assert success, operation
        for status in success:
            assert status == "204" or "content" in operation["responses"][status], operation["operationId"]
        for status, answer in operation["responses"].items():
            assert not status.startswith("4") or answer["content"]["application/json"]["schema"] == {
                "$ref": "#/components/schemas/Error"}, operation["operationId"]


def test_no_schema_is_unused(page):
    text = json.dumps(page)
    for name in page["components"]["schemas"]:
        assert f'"#/components/schemas/{name}"' in text, name


TABLES = "/management/v1/{prefix}/namespaces/{namespace}/tables"


def test_answers_are_what_the_page_says(page, rest, namespace):
    created = rest.create_table(namespace, "t", properties={"a": "1"})
    rest.create_view(namespace, "v")
    rest.commit(namespace, "t", [
        {"action": "add-snapshot", "snapshot": {
            "snapshot-id": 1, "sequence-number": 1, "timestamp-ms": created["metadata"]["last-updated-ms"],
            "manifest-list": "file:///nowhere/x.avro", "summary": {"operation": "append"}, "schema-id": 0}},
        {"action": "set-snapshot-ref", "ref-name": "main", "type": "branch", "snapshot-id": 1}])
    own = f"/management/v1/hive/namespaces/{namespace}/tables"
    assert_answers(page, rest.get(own), TABLES)
    assert_answers(page, rest.get(own + "?pageToken=&pageSize=1"), TABLES)
    assert_answers(page, rest.get("/management/v1/hive/namespaces/missing/tables"), TABLES)
    for name in ("t", "v", "missing"):
        assert_answers(page, rest.get(f"{own}/{name}"), TABLES + "/{table}")
        assert_answers(page, rest.get(f"{own}/{name}/history?limit=5"), TABLES + "/{table}/history")
    report = {"report-type": "commit-report", "snapshot-id": 1, "operation": "append", "metrics": {}}
    assert rest.post(f"/v1/namespaces/{namespace}/tables/t/metrics", report).status_code == 204
    assert_answers(page, rest.get(f"{own}/t/reports"), TABLES + "/{table}/reports")
    assert_answers(page, rest.get(f"{own}/missing/reports"), TABLES + "/{table}/reports")
    functions = "/management/v1/{prefix}/namespaces/{namespace}/functions"
    assert_answers(page, rest.post(f"/management/v1/hive/namespaces/{namespace}/functions", {"name": "f"}), functions, "post")
    assert_answers(page, rest.delete(f"/management/v1/hive/namespaces/{namespace}/functions/f"), functions + "/{function}",
                   "delete")
    assert_answers(page, rest.delete(f"{own}/t?purgeRequested=true"), TABLES + "/{table}", "delete")
    assert_answers(page, rest.get("/management/v1/openapi.json"), "/management/v1/openapi.json")
    assert_answers(page, rest.get("/health"), "/health")
    warehouses = "/management/v1/warehouses"
    far = {"name": f"{namespace}_far", "location": f"s3://{namespace}", "description": "d", "storage": {
        "endpoint": "http://127.0.0.1:1", "key-source": "environment", "access": "signed", "role-arn": "r", "ca-file": "/x"}}
    one, path = f"{warehouses}/{far['name']}", warehouses + "/{warehouse}"
    assert_answers(page, rest.post(warehouses + "?skipCheck=true", far), warehouses, "post")
    assert_answers(page, rest.post(warehouses, far), warehouses, "post")
    assert_answers(page, rest.get(warehouses), warehouses)
    assert_answers(page, rest.get(one), path)
    assert_answers(page, rest.post(one + "?skipCheck=true", {"description": "e"}), path, "post")
    assert_answers(page, rest.post(one + "/check", None), path + "/check", "post")
    assert_answers(page, rest.delete(one), path, "delete")
    assert_answers(page, rest.delete(one), path, "delete")


def test_the_check_of_answers_can_fail(page, rest, namespace):
    rest.post(f"/v1/namespaces/{namespace}/tables", {"name": "t", "schema": SCHEMA})
    entry = rest.get(f"/management/v1/namespaces/{namespace}/tables/t").json()
    for broken in ({**entry, "surprise": 1}, {**entry, "id": "7"}, {k: v for k, v in entry.items() if k != "id"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, as_json_schema(page, "Table"))
