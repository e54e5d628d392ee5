# SPDX-License-Identifier: Apache-2.0
"""What a Spark with Hive support is asked to do, as functions of a session and a database, for any version of its Hive client.

test_spark_hive.py runs them on the session's Spark; as a program this file runs them in a Spark of its own with another client:
spark_hive_scenario.py METASTORE_VERSION METASTORE_JARS THRIFT_URL WAREHOUSE WORK_DIRECTORY [SCENARIO...]
"""
import pathlib
import shutil
import sys
import traceback
import urllib.parse


def rows(spark, query):
    return [tuple(r) for r in spark.sql(query).collect()]


def refuses(spark, query):
    """Whether the statement fails, which is then its class's name."""
    try:
        spark.sql(query).collect()
    except Exception as refused:  # noqa: BLE001 - whichever of Spark's errors
        return type(refused).__name__
    return None


def location(spark, table):
    said = {r[0]: r[1] for r in rows(spark, f"DESCRIBE FORMATTED {table}")}
    return pathlib.Path(urllib.parse.urlparse(said["Location"]).path)


FILTERS = (
    "ds = DATE '2024-01-02'",
    "ds BETWEEN DATE '2024-01-02' AND DATE '2024-01-04'",
    "ds > DATE '2024-01-03' AND region = 1",
    "region IN (0, 2)",
    "region NOT IN (0, 2)",
    "region >= 1 OR label = 'l0'",
    "label LIKE 'l%'",
    "label LIKE '%0'",
    "label LIKE '%l1%'",
    "label IN ('l0', 'none')",
    'label = "it\'s"',
    "region <> 1 AND label <> 'l1'",
    "ds IS NULL",
    "region IS NOT NULL",
    "NOT (region = 1)",
    "region + 1 = 2",
    "ds IN (DATE '2024-01-01', DATE '2024-01-05')",
    "CAST(region AS STRING) = '1'",
    "region = 1 AND id < 50",
)


def partitioned(spark, db, kind, filters):
    table = f"{db}.p_{kind.lower()}"
    spark.sql(f"CREATE TABLE {table} (id BIGINT, name STRING) PARTITIONED BY (ds DATE, region INT, label STRING) STORED AS {kind}")
    spark.sql(f"INSERT INTO {table} PARTITION (ds, region, label) SELECT id, concat('n', id), date_add(DATE '2024-01-01', "
              "CAST(id % 5 AS INT)), CAST(id % 3 AS INT), concat('l', id % 2) FROM range(300)")
    assert len(rows(spark, f"SHOW PARTITIONS {table}")) == 30
    spark.sql(f"CREATE OR REPLACE TEMPORARY VIEW plain AS SELECT id, date_add(DATE '2024-01-01', CAST(id % 5 AS INT)) AS ds, "
              "CAST(id % 3 AS INT) AS region, concat('l', id % 2) AS label FROM range(300)")
    for where in filters:
        got, expected = (rows(spark, f"SELECT count(*), sum(id) FROM {of} WHERE {where}") for of in (table, "plain"))
        assert got == expected, f"{where}: {got} instead of {expected}"
    assert len(rows(spark, f"SHOW PARTITIONS {table} PARTITION (region = 1)")) == 10
    spark.sql(f"INSERT OVERWRITE {table} PARTITION (ds = DATE '2024-01-01', region = 0, label = 'l0') VALUES (7000, 'only')")
    assert rows(spark, f"SELECT id FROM {table} WHERE ds = DATE '2024-01-01' AND region = 0 AND label = 'l0'") == [(7000,)]
    spark.sql(f"INSERT OVERWRITE {table} PARTITION (ds, region, label) VALUES (1, 'a', DATE '2030-01-01', 5, 'x'), (2, 'b', NULL, NULL, NULL)")
    assert rows(spark, f"SELECT id FROM {table} WHERE region = 5") == [(1,)]
    assert rows(spark, f"SELECT id FROM {table} WHERE label IS NULL") == [(2,)]
    spark.sql(f"DROP TABLE {table}")
    assert refuses(spark, f"SELECT * FROM {table}")


