# SPDX-License-Identifier: Apache-2.0
"""Goal: every answer that docs/rest-api.md claims of a route of the specification is really given, and what all routes
promise together (400, 404 of an unknown catalog, 405) holds for each of them.

Method: the page is read; each of its claims is provoked by a request of its own, and a claim that nobody provokes fails.
"""
import os
import pathlib
import re
import urllib.parse
import uuid

import pytest
from rest_client import SCHEMA, assert_error, quote, view_request, view_version

PAGE = (pathlib.Path(__file__).parents[3] / "docs" / "rest-api.md").read_text(encoding="utf-8")
ROUTES = re.findall(r"^\| `(\w+) (\S+)` \| .*? \| (.*?) \|$", PAGE, re.M)
NS = "/v1/{prefix}/namespaces/{namespace}"
TABLE = NS + "/tables/{table}"
VIEW = NS + "/views/{view}"

# Answers that a request alone cannot bring about, and where they are shown instead.
SHOWN_ELSEWHERE = {
    ("POST", TABLE, "500", "CommitStateUnknown"): "the store's and the fault tests cut connections",
    ("POST", VIEW, "500", "CommitStateUnknown"): "as above",
    ("POST", "/v1/{prefix}/transactions/commit", "500", "CommitStateUnknown"): "as above",
    ("POST", TABLE + "/unregister", "409", "CommitFailed"): "needs writers that win eleven times in a row",
    ("GET", TABLE + "/credentials", "403", ""): "needs an object store: the tests of access to files",
    ("GET", TABLE + "/credentials", "503", ""): "as above",
    ("POST", "/v1/{prefix}/aws/s3/sign", "200", ""): "as above",
    ("POST", "/v1/{prefix}/aws/s3/sign", "403", ""): "as above",
    ("POST", "/v1/{prefix}/aws/s3/sign", "404", "NoSuchCatalog"): "as above",
    ("POST", TABLE + "/sign", "200", ""): "as above",
    ("POST", TABLE + "/sign", "403", ""): "as above",
    ("POST", TABLE + "/sign", "404", "NoSuchTable"): "as above",
}


def claims():
    """(method, path, status, exception's name or "") of each answer on the page."""
    for method, path, answers in ROUTES:
        if not path.startswith("/v1/"):
            continue
        status = None
        for part in re.split(r"[;,] ", re.sub(r" \([^)]*\)", "", answers)):
            number, _, words = part.partition(" ")
            if number.isdigit():
                status = number
            else:
                words = part
            is_type = re.fullmatch(r"[A-Z]\w+", words) and not words.startswith("Etag")
            yield method, path, status, words if is_type else ""


class World:
    """Requests about one namespace of a test's own."""

    def __init__(self, rest, namespace):
        self.rest, self.namespace = rest, namespace

    def fill(self, path, **names):
        names = {"prefix": "hive", "namespace": self.namespace, "table": "t", "view": "v", "function": "f",
                 "plan-id": str(uuid.uuid4()), **names}
        return re.sub(r"\{([\w-]+)\}", lambda place: quote(names.get(place[1], "nothing")), path)

    def call(self, method, path, body=None, headers=None, query="", **names):
        return self.rest.call(method, self.fill(path, **names) + query, body, headers=headers or {})

    def table(self, name="t", **members):
        return self.rest.create_table(self.namespace, name, **members)

    def view(self, name="v"):
        return self.rest.create_view(self.namespace, name)

    def lose(self, loaded):
        path = urllib.parse.unquote(urllib.parse.urlsplit(loaded["metadata-location"]).path)
        if not os.path.exists(path):
            pytest.skip("the warehouse is not on this machine")
        os.unlink(path)

    def dropped(self, kind, name):
        """The metadata location of a table or view that is no longer there."""
        loaded = self.table(name) if kind == "tables" else self.view(name)
        assert self.rest.delete(f"/v1/namespaces/{self.namespace}/{kind}/{name}").status_code == 204
        return loaded["metadata-location"]

    def identifier(self, name, namespace=None):
        return {"namespace": [namespace or self.namespace], "name": name}

    def rename(self, kind, source, target, target_namespace=None):
        return self.rest.post(f"/v1/hive/{kind}/rename", {
            "source": self.identifier(source), "destination": self.identifier(target, target_namespace)})

    def transaction(self, *names, requirements=()):
        return self.rest.post("/v1/hive/transactions/commit", {"table-changes": [
            {"identifier": self.identifier(name), "requirements": list(requirements), "updates": [SET]} for name in names]})

    def planned(self):
        self.table()
        return self.call("POST", TABLE + "/plan", {})

    def function(self):
        answer = self.rest.post(f"/management/v1/namespaces/{self.namespace}/functions", {"name": "f", "metadata": {
            "function-uuid": str(uuid.uuid4()), "format-version": 1, "definition-log": [], "definitions": [{
                "definition-id": "int", "parameters": [], "return-type": "int", "function-type": "udf",
                "current-version-id": 1, "versions": [{"version-id": 1, "timestamp-ms": 1, "representations": []}]}]}})
        assert answer.status_code == 204, answer.text


