# SPDX-License-Identifier: Apache-2.0
"""Goal: a materialized view tells which tables it reads, keeps them through renames and from being dropped, and says when what
it shows has changed. Method: views over tables with write ids, through the door alone."""
import pytest

from hms_client import hms, message_of, table, unique


def make_table(client, database, name):
    client.create_table(table(database, name))
    return find(client, database, name)


def find(client, database, name):
    return client.get_table_req(hms.GetTableRequest(dbName=database, tblName=name)).table


def metadata(database, view, sources, snapshot=None, counts=(0, 0, 0)):
    listed = [hms.SourceTable(table=each, insertedCount=counts[0], updatedCount=counts[1], deletedCount=counts[2])
              for each in sources]
    return hms.CreationMetadata(catName="hive", dbName=database, tblName=view,
                                tablesUsed={f"{each.dbName}.{each.tableName}" for each in sources}, validTxnList=snapshot,
                                sourceTables=listed)


def make_view(client, database, name, told, rewrite=True):
    view = table(database, name)
    view.tableType, view.rewriteEnabled, view.creationMetadata = "MATERIALIZED_VIEW", rewrite, told
    client.create_table(view)
    return find(client, database, name)


def test_a_view_tells_its_tables_under_their_present_names(client, database):
    first = make_table(client, database, "first")
    made = make_view(client, database, "v", metadata(database, "v", [first], "5$x:1:2::", (7, 0, 1)))
    told = made.creationMetadata
    assert (told.catName, told.dbName, told.tblName) == ("hive", database, "v")
    assert set(told.tablesUsed) == {f"{database}.first"} and told.validTxnList == "5$x:1:2::"
    assert told.materializationTime > 1_600_000_000_000
    (source,) = told.sourceTables
    assert (source.insertedCount, source.updatedCount, source.deletedCount) == (7, 0, 1)
    assert source.table.id == first.id and source.table.sd.location == first.sd.location
    assert source.table.creationMetadata is None

    renamed = find(client, database, "first")
    renamed.tableName = "second"
    client.alter_table(database, "first", renamed)
    made.parameters["seen"] = "yes"
    client.alter_table(database, "v", made)
    made.tableName = "w"
    client.alter_table(database, "v", made)
    told = find(client, database, "w").creationMetadata
    assert told.tblName == "w" and set(told.tablesUsed) == {f"{database}.second"}
    assert find(client, database, "second").creationMetadata is None


def test_older_clients_name_tables_without_describing_them(client, database):
    make_table(client, database, "a")
    make_table(client, database, "b")
    told = metadata(database, "v", [])
    told.tablesUsed, told.sourceTables = {f"{database}.a", f"hive.{database}.B"}, None
    made = make_view(client, database, "v", told)
    assert set(made.creationMetadata.tablesUsed) == {f"{database}.a", f"{database}.b"}
    assert sorted(each.table.tableName for each in made.creationMetadata.sourceTables) == ["a", "b"]
    told.tablesUsed = {"nothing"}
    with pytest.raises(hms.MetaException):
        client.update_creation_metadata("hive", database, "v", told)


def test_a_rebuild_replaces_the_tables(client, database):
    first, second = make_table(client, database, "first"), make_table(client, database, "second")
    make_view(client, database, "v", metadata(database, "v", [first]))
    client.update_creation_metadata("hive", database, "v", metadata(database, "v", [first, second], "9$"))
    told = find(client, database, "v").creationMetadata
    assert set(told.tablesUsed) == {f"{database}.first", f"{database}.second"} and told.validTxnList == "9$"
    for view, source in (("first", first), ("nope", first), ("v", hms.Table(dbName=database, tableName="nope"))):
        with pytest.raises((hms.MetaException, hms.InvalidOperationException, hms.UnknownDBException)):
            client.update_creation_metadata("hive", database, view, metadata(database, view, [source]))
    assert set(find(client, database, "v").creationMetadata.tablesUsed) == {f"{database}.first", f"{database}.second"}


def test_a_table_that_a_view_reads_is_not_dropped(client, database):
    first = make_table(client, database, "first")
    make_view(client, database, "v", metadata(database, "v", [first]))
    with pytest.raises(hms.MetaException) as raised:
        client.drop_table(database, "first", True)
    assert f"{database}.v" in message_of(raised.value)
    assert find(client, database, "first").id == first.id
    client.drop_table(database, "v", True)
    client.drop_table(database, "first", True)


