# SPDX-License-Identifier: Apache-2.0
"""Goal: text that no metastore can hold gets a declared exception, and the same connection goes on. Method: names with
broken UTF-8, with NUL, of 64 kB; values outside their enumeration. (Broken messages: test_bad_clients.c.)"""
import pytest

from hms_client import columns, context, hms, message_of, partition, table

BROKEN = [b"\xff\xfe", b"a\xc3", b"\xed\xa0\x80", b"a\x00b", b"\x00"]
LONG = "n" * 65536


@pytest.fixture(autouse=True)
def the_connection_goes_on(client):
    yield
    assert "default" in client.get_all_databases()


@pytest.mark.parametrize("name", BROKEN + [LONG], ids=[f"{b[:4]!r}" for b in BROKEN] + ["64 kB"])
def test_no_name_reaches_further_than_it_may(client, database, name):
    refused = (hms.MetaException, hms.NoSuchObjectException, hms.InvalidObjectException)
    for call in (
        lambda: client.get_database(name),
        lambda: client.get_table(database, name),
        lambda: client.get_table(name, "t"),
        lambda: client.create_database(hms.Database(name=name)),
        lambda: client.create_table(table(database, name)),
        lambda: client.get_partition(database, name, ["x"]),
        lambda: client.drop_table(database, name, True),
        lambda: client.get_table_req(hms.GetTableRequest(dbName=name, tblName=name, catName=name)),
    ):
        with pytest.raises(refused) as raised:
            call()
        assert len(message_of(raised.value)) < 2 * 65536 + 200


@pytest.mark.parametrize("text", BROKEN, ids=[f"{b[:4]!r}" for b in BROKEN])
def test_broken_text_is_refused_wherever_it_is(client, database, text):
    refused = (hms.MetaException, hms.InvalidObjectException)
    with pytest.raises(refused):
        client.create_table(table(database, "t", parameters={"k": text}))
    with pytest.raises(refused):
        client.create_table(table(database, "t", parameters={text: "v"}))
    with pytest.raises(refused):
        client.create_table(table(database, "t", cols=columns((text, "int"))))
    made = table(database, "t", keys=[("ds", "string")])
    client.create_table(made)
    with pytest.raises(refused):
        client.add_partition(partition(made, [text]))
    with pytest.raises(hms.MetaException):
        client.get_partitions_by_filter(database, "t", b'ds = "' + text + b'"', -1)
    assert client.get_partition_names(database, "t", -1) == []


def test_long_texts_that_are_no_names_are_kept(client, database):
    client.create_table(table(database, "t", parameters={"spark.sql.schema": LONG * 4}))
    assert client.get_table(database, "t").parameters["spark.sql.schema"] == LONG * 4


def test_an_enumeration_keeps_to_its_numbers(client, database):
    odd = table(database, "t")
    odd.ownerType = 77
    client.create_table(odd)
    assert client.get_table(database, "t").ownerType == hms.PrincipalType.USER


def test_a_partition_of_a_table_without_keys_is_refused(client, database):
    plain = table(database, "t")
    client.create_table(plain)
    with pytest.raises((hms.MetaException, hms.InvalidObjectException)):
        client.add_partition(partition(plain, ["x"]))
    with pytest.raises((hms.MetaException, hms.InvalidObjectException)):
        client.append_partition_by_name(database, "t", "ds=1")
    assert client.get_partition_names(database, "t", -1) == []


def test_a_context_with_odd_keys_changes_nothing_else(client, database):
    client.create_table(table(database, "t"))
    odd = context(**{"": "", "no such key": "x" * 1000})
    client.alter_table_with_environment_context(database, "t", client.get_table(database, "t"), odd)
    assert client.get_all_tables(database) == ["t"]
