# SPDX-License-Identifier: Apache-2.0
"""The S3 client alone: tests/storage/test_s3_client.c on the gateway."""
import os
import pathlib
import subprocess


def test_the_client_on_a_real_gateway(gateway, bucket):
    program = pathlib.Path(os.environ["SKEPD"]).parent / "tests/storage/test_s3_client"
    environment = dict(os.environ, SKEP_TEST_S3_ENDPOINT=gateway.endpoint, SKEP_TEST_S3_KEY=gateway.access_key,
                       SKEP_TEST_S3_SECRET=gateway.secret_key, SKEP_TEST_S3_BUCKET=bucket, SKEP_TEST_S3_ROLE=gateway.role)
    done = subprocess.run([str(program)], env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
