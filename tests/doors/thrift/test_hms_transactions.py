# SPDX-License-Identifier: Apache-2.0
"""Goal: what Trino and Hive ask of a metastore around a write to an ACID table. Method: the calls in the order in which they
make them, several clients where they meet, and what each is told."""
import os
import urllib.request

import pytest

from hms_client import hms, message_of, table, unique


@pytest.fixture
def place():
    """A database name of the test's own: what transactions write need not exist."""
    return unique("acid")


def open_txns(client, count=1, **more):
    request = hms.OpenTxnRequest(num_txns=count, user="ann", hostname="vm", **more)
    return client.open_txns(request).txn_ids


def commit(client, txn, **more):
    client.commit_txn(hms.CommitTxnRequest(txnid=txn, **more))


def abort(client, txn):
    client.abort_txn(hms.AbortTxnRequest(txnid=txn))


def lock(client, txn, place, name="t", type_=None, operation=None, partition=None, **more):
    component = hms.LockComponent(
        type=type_ or hms.LockType.SHARED_WRITE,
        level=hms.LockLevel.TABLE,
        dbname=place,
        tablename=name,
        partitionname=partition,
        operationType=operation or hms.DataOperationType.UPDATE,
        isTransactional=True,
        isDynamicPartitionWrite=more.pop("dynamic", False),
    )
    return client.lock(hms.LockRequest(component=[component], txnid=txn, user="ann", hostname="vm", **more))