def partitioned_parquet(spark, db):
    partitioned(spark, db, "PARQUET", FILTERS)


def partitioned_orc(spark, db):
    partitioned(spark, db, "ORC", FILTERS[:4])


def partitioned_text(spark, db):
    partitioned(spark, db, "TEXTFILE", FILTERS[:4])


def partitions_by_hand(spark, db):
    table = f"{db}.byhand"
    spark.sql(f"CREATE TABLE {table} (id INT) PARTITIONED BY (ds STRING, n INT) STORED AS PARQUET")
    spark.sql(f"ALTER TABLE {table} ADD PARTITION (ds = 'a', n = 1) PARTITION (ds = 'b/c d=e', n = 2)")
    assert set(rows(spark, f"SHOW PARTITIONS {table}")) == {("ds=a/n=1",), ("ds=b%2Fc d%3De/n=2",)}
    assert refuses(spark, f"ALTER TABLE {table} ADD PARTITION (ds = 'a', n = 1)")
    spark.sql(f"ALTER TABLE {table} ADD IF NOT EXISTS PARTITION (ds = 'a', n = 1)")
    spark.sql(f"INSERT INTO {table} PARTITION (ds = 'b/c d=e', n = 2) VALUES (5)")
    assert rows(spark, f"SELECT id FROM {table} WHERE ds = 'b/c d=e'") == [(5,)]
    spark.sql(f"ALTER TABLE {table} PARTITION (ds = 'b/c d=e', n = 2) RENAME TO PARTITION (ds = 'z', n = 3)")
    assert rows(spark, f"SELECT id FROM {table} WHERE ds = 'z' AND n = 3") == [(5,)]
    assert refuses(spark, f"ALTER TABLE {table} PARTITION (ds = 'z', n = 3) RENAME TO PARTITION (ds = 'a', n = 1)")
    moved = location(spark, table).parent / "elsewhere"
    shutil.copytree(location(spark, table) / "ds=z/n=3", moved)
    spark.sql(f"ALTER TABLE {table} PARTITION (ds = 'a', n = 1) SET LOCATION 'file:{moved}'")
    assert rows(spark, f"SELECT ds, id FROM {table} ORDER BY ds") == [("a", 5), ("z", 5)]
    spark.sql(f"TRUNCATE TABLE {table} PARTITION (ds = 'z', n = 3)")
    assert rows(spark, f"SELECT count(*) FROM {table} WHERE ds = 'z'") == [(0,)]
    spark.sql(f"ALTER TABLE {table} DROP PARTITION (ds = 'z', n = 3)")
    assert refuses(spark, f"ALTER TABLE {table} DROP PARTITION (ds = 'z', n = 3)")
    spark.sql(f"ALTER TABLE {table} DROP IF EXISTS PARTITION (ds = 'z', n = 3), PARTITION (ds = 'a', n = 1) PURGE")
    assert rows(spark, f"SHOW PARTITIONS {table}") == []


def repair(spark, db):
    table = f"{db}.repaired"
    spark.sql(f"CREATE TABLE {table} (id INT) PARTITIONED BY (ds STRING) STORED AS PARQUET")
    spark.sql(f"INSERT INTO {table} PARTITION (ds) VALUES (1, 'a'), (2, 'b')")
    root = location(spark, table)
    shutil.copytree(root / "ds=a", root / "ds=c")
    shutil.rmtree(root / "ds=b")
    spark.sql(f"MSCK REPAIR TABLE {table}")
    assert set(rows(spark, f"SHOW PARTITIONS {table}")) == {("ds=a",), ("ds=b",), ("ds=c",)}
    spark.sql(f"MSCK REPAIR TABLE {table} SYNC PARTITIONS")
    assert set(rows(spark, f"SHOW PARTITIONS {table}")) == {("ds=a",), ("ds=c",)}
    assert rows(spark, f"SELECT ds, id FROM {table} ORDER BY ds") == [("a", 1), ("c", 1)]


