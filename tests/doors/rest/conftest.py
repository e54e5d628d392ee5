# SPDX-License-Identifier: Apache-2.0
"""The server that the REST tests speak to, and names of a test's own on it."""
import itertools
import os

import pytest
from rest_client import Rest

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def rest_url(request):
    """SKEP_REST_URL names a server that runs already; otherwise the session's own."""
    return os.environ.get("SKEP_REST_URL") or request.getfixturevalue("skep").rest_url


@pytest.fixture(scope="session")
def management_url(request):
    return os.environ.get("SKEP_MANAGEMENT_URL") or request.getfixturevalue("skep").management_url


@pytest.fixture
def rest(rest_url):
    return Rest(rest_url)


@pytest.fixture
def namespace(rest):
    """A namespace that no other test uses."""
    name = f"rest{os.getpid()}n{next(_numbers)}"
    rest.create_namespace(name)
    return name


@pytest.fixture
def fresh_name():
    """A function that gives names that nothing has."""
    return lambda: f"rest{os.getpid()}x{next(_numbers)}"


@pytest.fixture
def hive_client(skep):
    """The Thrift client that PyIceberg brings along."""
    metastore = pytest.importorskip("hive_metastore.ThriftHiveMetastore")
    from thrift.protocol import TBinaryProtocol
    from thrift.transport import TSocket, TTransport

    transport = TTransport.TBufferedTransport(TSocket.TSocket("127.0.0.1", skep.thrift_port))
    transport.open()
    yield metastore.Client(TBinaryProtocol.TBinaryProtocol(transport))
    transport.close()