SET = {"action": "set-properties", "updates": {"a": "1"}}
CHANGE = {"requirements": [], "updates": [SET]}
STALE = {"requirements": [{"type": "assert-table-uuid", "uuid": str(uuid.UUID(int=1))}], "updates": [SET]}
STALE_VIEW = {"requirements": [{"type": "assert-view-uuid", "uuid": str(uuid.UUID(int=1))}], "updates": [SET]}
CREATE = {"name": "t", "schema": SCHEMA}
PROVOKED = {}


def provokes(method, path, status, error_type="", prepare=None):
    """Registers a function that takes the world and gives an answer."""
    def register(function):
        PROVOKED[(method, path, status, error_type)] = function
        return function
    return register


def simple(method, path, status, error_type="", before=None, body=None, **arguments):
    """The same for a request whose world is made by `before`."""
    def run(world):
        if before:
            before(world)
        return world.call(method, path, body, **arguments)
    PROVOKED[(method, path, status, error_type)] = run


MISSING = {"namespace": "missing"}
NAMESPACES = "/v1/{prefix}/namespaces"
simple("GET", "/v1/config", "200")
simple("GET", "/v1/config", "404", "NoSuchWarehouse", query="?warehouse=nowhere")
simple("GET", NAMESPACES, "200")
simple("GET", NAMESPACES, "404", "NoSuchNamespace", query="?parent=missing")
provokes("POST", NAMESPACES, "200")(lambda w: w.call("POST", NAMESPACES, {"namespace": [w.namespace, "child"]}))
provokes("POST", NAMESPACES, "404", "NoSuchNamespace")(lambda w: w.call("POST", NAMESPACES, {"namespace": ["missing", "c"]}))
provokes("POST", NAMESPACES, "409", "AlreadyExists")(lambda w: w.call("POST", NAMESPACES, {"namespace": [w.namespace]}))
simple("GET", NS, "200")
simple("GET", NS, "404", "NoSuchNamespace", **MISSING)
simple("HEAD", NS, "204")
simple("HEAD", NS, "404", **MISSING)
simple("DELETE", NS, "204")
simple("DELETE", NS, "404", "NoSuchNamespace", **MISSING)
simple("DELETE", NS, "409", "NamespaceNotEmpty", before=World.table)
simple("POST", NS + "/properties", "200", body={"updates": {"a": "1"}})
simple("POST", NS + "/properties", "404", "NoSuchNamespace", body={"updates": {"a": "1"}}, **MISSING)
simple("POST", NS + "/properties", "422", body={"updates": {"a": "1"}, "removals": ["a"]})
for kind, one in (("tables", TABLE), ("views", VIEW), ("functions", None)):
    simple("GET", f"{NS}/{kind}", "200")
    simple("GET", f"{NS}/{kind}", "404", "NoSuchNamespace", **MISSING)
simple("POST", NS + "/tables", "200", body=CREATE)
simple("POST", NS + "/tables", "404", "NoSuchNamespace", body=CREATE, **MISSING)
simple("POST", NS + "/tables", "409", "AlreadyExists", before=World.table, body=CREATE)
simple("POST", NS + "/views", "200", body=view_request("v"))
simple("POST", NS + "/views", "404", "NoSuchNamespace", body=view_request("v"), **MISSING)
simple("POST", NS + "/views", "409", "AlreadyExists", before=World.view, body=view_request("v"))


