# SPDX-License-Identifier: Apache-2.0
"""Goal: data connectors are kept, in both forms of their methods. Method: each method against a running server."""
import time

import pytest

from hms_client import hms, message_of, unique


def connector(name, **members):
    return hms.DataConnector(name=name, type="postgres", url="jdbc:postgresql://h/d", parameters={"a": "b"}, **members)


def get(client, name):
    return client.get_dataconnector_req(hms.GetDataConnectorRequest(connectorName=name))


@pytest.fixture
def kept(client):
    name = unique("dc")
    client.create_dataconnector_req(hms.CreateDataConnectorRequest(connector=connector(name.upper(), description="d")))
    yield name
    client.drop_dataconnector_req(hms.DropDataConnectorRequest(connectorName=name, ifNotExists=True))


def test_a_connector_comes_back_as_it_was_made(client, kept):
    found = get(client, kept.upper())
    assert (found.name, found.type, found.url, found.description) == (kept, "postgres", "jdbc:postgresql://h/d", "d")
    assert found.parameters == {"a": "b"}
    assert abs(found.createTime - time.time()) < 60
    assert kept in client.get_dataconnectors()


def test_names_are_taken_once_and_checked(client, kept):
    with pytest.raises(hms.AlreadyExistsException):
        client.create_dataconnector(connector(kept))
    for wrong in ("", "a;b"):
        with pytest.raises(hms.InvalidObjectException):
            client.create_dataconnector(connector(wrong))


def test_alter_changes_what_is_given(client, kept):
    client.alter_dataconnector_req(hms.AlterDataConnectorRequest(
        connectorName=kept, newConnector=hms.DataConnector(name=kept, url="u2", ownerName="ann", ownerType=2)))
    found = get(client, kept)
    assert (found.type, found.url, found.description, found.parameters) == ("postgres", "u2", "d", {"a": "b"})
    assert (found.ownerName, found.ownerType) == ("ann", 2)
    client.alter_dataconnector(kept, hms.DataConnector(name=kept, parameters={}))
    assert get(client, kept).parameters == {}


def test_a_missing_connector_is_told_by_its_name(client):
    name = unique("nope")
    with pytest.raises(hms.NoSuchObjectException) as failure:
        get(client, name)
    assert message_of(failure.value) == f"Dataconnector named {name} does not exist"
    with pytest.raises(hms.NoSuchObjectException):
        client.alter_dataconnector(name, connector(name))
    with pytest.raises(hms.NoSuchObjectException):
        client.drop_dataconnector_req(hms.DropDataConnectorRequest(connectorName=name))
    client.drop_dataconnector_req(hms.DropDataConnectorRequest(connectorName=name, ifNotExists=True))


def test_a_dropped_connector_is_gone(client, kept):
    client.drop_dataconnector_req(hms.DropDataConnectorRequest(connectorName=kept))
    assert kept not in client.get_dataconnectors()
