# SPDX-License-Identifier: Apache-2.0
"""Goal: nothing that a client sends ends the server or goes unanswered where an answer can be told.

Method: hostile bytes on plain sockets and hostile JSON in bodies; after each, the server serves an ordinary request.
"""
import pytest
from rest_client import SCHEMA, Rest, assert_error, quote, read_to_end


@pytest.fixture(autouse=True)
def server_goes_on(rest):
    yield
    assert rest.get("/v1/config").status_code == 200


def request_bytes(method, target, body=b"", headers=()):
    lines = [f"{method} ".encode() + target + b" HTTP/1.1", b"Host: x", b"Connection: close", *headers]
    if body:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def status_of(answer):
    assert answer.startswith(b"HTTP/1."), answer[:200]
    return int(answer.split(b" ")[1])


GARBAGE = [
    b"\x00" * 100,
    b"\xff\xfe\xfd" * 1000,
    b"\r\n\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b" / \r\n\r\n",
    b"\x80\x01\x00\x01\x00\x00\x00\x04ping\x00\x00\x00\x00\x00",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x11" * 512,
    b"GET /v1/config HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    b"GET /v1/config HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    b"POST /v1/namespaces HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
    b"POST /v1/namespaces HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
    b"POST /v1/namespaces HTTP/1.1\r\nno colon here\r\n\r\n",
    b"GET /v1/names\x00paces HTTP/1.1\r\nHost: x\r\n\r\n",
]
UNFINISHED = [
    b"",
    b"POST /v1/na",
    b"POST /v1/namespaces HTTP/1.1\r\nHost: x\r\n",
    b'POST /v1/namespaces HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{"namesp',
    b"POST /v1/namespaces HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
]


@pytest.fixture(scope="module")
def impatient(skepd_factory):
    """A server that gives up on a silent connection after a second."""
    return Rest(skepd_factory(environment={"SKEP_REST_TIMEOUT_S": "1"}).start().rest_url)


def test_garbage_is_refused_or_the_connection_closed(impatient):
    connections = [impatient.open(garbage) for garbage in GARBAGE]
    for connection, garbage in zip(connections, GARBAGE):
        answer = read_to_end(connection)
        assert answer == b"" or 400 <= status_of(answer) < 600, garbage
    assert impatient.get("/v1/config").status_code == 200


def test_a_request_that_stops_in_the_middle_is_closed_in_time(impatient):
    connections = [impatient.open(bytes_) for bytes_ in UNFINISHED]
    for connection, bytes_ in zip(connections, UNFINISHED):
        answer = read_to_end(connection)
        assert answer == b"" or status_of(answer) == 408, bytes_
    assert impatient.get("/v1/config").status_code == 200


@pytest.mark.parametrize("target", [b"/v1/namespaces/%", b"/v1/namespaces/%4", b"/v1/namespaces/%zz",
                                    b"/v1/namespaces/a%00b", b"/v1/namespaces/%ff%fe", b"/v1/namespaces/\xff",
                                    b"/v1/namespaces?parent=%c3%28", b"/v1/namespaces/n/tables/%00",
                                    b"relative/path", b"/v1/namespaces?" + b"&".join(b"p%d=1" % i for i in range(100))])
def test_undecodable_targets_are_400_in_json(rest, target):
    answer = rest.raw(request_bytes("GET", target))
    assert status_of(answer) == 400, answer
    assert b'"type":"BadRequestException","code":400' in answer


@pytest.mark.parametrize("body", [
    b"{",
    b"nonsense",
    b"[]",
    b'"text"',
    b"{}{}",
    b'{"namespace":["\xff"]}',
    b'{"namespace":["a\\u0000b"]}',
    b'{"namespace":["a\x00b"]}',
    b'{"namespace":["\\ud800"]}',
    b'{"namespace":[' + b"[" * 100000,
    b'{"namespace":' + b"[" * 2000 + b"]" * 2000 + b"}",
    b'{"a":' * 3000 + b"1" + b"}" * 3000,
    b'{"namespace":["a"],"properties":{"k":1e999999}}',
    b"\x1f\x8b\x08\x00" + b"\x00" * 50,
])
def test_wrong_json_is_400_or_413_in_json(rest, body):
    answer = rest.raw(request_bytes("POST", b"/v1/namespaces", body))
    assert status_of(answer) in (400, 413), answer
    assert b'{"error":{"message":' in answer