def register_claims(path, kind):
    def body(world, location, **members):
        return {"name": "r", "metadata-location": location, **members}

    def given(world, **names):
        return world.call("POST", path, body(world, world.dropped(kind, "old")), **names)

    def taken(world):
        world.table("r")
        return given(world)

    def lost(world):
        location = world.dropped(kind, "old")
        world.lose({"metadata-location": location})
        return world.call("POST", path, body(world, location))

    PROVOKED[("POST", path, "200", "")] = given
    PROVOKED[("POST", path, "404", "NoSuchNamespace")] = lambda world: given(world, namespace="missing")
    PROVOKED[("POST", path, "404", "NotFound")] = lost
    PROVOKED[("POST", path, "409", "AlreadyExists")] = taken


register_claims(NS + "/register", "tables")
register_claims(NS + "/register-view", "views")


def lost_table(world):
    world.lose(world.table())


@provokes("GET", TABLE, "304")
def load_what_is_known(world):
    world.table()
    tag = world.call("GET", TABLE).headers["ETag"]
    return world.call("GET", TABLE, headers={"If-None-Match": tag})


simple("GET", TABLE, "200", before=World.table)
simple("GET", TABLE, "404", "NoSuchTable")
simple("GET", TABLE, "404", "NotFound", before=lost_table)
simple("HEAD", TABLE, "204", before=World.table)
simple("HEAD", TABLE, "404")
simple("POST", TABLE, "200", before=World.table, body=CHANGE)
simple("POST", TABLE, "404", "NoSuchTable", body=CHANGE)
simple("POST", TABLE, "409", "CommitFailed", before=World.table, body=STALE)
simple("DELETE", TABLE, "204", before=World.table)
simple("DELETE", TABLE, "404", "NoSuchTable")
simple("POST", TABLE + "/unregister", "200", before=World.table)
simple("POST", TABLE + "/unregister", "404", "NoSuchTable")
simple("POST", TABLE + "/unregister", "404", "NotFound", before=lost_table)
SIGN = {"region": "r", "uri": "http://s/b/k", "method": "GET", "headers": {}}
simple("GET", TABLE + "/credentials", "200", before=World.table)
simple("GET", TABLE + "/credentials", "404", "NoSuchTable")
simple("POST", TABLE + "/sign", "406", before=World.table, body=SIGN)
simple("POST", "/v1/{prefix}/aws/s3/sign", "406", body=SIGN)
simple("POST", TABLE + "/metrics", "204", before=World.table, body={"report-type": "scan-report"})
simple("POST", TABLE + "/metrics", "404", "NoSuchTable", body={"report-type": "scan-report"})
simple("POST", TABLE + "/metrics", "413", before=World.table, body={"report-type": "x" * 70000})
simple("POST", TABLE + "/plan", "200", before=World.table, body={})
simple("POST", TABLE + "/plan", "404", "NoSuchTable", body={})
simple("POST", TABLE + "/tasks", "404", "NoSuchTable", body={"plan-task": "x"})
simple("POST", TABLE + "/tasks", "404", "NoSuchPlanTask", before=World.table, body={"plan-task": "x"})
for method in ("GET", "DELETE"):
    simple(method, TABLE + "/plan/{plan-id}", "404", "NoSuchTable")
    simple(method, TABLE + "/plan/{plan-id}", "404", "NoSuchPlanId", before=World.table)
simple("GET", VIEW, "200", before=World.view)
simple("GET", VIEW, "404", "NoSuchView")
simple("HEAD", VIEW, "204", before=World.view)
simple("HEAD", VIEW, "404")
simple("POST", VIEW, "200", before=World.view, body=CHANGE)
simple("POST", VIEW, "404", "NoSuchView", body=CHANGE)
simple("POST", VIEW, "409", "CommitFailed", before=World.view, body=STALE_VIEW)
simple("DELETE", VIEW, "204", before=World.view)
simple("DELETE", VIEW, "404", "NoSuchView")
simple("GET", NS + "/functions/{function}", "200", before=World.function)
simple("GET", NS + "/functions/{function}", "404", "NoSuchFunction")
simple("GET", NS + "/functions/{function}", "404", "NoSuchNamespace", **MISSING)
simple("POST", "/v1/oauth/tokens", "400")


def rename_claims(kind, make, missing):
    path = f"/v1/{{prefix}}/{kind}/rename"

    def into(world, *names):
        for name in ("a", *names):
            make(world, name)
        return world.rename(kind, "a", "b", None)

    def nowhere(world):
        make(world, "a")
        return world.rename(kind, "a", "b", "missing")

    PROVOKED[("POST", path, "204", "")] = into
    PROVOKED[("POST", path, "404", missing)] = lambda world: world.rename(kind, "a", "b")
    PROVOKED[("POST", path, "404", "NoSuchNamespace")] = nowhere
    PROVOKED[("POST", path, "409", "AlreadyExists")] = lambda world: into(world, "b")