def test_a_database_is_not_dropped_while_a_view_elsewhere_reads_a_table_of_it(client, database):
    source = unique("src")
    client.create_database(hms.Database(name=source, parameters={}))
    first = make_table(client, source, "first")
    make_view(client, source, "inside", metadata(source, "inside", [first]))
    make_view(client, database, "v", metadata(database, "v", [first]))
    with pytest.raises(hms.MetaException) as raised:
        client.drop_database(source, True, True)
    assert f"[{database}.v]" in message_of(raised.value)
    assert find(client, source, "first").id == first.id
    client.drop_table(database, "v", True)
    client.drop_database(source, True, True)
    assert source not in client.get_all_databases()


def test_only_views_that_queries_may_use_are_listed(client, database):
    first = make_table(client, database, "first")
    make_view(client, database, "used", metadata(database, "used", [first]))
    make_view(client, database, "unused", metadata(database, "unused", [first]), rewrite=False)
    assert client.get_materialized_views_for_rewriting(database) == ["used"]
    mine = [each for each in client.get_all_materialized_view_objects_for_rewriting() if each.dbName == database]
    assert [each.tableName for each in mine] == ["used"]
    assert mine[0].creationMetadata.sourceTables[0].table.id == first.id


def test_transactions_add_to_the_counts_of_their_table(client, database):
    first, second = make_table(client, database, "first"), make_table(client, database, "second")
    make_view(client, database, "v", metadata(database, "v", [first, second]))
    for _ in range(2):
        client.update_transaction_statistics(hms.UpdateTransactionalStatsRequest(first.id, 5, 2, 1))
    client.update_transaction_statistics(hms.UpdateTransactionalStatsRequest(1 << 60, 5, 2, 1))
    counts = {each.table.tableName: (each.insertedCount, each.updatedCount, each.deletedCount)
              for each in find(client, database, "v").creationMetadata.sourceTables}
    assert counts == {"first": (10, 4, 2), "second": (0, 0, 0)}
    with pytest.raises(hms.MetaException):
        client.update_transaction_statistics(hms.UpdateTransactionalStatsRequest(first.id, -1, 0, 0))


def open_one(client):
    return client.open_txns(hms.OpenTxnRequest(num_txns=1, user="u", hostname="h")).txn_ids[0]


def write(client, database, name, operation):
    """The write id of a committed transaction."""
    transaction = open_one(client)
    request = hms.AllocateTableWriteIdsRequest(dbName=database, tableName=name, txnIds=[transaction])
    write_id = client.allocate_table_write_ids(request).txnToWriteIds[0].writeId
    part = hms.LockComponent(type=hms.LockType.SHARED_WRITE, level=hms.LockLevel.TABLE, dbname=database, tablename=name,
                             operationType=operation, isTransactional=True)
    client.lock(hms.LockRequest(component=[part], txnid=transaction, user="u", hostname="h"))
    client.commit_txn(hms.CommitTxnRequest(txnid=transaction))
    return write_id


def test_updates_since_the_views_snapshot_are_told(client, database):
    first = make_table(client, database, "first")
    shown = write(client, database, "first", hms.DataOperationType.INSERT)
    told = metadata(database, "v", [first], f"1${database}.first:{shown}:{shown + 1}::")
    assert not client.get_materialization_invalidation_info(told, None).sourceTablesUpdateDeleteModified
    write(client, database, "first", hms.DataOperationType.INSERT)
    before = client.get_open_txns().txn_high_water_mark
    assert not client.get_materialization_invalidation_info(told, None).sourceTablesUpdateDeleteModified
    write(client, database, "first", hms.DataOperationType.UPDATE)
    state = client.get_materialization_invalidation_info(told, None)
    assert state.sourceTablesUpdateDeleteModified and not state.sourceTablesCompacted
    assert not client.get_materialization_invalidation_info(told, f"{before}:{before}::").sourceTablesUpdateDeleteModified
    told.validTxnList = f"1${database}.first:{shown + 2}:{shown + 3}::"
    assert not client.get_materialization_invalidation_info(told, None).sourceTablesUpdateDeleteModified
    client.compact(hms.CompactionRequest(dbname=database, tablename="first", type=hms.CompactionType.MAJOR))
    assert client.get_materialization_invalidation_info(told, None).sourceTablesCompacted


def test_a_view_without_tables_or_snapshot_is_refused(client, database):
    first = make_table(client, database, "first")
    for told in (metadata(database, "v", []), metadata(database, "v", [first]),
                 metadata(database, "v", [first], f"1${database}.first:none")):
        with pytest.raises((hms.InvalidOperationException, hms.MetaException)):
            client.get_materialization_invalidation_info(told, None)
