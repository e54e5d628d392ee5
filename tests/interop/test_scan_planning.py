# SPDX-License-Identifier: Apache-2.0
"""Goal: a scan that the server plans reads what the client's own plan reads, and leaves out no file that has a row.
Method: tables of several partition specs with random rows; random filters; PyIceberg plans each filter on its own and through
the server, and reads the rows both ways. The protocol's own rules are asked with plain requests."""
import datetime
import decimal
import os
import random

import pyarrow as pa
import pytest
import requests
from pyiceberg.catalog import load_catalog
from pyiceberg.expressions import (And, EqualTo, GreaterThan, GreaterThanOrEqual, In, IsNull, LessThan, LessThanOrEqual, Not,
                                   NotEqualTo, NotIn, NotNull, NotStartsWith, Or, StartsWith)
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import (BucketTransform, DayTransform, IdentityTransform, MonthTransform, TruncateTransform,
                                  YearTransform)
from pyiceberg.types import DateType, DecimalType, DoubleType, LongType, NestedField, StringType, TimestampType

FILTERS = int(os.environ.get("SCAN_FILTERS", "40"))
WORDS = ["", "a", "ab", "abc", "b", "ba", "é", "zebra", "ab/c"]
SPECS = {
    "plain": [],
    "identity": [("id", IdentityTransform()), ("name", IdentityTransform())],
    "times": [("day", MonthTransform()), ("at", DayTransform())],
    "derived": [("name", TruncateTransform(1)), ("id", BucketTransform(3)), ("price", TruncateTransform(100)),
                ("at", YearTransform())],
}
KINDS = {"id": LongType(), "name": StringType(), "day": DateType(), "at": TimestampType(), "price": DecimalType(9, 2),
         "d": DoubleType()}


def random_value(rng, column):
    day = datetime.date(1969, 11, 1) + datetime.timedelta(days=rng.randrange(0, 120))
    return {
        "id": lambda: rng.randrange(-4, 5),
        "name": lambda: rng.choice(WORDS),
        "day": lambda: day,
        "at": lambda: datetime.datetime(1970, 1, 1) + datetime.timedelta(hours=rng.randrange(-4000, 4000)),
        "price": lambda: decimal.Decimal(rng.randrange(-500, 500)).scaleb(-2),
        "d": lambda: rng.choice([-1.5, 0.0, 2.25, 1e10]),
    }[column]()


def random_filter(rng, depth=0):
    if depth < 3 and rng.random() < 0.45:
        left, right = random_filter(rng, depth + 1), random_filter(rng, depth + 1)
        return rng.choice([lambda: And(left, right), lambda: Or(left, right), lambda: Not(left)])()
    column = rng.choice(list(KINDS))
    operator = rng.choice([EqualTo, NotEqualTo, LessThan, LessThanOrEqual, GreaterThan, GreaterThanOrEqual, In, NotIn, IsNull,
                           NotNull] + ([StartsWith, NotStartsWith] if column == "name" else []))
    if operator in (IsNull, NotNull):
        return operator(column)

    def literal():
        value = random_value(rng, column)
        return value.isoformat() if isinstance(value, (datetime.date, datetime.datetime)) else value
    if operator in (In, NotIn):
        return operator(column, {literal() for _ in range(rng.randrange(2, 4))})
    return operator(column, literal())


@pytest.fixture(scope="module", params=list(SPECS))
def scanned(request, skep):
    """A table with some files, through a catalog that plans itself and one that asks the server."""
    rng = random.Random(request.param)
    local = load_catalog("local", type="rest", uri=skep.rest_url)
    server = load_catalog("server", type="rest", uri=skep.rest_url, **{"scan-planning-mode": "server"})
    namespace = f"scan_{request.param}"
    local.create_namespace(namespace)
    schema = Schema(*[NestedField(i + 1, name, kind, required=False) for i, (name, kind) in enumerate(KINDS.items())])
    ids = {name: i + 1 for i, name in enumerate(KINDS)}
    spec = PartitionSpec(*[PartitionField(ids[name], 1000 + i, transform, f"{name}_{i}")
                           for i, (name, transform) in enumerate(SPECS[request.param])])
    table = local.create_table(f"{namespace}.t", schema, partition_spec=spec)
    arrow = table.schema().as_arrow()
    for _ in range(4):
        # PyIceberg takes no null in a partition from a server; columns that do not partition have some
        partitioned = {name for name, _ in SPECS[request.param]}
        rows = [{name: None if name not in partitioned and rng.random() < 0.2 else random_value(rng, name) for name in KINDS}
                for _ in range(12)]
        table.append(pa.Table.from_pylist(rows, schema=arrow))
    return table, server.load_table(f"{namespace}.t"), rng


def files_of(scan):
    return {task.file.file_path for task in scan.plan_files()}


def rows_of(scan):
    return sorted((str(row) for row in scan.to_arrow().to_pylist()))


def test_the_server_plans_what_the_client_would(scanned):
    table, served, rng = scanned
    assert files_of(served.scan()) == files_of(table.scan())
    for _ in range(FILTERS):
        row_filter = random_filter(rng)
        assert rows_of(served.scan(row_filter=row_filter)) == rows_of(table.scan(row_filter=row_filter)), row_filter
        # the server may see further than the client, and never less far than the rows need
        mine, theirs = files_of(table.scan(row_filter=row_filter)), files_of(served.scan(row_filter=row_filter))
        assert theirs <= files_of(table.scan())
        assert len(theirs) <= len(mine) + 1, (row_filter, theirs - mine)


