# SPDX-License-Identifier: Apache-2.0
"""PyIceberg that has each of its requests signed by the catalog, and no key."""
import pathlib
import subprocess
import sys

from storage.conftest import keys_below
from storage.spark_session import environment_without_keys

SETTINGS = {"PYICEBERG_MAX_WORKERS": "1", "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
            "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required"}


def test_pyiceberg_without_a_key_writes_its_table_and_no_other(make_server, objects, tmp_path):
    server = make_server(s3_access="signed")
    script = pathlib.Path(__file__).with_name("pyiceberg_signed.py")
    done = subprocess.run([sys.executable, str(script), server.rest_url], capture_output=True, text=True, timeout=300,
                          cwd=tmp_path, env={**environment_without_keys(tmp_path), **SETTINGS})
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    said = dict(line.split(" ", 1) for line in done.stdout.splitlines() if " " in line)
    assert (said["rows"], said["other"]) == ("7", "3")
    # Of the signer, and not of some other failure.
    assert "403" in said["read"] and "403" in said["write"], done.stdout
    assert not [key for key in keys_below(objects, server.store_warehouse) if key.endswith("/t10/data/x")]
