# SPDX-License-Identifier: Apache-2.0
"""A Spark session against a running skepd: Hive tables through 9083, Iceberg through type=hive and type=rest.

SPARK_JARS names the jar of Iceberg's Spark runtime (the Makefile fetches it).
"""
import os

import pytest


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
