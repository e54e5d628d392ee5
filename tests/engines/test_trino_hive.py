# SPDX-License-Identifier: Apache-2.0
"""Trino's Hive connector through the Thrift door: tables of every format, partitions, statistics, views, roles, transactions."""
import concurrent.futures
import pathlib
import shutil
import urllib.parse

import pytest
from hms_client import connection, hms
from trino_server import TrinoError

FORMATS = ("PARQUET", "ORC", "TEXTFILE", "CSV")


@pytest.fixture(scope="module")
def schema(trino):
    trino("CREATE SCHEMA hive.trino_hive")
    yield "hive.trino_hive"
    for kind, name in trino("SELECT table_type, table_name FROM hive.information_schema.tables "
                            "WHERE table_schema = 'trino_hive'"):
        trino(f'DROP {"VIEW" if kind == "VIEW" else "TABLE"} hive.trino_hive."{name}"')
    trino("DROP SCHEMA hive.trino_hive")


def directory_of(trino, table):
    """Where the files of a table with rows are."""
    (path,), = trino(f'SELECT DISTINCT regexp_replace("$path", \'/[^/]*$\') FROM {table} LIMIT 1')
    return pathlib.Path(urllib.parse.urlparse(path).path)


def partitions(trino, table):
    catalog, schema, name = table.split(".")
    return sorted(trino(f'SELECT * FROM {catalog}.{schema}."{name}$partitions"'))


@pytest.mark.parametrize("kind", FORMATS)
def test_a_table_of_each_format_is_written_and_read(trino, schema, kind):
    table = f"{schema}.plain_{kind.lower()}"
    number = "VARCHAR" if kind == "CSV" else "BIGINT"
    trino(f"CREATE TABLE {table} (id {number}, name VARCHAR) WITH (format = '{kind}')")
    trino(f"INSERT INTO {table} VALUES (CAST(1 AS {number}), 'a'), (CAST(2 AS {number}), NULL), (CAST(3 AS {number}), 'ünïcode')")
    assert trino(f"SELECT count(*), count(DISTINCT id) FROM {table}") == [(3, 3)]
    assert trino(f"SELECT name FROM {table} WHERE CAST(id AS VARCHAR) = '3'") == [("ünïcode",)]
    assert f"format = '{kind}'" in trino(f"SHOW CREATE TABLE {table}")[0][0]


@pytest.mark.parametrize("kind", ("PARQUET", "ORC", "TEXTFILE"))
def test_dynamic_partitions_overwrite_and_delete(trino, schema, kind):
    table = f"{schema}.part_{kind.lower()}"
    trino(f"CREATE TABLE {table} WITH (format = '{kind}', partitioned_by = ARRAY['ds', 'region']) AS "
          "SELECT orderkey AS id, totalprice AS price, DATE '2024-01-01' + (orderkey % 4) * INTERVAL '1' DAY AS ds, "
          "CAST(orderkey % 3 AS INTEGER) AS region FROM tpch.tiny.orders")
    (rows,), = trino("SELECT count(*) FROM tpch.tiny.orders")
    assert trino(f"SELECT count(*) FROM {table}") == [(rows,)]
    assert len(partitions(trino, table)) == 12
    for where in ("ds = DATE '2024-01-02'", "ds BETWEEN DATE '2024-01-02' AND DATE '2024-01-03'", "region IN (0, 2)",
                  "ds > DATE '2024-01-01' AND region = 1", "ds = DATE '2031-01-01'", "region IS NULL", "region <> 1"):
        tpch = where.replace("ds ", "(DATE '2024-01-01' + (orderkey % 4) * INTERVAL '1' DAY) ").replace("region ", "(orderkey % 3) ")
        assert trino(f"SELECT count(*) FROM {table} WHERE {where}") == trino(f"SELECT count(*) FROM tpch.tiny.orders WHERE {tpch}")
    trino(f"INSERT INTO {table} VALUES (1, 1.5, DATE '2025-05-05', 7), (2, 2.5, DATE '2025-05-06', NULL)")
    assert trino(f"SELECT id FROM {table} WHERE region IS NULL") == [(2,)]
    assert len(partitions(trino, table)) == 14
    trino.properties["hive.insert_existing_partitions_behavior"] = "OVERWRITE"
    try:
        trino(f"INSERT INTO {table} VALUES (9, 9.5, DATE '2025-05-05', 7)")
    finally:
        del trino.properties["hive.insert_existing_partitions_behavior"]
    assert trino(f"SELECT id FROM {table} WHERE ds = DATE '2025-05-05'") == [(9,)]
    assert trino(f"SELECT count(*) FROM {table}") == [(rows + 2,)]
    trino(f"DELETE FROM {table} WHERE ds = DATE '2025-05-05'")
    assert len(partitions(trino, table)) == 13 and trino(f"SELECT count(*) FROM {table}") == [(rows + 1,)]
    trino(f"DROP TABLE {table}")
    assert trino(f"SHOW TABLES FROM {schema} LIKE 'part_{kind.lower()}'") == []


