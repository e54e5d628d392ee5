# SPDX-License-Identifier: Apache-2.0
"""Goal: the small things that clients leave with a metastore (named types, master keys and tokens, marks on partitions,
the file cache that nobody has, indexes of the second Hive) behave as Hive's do. Method: each method against a running
server."""
import uuid

import pytest
from thriftpy2.thrift import TApplicationException

from hms_client import hms, message_of, table


def test_a_type_comes_back_with_its_fields_in_order(client):
    name = f"Person_{uuid.uuid4().hex}"
    fields = [
        hms.FieldSchema(name="Name", type="string", comment="who"),
        hms.FieldSchema(name="age", type="int"),
        hms.FieldSchema(name="cities", type="list<string>", comment=""),
    ]
    assert client.create_type(hms.Type(name=name, fields=fields)) is True
    kept = client.get_type(name)
    assert kept.name == name and (kept.type1, kept.type2) == (None, None)
    assert kept.fields == fields
    with pytest.raises(hms.AlreadyExistsException) as raised:
        client.create_type(hms.Type(name=name))
    assert message_of(raised.value) == f"Type {name} already exists"
    assert client.drop_type(name) is True
    with pytest.raises(hms.NoSuchObjectException) as raised:
        client.get_type(name)
    assert message_of(raised.value) == f'Type "{name}" not found.'
    assert client.drop_type(name) is True, "as Hive: a missing type is no error"


def test_types_without_fields_and_with_element_types_are_listed(client):
    names = [f"{kind}_{uuid.uuid4().hex}" for kind in ("list", "map")]
    client.create_type(hms.Type(name=names[0], type1="int"))
    client.create_type(hms.Type(name=names[1], type1="int", type2="string", fields=[]))
    everything = client.get_type_all("")
    assert everything[names[0]].type1 == "int" and everything[names[0]].fields is None
    assert everything[names[1]].type2 == "string" and everything[names[1]].fields == []
    assert set(client.get_type_all(names[1][:20] + "*")) == {names[1]}
    for name in names:
        client.drop_type(name)


@pytest.mark.parametrize("name", [None, "", "a-b", "a b", "ü"])
def test_a_type_needs_a_good_name(client, name):
    with pytest.raises(hms.InvalidObjectException) as raised:
        client.create_type(hms.Type(name=name))
    assert message_of(raised.value) == "Invalid type name"


def test_master_keys_are_numbered_and_kept(client):
    first = client.add_master_key("one")
    second = client.add_master_key("two")
    assert 0 < first < second
    client.update_master_key(first, "uno")
    assert [key for key in client.get_master_keys() if key in ("uno", "one", "two")] == ["uno", "two"]
    assert client.remove_master_key(first) is True and client.remove_master_key(second) is True
    assert client.remove_master_key(first) is False
    with pytest.raises(hms.NoSuchObjectException) as raised:
        client.update_master_key(first, "x")
    assert message_of(raised.value) == f"No key found with keyId: {first}"


def test_tokens_are_kept_by_their_identifier(client):
    name = uuid.uuid4().hex
    assert client.add_token(name, "secret") is True
    assert client.add_token(name, "other") is False, "the first stays"
    assert client.get_token(name) == "secret"
    assert name in client.get_all_token_identifiers()
    assert client.remove_token(name) is True and client.remove_token(name) is False
    assert client.get_token(name) == ""
    with pytest.raises(TApplicationException):
        client.add_token("x" * 5000, "too long a name")


def test_tokens_are_not_made_without_kerberos(client):
    for call in (
        lambda: client.get_delegation_token("ann", "hive/host@REALM"),
        lambda: client.renew_delegation_token("t"),
        lambda: client.cancel_delegation_token("t"),
    ):
        with pytest.raises(hms.MetaException) as raised:
            call()
        assert "Kerberos" in message_of(raised.value)


@pytest.fixture
def marked(client, database):
    client.create_table(table(database, "t", keys=(("ds", "string"), ("hr", "int"))))
    return database


def test_a_mark_is_seen_by_everyone_and_belongs_to_one_partition(client, marked):
    done = hms.PartitionEventType.LOAD_DONE
    values = {"DS": "2024-01-01", "hr": "1"}
    assert client.isPartitionMarkedForEvent(marked, "t", values, done) is False
    client.markPartitionForEvent(marked, "t", values, done)
    client.markPartitionForEvent(marked, "t", values, done)
    assert client.isPartitionMarkedForEvent(marked, "T", {"hr": "1", "ds": "2024-01-01"}, done) is True
    assert client.isPartitionMarkedForEvent(marked, "t", {"hr": "2", "ds": "2024-01-01"}, done) is False


def test_a_mark_needs_its_table_and_the_keys_of_it(client, marked):
    done = hms.PartitionEventType.LOAD_DONE
    for method in (client.markPartitionForEvent, client.isPartitionMarkedForEvent):
        with pytest.raises(hms.UnknownTableException) as raised:
            method(marked, "nope", {"ds": "1", "hr": "1"}, done)
        assert message_of(raised.value) == f"Table: {marked}.nope is not found."
        for values in ({"ds": "1"}, {"ds": "1", "other": "1"}, {"ds": "1", "hr": "1", "x": "1"}, {}):
            with pytest.raises(hms.InvalidPartitionException):
                method(marked, "t", values, done)


def test_there_is_no_file_cache_and_it_says_so(client):
    assert client.get_file_metadata(hms.GetFileMetadataRequest(fileIds=[1])).isSupported is False
    found = client.get_file_metadata_by_expr(hms.GetFileMetadataByExprRequest(fileIds=[1], expr=b"x"))
    assert found.isSupported is False and found.metadata == {}
    client.put_file_metadata(hms.PutFileMetadataRequest(fileIds=[1], metadata=[b"x"]))
    client.clear_file_metadata(hms.ClearFileMetadataRequest(fileIds=[1]))
    answer = client.cache_file_metadata(hms.CacheFileMetadataRequest(dbName="d", tblName="t"))
    assert answer.isSupported is False


def test_indexes_are_refused_and_there_are_none(client, marked):
    assert client.get_indexes(marked, "t", -1) == [] and client.get_index_names(marked, "t", -1) == []
    with pytest.raises(hms.MetaException) as raised:
        client.add_index(hms.Index(indexName="i", dbName=marked, origTableName="t"), None)
    assert "Indexes are not kept" in message_of(raised.value)
    with pytest.raises(hms.MetaException):
        client.alter_index(marked, "t", "i", hms.Index(indexName="i"))
    with pytest.raises(hms.NoSuchObjectException):
        client.get_index_by_name(marked, "t", "i")
    with pytest.raises(hms.NoSuchObjectException):
        client.drop_index_by_name(marked, "t", "i", True)
