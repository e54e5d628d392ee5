# SPDX-License-Identifier: Apache-2.0
"""Goal: namespaces behave as the specification says, status by status.

Method: each operation once as it should be and once for every way it is refused.
"""
import pytest
from rest_client import assert_error, quote

SEPARATOR = "\x1f"


def test_create_answers_what_load_answers(rest, fresh_name):
    name = fresh_name()
    created = rest.create_namespace(name, owner="ann", comment="ours", tier="gold")
    assert created["namespace"] == [name]
    assert created["properties"]["tier"] == "gold"
    assert created["properties"]["owner"] == "ann"
    assert created["properties"]["comment"] == "ours"
    assert created["properties"]["location"]
    assert rest.get(f"/v1/namespaces/{name}").json() == created


def test_create_twice_is_409(rest, namespace):
    answer = rest.post("/v1/namespaces", {"namespace": [namespace], "properties": {}})
    assert_error(answer, 409, "AlreadyExistsException", f"Namespace already exists: {namespace}")


def test_a_missing_namespace_is_404_everywhere(rest):
    text = "Namespace does not exist: missing"
    for method, path, body in [
        ("GET", "", None),
        ("DELETE", "", None),
        ("POST", "/properties", {"updates": {"a": "b"}}),
        ("GET", "/tables", None),
        ("GET", "/views", None),
        ("POST", "/tables", {"name": "t", "schema": {"type": "struct", "fields": []}}),
    ]:
        assert_error(rest.call(method, "/v1/namespaces/missing" + path, body), 404, "NoSuchNamespaceException", text)
    assert rest.head("/v1/namespaces/missing").status_code == 404
    assert_error(rest.get("/v1/namespaces", params={"parent": "missing"}), 404, "NoSuchNamespaceException")


@pytest.mark.parametrize("path", ["/v1/namespaces/", "/v1/namespaces//tables", "/v1/namespaces/%1F",
                                  "/v1/namespaces/a%1F", "/v1/namespaces/%1Fa/tables", "/v1/namespaces/a%1F%1Fb"])
def test_an_empty_namespace_or_level_names_nothing(rest, path):
    assert_error(rest.get(path), 404, "NoSuchNamespaceException")


def test_head_answers_by_status_alone(rest, namespace):
    answer = rest.head(f"/v1/namespaces/{namespace}")
    assert (answer.status_code, answer.content) == (204, b"")
    answer = rest.head("/v1/namespaces/missing")
    assert (answer.status_code, answer.content) == (404, b"")


def test_nested_namespaces_are_listed_one_level_at_a_time(rest, namespace):
    rest.create_namespace(namespace, "b")
    rest.create_namespace(namespace, "b", "c")
    nested = f"/v1/namespaces/{namespace}%1Fb%1Fc"
    assert rest.get(nested).json()["namespace"] == [namespace, "b", "c"]
    top = rest.get("/v1/namespaces").json()["namespaces"]
    assert [namespace] in top and [namespace, "b"] not in top
    children = rest.get("/v1/namespaces", params={"parent": namespace}).json()["namespaces"]
    assert children == [[namespace, "b"]]
    grandchildren = rest.get("/v1/namespaces", params={"parent": namespace + SEPARATOR + "b"}).json()["namespaces"]
    assert grandchildren == [[namespace, "b", "c"]]
    assert_error(rest.delete(f"/v1/namespaces/{namespace}"), 409, "NamespaceNotEmptyException", "is not empty")
    assert rest.delete(nested).status_code == 204
    assert rest.get(nested).status_code == 404


def test_a_nested_namespace_needs_its_parent(rest, fresh_name):
    answer = rest.post("/v1/namespaces", {"namespace": [fresh_name(), "b"]})
    assert_error(answer, 404, "NoSuchNamespaceException")