rename_claims("tables", World.table, "NoSuchTable")
rename_claims("views", World.view, "NoSuchView")
TRANSACTION = "/v1/{prefix}/transactions/commit"


@provokes("POST", TRANSACTION, "204")
def commit_two(world):
    world.table("a")
    world.table("b")
    return world.transaction("a", "b")


@provokes("POST", TRANSACTION, "404", "NoSuchTable")
def commit_to_one_that_is_missing(world):
    world.table("a")
    return world.transaction("a", "b")


@provokes("POST", TRANSACTION, "409", "CommitFailed")
def commit_on_what_is_no_more(world):
    world.table("a")
    return world.transaction("a", requirements=STALE["requirements"])


@pytest.fixture
def world(rest, namespace):
    return World(rest, namespace)


def needs_a_kept_plan(claim):
    """Plans are kept only of scans of many files: shown in tests/interop/test_scan_planning.py."""
    method, path, status, error_type = claim
    return status in ("200", "204") and (path.endswith("/tasks") or path.endswith("{plan-id}"))


@pytest.mark.parametrize("claim", list(claims()), ids=" ".join)
def test_a_claim_of_the_page_holds(world, claim):
    method, path, status, error_type = claim
    if claim in SHOWN_ELSEWHERE or needs_a_kept_plan(claim):
        assert claim not in PROVOKED
        return
    assert claim in PROVOKED, "say in this file how this answer comes about"
    answer = PROVOKED[claim](world)
    assert answer.status_code == int(status), answer.text
    if method == "HEAD" or status in ("204", "304"):
        assert answer.content == b""
    elif error_type:
        assert_error(answer, int(status), error_type + "Exception")
    else:
        assert answer.headers["Content-Type"] == "application/json" and answer.json()


def test_nothing_is_provoked_that_the_page_does_not_claim():
    assert set(PROVOKED) | set(SHOWN_ELSEWHERE) <= set(claims())


ALL = [(method, path.split("?")[0]) for method, path, _ in ROUTES]
BODIES = [(method, path.split("?")[0]) for method, path, answers in ROUTES if answers.startswith("takes ") or (
    method == "POST" and path.startswith("/v1/") and not path.endswith(("/unregister", "/oauth/tokens")))]


@pytest.mark.parametrize("route", [(method, path.split("?")[0]) for method, path, answers in ROUTES
                                   if "{prefix}" in path and "404" in answers and (method, path) not in BODIES], ids=" ".join)
def test_an_unknown_catalog_is_404(world, route):
    method, path = route
    answer = world.call(method, path, prefix="nocatalog")
    assert answer.status_code == 404
    if method != "HEAD":
        assert answer.json()["error"]["type"] != "NoSuchRouteException"


@pytest.mark.parametrize("route", BODIES, ids=" ".join)
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b'{"a":1}{"b":2}'])
def test_a_body_that_is_no_object_is_400(world, route, body):
    method, path = route
    world.table()
    world.view()
    answer = world.rest.call(method, world.fill(path), data=body)
    assert answer.status_code == 400 and answer.json()["error"]["code"] == 400


@pytest.mark.parametrize("path", sorted({path for _, path in ALL}))
def test_other_verbs_are_405_and_the_right_ones_are_told(world, path):
    answer = world.call("PUT", path)
    assert_error(answer, 405, "MethodNotAllowedException")
    told = set(answer.headers["Allow"].split(", "))
    assert told == {method for method, other in ALL if other == path}


