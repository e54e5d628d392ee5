# SPDX-License-Identifier: Apache-2.0
"""A real object store for the tests of this folder, and Skep on it."""
import os
import pathlib

# Before pyarrow loads AWS's library: Ceph 16 does not know the checksums that it sends after a body.
os.environ["AWS_REQUEST_CHECKSUM_CALCULATION"] = "when_required"
os.environ["AWS_RESPONSE_CHECKSUM_VALIDATION"] = "when_required"

import pytest
from pyarrow import fs
from pyiceberg.catalog import load_catalog

from storage.rgw import Gateway

BUCKET = "lake"


@pytest.fixture(scope="session")
def gateway():
    with Gateway(pathlib.Path("build/rgw")) as running:
        yield running


def file_system(gateway):
    return fs.S3FileSystem(access_key=gateway.access_key, secret_key=gateway.secret_key, endpoint_override=gateway.endpoint,
                           region="us-east-1", allow_bucket_creation=True, force_virtual_addressing=False)


def keys_below(objects, location):
    selector = fs.FileSelector(location.split("://", 1)[1], recursive=True, allow_not_found=True)
    return [entry.path for entry in objects.get_file_info(selector) if entry.type == fs.FileType.File]


@pytest.fixture(scope="session")
def bucket(gateway):
    file_system(gateway).create_dir(BUCKET)
    return BUCKET


@pytest.fixture
def objects(gateway, bucket):
    """The store as its owner sees it."""
    return file_system(gateway)


def store_environment(gateway, warehouse, **settings):
    environment = {"SKEP_WAREHOUSE": warehouse, "SKEP_S3_ENDPOINT": gateway.endpoint,
                   "SKEP_S3_ACCESS_KEY_ID": gateway.access_key, "SKEP_S3_SECRET_ACCESS_KEY": gateway.secret_key,
                   "SKEP_S3_ROLE_ARN": gateway.role}
    environment.update({f"SKEP_{name.upper()}": value for name, value in settings.items()})
    return environment


@pytest.fixture
def make_server(gateway, bucket, skepd_factory, request):
    """A server whose warehouse is a prefix of the bucket that no other test has."""
    def make(**settings):
        warehouse = f"s3://{bucket}/{request.node.name.translate(str.maketrans('[]', '--'))}"
        server = skepd_factory(environment=store_environment(gateway, warehouse, **settings)).start()
        server.store_warehouse = warehouse
        return server
    return make


@pytest.fixture
def iceberg(gateway):
    """PyIceberg on a server. Without keys of its own it has what the catalog gives it."""
    def connect(server, own_keys=True, **properties):
        settings = {"uri": server.rest_url, "s3.endpoint": gateway.endpoint, "s3.region": "us-east-1",
                    "py-io-impl": "pyiceberg.io.pyarrow.PyArrowFileIO"}
        if own_keys:
            settings.update({"s3.access-key-id": gateway.access_key, "s3.secret-access-key": gateway.secret_key})
        return load_catalog("skep", type="rest", **settings, **properties)
    return connect
