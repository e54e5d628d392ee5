# SPDX-License-Identifier: Apache-2.0
"""Trino with keys that the catalog vends, and none of its own."""
import pathlib
import sys

import pytest

from storage.conftest import keys_below

sys.path.append(str(pathlib.Path(__file__).parents[1] / "engines"))
import trino_server  # noqa: E402

SETTINGS = {
    "connector.name": "iceberg", "iceberg.catalog.type": "rest", "iceberg.rest-catalog.vended-credentials-enabled": "true",
    "fs.native-s3.enabled": "true", "s3.region": "us-east-1", "s3.path-style-access": "true",
}


@pytest.fixture
def trino(make_server, gateway, tmp_path, monkeypatch):
    server = make_server(s3_access="vended")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))  # no file of keys
    settings = {**SETTINGS, "s3.endpoint": gateway.endpoint, "iceberg.rest-catalog.uri": server.rest_url}
    process = trino_server.Trino(tmp_path, {"tpch": {"connector.name": "tpch"}, "skep": settings})
    try:
        yield trino_server.Session(process.start().url)
    finally:
        process.stop()


def test_trino_without_a_key_writes_and_reads(trino, objects):
    trino("CREATE SCHEMA skep.n")
    trino("CREATE TABLE skep.n.t AS SELECT nationkey, name FROM tpch.tiny.nation")
    trino("UPDATE skep.n.t SET name = 'x' WHERE nationkey < 5")
    trino("DELETE FROM skep.n.t WHERE nationkey = 7")
    assert trino("SELECT count(*), count_if(name = 'x') FROM skep.n.t") == [(24, 5)]
    location = trino("SELECT file FROM skep.n.\"t$metadata_log_entries\" LIMIT 1")[0][0].rsplit("/metadata/", 1)[0]
    assert [key for key in keys_below(objects, location) if "/data/" in key]
    trino("DROP TABLE skep.n.t")