@pytest.mark.parametrize("name", ["a b", "a/b", "a.b", "a%b", "a%2fb", "ä€", "a+b", "a?b#c", "a;b,c"])
def test_any_name_goes_through_every_route(world, rest, name):
    """Decoded once, after splitting, in the path and in the namespace; told back as it was."""
    nested = f"{world.namespace}\x1f{name}"
    assert rest.post("/v1/namespaces", {"namespace": [world.namespace, name]}).status_code == 200
    here = World(rest, nested)
    assert here.call("GET", NS).json()["namespace"] == [world.namespace, name]
    rest.create_table(nested, name)
    for path in (TABLE, "/management/v1/{prefix}/namespaces/{namespace}/tables/{table}"):
        assert here.call("GET", path, table=name).status_code == 200, path
    assert here.call("HEAD", TABLE, table=name).status_code == 204
    assert here.call("POST", TABLE, CHANGE, table=name).status_code == 200
    assert here.call("GET", NS + "/tables").json()["identifiers"] == [{"namespace": [world.namespace, name], "name": name}]
    renamed = rest.post("/v1/tables/rename", {
        "source": {"namespace": [world.namespace, name], "name": name},
        "destination": {"namespace": [world.namespace, name], "name": name + "2"}})
    assert renamed.status_code == 204, renamed.text
    assert here.call("DELETE", TABLE, table=name + "2").status_code == 204
    rest.create_view(nested, name)
    assert here.call("GET", VIEW, view=name).json()["metadata"]["view-uuid"]
    assert here.call("POST", VIEW, {"requirements": [], "updates": [
        {"action": "add-view-version", "view-version": view_version("select 2", version_id=2)},
        {"action": "set-current-view-version", "view-version-id": -1}]}, view=name).status_code == 200
    assert here.call("DELETE", VIEW, view=name).status_code == 204
    assert here.call("DELETE", NS).status_code == 204


def test_tags_of_create_register_and_commit_are_the_loads(world):
    """A client keeps what it made by its tag; the answer with fewer snapshots has a tag of its own."""
    created = world.call("POST", NS + "/tables", CREATE)
    loaded = world.call("GET", TABLE)
    assert created.headers["ETag"] == loaded.headers["ETag"]
    few = world.call("GET", TABLE, query="?snapshots=refs")
    assert few.headers["ETag"] != loaded.headers["ETag"]
    assert world.call("GET", TABLE, query="?snapshots=refs", headers={"If-None-Match": loaded.headers["ETag"]}).status_code == 200
    committed = world.call("POST", TABLE, CHANGE)
    assert committed.headers["ETag"] not in (created.headers["ETag"], few.headers["ETag"])
    known = {"If-None-Match": f'"other", W/{committed.headers["ETag"]}'}
    assert world.call("GET", TABLE, headers=known).status_code == 304
    assert world.call("GET", TABLE, query="?snapshots=all", headers=known).status_code == 304
    location = committed.json()["metadata-location"]
    assert world.call("DELETE", TABLE).status_code == 204
    registered = world.call("POST", NS + "/register", {"name": "t", "metadata-location": location})
    assert registered.headers["ETag"] == world.call("GET", TABLE).headers["ETag"]


def test_the_chain_of_views_that_refer_to_a_table_is_taken(world):
    world.table()
    world.view()
    for query in ("?referenced-by=ns%1Fv", "?referenced-by=a%1Fb%1Fouter,c%1Finner%2Cname&snapshots=refs"):
        assert world.call("GET", TABLE, query=query).status_code == 200
        assert world.call("GET", VIEW, query=query).status_code == 200


def test_a_table_twice_in_one_transaction_is_400_and_changes_nothing(world):
    before = world.table("a")["metadata-location"]
    assert_error(world.transaction("a", "A"), 400, "BadRequestException", "twice")
    assert world.call("GET", TABLE, table="a").json()["metadata-location"] == before


@pytest.mark.parametrize("kind", ["tables", "views", "namespaces"])
def test_pages_are_stable_while_names_come_and_go(world, kind):
    """What is there from the first page to the last is listed once; tokens outlive the name that they stand for."""
    def make(name):
        if kind == "namespaces":
            world.rest.create_namespace(world.namespace, name)
        else:
            (world.table if kind == "tables" else world.view)(name)

    def drop(name):
        path = f"{NS}%1F{name}" if kind == "namespaces" else f"{NS}/{kind}/{name}"
        assert world.call("DELETE", path).status_code == 204

    for name in ("b", "d", "f", "h"):
        make(name)
    base = f"{NAMESPACES}?parent={world.namespace}&" if kind == "namespaces" else f"{NS}/{kind}?"
    seen, token, steps = [], "", iter([lambda: (drop("d"), make("a")), lambda: (make("e"), make("g")), lambda: drop("b")])
    while token is not None:
        page = world.call("GET", base + f"pageSize=2&pageToken={urllib.parse.quote(token, safe='')}").json()
        seen += [item[-1] if kind == "namespaces" else item["name"] for item in page.get("identifiers", page.get("namespaces"))]
        token = page["next-page-token"]
        next(steps, lambda: None)()
    assert len(seen) == len(set(seen)) and {"b", "f", "h"} <= set(seen) and "a" not in seen