def test_drop_refuses_a_namespace_with_tables(rest, namespace):
    rest.create_table(namespace, "t")
    assert_error(rest.delete(f"/v1/namespaces/{namespace}"), 409, "NamespaceNotEmptyException",
                 f"Namespace {namespace} is not empty")
    assert rest.delete(f"/v1/namespaces/{namespace}/tables/t").status_code == 204
    answer = rest.delete(f"/v1/namespaces/{namespace}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert_error(rest.delete(f"/v1/namespaces/{namespace}"), 404, "NoSuchNamespaceException")


def test_properties_are_updated_removed_and_missed(rest, namespace):
    path = f"/v1/namespaces/{namespace}/properties"
    first = rest.post(path, {"updates": {"a": "1", "b": "2"}, "removals": []})
    assert first.status_code == 200
    assert sorted(first.json()["updated"]) == ["a", "b"]
    second = rest.post(path, {"removals": ["a", "z"], "updates": {"c": "3"}}).json()
    assert (second["updated"], second["removed"], second["missing"]) == (["c"], ["a"], ["z"])
    properties = rest.get(f"/v1/namespaces/{namespace}").json()["properties"]
    assert "a" not in properties and properties["b"] == "2" and properties["c"] == "3"


def test_a_key_updated_and_removed_is_422(rest, namespace):
    answer = rest.post(f"/v1/namespaces/{namespace}/properties", {"removals": ["a"], "updates": {"a": "1"}})
    assert_error(answer, 422, "UnprocessableEntityException")


@pytest.mark.parametrize("body, member", [
    ({}, "namespace"),
    ({"namespace": "a"}, "namespace"),
    ({"namespace": []}, "namespace"),
    ({"namespace": [1]}, "namespace"),
    ({"namespace": [""]}, "namespace"),
    ({"namespace": ["a\x1fb"]}, "namespace"),
    ({"namespace": ["a"], "properties": []}, "properties"),
    ({"namespace": ["a"], "properties": {"k": 1}}, "properties"),
])
def test_a_wrong_member_is_400_by_name(rest, body, member):
    assert_error(rest.post("/v1/namespaces", body), 400, "BadRequestException", member)


def test_unknown_members_are_ignored(rest, fresh_name):
    answer = rest.post("/v1/namespaces", {"namespace": [fresh_name()], "novelty": {"x": [1]}})
    assert answer.status_code == 200


def test_pages_are_walked_without_loss_or_repetition(rest, namespace):
    names = [f"p{i:02}" for i in range(7)]
    for name in names:
        rest.create_namespace(namespace, name)
    seen, token, pages = [], "", 0
    while token is not None:
        page = rest.get("/v1/namespaces", params={"parent": namespace, "pageToken": token, "pageSize": 3}).json()
        assert len(page["namespaces"]) <= 3
        seen += [levels[-1] for levels in page["namespaces"]]
        token = page.get("next-page-token")
        pages += 1
    assert seen == names and pages >= 3


def test_without_a_page_token_everything_comes(rest, namespace):
    for i in range(4):
        rest.create_namespace(namespace, f"p{i}")
    body = rest.get("/v1/namespaces", params={"parent": namespace, "pageSize": 2}).json()
    assert len(body["namespaces"]) == 4 and body["next-page-token"] is None


@pytest.mark.parametrize("parameters", [{"pageToken": "", "pageSize": "0"}, {"pageToken": "", "pageSize": "-1"},
                                        {"pageToken": "", "pageSize": "x"}, {"pageToken": "not a token of ours\x7f"}])
def test_wrong_pages_are_400(rest, namespace, parameters):
    assert_error(rest.get("/v1/namespaces", params={"parent": namespace, **parameters}), 400, "BadRequestException")


def test_names_are_told_in_lower_case(rest, fresh_name):
    name = fresh_name()
    created = rest.create_namespace(name.upper())
    assert created["namespace"] == [name]
    assert rest.get(f"/v1/namespaces/{quote(name.upper())}").json()["namespace"] == [name]