def bits(data, count):
    data = data.encode("latin-1") if isinstance(data, str) else data
    return [bool(i // 8 < len(data) and data[i // 8] >> (i % 8) & 1) for i in range(count)]


def allocate(client, place, *txns, name="t", **more):
    request = hms.AllocateTableWriteIdsRequest(dbName=place, tableName=name, txnIds=list(txns), **more)
    return {pair.txnId: pair.writeId for pair in client.allocate_table_write_ids(request).txnToWriteIds}


def valid(client, place, name="t", **more):
    request = hms.GetValidWriteIdsRequest(fullTableNames=[f"{place}.{name}"], **more)
    return client.get_valid_write_ids(request).tblValidWriteIds[0]


def test_ids_of_one_call_follow_one_another(client):
    ids = open_txns(client, 3)
    assert ids == [ids[0], ids[0] + 1, ids[0] + 2]
    client.abort_txns(hms.AbortTxnsRequest(txn_ids=ids))


@pytest.mark.parametrize("count", [0, -1])
def test_opening_none_is_an_error(client, count):
    with pytest.raises(Exception):
        open_txns(client, count)


def test_one_call_opens_at_most_a_thousand(client):
    ids = open_txns(client, 5000)
    assert len(ids) == 1000
    client.abort_txns(hms.AbortTxnsRequest(txn_ids=ids))


def test_open_and_aborted_ones_are_told(client):
    first, second, third, reader = open_txns(client, 3) + open_txns(client, 1, txn_type=hms.TxnType.READ_ONLY)
    abort(client, second)
    commit(client, third)
    told = client.get_open_txns()
    assert told.txn_high_water_mark >= reader
    assert first in told.open_txns and second in told.open_txns
    assert third not in told.open_txns and reader not in told.open_txns
    assert told.open_txns == sorted(told.open_txns)
    aborted = bits(told.abortedBits, len(told.open_txns))
    assert aborted[told.open_txns.index(second)] and not aborted[told.open_txns.index(first)]
    assert told.min_open_txn <= first
    every = client.get_open_txns_req(hms.GetOpenTxnsRequest(excludeTxnTypes=[]))
    assert reader in every.open_txns
    infos = {info.id: info for info in client.get_open_txns_info().open_txns}
    assert infos[first].state == hms.TxnState.OPEN and infos[second].state == hms.TxnState.ABORTED
    assert infos[first].agentInfo == "Unknown" and infos[first].user == "ann"
    assert infos[first].startedTime > 1_500_000_000_000
    for txn in (first, reader):
        commit(client, txn)


def test_ends_are_final_and_said_in_hives_words(client):
    done, gone = open_txns(client, 2)
    commit(client, done)
    commit(client, done)
    abort(client, gone)
    abort(client, gone)
    with pytest.raises(hms.TxnAbortedException) as error:
        commit(client, gone)
    assert message_of(error.value) == f"Transaction txnid:{gone} already aborted"
    with pytest.raises(hms.NoSuchTxnException) as error:
        abort(client, done)
    assert message_of(error.value) == f"Transaction txnid:{done} is already committed."
    with pytest.raises(hms.NoSuchTxnException) as error:
        commit(client, 999999999)
    assert message_of(error.value) == "No such transaction txnid:999999999"
    with pytest.raises(hms.TxnAbortedException):
        client.heartbeat(hms.HeartbeatRequest(txnid=gone))
    with pytest.raises(hms.NoSuchTxnException):
        client.heartbeat(hms.HeartbeatRequest(txnid=999999999))


def test_a_range_of_heartbeats_tells_who_is_gone(client):
    alive, gone, done = open_txns(client, 3)
    abort(client, gone)
    commit(client, done)
    told = client.heartbeat_txn_range(hms.HeartbeatTxnRangeRequest(min=alive, max=done))
    assert set(told.aborted) == {gone} and set(told.nosuch) == {done}
    commit(client, alive)


@pytest.mark.parametrize("first, last", [(5, 4), (-1, 3), (0, 2**63 - 1), (2**63 - 5, 2**63 - 1)])
def test_a_range_that_is_none_or_has_no_end_is_refused(client, first, last):
    with pytest.raises(Exception) as error:
        client.heartbeat_txn_range(hms.HeartbeatTxnRangeRequest(min=first, max=last))
    assert message_of(error.value)


@pytest.mark.parametrize("snapshot", ["x", "5:5:a,b:", "5:5:5:x", "1:2:3:4:5", "99999999999999999999:1::"])
def test_a_snapshot_that_cannot_be_read_is_refused(client, place, snapshot):
    with pytest.raises(hms.MetaException):
        valid(client, place, validTxnList=snapshot)


def test_a_write_as_trino_makes_it(client, place):
    assert client.get_config_value("metastore.txn.timeout", "300s")
    (txn,) = open_txns(client)
    assert lock(client, txn, place, operation=hms.DataOperationType.INSERT, dynamic=True).state == hms.LockState.ACQUIRED
    before = valid(client, place, validTxnList=f"{txn}:{txn}:{txn}:")
    assert before.writeIdHighWaterMark == 0 and before.fullTableName == f"{place}.t"
    assert allocate(client, place, txn) == {txn: 1}
    assert allocate(client, place, txn) == {txn: 1}
    client.heartbeat_txn_range(hms.HeartbeatTxnRangeRequest(min=txn, max=txn))
    client.add_dynamic_partitions(
        hms.AddDynamicPartitions(
            txnid=txn,
            writeid=1,
            dbname=place,
            tablename="t",
            partitionnames=["p=1", "p=2"],
            operationType=hms.DataOperationType.INSERT,
        )
    )
    commit(client, txn)
    after = valid(client, place)
    assert after.writeIdHighWaterMark == 1 and after.invalidWriteIds == []
    request = hms.MaxAllocatedTableWriteIdRequest(dbName=place, tableName="t")
    assert client.get_max_allocated_table_write_id(request).maxWriteId == 1


def test_a_snapshot_decides_what_is_valid(client, place):
    first, second, third = open_txns(client, 3)
    assert allocate(client, place, third, first, second) == {first: 1, second: 2, third: 3}
    abort(client, first)
    early = valid(client, place)
    assert early.writeIdHighWaterMark == 1 and early.invalidWriteIds == [1]
    assert bits(early.abortedBits, 1) == [True] and early.minOpenWriteId == 2
    commit(client, third)
    late = valid(client, place)
    assert late.writeIdHighWaterMark == 3 and late.invalidWriteIds == [1, 2] and late.minOpenWriteId == 2
    assert bits(late.abortedBits, 2) == [True, False]
    old = valid(client, place, validTxnList=f"{third}:{second}:{second},{third}:{first}")
    assert old.writeIdHighWaterMark == 1
    own = valid(client, place, writeId=3)
    assert own.invalidWriteIds == [1, 2]
    commit(client, second)


def test_write_ids_are_for_open_writers_alone(client, place):
    (reader,) = open_txns(client, txn_type=hms.TxnType.READ_ONLY)
    with pytest.raises(hms.MetaException) as error:
        allocate(client, place, reader)
    assert message_of(error.value) == (
        f"Write ID allocation failed on {place}.t as not all input txns in open state or read-only"
    )
    abort(client, reader)
    with pytest.raises(hms.TxnAbortedException):
        allocate(client, place, reader)
    with pytest.raises(hms.NoSuchTxnException):
        allocate(client, place, 999999999)


def test_the_first_to_commit_a_change_wins(client, place):
    first, second = open_txns(client, 2)
    for txn in (first, second):
        assert lock(client, txn, place).state == hms.LockState.ACQUIRED
    assert client.get_latest_txnid_in_conflict(second) == 0
    commit(client, first, exclWriteEnabled=False)
    assert client.get_latest_txnid_in_conflict(second) == first
    with pytest.raises(hms.TxnAbortedException) as error:
        commit(client, second, exclWriteEnabled=False)
    message = message_of(error.value)
    assert message.startswith(f"Aborting [txnid:{second},")
    assert f"due to a write conflict on {place}/t committed by [txnid:{first}," in message and message.endswith("u/u")


def test_partitions_that_were_written_decide_not_those_that_were_locked(client, place):
    first, second = open_txns(client, 2)
    for txn, partition in ((first, "p=1"), (second, "p=2")):
        lock(client, txn, place, dynamic=True)
        client.add_dynamic_partitions(
            hms.AddDynamicPartitions(txnid=txn, writeid=1, dbname=place, tablename="t", partitionnames=[partition])
        )
    commit(client, first)
    commit(client, second)


def test_locks_end_with_their_transaction(client, place):
    first, second = open_txns(client, 2)
    held = lock(client, first, place, type_=hms.LockType.EXCLUSIVE)
    waiting = lock(client, second, place, type_=hms.LockType.EXCLUSIVE)
    assert (held.state, waiting.state) == (hms.LockState.ACQUIRED, hms.LockState.WAITING)
    shown = client.show_locks(hms.ShowLocksRequest(txnid=second)).locks
    assert [(each.lockid, each.txnid, each.blockedByExtId) for each in shown] == [(waiting.lockid, second, held.lockid)]
    with pytest.raises(hms.TxnOpenException) as error:
        client.unlock(hms.UnlockRequest(lockid=held.lockid))
    assert message_of(error.value).startswith("Unlocking locks associated with transaction not permitted.")
    commit(client, first)
    check = hms.CheckLockRequest(lockid=waiting.lockid, txnid=second)
    assert client.check_lock(check).state == hms.LockState.ACQUIRED
    abort(client, second)
    with pytest.raises(hms.TxnAbortedException):
        client.check_lock(check)
    assert client.show_locks(hms.ShowLocksRequest(dbname=place)).locks == []


def test_a_lock_needs_a_transaction_that_is_open(client, place):
    (txn,) = open_txns(client)
    abort(client, txn)
    with pytest.raises(hms.TxnAbortedException) as error:
        lock(client, txn, place)
    assert message_of(error.value) == f"Transaction txnid:{txn} already aborted"
    with pytest.raises(hms.NoSuchTxnException) as error:
        lock(client, 999999999, place)
    assert message_of(error.value) == "No such transaction txnid:999999999"


def test_a_reader_may_rather_not_wait(client, place):
    writer, reader = open_txns(client, 2)
    held = lock(client, writer, place, type_=hms.LockType.EXCLUSIVE)
    told = lock(
        client,
        reader,
        place,
        type_=hms.LockType.SHARED_READ,
        operation=hms.DataOperationType.SELECT,
        zeroWaitReadEnabled=True,
    )
    assert told.state == hms.LockState.NOT_ACQUIRED
    assert told.errorMessage.startswith(
        f"Unable to acquire read lock due to an existing exclusive lock {{lockid:{held.lockid} intLockId:1"
    )
    create = lock(client, reader, place, type_=hms.LockType.EXCL_WRITE, exclusiveCTAS=True)
    assert create.state == hms.LockState.NOT_ACQUIRED
    assert create.errorMessage.startswith("Failed to initiate a concurrent CTAS operation with the same table name")
    for txn in (writer, reader):
        abort(client, txn)


def test_pyiceberg_locks_without_a_transaction(client, place):
    component = hms.LockComponent(
        type=hms.LockType.EXCLUSIVE, level=hms.LockLevel.TABLE, dbname=place, tablename="t", isTransactional=True
    )
    held = client.lock(hms.LockRequest(component=[component], user="ann", hostname="vm"))
    assert held.state == hms.LockState.ACQUIRED
    client.unlock(hms.UnlockRequest(lockid=held.lockid))


def test_a_commit_can_set_a_parameter_that_the_table_has(client, database):
    client.create_table(table(database, "t", parameters={"_meta.mark": "old"}))
    made = client.get_table(database, "t")
    bad, good = open_txns(client, 2)
    for table_id, key in ((made.id + 1000000, "_meta.mark"), (made.id, "_meta.other"), (made.id, "mark")):
        with pytest.raises(hms.TxnAbortedException) as error:
            commit(client, bad, keyValue=hms.CommitTxnKeyValue(tableId=table_id, key=key, value="new"))
        assert f"key={key}" in message_of(error.value)
    commit(client, good, keyValue=hms.CommitTxnKeyValue(tableId=made.id, key="_meta.mark", value="new"))
    assert client.get_table(database, "t").parameters["_meta.mark"] == "new"
    commit(client, bad)


def test_write_ids_follow_a_rename_and_start_over_after_a_drop(client, database):
    client.create_table(table(database, "t"))
    (txn,) = open_txns(client)
    assert allocate(client, database, txn) == {txn: 1}
    renamed = client.get_table(database, "t")
    renamed.tableName = "u"
    client.alter_table(database, "t", renamed)
    assert allocate(client, database, txn, name="u") == {txn: 1}
    client.drop_table(database, "u", True)
    assert valid(client, database, "u").writeIdHighWaterMark == 0
    commit(client, txn)


def test_files_that_were_written_are_told(client, database):
    client.create_table(table(database, "t", keys=[("p", "string")]))
    (txn,) = open_txns(client)
    data = hms.InsertEventRequestData(filesAdded=["file:/a", "file:/b"])
    client.add_write_notification_log(
        hms.WriteNotificationLogRequest(txnId=txn, writeId=1, db=database, table="t", fileInfo=data, partitionVals=["1"])
    )
    client.add_write_notification_log_in_batch(
        hms.WriteNotificationLogBatchRequest(
            catalog="hive",
            db=database,
            table="t",
            requestList=[hms.WriteNotificationLogRequest(txnId=txn, writeId=1, db=database, table="t", fileInfo=data)],
        )
    )
    commit(client, txn)
    infos = client.get_all_write_event_info(hms.GetAllWriteEventInfoRequest(txnId=txn))
    assert [(info.writeId, info.database, info.table, info.partition) for info in infos] == [
        (1, database, "t", "p=1"),
        (1, database, "t", None),
    ]
    assert infos[0].files == "file:/a###,file:/b###"
    request = hms.GetAllWriteEventInfoRequest(txnId=txn, dbName="nosuch")
    assert client.get_all_write_event_info(request) == []


def test_transactions_of_another_warehouse_are_repeated_once(client, place):
    policy = unique("policy")
    request = hms.OpenTxnRequest(
        num_txns=2, user="ann", hostname="vm", replPolicy=policy, replSrcTxnIds=[71, 72], txn_type=hms.TxnType.REPL_CREATED
    )
    ids = client.open_txns(request).txn_ids
    assert client.open_txns(request).txn_ids == ids
    told = client.get_replayed_txns_for_policy(policy).replTxnMapEntry
    assert told == {"71": str(ids[0]), "72": str(ids[1])}
    pairs = [hms.TxnToWriteId(txnId=71, writeId=9), hms.TxnToWriteId(txnId=72, writeId=10)]
    given = client.allocate_table_write_ids(
        hms.AllocateTableWriteIdsRequest(dbName=place, tableName="t", replPolicy=policy, srcTxnToWriteIdList=pairs)
    ).txnToWriteIds
    assert [(pair.txnId, pair.writeId) for pair in given] == [(ids[0], 9), (ids[1], 10)]
    commit(client, 71, replPolicy=policy, txn_type=hms.TxnType.REPL_CREATED)
    commit(client, 71, replPolicy=policy, txn_type=hms.TxnType.REPL_CREATED)
    client.abort_txn(hms.AbortTxnRequest(txnid=72, replPolicy=policy, txn_type=hms.TxnType.REPL_CREATED))
    assert client.get_replayed_txns_for_policy(policy).replTxnMapEntry == {}


def test_a_table_arrives_with_the_write_ids_of_another_warehouse(client, place):
    client.repl_tbl_writeid_state(
        hms.ReplTblWriteIdStateRequest(
            validWriteIdlist=f"{place}.t:7:5:5:3", user="ann", hostName="vm", dbName=place, tableName="t"
        )
    )
    told = valid(client, place)
    assert told.invalidWriteIds and told.writeIdHighWaterMark == 3
    request = hms.MaxAllocatedTableWriteIdRequest(dbName=place, tableName="t")
    assert client.get_max_allocated_table_write_id(request).maxWriteId == 7
    client.seed_write_id(hms.SeedTableWriteIdsRequest(dbName=place, tableName="u", seedWriteId=41))
    (txn,) = open_txns(client)
    assert allocate(client, place, txn, name="u") == {txn: 42}
    with pytest.raises(hms.MetaException):
        client.seed_write_id(hms.SeedTableWriteIdsRequest(dbName=place, tableName="u", seedWriteId=5))
    client.add_write_ids_to_min_history(txn, {f"{place}.u": 42})
    commit(client, txn)


def test_ids_can_be_moved_forward_only(client):
    (txn,) = open_txns(client)
    commit(client, txn)
    with pytest.raises(hms.MetaException) as error:
        client.seed_txn_id(hms.SeedTxnIdRequest(seedTxnId=txn))
    assert message_of(error.value).startswith(f"Invalid txnId seed {txn}, the highWaterMark is ")
    client.seed_txn_id(hms.SeedTxnIdRequest(seedTxnId=txn + 1000))
    assert open_txns(client) == [txn + 1000]
    told = client.get_open_txns()
    assert txn + 500 not in told.open_txns and txn + 1000 in told.open_txns
    commit(client, txn + 1000)


def test_one_transaction_rebuilds_a_view(client, place):
    first, second = open_txns(client, 2, txn_type=hms.TxnType.MATER_VIEW_REBUILD)
    assert client.get_lock_materialization_rebuild(place, "v", first).state == hms.LockState.ACQUIRED
    assert client.get_lock_materialization_rebuild(place, "v", second).state == hms.LockState.NOT_ACQUIRED
    assert client.heartbeat_lock_materialization_rebuild(place, "v", first) is True
    assert client.heartbeat_lock_materialization_rebuild(place, "v", second) is False
    commit(client, first)
    assert client.get_lock_materialization_rebuild(place, "v", second).state == hms.LockState.ACQUIRED
    commit(client, second)


def test_every_change_of_a_transaction_is_an_event(client, database):
    client.create_table(table(database, "t"))
    before = client.get_current_notificationEventId().eventId
    first, second = open_txns(client, 2)
    allocate(client, database, first)
    commit(client, first)
    abort(client, second)
    request = hms.NotificationEventRequest(lastEvent=before, maxEvents=1000)
    events = [each for each in client.get_next_notification(request).events if each.eventType.endswith(("_TXN", "_ID_EVENT"))]
    assert [each.eventType for each in events] == ["OPEN_TXN", "ALLOC_WRITE_ID_EVENT", "COMMIT_TXN", "ABORT_TXN"]
    assert (events[1].dbName, events[1].tableName) == (database, "t")


def test_housekeeping_that_stops_would_show(client):
    address = os.environ["SKEP_MANAGEMENT_URL"]
    with urllib.request.urlopen(f"{address}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    for name in ("skep_lock_oldest_seconds", "skep_transaction_oldest_seconds"):
        (line,) = [each for each in text.splitlines() if each.startswith(name + " ")]
        assert float(line.split()[1]) < 120