def test_an_unpartitioned_table_is_written_emptied_and_dropped(trino, schema):
    table = f"{schema}.overwritten"
    trino(f"CREATE TABLE {table} AS SELECT 1 AS id")
    trino(f"INSERT INTO {table} VALUES 2")
    assert trino(f"SELECT id FROM {table} ORDER BY id") == [(1,), (2,)]
    trino(f"DELETE FROM {table}")
    assert trino(f"SELECT * FROM {table}") == []
    with pytest.raises(TrinoError) as refused:
        trino(f"CREATE TABLE {table} (x INTEGER)")
    assert refused.value.name == "TABLE_ALREADY_EXISTS"
    assert trino(f"CREATE TABLE IF NOT EXISTS {table} (x INTEGER)") == []
    trino(f"DROP TABLE {table}")
    with pytest.raises(TrinoError) as gone:
        trino(f"SELECT * FROM {table}")
    assert gone.value.name == "TABLE_NOT_FOUND"


def test_sync_partition_metadata_adds_drops_and_does_both(trino, schema):
    table = f"{schema}.synced"
    trino(f"CREATE TABLE {table} (id BIGINT, ds VARCHAR) WITH (format = 'ORC', partitioned_by = ARRAY['ds'])")
    trino(f"INSERT INTO {table} VALUES (1, 'a'), (2, 'b'), (3, 'c')")
    root = directory_of(trino, f"{table} WHERE ds = 'a'").parent
    shutil.copytree(root / "ds=a", root / "ds=d")
    shutil.rmtree(root / "ds=b")
    sync = f"CALL hive.system.sync_partition_metadata('trino_hive', 'synced', '%s')"
    trino(sync % "ADD")
    assert partitions(trino, table) == [("a",), ("b",), ("c",), ("d",)]
    trino(sync % "DROP")
    assert partitions(trino, table) == [("a",), ("c",), ("d",)]
    shutil.move(root / "ds=c", root / "ds=e")
    trino(sync % "FULL")
    assert partitions(trino, table) == [("a",), ("d",), ("e",)]
    assert trino(f"SELECT ds, id FROM {table} ORDER BY ds") == [("a", 1), ("d", 1), ("e", 3)]


def test_partitions_are_unregistered_registered_and_made_empty(trino, schema):
    table = f"{schema}.registered"
    trino(f"CREATE TABLE {table} (id BIGINT, ds VARCHAR, n INTEGER) WITH (format = 'PARQUET', partitioned_by = ARRAY['ds', 'n'])")
    trino(f"INSERT INTO {table} VALUES (1, 'a', 1), (2, 'b', 2)")
    where = directory_of(trino, f"{table} WHERE ds = 'a'")
    call = "CALL hive.system.%s('trino_hive', 'registered', ARRAY['ds', 'n'], ARRAY['a', '1']%s)"
    trino(call % ("unregister_partition", ""))
    assert partitions(trino, table) == [("b", 2)]
    with pytest.raises(TrinoError):
        trino(call % ("unregister_partition", ""))
    trino(call % ("register_partition", f", 'file://{where}'"))
    assert partitions(trino, table) == [("a", 1), ("b", 2)] and trino(f"SELECT count(*) FROM {table}") == [(2,)]
    with pytest.raises(TrinoError):
        trino(call % ("register_partition", f", 'file://{where}'"))
    trino("CALL hive.system.create_empty_partition('trino_hive', 'registered', ARRAY['ds', 'n'], ARRAY['z', '9'])")
    assert ("z", 9) in partitions(trino, table)


