# SPDX-License-Identifier: Apache-2.0
"""Trino's Iceberg connector over both doors: the life of a table, views, many writers, and tables that other engines made."""
import concurrent.futures
import re

import pytest
import requests
from trino_server import TrinoError

CATALOGS = ("ice_hive", "ice_nolock", "ice_rest")
WRITERS, INSERTS = 4, 4


@pytest.fixture
def schema(trino, request):
    """A schema of each test's own, in the catalog that the test is about."""
    catalog = request.node.callspec.params["catalog"] if hasattr(request.node, "callspec") else "ice_rest"
    name = f"{catalog}.{re.sub('[^a-z]+', '_', request.node.name)[5:45]}_{catalog[4:]}"
    trino(f"CREATE SCHEMA {name}")
    yield name
    trino(f"DROP SCHEMA {name} CASCADE")


@pytest.mark.parametrize("catalog", CATALOGS)
def test_the_life_of_a_table(trino, schema, catalog):
    table = f"{schema}.orders"
    trino(f"CREATE TABLE {table} COMMENT 'all orders' WITH (partitioning = ARRAY['month(orderdate)', 'bucket(custkey, 4)'], "
          "sorted_by = ARRAY['orderkey']) AS SELECT orderkey, custkey, orderdate, totalprice FROM tpch.tiny.orders WHERE orderkey < 400")
    (rows,), = trino("SELECT count(*) FROM tpch.tiny.orders WHERE orderkey < 400")
    assert trino(f"SELECT count(*) FROM {table}") == [(rows,)]
    trino(f"DELETE FROM {table} WHERE orderkey % 2 = 0")
    trino(f"UPDATE {table} SET totalprice = 0 WHERE orderkey < 100")
    trino(f"MERGE INTO {table} t USING (VALUES (BIGINT '1', 5e0), (100001, 6e0)) s (k, p) ON t.orderkey = s.k "
          "WHEN MATCHED THEN UPDATE SET totalprice = s.p WHEN NOT MATCHED THEN INSERT (orderkey, totalprice) VALUES (s.k, s.p)")
    assert trino(f"SELECT orderkey, totalprice FROM {table} WHERE orderkey IN (1, 100001) ORDER BY 1") == [(1, 5.0), (100001, 6.0)]
    trino(f"ALTER TABLE {table} ADD COLUMN note VARCHAR")
    trino(f"ALTER TABLE {table} RENAME COLUMN totalprice TO price")
    trino(f"ALTER TABLE {table} ALTER COLUMN note SET DATA TYPE VARCHAR")
    trino(f"COMMENT ON COLUMN {table}.note IS 'late'")
    trino(f"COMMENT ON TABLE {table} IS 'some orders'")
    trino(f"ALTER TABLE {table} SET PROPERTIES partitioning = ARRAY['bucket(custkey, 8)']")
    trino(f"INSERT INTO {table} (orderkey, custkey, note) VALUES (200001, 1, 'n')")
    trino(f"ANALYZE {table}")
    (distinct,), = trino(f"SELECT count(DISTINCT custkey) FROM {table}")
    stats = {r[0]: r for r in trino(f"SHOW STATS FOR {table}")}
    assert abs(stats["custkey"][2] - distinct) <= distinct * 0.2
    made = trino(f"SHOW CREATE TABLE {table}")[0][0]
    assert "COMMENT 'some orders'" in made and "bucket(custkey, 8)" in made and "note varchar COMMENT 'late'" in made
    (snapshots,), = trino(f'SELECT count(*) FROM {schema}."orders$snapshots"')
    first = trino(f'SELECT snapshot_id FROM {schema}."orders$snapshots" ORDER BY committed_at LIMIT 1')[0][0]
    assert snapshots >= 5 and trino(f"SELECT count(*) FROM {table} FOR VERSION AS OF {first}") == [(rows,)]
    trino(f"ALTER TABLE {table} EXECUTE optimize")
    trino(f"CALL {catalog}.system.rollback_to_snapshot('{schema.split('.')[1]}', 'orders', {first})")
    assert trino(f"SELECT count(*) FROM {table}") == [(rows,)]
    trino(f"ALTER TABLE {table} RENAME TO {schema}.renamed")
    assert trino(f"SELECT count(*) FROM {schema}.renamed") == [(rows,)]
    assert trino(f"SHOW TABLES FROM {schema}") == [("renamed",)]
    trino(f"CREATE OR REPLACE TABLE {schema}.renamed AS SELECT 1 AS one")
    assert trino(f"SELECT * FROM {schema}.renamed") == [(1,)]
    with pytest.raises(TrinoError) as taken:
        trino(f"CREATE TABLE {schema}.renamed (x INTEGER)")
    assert taken.value.name == "TABLE_ALREADY_EXISTS"
    trino(f"TRUNCATE TABLE {schema}.renamed")
    trino(f"DROP TABLE {schema}.renamed")
    assert trino(f"SHOW TABLES FROM {schema}") == []


@pytest.mark.parametrize("catalog", ("ice_hive", "ice_rest"))
def test_a_table_is_unregistered_and_registered(trino, schema, catalog):
    space = schema.split(".")[1]
    trino(f"CREATE TABLE {schema}.t AS SELECT 7 AS id")
    (path,), = trino(f'SELECT file FROM {schema}."t$metadata_log_entries" ORDER BY timestamp DESC LIMIT 1')
    directory = path.rsplit("/metadata/", 1)[0]
    trino(f"CALL {catalog}.system.unregister_table('{space}', 't')")
    assert trino(f"SHOW TABLES FROM {schema}") == []
    trino(f"CALL {catalog}.system.register_table('{space}', 't2', '{directory}')")
    assert trino(f"SELECT id FROM {schema}.t2") == [(7,)]


