# SPDX-License-Identifier: Apache-2.0
"""Goal: the queue of compactions serves those who ask and those who work. Method: one compaction from its request to the
history, and each other way for it to end."""
import pytest

from hms_client import hms, unique


@pytest.fixture
def place():
    return unique("compact")


@pytest.fixture
def pool():
    return unique("pool")


def request(place, pool, partition=None, type_=None, **more):
    return hms.CompactionRequest(
        dbname=place,
        tablename="t",
        partitionname=partition,
        type=type_ or hms.CompactionType.MAJOR,
        runas="ann",
        poolName=pool,
        **more,
    )


def take(client, pool):
    return client.find_next_compact2(hms.FindNextCompactRequest(workerId="w-1", workerVersion="4", poolName=pool)).ci


def shown(client, place, **more):
    return client.show_compact(hms.ShowCompactRequest(dbName=place, **more)).compacts


def test_a_second_request_is_refused_with_hives_words(client, place, pool):
    first = client.compact2(request(place, pool))
    assert (first.state, first.accepted) == ("initiated", True) and first.id > 0
    second = client.compact2(request(place, pool))
    assert (second.id, second.state, second.accepted) == (-1, "refused", False)
    assert second.errormessage == f"Compaction is already scheduled with state='initiated' and id={first.id}"
    client.compact(request(place, pool))
    (one,) = shown(client, place)
    assert (one.id, one.state, one.poolName, one.hadoopJobId) == (first.id, "initiated", pool, "None")
    assert client.compact2(request(place, pool, "p=1")).accepted


def test_a_compaction_from_request_to_history(client, place, pool):
    made = client.compact2(request(place, pool, properties={"a": "b"}))
    work = take(client, pool)
    assert (work.id, work.dbname, work.tablename, work.type) == (made.id, place, "t", hms.CompactionType.MAJOR)
    assert (work.state, work.workerId, work.runas, work.properties) == ("w", "w-1", "ann", "1:a1:b")
    assert take(client, pool) is None
    (txn,) = client.open_txns(
        hms.OpenTxnRequest(num_txns=1, user="ann", hostname="vm", txn_type=hms.TxnType.COMPACTION)
    ).txn_ids
    work.highestWriteId = 5
    client.update_compactor_state(work, txn)
    client.set_hadoop_jobid("job_1", work.id)
    client.mark_compacted(work)
    client.commit_txn(hms.CommitTxnRequest(txnid=txn))
    (one,) = shown(client, place)
    assert (one.state, one.hadoopJobId, one.hightestWriteId, one.txnId) == ("ready for cleaning", "job_1", 5, txn)
    assert one.nextTxnId >= txn and one.commitTime > 0
    client.mark_cleaned(work)
    (one,) = shown(client, place, state="succeeded")
    assert one.endTime >= one.start > 0
    latest = client.get_latest_committed_compaction_info(
        hms.GetLatestCommittedCompactionInfoRequest(dbname=place, tablename="t")
    ).compactions
    assert [each.id for each in latest] == [work.id]
    assert client.get_latest_committed_compaction_info(
        hms.GetLatestCommittedCompactionInfoRequest(dbname=place, tablename="t", lastCompactionId=work.id)
    ).compactions == []
    with pytest.raises(hms.MetaException):
        client.mark_cleaned(work)
    assert client.compact2(request(place, pool)).accepted


def test_failed_refused_and_aborted_ones_stay_in_the_history(client, place, pool):
    for partition in ("p=1", "p=2", "p=3"):
        client.compact2(request(place, pool, partition))
    failed, refused = take(client, pool), take(client, pool)
    failed.errorMessage = "no disk"
    client.mark_failed(failed)
    client.mark_refused(refused)
    (waiting,) = shown(client, place, state="initiated")
    told = client.abort_Compactions(hms.AbortCompactionRequest(compactionIds=[waiting.id, failed.id, 999999999]))
    told = {key: (each.status, each.message) for key, each in told.abortedcompacts.items()}
    assert told == {
        waiting.id: ("Success", "Successfully aborted compaction"),
        failed.id: ("Error", "Error while aborting compaction as compaction is in state-failed"),
        999999999: ("Error", "No Such Compaction Id Available"),
    }
    states = {each.partitionname: each.state for each in shown(client, place)}
    assert states == {"p=1": "failed", "p=2": "refused", "p=3": "aborted"}
    assert [each.errorMessage for each in shown(client, place, id=failed.id)] == ["no disk"]


def test_listings_are_filtered_and_bounded(client, place, pool):
    for partition in ("p=1", "p=2"):
        client.compact2(request(place, pool, partition))
    client.compact2(request(place, pool, "p=3", hms.CompactionType.MINOR))
    assert len(shown(client, place)) == 3
    assert len(shown(client, place, limit=2)) == 2
    assert len(shown(client, place, poolName=pool, type=hms.CompactionType.MINOR)) == 1
    assert [each.partitionname for each in shown(client, place, tbName="T", partName="p=2")] == ["p=2"]
    assert shown(client, place, poolName="nosuch") == []


def test_a_worker_without_a_pool_takes_from_the_default_one(client, place):
    made = client.compact2(request(place, None))
    taken = []
    while True:
        work = client.find_next_compact("w-2").ci
        if work is None:
            break
        taken.append(work.id)
    assert made.id in taken


def test_a_clean_up_alone_is_ready_at_once(client, place, pool):
    assert client.submit_for_cleanup(request(place, pool, type_=hms.CompactionType.ABORT_TXN_CLEANUP), 7, 0) is True
    (one,) = shown(client, place)
    assert (one.state, one.hightestWriteId) == ("ready for cleaning", 7)


def test_columns_with_statistics_are_found(client, place):
    info = hms.CompactionInfoStruct(id=1, dbname=place, tablename="t", type=hms.CompactionType.MAJOR)
    assert client.find_columns_with_stats(info) == []


def test_measures_are_kept_above_their_threshold(client, place):
    def data(value):
        return hms.CompactionMetricsDataStruct(
            dbname=place,
            tblname="t",
            type=hms.CompactionMetricsMetricType.NUM_DELTAS,
            metricvalue=value,
            version=1,
            threshold=10,
        )

    assert client.update_compaction_metrics_data(data(50)) is True
    assert client.update_compaction_metrics_data(data(5)) is False
    client.remove_compaction_metrics_data(
        hms.CompactionMetricsDataRequest(dbName=place, tblName="t", type=hms.CompactionMetricsMetricType.NUM_DELTAS)
    )
