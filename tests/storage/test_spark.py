# SPDX-License-Identifier: Apache-2.0
"""Spark with Iceberg's S3FileIO on a real gateway, with what the catalog gives it and no key of its own."""
import pyarrow as pa
import pytest
import requests

from storage.conftest import keys_below
from storage.spark_session import Spark, SparkError

DELEGATION = {"vended": "vended-credentials", "signed": "remote-signing"}
# What users of RGW before 19 have to set (docs/access.md): no checksum behind a body.
JAVA_OPTIONS = "-Daws.requestChecksumCalculation=WHEN_REQUIRED -Daws.responseChecksumValidation=WHEN_REQUIRED"


def catalog_settings(name, server, **properties):
    settings = {"": "org.apache.iceberg.spark.SparkCatalog", ".type": "rest", ".uri": server.rest_url, ".cache-enabled": "false",
                ".io-impl": "org.apache.iceberg.aws.s3.S3FileIO", **properties}
    return {f"spark.sql.catalog.{name}{key}": value for key, value in settings.items()}


@pytest.fixture
def start_spark(tmp_path):
    """Spark on a server, with the settings that docs/access.md names."""
    def start(server, mode, **catalogs):
        settings = catalog_settings("skep", server, **{".header.X-Iceberg-Access-Delegation": DELEGATION[mode]})
        for name, properties in catalogs.items():
            settings.update(catalog_settings(name, server, **properties))
        return Spark(tmp_path, settings, JAVA_OPTIONS)
    return start


def data_files(objects, spark, table):
    location = spark(f"SELECT file FROM {table}.metadata_log_entries LIMIT 1")[0][0].rsplit("/metadata/", 1)[0]
    return [key for key in keys_below(objects, location) if "/data/" in key]


def assert_no_keys(spark, gateway, table_file):
    """Neither the environment of Spark nor an unsigned request opens the store."""
    assert not [name for name in spark.environment if name.startswith("AWS_")]
    assert gateway.secret_key not in str(spark.environment) + str(spark.settings)
    assert requests.get(f"{gateway.endpoint}/{table_file.split('://')[1]}", timeout=30).status_code == 403


def use_a_table(spark):
    spark("CREATE NAMESPACE skep.n")
    spark("CREATE TABLE skep.n.a (id BIGINT, v STRING) USING iceberg PARTITIONED BY (bucket(2, id)) TBLPROPERTIES ("
          "'format-version'='2', 'write.delete.mode'='merge-on-read', 'write.update.mode'='merge-on-read')")
    spark("INSERT INTO skep.n.a SELECT id, 'x' FROM range(100)")
    spark("UPDATE skep.n.a SET v = 'y' WHERE id < 10")
    spark("DELETE FROM skep.n.a WHERE id IN (3, 50)")
    assert spark("SELECT count(*), count_if(v = 'y'), sum(id) FROM skep.n.a") == [[98, 9, 4950 - 53]]
    assert spark("SELECT count(*) > 0 FROM skep.n.a.delete_files WHERE content = 1") == [[True]]
    spark("INSERT OVERWRITE skep.n.a SELECT id, v FROM skep.n.a")
    assert spark("SELECT count(*), count_if(v = 'y'), sum(id) FROM skep.n.a") == [[98, 9, 4950 - 53]]


def assert_refused_outside(spark):
    spark("CREATE TABLE skep.n.b (id BIGINT) USING iceberg")
    spark("INSERT INTO skep.n.b VALUES (1)")
    assert spark("SELECT count(*) FROM narrow.n.a") == [[98]]
    for refused in ("SELECT * FROM narrow.n.b", "INSERT INTO narrow.n.b VALUES (2)"):
        with pytest.raises(SparkError, match="403|Forbidden|No signature"):
            spark(refused)
    assert spark("SELECT count(*) FROM skep.n.b") == [[1]]
    spark("DROP TABLE skep.n.b")


@pytest.mark.parametrize("mode", ["vended", "signed"])
def test_spark_without_a_key_writes_changes_and_expires(make_server, start_spark, objects, gateway, mode):
    server = make_server(s3_access=mode)
    # Has everything signed for table a, whatever it is about.
    narrow = {".s3.remote-signing-enabled": "true", ".s3.signer.endpoint": "v1/namespaces/n/tables/a/sign",
              ".s3.signer.uri": server.rest_url, ".s3.endpoint": gateway.endpoint, ".s3.path-style-access": "true",
              ".client.region": "us-east-1", ".header.X-Iceberg-Access-Delegation": ""}
    with start_spark(server, mode, **({"narrow": narrow} if mode == "signed" else {})) as spark:
        use_a_table(spark)
        metadata = spark("SELECT file FROM skep.n.a.metadata_log_entries ORDER BY timestamp DESC LIMIT 1")[0][0]
        assert_no_keys(spark, gateway, metadata)
        before = data_files(objects, spark, "skep.n.a")
        spark("CALL skep.system.expire_snapshots(table => 'n.a', older_than => TIMESTAMP '2100-01-01 00:00:00', retain_last => 1)")
        after = data_files(objects, spark, "skep.n.a")
        assert spark("SELECT count(*) FROM skep.n.a.snapshots") == [[1]]
        if mode == "signed":
            assert len(after) < len(before)
        else:  # Ceph 16 refuses batches of deletions to narrow keys: files stay, whoever expires is told, and goes on
            assert after == before
        assert spark("SELECT count(*), sum(id) FROM skep.n.a") == [[98, 4950 - 53]]
        if mode == "signed":
            assert_refused_outside(spark)
        spark("DROP TABLE skep.n.a PURGE")  # drops, and then deletes what it reaches
        assert spark("SHOW TABLES IN skep.n") == []
        left = keys_below(objects, metadata.rsplit("/metadata/", 1)[0])
        assert (left == []) == (mode == "signed")


def vended_to(server, table):
    answer = requests.get(f"{server.rest_url}/v1/namespaces/n/tables/{table}", timeout=30,
                          headers={"X-Iceberg-Access-Delegation": "vended-credentials"}).json()
    keys = answer["storage-credentials"][0]["config"]
    return {f".{name}": value for name, value in keys.items() if name.startswith(("s3.", "client.region"))}


def test_spark_with_the_keys_of_one_table_can_not_use_another(make_server, start_spark, iceberg):
    server = make_server(s3_access="vended")
    catalog = iceberg(server, own_keys=False)
    catalog.create_namespace("n")
    rows = pa.table({"id": pa.array([1, 2, 3], pa.int64())})
    for name in ("a", "b"):
        catalog.create_table(f"n.{name}", schema=rows.schema).append(rows)
    # The second catalog asks for nothing, and has table a's keys for everything.
    with start_spark(server, "vended", narrow={**vended_to(server, "a"), ".header.X-Iceberg-Access-Delegation": ""}) as spark:
        spark("INSERT INTO narrow.n.a VALUES (4)")
        assert spark("SELECT count(*) FROM narrow.n.a") == [[4]]
        for refused in ("SELECT * FROM narrow.n.b", "INSERT INTO narrow.n.b VALUES (4)"):
            with pytest.raises(SparkError, match="403|AccessDenied|Access Denied"):
                spark(refused)
        assert spark("SELECT count(*) FROM skep.n.b") == [[3]]