@pytest.mark.parametrize("catalog", ("ice_hive", "ice_rest"))
def test_views_are_made_replaced_renamed_and_dropped(trino, schema, catalog):
    trino(f"CREATE VIEW {schema}.v COMMENT 'of nations' AS SELECT name, regionkey FROM tpch.tiny.nation WHERE regionkey = 1")
    assert trino(f"SELECT count(*) FROM {schema}.v") == [(5,)]
    trino(f"CREATE OR REPLACE VIEW {schema}.v AS SELECT name FROM tpch.tiny.nation")
    assert trino(f"SELECT count(*) FROM {schema}.v") == [(25,)]
    trino(f"COMMENT ON VIEW {schema}.v IS 'other words'")
    trino(f"ALTER VIEW {schema}.v RENAME TO {schema}.v2")
    assert trino(f"SHOW TABLES FROM {schema}") == [("v2",)]
    try:
        trino(f"CREATE TABLE {schema}.v2 (x INTEGER)")
    except TrinoError as refused:
        assert "exists" in refused.message
    assert trino(f"SELECT count(*) FROM {schema}.v2") == [(25,)], "whatever Trino answers, the view stays"
    trino(f"DROP VIEW {schema}.v2")
    assert trino(f"SHOW TABLES FROM {schema}") == []


@pytest.mark.parametrize("catalog", CATALOGS)
def test_no_acknowledged_insert_of_many_writers_is_lost(trino, schema, catalog):
    table = f"{schema}.contended"
    trino(f"CREATE TABLE {table} (id INTEGER)")
    acknowledged = []

    def write(writer):
        for number in range(INSERTS):
            try:
                trino(f"INSERT INTO {table} VALUES {writer * 100 + number}")
                acknowledged.append(writer * 100 + number)
            except TrinoError as refused:
                assert refused.name in ("ICEBERG_COMMIT_ERROR", "TRANSACTION_CONFLICT"), refused

    with concurrent.futures.ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    assert len(acknowledged) >= INSERTS
    assert [i for i, in trino(f"SELECT id FROM {table} ORDER BY id")] == sorted(acknowledged)


@pytest.mark.parametrize("catalog", ("ice_hive", "ice_rest"))
def test_every_door_and_engine_writes_the_same_table(trino, spark, schema, catalog):
    space = schema.split(".")[1]
    trino(f"CREATE TABLE {schema}.t (id BIGINT, who VARCHAR)")
    written = []
    for door in ("ice_hive", "ice_rest"):
        trino(f"INSERT INTO {door}.{space}.t VALUES ({len(written)}, 'trino')")
        written.append((len(written), "trino"))
        spark.sql(f"REFRESH TABLE {door}.{space}.t")
        spark.sql(f"INSERT INTO {door}.{space}.t VALUES ({len(written)}, 'spark')")
        written.append((len(written), "spark"))
    for door in ("ice_hive", "ice_nolock", "ice_rest"):
        assert trino(f"SELECT * FROM {door}.{space}.t ORDER BY id") == written
    for door in ("ice_hive", "ice_rest"):
        spark.sql(f"REFRESH TABLE {door}.{space}.t")
        assert [tuple(r) for r in spark.sql(f"SELECT * FROM {door}.{space}.t ORDER BY id").collect()] == written


def test_a_table_of_spark_is_read_and_changed_by_trino(trino, spark):
    spark.sql("CREATE NAMESPACE ice_hive.from_spark")
    spark.sql("CREATE TABLE ice_hive.from_spark.t (id BIGINT, v STRING) USING iceberg PARTITIONED BY (bucket(2, id))")
    spark.sql("INSERT INTO ice_hive.from_spark.t SELECT id, 'a' FROM range(10)")
    for door in ("ice_hive", "ice_rest"):
        assert trino(f"SELECT count(*) FROM {door}.from_spark.t") == [(10,)]
        trino(f"UPDATE {door}.from_spark.t SET v = '{door}' WHERE id < 5")
        spark.sql("REFRESH TABLE ice_hive.from_spark.t")
        assert spark.sql(f"SELECT count(*) FROM ice_hive.from_spark.t WHERE v = '{door}'").collect()[0][0] == 5
    trino("DROP SCHEMA ice_rest.from_spark CASCADE")
    assert spark.sql("SHOW NAMESPACES IN ice_hive LIKE 'from_spark'").collect() == []


def test_hive_tables_are_told_from_iceberg_ones(trino, skep):
    trino("CREATE SCHEMA hive.trino_mixed")
    trino("CREATE TABLE hive.trino_mixed.plain AS SELECT 1 AS id")
    trino("CREATE TABLE ice_hive.trino_mixed.berg AS SELECT 1 AS id")
    assert trino("SHOW TABLES FROM ice_rest.trino_mixed") == [("berg",)]
    assert requests.get(f"{skep.rest_url}/v1/namespaces/trino_mixed/tables/plain", timeout=10).status_code == 404
    with pytest.raises(TrinoError) as other:
        trino("SELECT * FROM hive.trino_mixed.berg")
    assert other.value.name == "UNSUPPORTED_TABLE_TYPE"
    with pytest.raises(TrinoError) as plain:
        trino("SELECT * FROM ice_hive.trino_mixed.plain")
    assert plain.value.name == "UNSUPPORTED_TABLE_TYPE"
    trino("DROP TABLE ice_hive.trino_mixed.berg")
    trino("DROP TABLE hive.trino_mixed.plain")
    trino("DROP SCHEMA hive.trino_mixed")