def shown(trino, of):
    return {r[0]: r[1:] for r in trino(f"SHOW STATS FOR {of}")}


def test_analyze_gives_the_statistics_of_a_table(trino, schema):
    table = f"{schema}.analyzed"
    trino.properties["hive.collect_column_statistics_on_write"] = "false"
    try:
        trino(f"CREATE TABLE {table} AS SELECT * FROM (VALUES "
              "(BIGINT '1', 1.5E0, 'aa', true, DATE '2024-01-01', CAST('1.25' AS DECIMAL(10,2)), TIMESTAMP '2024-01-01 00:00:00.000'), "
              "(2, 2.5E0, 'bbbb', false, DATE '2024-03-01', CAST('9.75' AS DECIMAL(10,2)), TIMESTAMP '2024-01-02 00:00:00.000'), "
              "(7, NULL, NULL, NULL, NULL, NULL, NULL), (7, NULL, NULL, NULL, NULL, NULL, NULL)) "
              "AS t (id, d, s, b, day, amount, at)")
    finally:
        del trino.properties["hive.collect_column_statistics_on_write"]
    assert shown(trino, table)["id"][1] is None
    trino(f"ANALYZE {table}")
    got = shown(trino, table)
    # size, distinct values, share of nulls, rows, low, high
    assert got[None][3] == 4.0
    assert got["id"] == (None, 3.0, 0.0, None, "1", "7")
    assert got["d"] == (None, 2.0, 0.5, None, "1.5", "2.5")
    assert got["s"][:3] == (6.0, 2.0, 0.5)
    assert got["b"][1:3] == (2.0, 0.5)
    assert got["day"] == (None, 2.0, 0.5, None, "2024-01-01", "2024-03-01")
    assert got["amount"] == (None, 2.0, 0.5, None, "1.25", "9.75")
    assert got["at"][2] == 0.5
    trino(f"CALL hive.system.drop_stats('trino_hive', 'analyzed')")
    assert shown(trino, table)["id"][1] is None


def test_analyze_gives_the_statistics_of_partitions(trino, schema):
    table = f"{schema}.analyzed_parts"
    trino(f"CREATE TABLE {table} (id BIGINT, name VARCHAR, ds VARCHAR) WITH (partitioned_by = ARRAY['ds'])")
    trino(f"INSERT INTO {table} SELECT orderkey, orderstatus, CAST(orderkey % 40 AS VARCHAR) FROM tpch.tiny.orders WHERE orderkey <= 4000")
    rows = trino(f"SELECT count(*) FROM {table}")[0][0]
    assert shown(trino, table)[None][3] == float(rows)
    trino(f"CALL hive.system.drop_stats('trino_hive', 'analyzed_parts', ARRAY[ARRAY['1'], ARRAY['2']])")
    trino(f"ANALYZE {table} WITH (partitions = ARRAY[ARRAY['1'], ARRAY['2']])")
    one = shown(trino, f"(SELECT * FROM {table} WHERE ds = '1')")
    (count, low, high), = trino(f"SELECT count(*), min(id), max(id) FROM {table} WHERE ds = '1'")
    assert one[None][3] == float(count) and one["id"][4:] == (str(low), str(high)) and one["id"][2] == 0.0
    trino(f"ANALYZE {table}")
    whole = shown(trino, table)
    (low, high), = trino(f"SELECT min(id), max(id) FROM {table}")
    assert whole["id"][4:] == (str(low), str(high)) and whole["ds"][1] == float(len(partitions(trino, table)))


