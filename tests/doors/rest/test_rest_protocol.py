# SPDX-License-Identifier: Apache-2.0
"""Goal: clients learn truthfully what is served, and whatever is not served is told in the API's own form.

Method: plain HTTP requests; statuses, types and headers compared with the specification.
"""
import json
import socket
import urllib.parse

import pytest
import requests
from rest_client import assert_error


def test_config_lists_the_endpoints_that_are_served(rest):
    answer = rest.get("/v1/config")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    body = answer.json()
    assert body["defaults"] == {} and body["overrides"] == {"namespace-separator": "%1F"}
    assert "GET /v1/{prefix}/namespaces/{namespace}/tables/{table}" in body["endpoints"]
    assert "HEAD /v1/{prefix}/namespaces/{namespace}/tables/{table}" in body["endpoints"]
    assert "POST /v1/{prefix}/transactions/commit" in body["endpoints"]
    assert len([e for e in body["endpoints"] if "view" in e]) == 8
    assert not [e for e in body["endpoints"] if "management" in e or "health" in e]


def test_advertised_endpoints_exist(rest):
    for endpoint in rest.get("/v1/config").json()["endpoints"]:
        method, path = endpoint.split(" ")
        for place in ("{namespace}", "{table}", "{view}", "{function}", "{plan-id}"):
            path = path.replace(place, "nothing")
        answer = rest.call(method, path.replace("{prefix}/", ""))
        assert answer.status_code in (200, 400, 404), endpoint
        if method != "HEAD" and answer.status_code == 404:
            assert answer.json()["error"]["type"] != "NoSuchRouteException", endpoint


@pytest.mark.parametrize("warehouse", ["", "hive", "HIVE"])
def test_the_default_warehouse_has_no_prefix(rest, warehouse):
    answer = rest.get("/v1/config", params={"warehouse": warehouse})
    assert answer.status_code == 200
    assert "prefix" not in answer.json()["defaults"]


def test_a_warehouse_may_be_named_by_its_root(rest, skep):
    for warehouse in (skep.warehouse, skep.warehouse + "/"):
        answer = rest.get("/v1/config", params={"warehouse": warehouse})
        assert answer.status_code == 200, answer.text


def test_an_unknown_warehouse_is_404(rest):
    for warehouse in ("nowhere", "s3://nowhere/x", "../x"):
        assert_error(rest.get("/v1/config", params={"warehouse": warehouse}), 404, "NoSuchWarehouseException")


def test_the_same_api_under_iceberg_and_with_a_prefix(rest, namespace):
    plain = rest.get(f"/v1/namespaces/{namespace}")
    assert plain.status_code == 200
    for path in (f"/iceberg/v1/namespaces/{namespace}", f"/v1/hive/namespaces/{namespace}",
                 f"/iceberg/v1/hive/namespaces/{namespace}"):
        assert rest.get(path).json() == plain.json(), path


def test_an_unknown_prefix_is_404(rest):
    answer = rest.get("/v1/nocatalog/namespaces")
    assert answer.status_code == 404
    assert answer.json()["error"]["type"] in ("NoSuchWarehouseException", "NoSuchNamespaceException")


@pytest.mark.parametrize("path", ["/", "/v1", "/v2/config", "/v1/config/", "/v1/nothing", "/v1/a/b/namespaces",
                                  "/v1/namespaces/a/tables/b/c", "/management/v1/x"])
def test_unknown_routes_are_404_in_json(rest, path):
    assert_error(rest.get(path), 404, "NoSuchRouteException")


def test_a_known_path_with_another_verb_is_405_with_allow(rest):
    answer = rest.call("PUT", "/v1/namespaces")
    assert_error(answer, 405, "MethodNotAllowedException", "PUT")
    assert answer.headers["Allow"] == "GET, POST"
    assert rest.call("PATCH", "/v1/namespaces/a/tables/b").headers["Allow"] == "GET, HEAD, POST, DELETE"


