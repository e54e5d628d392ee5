# SPDX-License-Identifier: Apache-2.0
"""Engines against a running skepd: a Spark session and a Trino server, each with Hive tables through 9083 and Iceberg through
both doors.

SPARK_JARS names the jar of Iceberg's Spark runtime, TRINO_HOME the unpacked Trino (the Makefile fetches both).
"""
import os
import sys
import pathlib

import pytest

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "doors/thrift")]
import trino_server  # noqa: E402


@pytest.fixture(scope="session")
def trino_process(skep, tmp_path_factory):
    server = trino_server.Trino(tmp_path_factory.mktemp("trino"), trino_server.catalogs(skep))
    yield server.start()
    server.stop()


@pytest.fixture(scope="session")
def trino(trino_process):
    """Statements as the user admin: trino("SELECT 1") answers rows."""
    return trino_server.Session(trino_process.url)


@pytest.fixture
def trino_as(trino_process):
    """Statements as another user: trino_as("bob")."""
    return lambda user: trino_server.Session(trino_process.url, user)


@pytest.fixture(scope="session")
def spark(skep, tmp_path_factory):
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_SUBMIT_ARGS", "pyspark-shell")
    work = tmp_path_factory.mktemp("spark")
    builder = (
        SparkSession.builder.master("local[2]")
        .appName("skep")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "1g")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.local.dir", str(work))
        .config("spark.driver.extraJavaOptions", f"-Dderby.system.home={work}")
        .config("spark.jars", os.environ["SPARK_JARS"])
        .config("spark.sql.catalogImplementation", "hive")
        .config("spark.hadoop.hive.metastore.uris", skep.thrift_url)
        .config("spark.sql.warehouse.dir", skep.warehouse)
        .config("spark.sql.extensions", "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
        .config("spark.hadoop.hive.exec.dynamic.partition", "true")
        .config("spark.hadoop.hive.exec.dynamic.partition.mode", "nonstrict")
        .config("spark.sql.hive.convertMetastoreParquet", "true")
    )
    for name, door in (("ice_rest", "rest"), ("ice_hive", "hive")):
        builder = builder.config(f"spark.sql.catalog.{name}", "org.apache.iceberg.spark.SparkCatalog").config(
            f"spark.sql.catalog.{name}.type", door)
    builder = builder.config("spark.sql.catalog.ice_rest.uri", skep.rest_url).config(
        "spark.sql.catalog.ice_hive.uri", skep.thrift_url)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()