def test_views_of_trino_are_kept_replaced_renamed_and_dropped(trino, schema):
    trino(f"CREATE TABLE {schema}.under_view AS SELECT * FROM tpch.tiny.nation")
    trino(f"CREATE VIEW {schema}.v COMMENT 'of nations' SECURITY INVOKER AS SELECT name, regionkey FROM {schema}.under_view WHERE regionkey = 1")
    assert trino(f"SELECT count(*) FROM {schema}.v") == [(5,)]
    assert ("v",) in trino(f"SHOW TABLES FROM {schema}")
    assert trino("SELECT table_name FROM hive.information_schema.views WHERE table_schema = 'trino_hive'") == [("v",)]
    trino(f"CREATE OR REPLACE VIEW {schema}.v AS SELECT name FROM {schema}.under_view")
    assert trino(f"SELECT count(*) FROM {schema}.v") == [(25,)]
    trino(f"COMMENT ON VIEW {schema}.v IS 'other words'")
    assert "other words" in trino(f"SHOW CREATE VIEW {schema}.v")[0][0]
    trino(f"ALTER VIEW {schema}.v RENAME TO {schema}.v2")
    assert trino(f"SELECT count(*) FROM {schema}.v2") == [(25,)]
    trino(f"DROP VIEW {schema}.v2")
    assert ("v2",) not in trino(f"SHOW TABLES FROM {schema}")


def test_bucketed_and_sorted_tables(trino, schema):
    table = f"{schema}.bucketed"
    trino(f"CREATE TABLE {table} WITH (bucketed_by = ARRAY['custkey'], bucket_count = 4, sorted_by = ARRAY['orderkey DESC'], "
          "partitioned_by = ARRAY['orderstatus']) AS SELECT orderkey, custkey, orderstatus FROM tpch.tiny.orders")
    assert trino(f'SELECT count(DISTINCT "$bucket"), count(*) FROM {table}') == [(4, 15000)]
    made = trino(f"SHOW CREATE TABLE {table}")[0][0]
    assert "bucket_count = 4" in made and "sorted_by = ARRAY['orderkey DESC']" in made
    trino(f"INSERT INTO {table} VALUES (1, 2, 'X')")
    assert trino(f"SELECT orderkey FROM {table} WHERE custkey = 2 AND orderstatus = 'X'") == [(1,)]


def test_columns_comments_and_names_are_changed(trino, schema):
    table = f"{schema}.changed"
    trino(f"CREATE TABLE {table} (id BIGINT COMMENT 'the key', name VARCHAR, old INTEGER) COMMENT 'first' WITH (format = 'ORC')")
    trino(f"INSERT INTO {table} VALUES (1, 'a', 5)")
    trino(f"ALTER TABLE {table} ADD COLUMN extra DOUBLE COMMENT 'late'")
    trino(f"ALTER TABLE {table} RENAME COLUMN name TO label")
    trino(f"COMMENT ON COLUMN {table}.label IS 'a label'")
    trino(f"COMMENT ON TABLE {table} IS 'second'")
    assert [(r[0], r[3]) for r in trino(f"DESCRIBE {table}")] == [("id", "the key"), ("label", "a label"), ("old", ""), ("extra", "late")]
    assert "COMMENT 'second'" in trino(f"SHOW CREATE TABLE {table}")[0][0]
    trino(f"ALTER TABLE {table} DROP COLUMN extra")
    assert [r[0] for r in trino(f"DESCRIBE {table}")] == ["id", "label", "old"]
    trino(f"ALTER TABLE {table} RENAME TO {schema}.changed_name")
    assert trino(f"SELECT id FROM {schema}.changed_name") == [(1,)]
    assert trino(f"SHOW TABLES FROM {schema} LIKE 'changed'") == []


def test_a_table_moves_to_another_schema(trino, schema):
    trino("CREATE SCHEMA hive.trino_elsewhere")
    trino(f"CREATE TABLE {schema}.mover (id BIGINT, ds VARCHAR) WITH (partitioned_by = ARRAY['ds'])")
    trino(f"INSERT INTO {schema}.mover VALUES (1, 'a'), (2, 'b')")
    trino(f"ALTER TABLE {schema}.mover RENAME TO hive.trino_elsewhere.moved")
    assert trino("SELECT count(*) FROM hive.trino_elsewhere.moved WHERE ds = 'b'") == [(1,)]
    assert trino(f"SHOW TABLES FROM {schema} LIKE 'mover'") == []
    with pytest.raises(TrinoError) as full:
        trino("DROP SCHEMA hive.trino_elsewhere")
    assert full.value.name == "SCHEMA_NOT_EMPTY"
    trino("DROP SCHEMA hive.trino_elsewhere CASCADE")
    assert trino("SHOW SCHEMAS FROM hive LIKE 'trino_elsewhere'") == []


