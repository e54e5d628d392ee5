# SPDX-License-Identifier: Apache-2.0
"""Spark's Hive tables through the Thrift door, with Spark's own Hive client and with those of Hive 3.1 and 4.0."""
import os
import pathlib
import subprocess
import sys

import pytest
import spark_hive_scenario as scenario


@pytest.mark.parametrize("asked", scenario.SCENARIOS, ids=lambda f: f.__name__)
def test_the_built_in_client(spark, asked):
    scenario.run(spark, asked, "builtin")


# Hive 4.0.1's client ends in NoSuchFieldError ANY_NULLABLE (another Calcite than its own among Spark's jars) when it loads many
# dynamic partitions of text, after the metastore has done its part.
LEFT_OUT = {"3.1.3": (), "4.0.1": ("partitioned_text",)}


@pytest.mark.parametrize("version", LEFT_OUT)
def test_the_client_of_another_hive(skep, version, tmp_path):
    """HIVE_CLIENT_JARS holds a folder of jars for each version (the Makefile fetches them)."""
    jars = pathlib.Path(os.environ["HIVE_CLIENT_JARS"]) / version
    assert list(jars.glob("hive-exec-*.jar")), f"no jars in {jars}"
    done = subprocess.run(
        [sys.executable, scenario.__file__, version, str(jars), skep.thrift_url, skep.warehouse, str(tmp_path),
         *(asked.__name__ for asked in scenario.SCENARIOS if asked.__name__ not in LEFT_OUT[version])],
        capture_output=True, text=True, cwd=tmp_path, timeout=900,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