@pytest.fixture
def plain(skep, catalogs, namespace):
    """A table of three files, one a snapshot; its url and its snapshots."""
    table = catalogs["rest"].create_table(f"{namespace}.t", Schema(NestedField(1, "id", LongType(), required=False),
                                                                   NestedField(2, "name", StringType(), required=False)))
    for i in range(3):
        table.append(pa.table({"id": pa.array([10 * i, 10 * i + 5], pa.int64()), "name": ["a", "b"]}))
    return f"{skep.rest_url}/v1/namespaces/{namespace}/tables/t", [snapshot.snapshot_id for snapshot in table.snapshots()]


def plan(url, **body):
    answer = requests.post(f"{url}/plan", json={key.replace("_", "-"): value for key, value in body.items()}, timeout=30)
    return answer.status_code, answer.json()


def test_bounds_leave_out_files_and_the_residual_says_what_is_left(plain):
    url, _ = plain
    term = {"type": "lt", "term": "id", "value": 10}
    status, body = plan(url, filter=term, stats_fields=["id"])
    assert status == 200 and body["status"] == "completed"
    assert len(body["file-scan-tasks"]) == 1
    task = body["file-scan-tasks"][0]
    assert task["residual-filter"] == term
    file = task["data-file"]
    assert (file["content"], file["file-format"], file["record-count"], file["partition"]) == ("data", "parquet", 2, [])
    assert file["value-counts"] == {"keys": [1], "values": [2]}
    assert file["lower-bounds"] == {"keys": [1], "values": ["0000000000000000"]}
    assert "delete-files" not in body


def test_an_old_snapshot_and_a_range_of_appends_are_planned(plain):
    url, snapshots = plain
    assert len(plan(url, snapshot_id=snapshots[0])[1]["file-scan-tasks"]) == 1
    assert len(plan(url)[1]["file-scan-tasks"]) == 3
    assert len(plan(url, start_snapshot_id=snapshots[0], end_snapshot_id=snapshots[2])[1]["file-scan-tasks"]) == 2


@pytest.mark.parametrize("body, words", [
    ({"snapshot_id": 42}, "Cannot find snapshot 42"),
    ({"start_snapshot_id": 1}, "end-snapshot-id"),
    ({"filter": {"type": "lt", "term": "nope", "value": 1}}, "nope"),
    ({"filter": {"type": "lt", "term": "id", "value": "ten"}}, "ten"),
    ({"filter": {"type": "almost", "term": "id"}}, "almost"),
    ({"filter": {"type": "lt", "term": "id"}}, "value"),
    ({"filter": 7}, "filter"),
])
def test_a_request_that_makes_no_sense_is_refused_with_a_reason(plain, body, words):
    status, answer = plan(plain[0], **body)
    assert status == 400 and words in answer["error"]["message"]


def test_what_was_never_planned_is_not_found(plain):
    url, _ = plain
    unknown = "0190a5b6-0000-7000-8000-000000000000"
    for answer, kind in [
        (requests.get(f"{url}/plan/{unknown}", timeout=30), "NoSuchPlanIdException"),
        (requests.get(f"{url}/plan/x", timeout=30), "NoSuchPlanIdException"),
        (requests.delete(f"{url}/plan/{unknown}", timeout=30), "NoSuchPlanIdException"),
        (requests.post(f"{url}/tasks", json={"plan-task": f"{unknown}.0"}, timeout=30), "NoSuchPlanTaskException"),
        (requests.post(f"{url}/tasks", json={"plan-task": "nonsense"}, timeout=30), "NoSuchPlanTaskException"),
        (requests.post(f"{url}x/plan", json={}, timeout=30), "NoSuchTableException"),
    ]:
        assert (answer.status_code, answer.json()["error"]["type"]) == (404, kind)


def test_a_large_scan_is_answered_in_parts_that_any_server_finds_again(skep, catalogs, namespace):
    files = 1500
    table = catalogs["rest"].create_table(
        f"{namespace}.large", Schema(NestedField(1, "id", LongType(), required=False)),
        partition_spec=PartitionSpec(PartitionField(1, 1000, IdentityTransform(), "id")))
    table.append(pa.table({"id": pa.array(range(files), pa.int64())}))
    url = f"{skep.rest_url}/v1/namespaces/{namespace}/tables/large"
    status, body = plan(url)
    assert status == 200 and body["status"] == "completed" and "file-scan-tasks" not in body
    seen = []
    for task in body["plan-tasks"]:
        part = requests.post(f"{url}/tasks", json={"plan-task": task}, timeout=60).json()
        seen += [file["data-file"]["partition"][0] for file in part["file-scan-tasks"]]
    assert sorted(seen) == list(range(files))
    again = requests.get(f"{url}/plan/{body['plan-id']}", timeout=30).json()
    assert again["plan-tasks"] == body["plan-tasks"] and again["status"] == "completed"
    # a filter on the partition needs one file, and is answered at once
    one = plan(url, filter={"type": "eq", "term": "id", "value": 77})[1]
    assert [task["residual-filter"] for task in one["file-scan-tasks"]] == [True]
    assert requests.delete(f"{url}/plan/{body['plan-id']}", timeout=30).status_code == 204
    assert requests.get(f"{url}/plan/{body['plan-id']}", timeout=30).status_code == 404
    assert requests.post(f"{url}/tasks", json={"plan-task": body["plan-tasks"][0]}, timeout=30).status_code == 404
