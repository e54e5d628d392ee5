# SPDX-License-Identifier: Apache-2.0
"""PyIceberg through the REST door and through its Hive catalog: the life of a table, on each door and across them."""
import datetime
import subprocess
import sys
import pathlib
import json
import os

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyiceberg.exceptions import (
    NamespaceAlreadyExistsError,
    NamespaceNotEmptyError,
    NoSuchNamespaceError,
    NoSuchTableError,
    TableAlreadyExistsError,
)
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import DayTransform, IdentityTransform
from pyiceberg.types import DoubleType, LongType, NestedField, StringType, TimestampType

DOORS = ("rest", "hive")
ROWS = 2_000_000

EVENT_SCHEMA = Schema(
    NestedField(1, "id", LongType(), required=False),
    NestedField(2, "at", TimestampType(), required=False),
    NestedField(3, "region", StringType(), required=False),
    NestedField(4, "amount", DoubleType(), required=False),
)
EVENT_SPEC = PartitionSpec(
    PartitionField(2, 1000, DayTransform(), "day"),
    PartitionField(3, 1001, IdentityTransform(), "region"),
)


def events(first, count):
    """`count` rows with ids from `first`, over four days and three regions."""
    ids = pa.array(range(first, first + count), pa.int64())
    start = int(datetime.datetime(2024, 1, 1).timestamp()) * 1_000_000
    at = pc.add(pc.multiply(pc.bit_wise_and(ids, 3), 86_400_000_000), start).cast(pa.timestamp("us"))
    region = pc.choose(pc.bit_wise_and(ids, 1), pa.scalar("north"), pa.scalar("south"))
    return pa.table({"id": ids, "at": at, "region": region, "amount": pc.divide(ids.cast(pa.float64()), 8.0)})


@pytest.mark.parametrize("door", DOORS)
def test_the_life_of_a_partitioned_table(catalogs, namespace, door):
    catalog = catalogs[door]
    table = catalog.create_table(f"{namespace}.events", EVENT_SCHEMA, partition_spec=EVENT_SPEC,
                                 properties={"owner.team": "sales"})
    half = ROWS // 2
    table.append(events(0, half))
    table.append(events(half, half))
    with table.update_schema() as update:
        update.add_column("note", StringType(), "added later")
        update.rename_column("amount", "price")
    again = catalog.load_table(f"{namespace}.events")
    assert [f.name for f in again.schema().fields] == ["id", "at", "region", "price", "note"]
    assert again.properties["owner.team"] == "sales"
    read = again.scan(selected_fields=("id", "price", "region", "note")).to_arrow()
    assert read.num_rows == ROWS
    assert pc.sum(read["id"]).as_py() == ROWS * (ROWS - 1) // 2
    assert pc.sum(read["price"]).as_py() == pc.sum(events(0, ROWS)["amount"]).as_py()
    assert read["note"].null_count == ROWS
    north = again.scan("region == 'north' and id < 1000", selected_fields=("id",)).to_arrow()
    assert sorted(north["id"].to_pylist()) == sorted(
        events(0, 1000).filter(pc.field("region") == "north")["id"].to_pylist())
    assert len(again.history()) == 2


@pytest.mark.parametrize("maker,reader", [("rest", "hive"), ("hive", "rest")])
def test_a_table_of_one_door_is_read_and_appended_to_through_the_other(catalogs, namespace, maker, reader):
    name = f"{namespace}.shared"
    catalogs[maker].create_table(name, EVENT_SCHEMA, partition_spec=EVENT_SPEC).append(events(0, 1000))
    other = catalogs[reader].load_table(name)
    assert other.scan().to_arrow().num_rows == 1000
    other.append(events(1000, 500))
    assert [".".join(i) for i in catalogs[maker].list_tables(namespace)] == [name]
    table = catalogs[maker].load_table(name)
    assert table.scan().to_arrow().num_rows == 1500
    assert table.metadata_location == catalogs[reader].load_table(name).metadata_location
    with catalogs[maker].load_table(name).update_schema() as update:
        update.add_column("extra", LongType())
    assert "extra" in [f.name for f in catalogs[reader].load_table(name).schema().fields]
    catalogs[reader].rename_table(name, f"{namespace}.renamed")
    assert catalogs[maker].load_table(f"{namespace}.renamed").scan().to_arrow().num_rows == 1500
    with pytest.raises(NoSuchTableError):
        catalogs[maker].load_table(name)
    catalogs[maker].drop_table(f"{namespace}.renamed")
    with pytest.raises(NoSuchTableError):
        catalogs[reader].load_table(f"{namespace}.renamed")