def analyze(spark, db):
    table = f"{db}.analyzed"
    spark.sql(f"CREATE TABLE {table} (id BIGINT, name STRING) PARTITIONED BY (ds STRING) STORED AS PARQUET")
    spark.sql(f"INSERT INTO {table} PARTITION (ds) SELECT id, if(id % 4 = 0, NULL, concat('n', id % 10)), concat('d', id % 2) FROM range(100)")
    spark.sql(f"ANALYZE TABLE {table} COMPUTE STATISTICS FOR COLUMNS id, name")
    spark.sql(f"ANALYZE TABLE {table} PARTITION (ds) COMPUTE STATISTICS")
    said = {r[0]: r[1] for r in rows(spark, f"DESCRIBE FORMATTED {table}")}
    assert "100 rows" in said["Statistics"]
    column = dict(rows(spark, f"DESCRIBE EXTENDED {table} id"))
    assert (column["min"], column["max"], column["num_nulls"]) == ("0", "99", "0")
    assert dict(rows(spark, f"DESCRIBE EXTENDED {table} name"))["num_nulls"] == "25"
    part = {r[0]: r[1] for r in rows(spark, f"DESCRIBE FORMATTED {table} PARTITION (ds = 'd1')")}
    assert "50 rows" in part["Partition Statistics"]


def views(spark, db):
    spark.sql(f"CREATE TABLE {db}.under (id INT, v STRING) STORED AS PARQUET")
    spark.sql(f"INSERT INTO {db}.under VALUES (1, 'a'), (2, 'b'), (3, 'c')")
    spark.sql(f"CREATE VIEW {db}.v (key COMMENT 'the key', value) COMMENT 'some' TBLPROPERTIES ('p' = 'q') AS SELECT * FROM {db}.under WHERE id > 1")
    assert rows(spark, f"SELECT key FROM {db}.v ORDER BY key") == [(2,), (3,)]
    assert ("v",) in [r[1:2] for r in rows(spark, f"SHOW VIEWS IN {db}")]
    spark.sql(f"ALTER VIEW {db}.v AS SELECT id FROM {db}.under")
    assert rows(spark, f"SELECT count(*) FROM {db}.v") == [(3,)]
    spark.sql(f"ALTER VIEW {db}.v SET TBLPROPERTIES ('r' = 's')")
    assert dict(rows(spark, f"SHOW TBLPROPERTIES {db}.v"))["r"] == "s"
    spark.sql(f"CREATE OR REPLACE VIEW {db}.v AS SELECT 1 AS one")
    spark.sql(f"ALTER VIEW {db}.v RENAME TO {db}.v2")
    assert rows(spark, f"SELECT * FROM {db}.v2") == [(1,)]
    assert refuses(spark, f"DROP TABLE {db}.v2")
    spark.sql(f"DROP VIEW {db}.v2")
    assert refuses(spark, f"SELECT * FROM {db}.v2")


def functions(spark, db):
    spark.sql(f"CREATE FUNCTION {db}.upper_case AS 'org.apache.hadoop.hive.ql.udf.generic.GenericUDFUpper'")
    spark.sql(f"CREATE FUNCTION {db}.from_jar AS 'org.example.Nothing' USING JAR 'file:/nowhere/a.jar', FILE 'file:/nowhere/b.txt'")
    assert rows(spark, f"SELECT {db}.upper_case('abc')") == [("ABC",)]
    assert any("upper_case" in r[0] for r in rows(spark, f"SHOW USER FUNCTIONS IN {db}"))
    assert any("GenericUDFUpper" in r[0] for r in rows(spark, f"DESCRIBE FUNCTION {db}.upper_case"))
    assert refuses(spark, f"CREATE FUNCTION {db}.upper_case AS 'org.example.Other'")
    spark.sql(f"CREATE OR REPLACE FUNCTION {db}.upper_case AS 'org.apache.hadoop.hive.ql.udf.generic.GenericUDFLower'")
    assert rows(spark, f"SELECT {db}.upper_case('ABC')") == [("abc",)]
    spark.sql(f"DROP FUNCTION {db}.from_jar")
    spark.sql(f"DROP FUNCTION {db}.upper_case")
    assert refuses(spark, f"DROP FUNCTION {db}.upper_case")
    assert rows(spark, f"SHOW USER FUNCTIONS IN {db}") == []


