# SPDX-License-Identifier: Apache-2.0
"""Goal: what engines and replication say of their runs is kept for them. Method: each method against a running server."""
import itertools
import time

import pytest

from hms_client import hms, unique

runs = itertools.count(int(time.time() * 1000))


def test_runtime_statistics_come_newest_first_until_their_weight_is_enough(client):
    begin = 2_000_000_000  # newer than what other tests keep
    for offset, weight in ((1, 10), (3, 5), (2, 7)):
        client.add_runtime_stats(hms.RuntimeStat(createTime=begin + offset, weight=weight, payload=bytes([0, offset, 255])))

    def listed(max_weight, before=begin + 4):
        found = client.get_runtime_stats(hms.GetRuntimeStatsRequest(maxWeight=max_weight, maxCreateTime=before))
        return [(s.createTime - begin, s.weight, s.payload) for s in found if s.createTime > begin]

    assert listed(-1) == [(3, 5, b"\x00\x03\xff"), (2, 7, b"\x00\x02\xff"), (1, 10, b"\x00\x01\xff")]
    assert [s[0] for s in listed(5)] == [3]
    assert [s[0] for s in listed(6)] == [3, 2]
    assert [s[0] for s in listed(0)] == [3]
    assert [s[0] for s in listed(-1, begin + 3)] == [2, 1]
    assert len(listed(-1, -1)) == 3


def metric(run, policy, dump=1, **members):
    return hms.ReplicationMetrics(scheduledExecutionId=run, policy=policy, dumpExecutionId=dump, **members)


def put(client, *metrics):
    client.add_replication_metrics(hms.ReplicationMetricList(replicationMetricList=list(metrics)))


def listed(client, **wanted):
    found = client.get_replication_metrics(hms.GetReplicationMetricsRequest(**wanted))
    return [(m.scheduledExecutionId, m.dumpExecutionId, m.metadata, m.progress) for m in found.replicationMetricList]


def test_replication_metrics_change_their_progress_alone(client):
    policy, first, second = unique("policy"), next(runs), next(runs)
    put(client, metric(first, policy, 1, metadata="m1", progress="p1"), metric(second, policy, 2, metadata="m2", progress="p2"))
    put(client, metric(first, policy, 1, metadata="other", progress="done", messageFormat="json-0.2"))
    assert listed(client, policy=policy) == [(second, 2, "m2", "p2"), (first, 1, "m1", "done")]
    assert listed(client, scheduledExecutionId=first) == [(first, 1, "m1", "done")]
    assert listed(client, policy=policy, dumpExecutionId=2) == [(second, 2, "m2", "p2")]
    assert listed(client, policy=unique("none")) == []


def test_without_change_management_nothing_is_recycled(client):
    assert client.cm_recycle(hms.CmRecycleRequest(dataPath="file:/nowhere", purge=False)) is not None


def test_texts_that_are_too_long_are_refused(client):
    with pytest.raises(hms.MetaException):
        put(client, metric(next(runs), "p" * 2000))


def test_property_maps_are_refused_in_so_many_words(client):
    for call in (
        lambda: client.get_properties(hms.PropertyGetRequest(nameSpace="hms", mapPrefix="db")),
        lambda: client.set_properties(hms.PropertySetRequest(nameSpace="hms", propertyMap={"db.a": "1"})),
    ):
        with pytest.raises(hms.MetaException):
            call()
