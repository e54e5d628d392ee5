# SPDX-License-Identifier: Apache-2.0
"""A server whose warehouse is in an object store, used by PyIceberg: tables are made, written, read, dropped; what the
server writes is there and what it drops is gone."""
import time

import pyarrow as pa
import pytest

from storage.conftest import keys_below

ROWS = pa.table({"id": pa.array([1, 2, 3], pa.int64()), "name": ["a", "b", "c"]})


def test_a_table_is_written_read_and_purged(make_server, iceberg, objects):
    server = make_server()
    catalog = iceberg(server)
    catalog.create_namespace("sales")
    table = catalog.create_table("sales.orders", ROWS.schema)
    assert table.location().startswith(server.store_warehouse)
    for _ in range(3):
        table.append(ROWS)
    assert iceberg(server).load_table("sales.orders").scan().to_arrow().num_rows == 9
    kept = keys_below(objects, table.location())
    assert sum(key.endswith(".metadata.json") for key in kept) == 4
    server.stop()
    server.start()
    assert iceberg(server).load_table("sales.orders").scan().to_arrow().num_rows == 9
    iceberg(server).purge_table("sales.orders")
    deadline = time.monotonic() + 60
    while keys_below(objects, table.location()) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert keys_below(objects, table.location()) == []
    assert server.stop() == 0


def test_a_sibling_survives_and_dropping_alone_keeps_files(make_server, iceberg, objects):
    server = make_server()
    catalog = iceberg(server)
    catalog.create_namespace("s")
    one, other = catalog.create_table("s.t1", ROWS.schema), catalog.create_table("s.t10", ROWS.schema)
    one.append(ROWS)
    other.append(ROWS)
    before = keys_below(objects, one.location())
    catalog.drop_table("s.t1")
    time.sleep(1)
    assert keys_below(objects, one.location()) == before
    assert catalog.load_table("s.t10").scan().to_arrow().num_rows == 3


def test_a_table_that_is_renamed_keeps_its_place_and_its_name_is_free(make_server, iceberg):
    server = make_server()
    catalog = iceberg(server)
    catalog.create_namespace("s")
    moved = catalog.create_table("s.old", ROWS.schema)
    moved.append(ROWS)
    catalog.rename_table("s.old", "s.new")
    fresh = catalog.create_table("s.old", ROWS.schema)
    assert fresh.location() != moved.location()
    assert catalog.load_table("s.new").scan().to_arrow().num_rows == 3
    assert catalog.load_table("s.old").scan().to_arrow().num_rows == 0


def test_documents_packed_with_gzip_are_read(make_server, iceberg, objects):
    server = make_server()
    catalog = iceberg(server)
    catalog.create_namespace("s")
    table = catalog.create_table("s.t", ROWS.schema, properties={"write.metadata.compression-codec": "gzip"})
    table.append(ROWS)
    assert any(key.endswith(".gz.metadata.json") for key in keys_below(objects, table.location()))
    assert catalog.load_table("s.t").scan().to_arrow().num_rows == 3


@pytest.mark.parametrize("name", ["with space", "plus+sign", "per%20cent", "ünïcode", "a=b&c"])
def test_odd_names_of_tables(make_server, iceberg, name):
    server = make_server()
    catalog = iceberg(server)
    catalog.create_namespace("s")
    table = catalog.create_table(("s", name), ROWS.schema)
    table.append(ROWS)
    assert catalog.load_table(("s", name)).scan().to_arrow().num_rows == 3


def test_keys_of_a_file_are_read_again_when_they_change(make_server, iceberg, gateway, tmp_path):
    keys = tmp_path / "credentials"
    keys.write_text("[default]\naws_access_key_id=wrong\naws_secret_access_key=canary\n")
    server = make_server(s3_key_source="file", s3_key_file=str(keys))
    catalog = iceberg(server)
    catalog.create_namespace("s")
    with pytest.raises(Exception) as refused:
        catalog.create_table("s.t", ROWS.schema)
    assert "canary" not in str(refused.value)
    replacement = tmp_path / "next"
    replacement.write_text(f"[default]\naws_access_key_id={gateway.access_key}\naws_secret_access_key={gateway.secret_key}\n")
    replacement.rename(keys)
    catalog.create_table("s.t", ROWS.schema).append(ROWS)
    assert catalog.load_table("s.t").scan().to_arrow().num_rows == 3
