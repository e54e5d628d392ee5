# SPDX-License-Identifier: Apache-2.0
"""Goal: the lock calls that Iceberg and PyIceberg make around a commit do what they rely on. Method: two holders on one
table, and what each is told."""
import pytest

from hms_client import hms, message_of, unique


def request(database, name="t", type_=None, agent="Iceberg-1", level=None):
    return hms.LockRequest(
        component=[
            hms.LockComponent(
                type=type_ or hms.LockType.EXCLUSIVE,
                level=level or hms.LockLevel.TABLE,
                dbname=database,
                tablename=name,
            )
        ],
        user="ann",
        hostname="vm",
        agentInfo=agent,
    )


@pytest.fixture
def place():
    """A database name of the test's own: what is locked need not exist."""
    return unique("locked")


def check(client, lock):
    return client.check_lock(hms.CheckLockRequest(lockid=lock.lockid)).state


def release(client, *locks):
    for lock in locks:
        client.unlock(hms.UnlockRequest(lockid=lock.lockid))


def test_the_second_exclusive_lock_waits_for_the_first(client, place):
    first = client.lock(request(place))
    assert first.state == hms.LockState.ACQUIRED and first.lockid > 0
    second = client.lock(request(place.upper(), "T"))
    assert second.state == hms.LockState.WAITING and second.lockid > first.lockid
    assert check(client, second) == hms.LockState.WAITING
    release(client, first)
    assert check(client, second) == hms.LockState.ACQUIRED
    release(client, second)


def test_tables_and_readers_do_not_wait_for_one_another(client, place):
    one = client.lock(request(place, "a"))
    two = client.lock(request(place, "b"))
    reader = client.lock(request(place, "c", hms.LockType.SHARED_READ))
    reader_too = client.lock(request(place, "c", hms.LockType.SHARED_READ))
    assert {each.state for each in (one, two, reader, reader_too)} == {hms.LockState.ACQUIRED}
    release(client, one, two, reader, reader_too)


def test_show_locks_finds_a_lock_by_its_agent(client, place):
    held = client.lock(request(place, agent="Iceberg-77"))
    waiting = client.lock(request(place, agent="Iceberg-78"))
    found = {each.agentInfo: each for each in client.show_locks(hms.ShowLocksRequest(dbname=place)).locks}
    assert found["Iceberg-77"].lockid == held.lockid
    assert found["Iceberg-77"].state == hms.LockState.ACQUIRED
    assert found["Iceberg-77"].lockIdInternal == 1
    assert found["Iceberg-77"].lastheartbeat > 1_500_000_000_000
    assert found["Iceberg-78"].state == hms.LockState.WAITING
    assert found["Iceberg-78"].blockedByExtId == held.lockid
    assert client.show_locks(hms.ShowLocksRequest(dbname=place, tablename="other")).locks == []
    release(client, held, waiting)


def test_a_lock_that_is_gone_is_told_but_may_be_released_again(client, place):
    lock = client.lock(request(place))
    release(client, lock)
    release(client, lock)
    with pytest.raises(hms.NoSuchLockException) as raised:
        client.check_lock(hms.CheckLockRequest(lockid=lock.lockid))
    assert str(lock.lockid) in message_of(raised.value)
    with pytest.raises(hms.NoSuchLockException):
        client.heartbeat(hms.HeartbeatRequest(lockid=lock.lockid))


def test_a_heartbeat_keeps_a_lock(client, place):
    lock = client.lock(request(place))
    client.heartbeat(hms.HeartbeatRequest(lockid=lock.lockid))
    assert check(client, lock) == hms.LockState.ACQUIRED
    release(client, lock)


def test_what_is_asked_for_an_unknown_transaction_is_refused(client, place):
    with pytest.raises(hms.NoSuchTxnException):
        client.heartbeat(hms.HeartbeatRequest(txnid=99999))
    wanted = request(place)
    wanted.txnid = 99999
    with pytest.raises(hms.NoSuchTxnException):
        client.lock(wanted)


def test_a_lock_request_without_components_is_refused(client):
    with pytest.raises(Exception) as raised:
        client.lock(hms.LockRequest(component=[], user="ann", hostname="vm"))
    assert message_of(raised.value)
    assert client.getName()


def test_the_request_of_pyiceberg_is_taken(client, place):
    component = request(place).component[0]
    component.isTransactional = True
    component.isDynamicPartitionWrite = False
    lock = client.lock(hms.LockRequest(component=[component], user="root", hostname="vm"))
    assert lock.state == hms.LockState.ACQUIRED
    release(client, lock)
