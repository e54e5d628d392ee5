# SPDX-License-Identifier: Apache-2.0
"""Spark through the Thrift door (Hive tables) and through both Iceberg catalogs."""
import concurrent.futures

import pytest
import requests

ICEBERG = ("ice_rest", "ice_hive")


def rows(spark, query):
    return [tuple(r) for r in spark.sql(query).collect()]


@pytest.fixture(scope="module")
def database(spark):
    spark.sql("CREATE DATABASE spark_hive COMMENT 'made by spark' WITH DBPROPERTIES ('team' = 'a')")
    yield "spark_hive"
    spark.sql("DROP DATABASE spark_hive CASCADE")


def test_databases_are_made_described_and_changed(spark, database):
    described = dict(rows(spark, f"DESCRIBE DATABASE EXTENDED {database}"))
    assert described["Comment"] == "made by spark" and "team" in described["Properties"]
    spark.sql(f"ALTER DATABASE {database} SET DBPROPERTIES ('level' = '2')")
    assert "level" in dict(rows(spark, f"DESCRIBE DATABASE EXTENDED {database}"))["Properties"]
    assert (database,) in rows(spark, "SHOW DATABASES")


def test_partitioned_parquet_with_dynamic_partitions_and_filters(spark, database):
    spark.sql(f"CREATE TABLE {database}.sales (id BIGINT, amount DECIMAL(12,2)) "
              "PARTITIONED BY (ds STRING, region INT) STORED AS PARQUET")
    spark.sql(f"INSERT INTO {database}.sales PARTITION (ds, region) "
              "SELECT id, CAST(id AS DECIMAL(12,2)) / 4, concat('2024-01-0', 1 + id % 4), CAST(id % 3 AS INT) FROM range(1200)")
    partitions = rows(spark, f"SHOW PARTITIONS {database}.sales")
    assert len(partitions) == 12
    assert rows(spark, f"SELECT count(*), sum(id) FROM {database}.sales") == [(1200, 1199 * 600)]
    filtered = spark.sql(f"SELECT count(*) FROM {database}.sales WHERE ds = '2024-01-02' AND region >= 1")
    assert [tuple(r) for r in filtered.collect()] == [(200,)]
    spark.sql(f"ALTER TABLE {database}.sales DROP PARTITION (ds = '2024-01-02', region = 1)")
    assert len(rows(spark, f"SHOW PARTITIONS {database}.sales")) == 11
    assert rows(spark, f"SELECT count(*) FROM {database}.sales WHERE ds IN ('2024-01-01', '2024-01-02')") == [(500,)]
    spark.sql(f"ALTER TABLE {database}.sales ADD PARTITION (ds = '2025-01-01', region = 9)")
    assert rows(spark, f"SHOW PARTITIONS {database}.sales PARTITION (ds = '2025-01-01')") == [("ds=2025-01-01/region=9",)]
    spark.sql(f"INSERT OVERWRITE {database}.sales PARTITION (ds = '2025-01-01', region = 9) VALUES (1, 1.5)")
    assert rows(spark, f"SELECT id, amount, region FROM {database}.sales WHERE ds > '2024-12-31'")[0][0] == 1
    spark.sql(f"ALTER TABLE {database}.sales PARTITION (ds = '2025-01-01', region = 9) RENAME TO PARTITION (ds = '2025-01-02', region = 9)")
    assert rows(spark, f"SELECT count(*) FROM {database}.sales WHERE ds = '2025-01-02'") == [(1,)]
    spark.sql(f"ALTER TABLE {database}.sales ADD COLUMNS (note STRING)")
    assert [r[0] for r in rows(spark, f"DESCRIBE {database}.sales")][:3] == ["id", "amount", "note"]
    spark.sql(f"DROP TABLE {database}.sales")
    assert rows(spark, f"SHOW TABLES IN {database} LIKE 'sales'") == []


