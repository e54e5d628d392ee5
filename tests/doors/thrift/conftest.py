# SPDX-License-Identifier: Apache-2.0
"""A connection to the running server, and a database of the test's own."""
import pytest

from hms_client import connect, hms, unique


@pytest.fixture
def client(skep):
    made = connect()
    yield made
    made.close()


@pytest.fixture
def database(client):
    name = unique("db")
    client.create_database(hms.Database(name=name, parameters={}))
    yield name
    try:
        client.drop_database(name, True, True)
    except hms.NoSuchObjectException:
        pass
