# SPDX-License-Identifier: Apache-2.0
"""Goal: manifests and their lists are read as PyIceberg reads them, and damaged ones end in an error.
Method: PyIceberg writes tables of every partition transform into a directory; both read the files."""
import datetime
import decimal
import json
import os
import pathlib
import subprocess
import uuid

import pyarrow as pa
import pytest
from pyiceberg.catalog.memory import InMemoryCatalog
from pyiceberg.io.pyarrow import PyArrowFileIO
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import BucketTransform, DayTransform, IdentityTransform, TruncateTransform
from pyiceberg.types import (BooleanType, DateType, DecimalType, DoubleType, FloatType, IntegerType, LongType, NestedField,
                             StringType, TimestampType, UUIDType)

PROGRAM = os.environ.get("MANIFEST_ROWS")
COLUMNS = [
    ("id", LongType(), [1, 2, -9223372036854775808, None]),
    ("name", StringType(), ["a", "ä/b", "", None]),
    ("price", DecimalType(10, 2), [decimal.Decimal("1.25"), decimal.Decimal("-3.00"), decimal.Decimal("99.99"), None]),
    ("day", DateType(), [datetime.date(2024, 1, 1), datetime.date(1969, 12, 31), datetime.date(2024, 1, 2), None]),
    ("at", TimestampType(), [datetime.datetime(2024, 1, 1, 5), datetime.datetime(1969, 12, 31, 23),
                             datetime.datetime(2030, 1, 1), None]),
    ("flag", BooleanType(), [True, False, True, None]),
    ("f", FloatType(), [1.5, -2.25, 0.0, None]),
    ("d", DoubleType(), [1.5, -2.25, 1e30, None]),
    ("i", IntegerType(), [1, -2, 3, None]),
]
SPECS = {
    "none": [],
    "identity": [("id", IdentityTransform()), ("name", IdentityTransform()), ("price", IdentityTransform()),
                 ("flag", IdentityTransform()), ("d", IdentityTransform())],
    "derived": [("day", DayTransform()), ("at", DayTransform()), ("name", TruncateTransform(1)), ("i", BucketTransform(4))],
}


def rows_of(kind, path):
    answer = subprocess.run([PROGRAM, kind, path], capture_output=True, text=True, check=True, timeout=60)
    return [json.loads(line) for line in answer.stdout.splitlines()]


def file_of(uri):
    return uri.removeprefix("file://")


@pytest.fixture(scope="module", params=[f"{spec}-v{version}" for spec in SPECS for version in (1, 2)])
def table(request, tmp_path_factory):
    spec_name, version = request.param.split("-v")
    schema = Schema(*[NestedField(i + 1, name, kind, required=False) for i, (name, kind, _) in enumerate(COLUMNS)])
    ids = {name: i + 1 for i, (name, _, _) in enumerate(COLUMNS)}
    spec = PartitionSpec(*[PartitionField(ids[name], 1000 + i, transform, f"{name}_{i}")
                           for i, (name, transform) in enumerate(SPECS[spec_name])])
    catalog = InMemoryCatalog("m", warehouse=f"file://{tmp_path_factory.mktemp('warehouse')}")
    catalog.create_namespace("n")
    table = catalog.create_table("n.t", schema, partition_spec=spec, properties={"format-version": version})
    data = pa.table({name: pa.array(values, type=table.schema().as_arrow().field(name).type) for name, _, values in COLUMNS})
    table.append(data)
    table.append(data.slice(0, 2))
    table.delete("i = 1")
    return table


def expected_value(value):
    if value is None:
        return {}
    if isinstance(value, bool):
        return {"integer": int(value)}
    if isinstance(value, float):
        return {"number": value}
    if isinstance(value, int):
        return {"integer": value}
    if isinstance(value, (datetime.date, datetime.datetime)):
        return {"integer": (value - datetime.date(1970, 1, 1)).days}
    if isinstance(value, decimal.Decimal):
        unscaled = int(value.scaleb(2))
        return {"integer_of_bytes": unscaled}
    if isinstance(value, uuid.UUID):
        return {"bytes": value.bytes.hex()}
    return {"bytes": value.encode().hex()}


def same_value(ours, theirs):
    expected = expected_value(theirs)
    if "integer_of_bytes" in expected:
        return int.from_bytes(bytes.fromhex(ours["bytes"]), "big", signed=True) == expected["integer_of_bytes"]
    return ours == expected


def test_a_manifest_list_is_read_as_pyiceberg_reads_it(table):
    for snapshot in table.snapshots():
        theirs = snapshot.manifests(PyArrowFileIO())
        ours = rows_of("list", file_of(snapshot.manifest_list))
        assert [row["path"] for row in ours] == [manifest.manifest_path for manifest in theirs]
        for row, manifest in zip(ours, theirs):
            assert (row["length"], row["spec"], row["content"]) == (
                manifest.manifest_length, manifest.partition_spec_id, int(manifest.content))
            assert (row["sequence"], row["snapshot"]) == (manifest.sequence_number, manifest.added_snapshot_id)
            assert row["added"] == manifest.added_files_count
            summaries = [{"null": s.contains_null, "lower": s.lower_bound.hex() if s.lower_bound is not None else None,
                          "upper": s.upper_bound.hex() if s.upper_bound is not None else None}
                         for s in manifest.partitions or []]
            assert row["partitions"] == summaries


def test_a_manifest_is_read_as_pyiceberg_reads_it(table):
    seen = 0
    for manifest in table.current_snapshot().manifests(PyArrowFileIO()):
        theirs = manifest.fetch_manifest_entry(PyArrowFileIO(), discard_deleted=False)
        ours = rows_of("entries", file_of(manifest.manifest_path))
        assert [row["path"] for row in ours] == [entry.data_file.file_path for entry in theirs]
        for row, entry in zip(ours, theirs):
            file = entry.data_file
            assert row["status"] == int(entry.status)
            assert (row["records"], row["bytes"], row["format"]) == (
                file.record_count, file.file_size_in_bytes, file.file_format.value)
            assert len(row["partition"]) == len(table.spec().fields)
            for ours_value, theirs_value in zip(row["partition"], list(file.partition)):
                assert same_value(ours_value, theirs_value), (ours_value, theirs_value)
            assert row["lower"] == {str(k): v.hex() for k, v in file.lower_bounds.items()}
            assert row["upper"] == {str(k): v.hex() for k, v in file.upper_bounds.items()}
            assert row["nulls"] == {str(k): v for k, v in file.null_value_counts.items()}
            seen += 1
    assert seen > 0


def test_damaged_files_end_in_an_error_and_never_in_a_crash(table):
    manifest = table.current_snapshot().manifests(PyArrowFileIO())[0]
    for path in (table.current_snapshot().manifest_list, manifest.manifest_path):
        # avro-c itself loses some memory when it gives up on a file: leaks are not counted here
        answer = subprocess.run([PROGRAM, "damage", file_of(path), "7", "2000"], capture_output=True, text=True,
                                timeout=300, check=False, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
        assert answer.returncode == 0, answer.stderr
        counts = json.loads(answer.stdout)
        assert counts["of"] == 2000 and counts["refused"] > 1000


@pytest.mark.parametrize("content, words", [(b"", "begin"), (b"Obj\x01", "header"), (b"Obj\x01\x00" + b"x" * 16, "schema")])
def test_what_is_no_avro_file_is_said_to_be_none(content, words, tmp_path):
    path = pathlib.Path(tmp_path, "x")
    path.write_bytes(content)
    assert words in rows_of("list", str(path))[0]["error"]