def test_tables_of_several_formats_views_and_renames(spark, database):
    for kind in ("PARQUET", "ORC", "TEXTFILE"):
        name = f"{database}.kind_{kind.lower()}"
        spark.sql(f"CREATE TABLE {name} (id INT, v STRING) STORED AS {kind}")
        spark.sql(f"INSERT INTO {name} VALUES (1, 'a'), (2, 'b')")
        assert sorted(rows(spark, f"SELECT * FROM {name}")) == [(1, "a"), (2, "b")]
    spark.range(10).write.mode("overwrite").saveAsTable(f"{database}.datasource")
    assert rows(spark, f"SELECT count(*) FROM {database}.datasource") == [(10,)]
    spark.sql(f"CREATE VIEW {database}.big AS SELECT id FROM {database}.datasource WHERE id > 6")
    assert rows(spark, f"SELECT count(*) FROM {database}.big") == [(3,)]
    spark.sql(f"ALTER TABLE {database}.kind_orc RENAME TO {database}.kind_renamed")
    assert sorted(rows(spark, f"SELECT id FROM {database}.kind_renamed")) == [(1,), (2,)]
    spark.sql(f"TRUNCATE TABLE {database}.kind_textfile")
    assert rows(spark, f"SELECT count(*) FROM {database}.kind_textfile") == [(0,)]
    names = {r[1] for r in rows(spark, f"SHOW TABLES IN {database}")}
    assert {"kind_parquet", "kind_renamed", "datasource", "big"} <= names


def test_hive_tables_are_not_listed_as_iceberg_ones(spark, database, skep):
    spark.sql(f"CREATE TABLE {database}.plain (id INT) STORED AS PARQUET")
    answer = requests.get(f"{skep.rest_url}/v1/namespaces/{database}/tables", timeout=10).json()
    assert "plain" not in [i["name"] for i in answer["identifiers"]]
    assert requests.get(f"{skep.rest_url}/v1/namespaces/{database}/tables/plain", timeout=10).status_code == 404


@pytest.mark.parametrize("catalog", ICEBERG)
def test_the_life_of_an_iceberg_table(spark, catalog):
    space = f"{catalog}.life_{catalog}"
    spark.sql(f"CREATE NAMESPACE {space}")
    spark.sql(f"CREATE TABLE {space}.t (id BIGINT, at TIMESTAMP, v STRING) USING iceberg PARTITIONED BY (days(at), bucket(4, id))")
    spark.sql(f"INSERT INTO {space}.t SELECT id, TIMESTAMP '2024-01-01 00:00:00' + make_interval(0,0,0,CAST(id % 3 AS INT)), 'x' FROM range(1000)")
    spark.sql(f"DELETE FROM {space}.t WHERE id % 2 = 1")
    spark.sql(f"UPDATE {space}.t SET v = 'y' WHERE id < 100")
    spark.sql(f"MERGE INTO {space}.t USING (SELECT 0L AS id, 'z' AS v UNION ALL SELECT 5000L, 'new') s ON t.id = s.id "
              "WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.id, s.v)")
    spark.sql(f"ALTER TABLE {space}.t ADD COLUMN extra INT")
    spark.sql(f"ALTER TABLE {space}.t RENAME COLUMN v TO label")
    spark.sql(f"ALTER TABLE {space}.t SET TBLPROPERTIES ('k' = 'v')")
    assert rows(spark, f"SELECT count(*), count(extra) FROM {space}.t") == [(501, 0)]
    assert rows(spark, f"SELECT label FROM {space}.t WHERE id IN (0, 2, 5000) ORDER BY id") == [("z",), ("y",), ("new",)]
    assert len(rows(spark, f"SELECT * FROM {space}.t.history")) == 4
    spark.sql(f"ALTER TABLE {space}.t CREATE BRANCH side")
    spark.sql(f"INSERT INTO {space}.t.branch_side VALUES (9999, NULL, 's', 1)")
    assert rows(spark, f"SELECT count(*) FROM {space}.t VERSION AS OF 'side'") == [(502,)]
    spark.sql(f"CREATE TABLE {space}.copy USING iceberg AS SELECT id FROM {space}.t")
    assert rows(spark, f"SELECT count(*) FROM {space}.copy") == [(501,)]
    spark.sql(f"CREATE OR REPLACE TABLE {space}.copy USING iceberg AS SELECT id FROM {space}.t LIMIT 7")
    assert rows(spark, f"SELECT count(*) FROM {space}.copy") == [(7,)]
    spark.sql(f"ALTER TABLE {space}.copy RENAME TO {space.split('.')[1]}.moved")
    assert rows(spark, f"SELECT count(*) FROM {space}.moved") == [(7,)]
    spark.sql(f"DROP TABLE {space}.moved PURGE")
    spark.sql(f"DROP TABLE {space}.t")
    spark.sql(f"DROP NAMESPACE {space}")