def test_external_tables_keep_their_files(trino, schema, tmp_path):
    trino(f"CREATE TABLE {schema}.inside WITH (format = 'CSV') AS SELECT CAST('a' AS VARCHAR) AS x, CAST('b' AS VARCHAR) AS y")
    shutil.copytree(directory_of(trino, f"{schema}.inside"), tmp_path / "ext")
    trino(f"CREATE TABLE {schema}.outside (x VARCHAR, y VARCHAR) WITH (format = 'CSV', external_location = 'file://{tmp_path}/ext')")
    assert trino(f"SELECT * FROM {schema}.outside") == [("a", "b")]
    trino(f"DROP TABLE {schema}.outside")
    assert list((tmp_path / "ext").iterdir())


def test_routines_are_kept_as_functions(trino):
    trino("CREATE SCHEMA hive.routines")
    trino("CREATE FUNCTION hive.routines.twice(x BIGINT) RETURNS BIGINT RETURN x * 2")
    trino("CREATE FUNCTION hive.routines.twice(x VARCHAR) RETURNS VARCHAR RETURN x || x")
    assert trino("SELECT hive.routines.twice(21), twice('ab')") == [(42, "abab")]
    trino("CREATE OR REPLACE FUNCTION hive.routines.twice(x BIGINT) RETURNS BIGINT RETURN x + x + 1")
    assert trino("SELECT hive.routines.twice(BIGINT '21')") == [(43,)]
    assert len(trino("SHOW FUNCTIONS FROM hive.routines")) == 2
    trino("DROP FUNCTION hive.routines.twice(BIGINT)")
    trino("DROP FUNCTION hive.routines.twice(VARCHAR)")
    assert trino("SHOW FUNCTIONS FROM hive.routines") == []
    trino("DROP SCHEMA hive.routines")


@pytest.fixture
def admin(skep, trino_as):
    """The user admin in the role admin, which a Hive client grants first."""
    with connection() as client:
        client.grant_role("admin", "admin", hms.PrincipalType.USER, "admin", hms.PrincipalType.USER, True)
    session = trino_as("admin")
    session("SET ROLE admin IN hive_sql")
    yield session
    with connection() as client:
        client.revoke_role("admin", "admin", hms.PrincipalType.USER)