def bucketed(spark, db):
    spark.sql(f"CREATE TABLE {db}.bucketed (id BIGINT, v STRING) USING parquet CLUSTERED BY (id) SORTED BY (v) INTO 4 BUCKETS")
    spark.sql(f"INSERT INTO {db}.bucketed SELECT id, concat('v', id) FROM range(100)")
    assert rows(spark, f"SELECT v FROM {db}.bucketed WHERE id = 42") == [("v42",)]
    said = {r[0]: r[1] for r in rows(spark, f"DESCRIBE FORMATTED {db}.bucketed")}
    assert said["Num Buckets"] == "4" and said["Bucket Columns"] == "[`id`]" and said["Sort Columns"] == "[`v`]"
    spark.sql(f"CREATE TABLE {db}.hive_bucketed (id BIGINT, v STRING) CLUSTERED BY (id) INTO 2 BUCKETS STORED AS ORC")
    said = {r[0]: r[1] for r in rows(spark, f"DESCRIBE FORMATTED {db}.hive_bucketed")}
    assert said["Num Buckets"] == "2"


def columns_names_and_properties(spark, db):
    table = f"{db}.changed"
    spark.sql(f"CREATE TABLE {table} (id INT COMMENT 'key', v STRING) COMMENT 'first' STORED AS PARQUET TBLPROPERTIES ('a' = '1', 'b' = '2')")
    spark.sql(f"INSERT INTO {table} VALUES (1, 'x')")
    spark.sql(f"ALTER TABLE {table} ADD COLUMNS (extra INT COMMENT 'late')")
    spark.sql(f"ALTER TABLE {table} CHANGE COLUMN v v STRING COMMENT 'a value'")
    described = [r[:3] for r in rows(spark, f"DESCRIBE {table}")]
    assert described == [("id", "int", "key"), ("v", "string", "a value"), ("extra", "int", "late")]
    spark.sql(f"ALTER TABLE {table} SET TBLPROPERTIES ('c' = '3')")
    spark.sql(f"ALTER TABLE {table} UNSET TBLPROPERTIES ('a')")
    kept = dict(rows(spark, f"SHOW TBLPROPERTIES {table}"))
    assert kept["c"] == "3" and kept["b"] == "2" and "a" not in kept
    spark.sql(f"COMMENT ON TABLE {table} IS 'second'")
    spark.sql(f"ALTER TABLE {table} RENAME TO {db}.changed_name")
    assert rows(spark, f"SELECT * FROM {db}.changed_name") == [(1, "x", None)]
    assert refuses(spark, f"SELECT * FROM {table}")
    assert refuses(spark, f"ALTER TABLE {db}.changed_name RENAME TO default.changed_name"), "Spark itself forbids other databases"
    where = location(spark, f"{db}.changed_name")
    spark.sql(f"TRUNCATE TABLE {db}.changed_name")
    assert rows(spark, f"SELECT count(*) FROM {db}.changed_name") == [(0,)]
    spark.sql(f"DROP TABLE {db}.changed_name PURGE")
    assert not where.exists()


def external_and_serde(spark, db):
    spark.sql(f"CREATE TABLE {db}.inside (x STRING, y STRING) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' STORED AS TEXTFILE")
    spark.sql(f"INSERT INTO {db}.inside VALUES ('a', 'b')")
    where = location(spark, f"{db}.inside")
    outside = where.parent / "outside_files"
    shutil.copytree(where, outside)
    spark.sql(f"CREATE EXTERNAL TABLE {db}.outside (x STRING, y STRING) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' "
              f"WITH SERDEPROPERTIES ('separatorChar' = ',') STORED AS TEXTFILE LOCATION 'file:{outside}'")
    assert rows(spark, f"SELECT * FROM {db}.outside") == [("a", "b")]
    spark.sql(f"ALTER TABLE {db}.outside SET SERDEPROPERTIES ('quoteChar' = '|')")
    spark.sql(f"DROP TABLE {db}.outside")
    assert outside.exists()
    shutil.rmtree(outside)