def test_an_empty_body_is_400(rest):
    assert_error(rest.call("POST", "/v1/namespaces"), 400, "BadRequestException")


def test_deep_nesting_in_a_commit_is_refused(rest, namespace):
    rest.create_table(namespace, "t")
    deep = '{"type":"list","element-id":1,"element-required":true,"element":' * 400 + '"int"' + "}" * 400
    body = '{"requirements":[],"updates":[{"action":"add-schema","schema":{"type":"struct","fields":' \
           '[{"id":3,"name":"deep","required":false,"type":%s}]}}]}' % deep
    answer = rest.call("POST", f"/v1/namespaces/{namespace}/tables/t", data=body)
    assert answer.status_code in (400, 413)
    assert answer.json()["error"]["message"]


def test_a_body_over_the_bound_is_413(rest):
    answer = rest.raw(b"POST /v1/namespaces HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000000\r\n\r\n{")
    assert status_of(answer) == 413
    assert b'"type":"PayloadTooLargeException","code":413' in answer


@pytest.mark.parametrize("length", [65536, 1000000])
def test_long_names_in_bodies_are_refused_or_served_but_answered(rest, namespace, length):
    name = "n" * length
    answers = [
        rest.post("/v1/namespaces", {"namespace": [name]}),
        rest.post(f"/v1/namespaces/{namespace}/tables", {"name": name, "schema": SCHEMA}),
        rest.post("/v1/tables/rename", {"source": {"namespace": [namespace], "name": name},
                                        "destination": {"namespace": [name], "name": name}}),
    ]
    for answer in answers:
        assert 400 <= answer.status_code < 500, answer.status_code
        assert answer.json()["error"]["message"]


def test_long_names_in_paths_are_answered(rest):
    for length in (1000, 8000):
        answer = rest.get("/v1/namespaces/" + "n" * length)
        assert answer.status_code in (400, 404)
        assert answer.json()["error"]["message"]
    answer = rest.raw(request_bytes("GET", b"/v1/namespaces/" + b"n" * 65536))
    assert status_of(answer) in (400, 404, 413, 414, 431)


def test_many_headers_are_answered(rest):
    answer = rest.raw(request_bytes("GET", b"/v1/config", headers=[b"X-H%d: %s" % (i, b"v" * 100) for i in range(1000)]))
    assert answer == b"" or status_of(answer) in (200, 400, 413, 431)


def test_names_with_odd_characters_reach_the_catalog_decoded_once(rest, namespace):
    for name in ("a/b", "a.b", "a b", "100%", "a%2Fb", "é", "日本", "a+b", "'; drop table x; --", "\U0001f41d"):
        answer = rest.get(f"/v1/namespaces/{namespace}/tables/{quote(name)}")
        assert_error(answer, 404, "NoSuchTableException", f"Table does not exist: {namespace}.{name.lower()}")


def test_a_client_that_stops_in_the_middle_hinders_nobody(rest, namespace):
    stopped = [rest.open(UNFINISHED[i % len(UNFINISHED)]) for i in range(40)]
    for _ in range(20):
        assert rest.get(f"/v1/namespaces/{namespace}").status_code == 200
    for connection in stopped:
        connection.close()


def test_a_client_that_leaves_before_the_answer_hinders_nobody(rest, namespace):
    for _ in range(50):
        rest.open(b"GET /v1/namespaces HTTP/1.1\r\nHost: x\r\n\r\n").close()
    assert rest.get(f"/v1/namespaces/{namespace}").status_code == 200


def test_pipelined_requests_are_answered_in_order(rest):
    one = b"GET /v1/config HTTP/1.1\r\nHost: x\r\n\r\n"
    last = request_bytes("GET", b"/v1/nothing")
    answer = rest.raw(one * 3 + last)
    assert answer.count(b"HTTP/1.1 200 ") == 3
    assert answer.count(b"HTTP/1.1 404 ") == 1