def test_both_doors_see_the_same_namespaces(catalogs):
    rest, hive = catalogs["rest"], catalogs["hive"]
    hive.create_namespace("made_by_hive", {"team": "a"})
    assert ("made_by_hive",) in rest.list_namespaces()
    assert rest.load_namespace_properties("made_by_hive")["team"] == "a"
    rest.update_namespace_properties("made_by_hive", removals={"team"}, updates={"level": "2"})
    properties = hive.load_namespace_properties("made_by_hive")
    assert properties["level"] == "2" and "team" not in properties
    with pytest.raises(NamespaceAlreadyExistsError):
        rest.create_namespace("made_by_hive")
    rest.create_table("made_by_hive.t", EVENT_SCHEMA)
    for catalog in (rest, hive):
        with pytest.raises(TableAlreadyExistsError):
            catalog.create_table("made_by_hive.t", EVENT_SCHEMA)
        with pytest.raises(NamespaceNotEmptyError):
            catalog.drop_namespace("made_by_hive")
    hive.drop_table("made_by_hive.t")
    rest.drop_namespace("made_by_hive")
    with pytest.raises(NoSuchNamespaceError):
        hive.load_namespace_properties("made_by_hive")


@pytest.mark.parametrize("door", DOORS)
def test_a_write_that_replaces_rows_and_expires_nothing_keeps_history(catalogs, namespace, door):
    table = catalogs[door].create_table(f"{namespace}.replaced", EVENT_SCHEMA)
    table.append(events(0, 100))
    table.delete("id >= 50")
    table.overwrite(events(200, 10))
    again = catalogs[door].load_table(f"{namespace}.replaced")
    assert sorted(again.scan().to_arrow()["id"].to_pylist()) == list(range(200, 210))
    first = again.history()[0].snapshot_id
    assert again.scan(snapshot_id=first).to_arrow().num_rows == 100
    with again.manage_snapshots() as manage:
        manage.create_tag(first, "first").create_branch(first, "side")
    refs = catalogs["rest"].load_table(f"{namespace}.replaced").metadata.refs
    assert refs["first"].snapshot_id == first and refs["side"].snapshot_id == first


def test_four_processes_append_through_both_doors_and_nothing_acknowledged_is_lost(skep, catalogs, namespace):
    """Each process appends one row at a time, retries what was refused, and prints the ids that were acknowledged."""
    name = f"{namespace}.contended"
    catalogs["rest"].create_table(name, EVENT_SCHEMA)
    worker = pathlib.Path(__file__).with_name("append_worker.py")
    appends = 12
    processes = [
        subprocess.Popen(
            [sys.executable, str(worker), DOORS[number % 2], skep.rest_url, skep.thrift_url, name,
             str(number * 1000), str(appends)],
            stdout=subprocess.PIPE, text=True, env=os.environ)
        for number in range(4)
    ]
    acknowledged = []
    for process in processes:
        out, _ = process.communicate(timeout=500)
        assert process.returncode == 0
        acknowledged += json.loads(out)
    assert len(acknowledged) == 4 * appends
    stored = catalogs["hive"].load_table(name).scan().to_arrow()["id"].to_pylist()
    assert sorted(stored) == sorted(acknowledged), "an acknowledged append is lost or applied twice"