def like_and_show(spark, db):
    spark.sql(f"CREATE TABLE {db}.source (id INT, ds STRING) USING parquet PARTITIONED BY (ds)")
    spark.sql(f"CREATE TABLE {db}.target LIKE {db}.source")
    spark.sql(f"INSERT INTO {db}.target VALUES (1, 'a')")
    assert rows(spark, f"SHOW PARTITIONS {db}.target") == [("ds=a",)]
    assert {r[1] for r in rows(spark, f"SHOW TABLES IN {db} LIKE 'source|targ*'")} == {"source", "target"}
    assert len(rows(spark, f"SHOW TABLE EXTENDED IN {db} LIKE 'targ*'")) == 1
    assert "PARTITIONED BY (ds)" in rows(spark, f"SHOW CREATE TABLE {db}.target")[0][0]
    spark.sql(f"ALTER DATABASE {db} SET DBPROPERTIES ('k' = 'v')")
    assert "(k,v)" in dict(rows(spark, f"DESCRIBE DATABASE EXTENDED {db}"))["Properties"]
    other = f"{location(spark, f'{db}.target').parent}_other"
    spark.sql(f"ALTER DATABASE {db} SET LOCATION 'file:{other}'")
    assert dict(rows(spark, f"DESCRIBE DATABASE {db}"))["Location"].endswith("_other")
    assert refuses(spark, f"DROP DATABASE {db}")


SCENARIOS = (partitioned_parquet, partitioned_orc, partitioned_text, partitions_by_hand, repair, analyze, views, functions, bucketed,
             columns_names_and_properties, external_and_serde, like_and_show)


def run(spark, scenario, prefix):
    database = f"{prefix}_{scenario.__name__}"
    spark.sql(f"CREATE DATABASE {database} COMMENT 'of {scenario.__name__}'")
    try:
        scenario(spark, database)
    finally:
        spark.sql(f"DROP DATABASE {database} CASCADE")


def main(version, jars, thrift_url, warehouse, work, *only):
    import pyspark
    from pyspark.sql import SparkSession

    spark_jars = pathlib.Path(pyspark.__file__).parent / "jars"
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "1g")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.local.dir", work)
        .config("spark.sql.catalogImplementation", "hive")
        .config("spark.sql.hive.metastore.version", version)
        .config("spark.sql.hive.metastore.jars", "path")
        .config("spark.sql.hive.metastore.jars.path", ",".join(
            [f"file://{jars}/*.jar", *(f"file://{spark_jars}/{name}-*.jar" for name in ("commons", "jcl", "jackson"))]))
        .config("spark.hadoop.hive.metastore.uris", thrift_url)
        .config("spark.sql.warehouse.dir", warehouse)
        .config("spark.hadoop.hive.exec.dynamic.partition.mode", "nonstrict")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    failed = 0
    chosen = [s for s in SCENARIOS if not only or s.__name__ in only]
    for scenario in chosen:
        try:
            run(spark, scenario, "client_" + version.replace(".", "_"))
            print(f"ok    {scenario.__name__}")
        except Exception as failure:  # noqa: BLE001 - the next one is run all the same
            failed += 1
            causes = [line for line in str(getattr(failure, "_stackTrace", "")).splitlines() if line.startswith("Caused by")]
            print(f"FAIL  {scenario.__name__}\n{traceback.format_exc()[-3000:]}", *causes, sep="\n")
    spark.stop()
    return failed


if __name__ == "__main__":
    sys.exit(1 if main(*sys.argv[1:]) else 0)