def test_roles_and_grants(admin, trino_as):
    bob = trino_as("bob")
    assert {("admin",), ("public",)} <= set(admin("SHOW ROLES FROM hive_sql"))
    admin("CREATE SCHEMA hive_sql.granted")
    admin("CREATE TABLE hive_sql.granted.t AS SELECT 1 AS id")
    with pytest.raises(TrinoError) as refused:
        bob("SELECT * FROM hive_sql.granted.t")
    assert refused.value.name == "PERMISSION_DENIED"
    admin("GRANT SELECT ON hive_sql.granted.t TO USER bob WITH GRANT OPTION")
    assert bob("SELECT * FROM hive_sql.granted.t") == [(1,)]
    grants = admin("SHOW GRANTS ON TABLE hive_sql.granted.t")
    assert ("bob", "SELECT", "YES") in {(r[2], r[7], str(r[8])) for r in grants}
    bob("GRANT SELECT ON hive_sql.granted.t TO USER carol")
    assert trino_as("carol")("SELECT id FROM hive_sql.granted.t") == [(1,)]
    admin("REVOKE GRANT OPTION FOR SELECT ON hive_sql.granted.t FROM USER bob")
    with pytest.raises(TrinoError):
        bob("GRANT SELECT ON hive_sql.granted.t TO USER dave")
    admin("REVOKE SELECT ON hive_sql.granted.t FROM USER bob")
    with pytest.raises(TrinoError):
        bob("SELECT * FROM hive_sql.granted.t")
    admin("CREATE ROLE reader IN hive_sql")
    admin("CREATE ROLE writer IN hive_sql")
    with pytest.raises(TrinoError) as twice:
        admin("CREATE ROLE reader IN hive_sql")
    assert twice.value.name == "ROLE_ALREADY_EXISTS"
    admin("GRANT reader TO ROLE writer IN hive_sql")
    admin("GRANT writer TO USER bob IN hive_sql")
    admin("GRANT SELECT ON hive_sql.granted.t TO ROLE reader")
    admin("GRANT INSERT ON hive_sql.granted.t TO ROLE writer")
    roles = bob("SELECT grantee, grantee_type, role_name, is_grantable FROM hive_sql.information_schema.applicable_roles")
    assert {("bob", "USER", "writer", "NO"), ("writer", "ROLE", "reader", "NO")} <= set(roles)
    assert {("writer",), ("reader",)} <= set(bob("SHOW CURRENT ROLES FROM hive_sql"))
    assert bob("SELECT * FROM hive_sql.granted.t") == [(1,)]
    bob("SET ROLE NONE IN hive_sql")
    with pytest.raises(TrinoError):
        bob("SELECT * FROM hive_sql.granted.t")
    bob("SET ROLE writer IN hive_sql")
    assert bob("SELECT * FROM hive_sql.granted.t") == [(1,)]
    assert ("writer",) in admin("SHOW ROLES FROM hive_sql")
    admin("REVOKE writer FROM USER bob IN hive_sql")
    admin("DROP ROLE reader IN hive_sql")
    admin("DROP ROLE writer IN hive_sql")
    assert not {("reader",), ("writer",)} & set(admin("SHOW ROLES FROM hive_sql"))
    admin("DROP TABLE hive_sql.granted.t")
    admin("DROP SCHEMA hive_sql.granted")


def test_transactional_tables_are_inserted_updated_deleted_and_merged(trino, schema):
    table = f"{schema}.acid"
    trino(f"CREATE TABLE {table} (id BIGINT, v VARCHAR) WITH (format = 'ORC', transactional = true)")
    trino(f"INSERT INTO {table} SELECT orderkey, orderstatus FROM tpch.tiny.orders WHERE orderkey <= 100")
    rows = trino(f"SELECT count(*) FROM {table}")[0][0]
    trino(f"UPDATE {table} SET v = 'changed' WHERE id <= 10")
    changed = trino("SELECT count(*) FROM tpch.tiny.orders WHERE orderkey <= 10")[0][0]
    assert trino(f"SELECT count(*) FROM {table} WHERE v = 'changed'") == [(changed,)]
    trino(f"DELETE FROM {table} WHERE id > 50")
    left = trino("SELECT count(*) FROM tpch.tiny.orders WHERE orderkey <= 50")[0][0]
    assert trino(f"SELECT count(*), count(DISTINCT id) FROM {table}") == [(left, left)] and left < rows
    trino(f"MERGE INTO {table} t USING (VALUES (BIGINT '1', 'm'), (9999, 'new')) s (id, v) ON t.id = s.id "
          "WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.v)")
    assert trino(f"SELECT id, v FROM {table} WHERE id IN (1, 9999) ORDER BY id") == [(1, "m"), (9999, "new")]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(trino, [f"INSERT INTO {table} VALUES ({20000 + n}, 'c')" for n in range(8)]))
    assert trino(f"SELECT count(*) FROM {table} WHERE id >= 20000") == [(8,)]
    trino(f"DROP TABLE {table}")


def test_a_partitioned_transactional_table(trino, schema):
    table = f"{schema}.acid_parts"
    trino(f"CREATE TABLE {table} (id BIGINT, ds VARCHAR) WITH (format = 'ORC', transactional = true, partitioned_by = ARRAY['ds'])")
    trino(f"INSERT INTO {table} VALUES (1, 'a'), (2, 'a'), (3, 'b')")
    trino(f"DELETE FROM {table} WHERE id = 1")
    trino(f"INSERT INTO {table} VALUES (4, 'c')")
    assert trino(f"SELECT id, ds FROM {table} ORDER BY id") == [(2, "a"), (3, "b"), (4, "c")]
    trino(f"DROP TABLE {table}")