@pytest.mark.parametrize("maker,reader", [ICEBERG, ICEBERG[::-1]])
def test_both_catalogs_write_the_same_table(spark, maker, reader):
    space = f"shared_{maker}"
    spark.sql(f"CREATE NAMESPACE {maker}.{space}")
    spark.sql(f"CREATE TABLE {maker}.{space}.t (id BIGINT) USING iceberg")
    for number in range(3):
        spark.sql(f"INSERT INTO {maker}.{space}.t VALUES ({2 * number})")
        spark.sql(f"INSERT INTO {reader}.{space}.t VALUES ({2 * number + 1})")
    spark.sql(f"REFRESH TABLE {maker}.{space}.t")
    expected = [(n,) for n in range(6)]
    assert rows(spark, f"SELECT id FROM {maker}.{space}.t ORDER BY id") == expected
    spark.sql(f"REFRESH TABLE {reader}.{space}.t")
    assert rows(spark, f"SELECT id FROM {reader}.{space}.t ORDER BY id") == expected
    spark.sql(f"DROP TABLE {reader}.{space}.t")
    spark.sql(f"DROP NAMESPACE {reader}.{space}")


@pytest.mark.parametrize("version", (2, 3))
def test_appends_at_one_moment_all_get_in_where_the_table_wants_them_made_anew(spark, skep, version):
    """Without a retry of Spark's: the server makes each anew behind the others, row ids (version 3) included."""
    name = f"appends.hot{version}"
    spark.sql("CREATE NAMESPACE IF NOT EXISTS ice_rest.appends")
    spark.sql(f"CREATE TABLE ice_rest.{name} (id BIGINT, region STRING) USING iceberg PARTITIONED BY (region) "
              f"TBLPROPERTIES ('format-version'='{version}', 'skep.commit.rebase-appends'='true', "
              "'commit.retry.num-retries'='0', 'commit.manifest-merge.enabled'='false')")

    def insert(number):
        for turn in range(3):
            first = number * 1000 + turn * 10
            spark.sql(f"INSERT INTO ice_rest.{name} SELECT id, IF(id % 2 = 0, 'north', 'south') "
                      f"FROM range({first}, {first + 10}, 1, 1)")

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(insert, n) for n in range(6)]:
            done.result()
    metrics = requests.get(f"{skep.management_url}/metrics", timeout=10).text
    assert "skep_appends_rebased_total 0\n" not in metrics, "nothing was made anew: nothing was shown"
    for catalog in ICEBERG:
        spark.sql(f"REFRESH TABLE {catalog}.{name}")
        assert rows(spark, f"SELECT count(*), count(DISTINCT id) FROM {catalog}.{name}") == [(180, 180)]
    assert rows(spark, f"SELECT count(*) FROM ice_rest.{name} WHERE region = 'north'") == [(90,)]
    assert rows(spark, f"SELECT count(*), max(CAST(summary['total-records'] AS INT)) FROM ice_rest.{name}.snapshots") == [(18, 180)]
    if version == 3:
        assert rows(spark, f"SELECT count(DISTINCT _row_id), min(_row_id), max(_row_id) FROM ice_rest.{name}") == [(180, 0, 179)]
    spark.sql(f"DELETE FROM ice_rest.{name} WHERE id % 10 = 3")  # by the engine's own rules on what was merged
    assert rows(spark, f"SELECT count(*) FROM ice_rest.{name}") == [(162,)]
