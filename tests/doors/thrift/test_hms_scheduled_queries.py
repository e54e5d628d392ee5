# SPDX-License-Identifier: Apache-2.0
"""Goal: a scheduled query is handed out when it is due, to one asker, and its runs come to one end. Method: each method
against a running server, in a cluster namespace of the test's own; a query is made due by setting its next time back."""
import time

import pytest

from hms_client import connection, hms, message_of, unique

CREATE, ALTER, DROP = 1, 2, 3
INITED, EXECUTING, FAILED, FINISHED, TIMED_OUT, AUTO_DISABLED = range(6)
RARELY = "0 0 0 1 1 ? *"


class Queries:
    def __init__(self, client):
        self.client = client
        self.ns = unique("ns")

    def key(self, name):
        return hms.ScheduledQueryKey(scheduleName=name, clusterNamespace=self.ns)

    def change(self, kind, name, **members):
        self.client.scheduled_query_maintenance(hms.ScheduledQueryMaintenanceRequest(
            type=kind, scheduledQuery=hms.ScheduledQuery(scheduleKey=self.key(name), **members)))

    def create(self, name, schedule=RARELY, enabled=True):
        self.change(CREATE, name, enabled=enabled, schedule=schedule, user="ann", query="select 1")

    def make_due(self, name, ago_s=5):
        self.change(ALTER, name, nextExecution=int(time.time()) - ago_s)

    def get(self, name):
        return self.client.get_scheduled_query(self.key(name))

    def poll(self):
        return self.client.scheduled_query_poll(hms.ScheduledQueryPollRequest(clusterNamespace=self.ns))

    def progress(self, run, state, message=None):
        self.client.scheduled_query_progress(hms.ScheduledQueryProgressInfo(
            scheduledExecutionId=run, state=state, executorQueryId="q1", errorMessage=message))


@pytest.fixture
def queries(client):
    return Queries(client)


def test_a_query_is_kept_with_its_next_time(queries):
    queries.create("Every", "0 */5 * * * ? *")
    kept = queries.get("Every")
    assert (kept.enabled, kept.schedule, kept.user, kept.query) == (True, "0 */5 * * * ? *", "ann", "select 1")
    assert 0 < kept.nextExecution - time.time() <= 301
    assert kept.nextExecution % 60 == 0
    with pytest.raises(hms.AlreadyExistsException):
        queries.create("Every")


def test_a_schedule_that_is_not_understood_is_refused(queries):
    for schedule in ("asd asd", None, "0 0 0 1 1 ? 2020"):
        with pytest.raises(hms.InvalidInputException):
            queries.create("q", schedule)
    queries.create("q")
    with pytest.raises(hms.InvalidInputException):
        queries.change(ALTER, "q", schedule="every day")


def test_a_missing_query_is_told_by_its_name(queries):
    with pytest.raises(hms.NoSuchObjectException) as failure:
        queries.get("a")
    assert message_of(failure.value) == f"There is no scheduled query for: a@{queries.ns}"
    for kind in (ALTER, DROP):
        with pytest.raises(hms.NoSuchObjectException):
            queries.change(kind, "a", schedule=RARELY)


def test_nothing_is_handed_out_before_it_is_due(queries):
    assert queries.poll().executionId is None
    queries.create("q")
    assert queries.poll().executionId is None


def test_what_is_due_longest_is_handed_out_first_and_once(queries):
    for name, ago in (("a", 10), ("b", 20)):
        queries.create(name)
        queries.make_due(name, ago)
    first, second, third = queries.poll(), queries.poll(), queries.poll()
    assert [p.scheduleKey.scheduleName for p in (first, second)] == ["b", "a"]
    assert (first.query, first.user) == ("select 1", "ann")
    assert third.executionId is None
    assert queries.get("a").nextExecution > time.time()


def test_no_run_begins_while_another_is_under_way(queries):
    queries.create("q")
    queries.make_due("q")
    run = queries.poll().executionId
    queries.make_due("q")
    assert queries.poll().executionId is None
    queries.progress(run, EXECUTING)
    queries.progress(run, EXECUTING)
    assert queries.poll().executionId is None
    queries.progress(run, FINISHED)
    assert queries.poll().executionId > run


def test_an_end_is_final(queries):
    queries.create("q")
    queries.make_due("q")
    run = queries.poll().executionId
    with pytest.raises(hms.InvalidOperationException) as failure:
        queries.progress(run, INITED)
    assert message_of(failure.value) == "Invalid state change: INITED=>INITED"
    queries.progress(run, FINISHED)
    for state in (EXECUTING, FAILED, FINISHED):
        with pytest.raises(hms.InvalidOperationException):
            queries.progress(run, state)
    with pytest.raises(hms.InvalidOperationException):
        queries.progress(2**40, FINISHED)


def test_a_query_that_keeps_failing_is_disabled(queries):
    queries.create("q")
    for _ in range(4):
        assert queries.get("q").enabled
        queries.make_due("q")
        queries.progress(queries.poll().executionId, FAILED, "broken")
    assert not queries.get("q").enabled
    queries.make_due("q")
    assert queries.poll().executionId is None
    queries.change(ALTER, "q", enabled=True)
    queries.make_due("q")
    queries.progress(queries.poll().executionId, FAILED)
    assert queries.get("q").enabled


def test_a_disabled_or_dropped_query_is_not_handed_out(queries):
    queries.create("q", enabled=False)
    queries.make_due("q")
    assert queries.poll().executionId is None
    queries.change(ALTER, "q", enabled=True, nextExecution=1)
    queries.change(DROP, "q")
    assert queries.poll().executionId is None


def test_many_that_ask_at_once_get_a_query_once(queries):
    import threading

    for number in range(5):
        queries.create(f"q{number}")
        queries.make_due(f"q{number}")
    got, lock = [], threading.Lock()

    def ask():
        with connection() as client:
            for _ in range(4):
                answer = client.scheduled_query_poll(hms.ScheduledQueryPollRequest(clusterNamespace=queries.ns))
                if answer.executionId is not None:
                    with lock:
                        got.append(answer.scheduleKey.scheduleName)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [f"q{number}" for number in range(5)]
