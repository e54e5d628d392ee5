# SPDX-License-Identifier: Apache-2.0
"""Goal: DuckDB makes, fills, changes and drops tables through the REST door, and others see them.

Method: DuckDB's own iceberg extension, as PyPI ships it; PyIceberg reads what DuckDB wrote, through the Thrift door.
"""
import pathlib

import duckdb
import duckdb_extension_avro
import duckdb_extension_httpfs
import duckdb_extension_iceberg
import pytest
from pyiceberg.catalog import load_catalog


@pytest.fixture
def duck(skep):
    connection = duckdb.connect()
    for package in (duckdb_extension_httpfs, duckdb_extension_avro, duckdb_extension_iceberg):
        name = package.__name__.rpartition("_")[2]
        [file] = pathlib.Path(package.__path__[0]).rglob(f"{name}.duckdb_extension")
        connection.execute(f"LOAD '{file}'")
    connection.execute(f"ATTACH 'hive' AS lake (TYPE iceberg, ENDPOINT '{skep.rest_url}', AUTHORIZATION_TYPE 'none')")
    connection.execute("CREATE SCHEMA lake.duck")
    yield connection
    for schema, name in connection.execute(
            "SELECT schema, name FROM (SHOW ALL TABLES) WHERE database = 'lake' AND schema = 'duck'").fetchall():
        connection.execute(f"DROP TABLE lake.{schema}.{name}")
    connection.execute("DROP SCHEMA lake.duck")
    connection.close()


def rows(duck, query):
    return duck.execute(query).fetchall()


def test_tables_are_made_filled_and_changed(duck, skep):
    duck.execute("CREATE TABLE lake.duck.t (a BIGINT, b VARCHAR, c DATE)")
    duck.execute("INSERT INTO lake.duck.t VALUES (1, 'x', DATE '2024-01-01'), (2, 'y', NULL)")
    duck.execute("INSERT INTO lake.duck.t SELECT range, 'r' || range, NULL FROM range(10, 1010)")
    duck.execute("UPDATE lake.duck.t SET b = 'z' WHERE a = 1")
    duck.execute("DELETE FROM lake.duck.t WHERE a = 2")
    assert rows(duck, "SELECT count(*), min(b), max(b) FROM lake.duck.t") == [(1001, "r10", "z")]
    duck.execute("ALTER TABLE lake.duck.t ADD COLUMN d INTEGER")
    table = load_catalog("hms", type="hive", uri=skep.thrift_url).load_table("duck.t")
    assert [field.name for field in table.schema().fields] == ["a", "b", "c", "d"]
    assert table.current_snapshot().summary.operation.value in ("delete", "overwrite")


def test_a_table_of_nested_columns_is_made_of_a_query(duck):
    duck.execute("CREATE TABLE lake.duck.n AS SELECT 1 AS x, {'a': 1, 'b': [1, 2]} AS s, map {'k': [3]} AS m")
    assert rows(duck, "SELECT x, s, m FROM lake.duck.n") == [(1, {"a": 1, "b": [1, 2]}, {"k": [3]})]


def test_two_tables_change_in_one_transaction_or_not_at_all(duck):
    duck.execute("CREATE TABLE lake.duck.p (a INTEGER)")
    duck.execute("CREATE TABLE lake.duck.q (a INTEGER)")
    for end, expected in (("ROLLBACK", []), ("COMMIT", [(1,), (2,)])):
        duck.execute("BEGIN")
        duck.execute("INSERT INTO lake.duck.p VALUES (1)")
        duck.execute("INSERT INTO lake.duck.q VALUES (2)")
        duck.execute(end)
        assert rows(duck, "SELECT a FROM lake.duck.p UNION ALL SELECT a FROM lake.duck.q ORDER BY a") == expected