def test_compressed_requests_are_415(rest):
    answer = rest.post("/v1/namespaces", {}, headers={"Content-Encoding": "gzip"})
    assert_error(answer, 415, "UnsupportedMediaTypeException")


def test_every_answer_carries_a_request_id(rest):
    ids = {rest.get(path).headers["X-Request-Id"] for path in ("/v1/config", "/v1/namespaces", "/v1/nothing")}
    assert len(ids) == 3


def test_a_bearer_token_and_delegation_are_taken_and_ignored(rest):
    headers = {"Authorization": "Bearer ", "X-Iceberg-Access-Delegation": "vended-credentials"}
    assert rest.get("/v1/namespaces", headers=headers).status_code == 200


def test_no_token_is_given_and_the_refusal_is_oauths(rest):
    form = {"grant_type": "client_credentials", "client_id": "a", "client_secret": "b", "scope": "catalog"}
    answer = requests.post(rest.url + "/v1/oauth/tokens", data=form, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["error"] == "unsupported_grant_type"
    assert "credential" in answer.json()["error_description"]
    assert not [e for e in rest.get("/v1/config").json()["endpoints"] if "oauth" in e]


def test_health_answers_on_both_ports(rest, management_url):
    assert rest.get("/health").json() == {"status": "ok"}
    for path in ("/health/live", "/health/ready", "/health/started", "/healthz"):
        answer = requests.get(management_url + path, timeout=10)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"}), path
    assert requests.get(management_url + "/nothing", timeout=10).status_code == 404
    assert requests.post(management_url + "/metrics", data=b"x", timeout=10).status_code == 405


def test_requests_are_counted_by_route_without_names(rest, management_url, namespace):
    rest.get(f"/v1/namespaces/{namespace}")
    rest.get("/v1/namespaces/missing-for-the-metrics")
    text = requests.get(management_url + "/metrics", timeout=10).text
    route = 'route="/v1/{prefix}/namespaces/{namespace}",method="GET"'
    assert f'skep_http_requests_total{{{route},code="200"}}' in text
    assert f'skep_http_requests_total{{{route},code="404"}}' in text
    assert "skep_http_request_duration_seconds_bucket" in text
    assert namespace not in text and "missing-for-the-metrics" not in text


def raw(rest_url, head):
    """Status and body of the answer to bytes that no library would send; the server must end the connection."""
    url = urllib.parse.urlsplit(rest_url)
    with socket.create_connection((url.hostname, url.port), timeout=20) as connection:
        connection.sendall(head.replace("\n", "\r\n").encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    status, _, rest = answer.partition(b"\r\n")
    return int(status.split()[1]), rest.partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize("headers, status, error_type", [
    ("Transfer-Encoding: gzip", 501, "UnsupportedOperationException"),
    ("Transfer-Encoding: gzip, chunked", 501, "UnsupportedOperationException"),
    ("Content-Length: 2\nTransfer-Encoding: chunked", 400, "BadRequestException"),
])
def test_a_body_whose_end_is_in_doubt_is_refused_at_once(rest_url, headers, status, error_type):
    answered, body = raw(rest_url, f"POST /v1/namespaces HTTP/1.1\nHost: x\n{headers}\n\n")
    error = json.loads(body)["error"]
    assert answered == error["code"] == status and error["type"] == error_type


@pytest.mark.parametrize("head, status", [
    (f"GET /v1/config HTTP/1.1\nHost: x\nX-Long: {'a' * 40000}\n\n", 431),
    (f"GET /v1/config?warehouse={'a' * 40000} HTTP/1.1\nHost: x\n\n", 414),
    ("GET /v1/config HTTP/1.1\nHost: x\nno colon\n\n", 400),
    ("POST /v1/namespaces HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\nzz\n{}\n0\n\n", 400),
    ("GET /v1/config HTTP/9.9\nHost: x\n\n", 505),
])
def test_what_is_no_http_gets_the_right_status(rest_url, head, status):
    """As docs/rest-api.md says: libmicrohttpd answers these, in words of its own."""
    assert raw(rest_url, head)[0] == status
