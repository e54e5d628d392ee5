# SPDX-License-Identifier: Apache-2.0
"""PyIceberg appends to one table from many sides at once, with skep.commit.rebase-appends: each of them gets in at the first
try, and the table reads as if they had come one after the other."""
import concurrent.futures
import pathlib
import threading

import pyarrow as pa
import pytest
import requests
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import LongType, NestedField, StringType

from pyiceberg_doors import open_catalog

SCHEMA = Schema(NestedField(1, "id", LongType(), required=False), NestedField(2, "region", StringType(), required=False))
SPEC = PartitionSpec(PartitionField(2, 1000, IdentityTransform(), "region"))
REBASE = {"skep.commit.rebase-appends": "true", "commit.retry.num-retries": "0"}
APPENDERS = 16
ROUNDS = 3


def rows(first, count=1):
    return pa.table({"id": pa.array(range(first, first + count), pa.int64()),
                     "region": ["north" if n % 2 else "south" for n in range(first, first + count)]})


def rebased(skep):
    text = requests.get(f"{skep.management_url}/metrics", timeout=30).text
    return sum(int(line.split()[-1]) for line in text.splitlines() if line.startswith("skep_appends_rebased_total "))


def ids(table):
    return sorted(table.scan().to_arrow()["id"].to_pylist())


def chain(table):
    """The snapshots of main, the oldest first."""
    found, snapshot = [], table.current_snapshot()
    while snapshot:
        found.insert(0, snapshot)
        snapshot = table.snapshot_by_id(snapshot.parent_snapshot_id) if snapshot.parent_snapshot_id else None
    return found


def check_numbers(table, version):
    """What a reader relies on, snapshot by snapshot: sequence numbers, totals, and every manifest once."""
    total = 0
    for place, snapshot in enumerate(chain(table), start=1):
        assert snapshot.sequence_number == (0 if version == 1 else place)
        total += int(snapshot.summary["added-records"])
        assert int(snapshot.summary["total-records"]) == total
        manifests = snapshot.manifests(table.io)
        assert len({m.manifest_path for m in manifests}) == len(manifests) == place
        own = [m for m in manifests if m.added_snapshot_id == snapshot.snapshot_id]
        assert len(own) == 1
        if version > 1:
            assert (own[0].sequence_number, own[0].min_sequence_number) == (place, place)
            entry, = own[0].fetch_manifest_entry(table.io)[:1]
            assert (entry.sequence_number, entry.file_sequence_number) == (place, place)
        assert all(m.partitions and m.added_files_count for m in manifests)


@pytest.mark.parametrize("version", (1, 2))
def test_an_append_is_made_anew_for_the_present_head(skep, catalogs, namespace, version):
    catalog = catalogs["rest"]
    name = f"{namespace}.appends{version}"
    catalog.create_table(name, SCHEMA, partition_spec=SPEC, properties={**REBASE, "format-version": str(version)})
    late = [catalog.load_table(name) for _ in range(3)]  # each has seen the table empty
    late[0].append(rows(0, 4))
    seen = catalog.load_table(name)
    before = rebased(skep)
    late[1].append(rows(10))
    late[2].append(rows(20, 2))
    seen.append(rows(30))  # has seen the first one alone
    assert rebased(skep) == before + 3
    table = catalog.load_table(name)
    assert ids(table) == [0, 1, 2, 3, 10, 20, 21, 30]
    assert seen.metadata == table.metadata, "the answer of the last one is the table as it is"
    check_numbers(table, version)
    assert sorted(table.scan(row_filter="region = 'north'").to_arrow()["id"].to_pylist()) == [1, 3, 21]
    assert catalogs["hive"].load_table(name).scan().count() == 8


def test_without_the_property_it_is_refused(catalogs, namespace):
    catalog = catalogs["rest"]
    name = f"{namespace}.refused"
    catalog.create_table(name, SCHEMA, properties={"commit.retry.num-retries": "0"})
    late = catalog.load_table(name)
    catalog.load_table(name).append(rows(0))
    with pytest.raises(CommitFailedException, match="created concurrently"):
        late.append(rows(1))
    with catalog.load_table(name).transaction() as change:
        change.set_properties(REBASE)
    late = catalog.load_table(name)
    catalog.load_table(name).delete("id = 0")
    with pytest.raises(CommitFailedException, match="has changed"):
        late.append(rows(1))  # not by appends alone
    assert ids(catalog.load_table(name)) == []


def test_sixteen_appenders_get_in_at_the_first_try(skep, catalogs, namespace):
    name = f"{namespace}.hot"
    catalogs["rest"].create_table(name, SCHEMA, partition_spec=SPEC, properties=REBASE)
    together = threading.Barrier(APPENDERS)

    def appender(number):
        table = open_catalog(skep, "rest").load_table(name)
        for turn in range(ROUNDS):
            together.wait(120)
            table.append(rows(number * 100 + turn))

    before = rebased(skep)
    with concurrent.futures.ThreadPoolExecutor(APPENDERS) as pool:
        for done in [pool.submit(appender, n) for n in range(APPENDERS)]:
            done.result()
    table = catalogs["rest"].load_table(name)
    assert ids(table) == [n * 100 + turn for n in range(APPENDERS) for turn in range(ROUNDS)]
    assert len(chain(table)) == APPENDERS * ROUNDS
    check_numbers(table, 2)
    assert rebased(skep) > before
    named = {s.manifest_list for s in table.metadata.snapshots}
    directory = pathlib.Path(table.metadata_location.removeprefix("file://").removeprefix("file:")).parent
    made = [f"file://{p}" for p in directory.glob("snap-*-0-????????-????-8*.avro")]
    assert set(made) <= named, "a list of the server's that no snapshot names"


def test_an_append_that_merges_manifests(skep, catalogs, namespace):
    """A merging append drops manifests that it has seen and writes one in their place."""
    catalog = catalogs["rest"]
    name = f"{namespace}.merging"
    catalog.create_table(name, SCHEMA, properties={**REBASE, "commit.manifest-merge.enabled": "true",
                                                   "commit.manifest.min-count-to-merge": "3"})
    for number in range(2):
        catalog.load_table(name).append(rows(number))
    late = [catalog.load_table(name) for _ in range(2)]
    with catalog.load_table(name).transaction() as change:
        change.set_properties({"commit.manifest-merge.enabled": "false"})
    catalog.load_table(name).append(rows(50))  # adds one, and merges none
    late[0].append(rows(60))  # merges the two that it saw; the third one stays
    table = catalog.load_table(name)
    assert ids(table) == [0, 1, 50, 60]
    assert int(table.current_snapshot().summary["total-records"]) == 4
    merged, added = table.current_snapshot().manifests(table.io)
    assert (merged.sequence_number, merged.min_sequence_number, merged.existing_files_count) == (4, 1, 2)
    assert (added.sequence_number, added.min_sequence_number, added.added_files_count) == (3, 3, 1)
    with pytest.raises(CommitFailedException, match="has changed"):
        late[1].append(rows(70))  # has merged the same ones
    assert ids(catalog.load_table(name)) == [0, 1, 50, 60]
