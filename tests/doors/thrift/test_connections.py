# SPDX-License-Identifier: Apache-2.0
"""Goal: whatever arrives at the Thrift port, the answer is one in the protocol's own form, or a closed connection where no
message can be told from it; and the server goes on. Method: raw sockets, messages packed by hand: cut off, oversized, nested,
mutated, of other protocols, in both framings, alone and many at a time."""
import os
import random
import socket
import struct

import pytest

CALL, REPLY, EXCEPTION, ONEWAY = 1, 2, 3, 4
STOP, BOOL, BYTE, DOUBLE, I16, I32, I64, STRING, STRUCT, MAP, SET, LIST = 0, 2, 3, 4, 6, 8, 10, 11, 12, 13, 14, 15


def text(value):
    data = value if isinstance(value, bytes) else value.encode()
    return struct.pack("!i", len(data)) + data


def field(kind, number, value):
    return struct.pack("!bh", kind, number) + value


def message(method, body=b"\0", kind=CALL, seqid=7):
    return struct.pack("!I", 0x80010000 | kind) + text(method) + struct.pack("!i", seqid) + body


def old_message(method, body=b"\0", kind=CALL, seqid=7):
    return text(method) + struct.pack("!bi", kind, seqid) + body


def framed(data):
    return struct.pack("!i", len(data)) + data


class Raw:
    """A socket that gives up after a while and reads whole replies' heads."""

    def __init__(self, timeout_s=60):
        host, port = os.environ["SKEP_THRIFT_URL"].rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout_s)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the reply, or the end, says why
        return self

    def read(self, count):
        data = b""
        while len(data) < count:
            try:
                more = self.socket.recv(count - len(data))
            except ConnectionResetError:
                more = b""
            if not more:
                break
            data += more
        return data

    def read_all(self):
        data = b""
        while more := self.read(65536):
            data += more
        return data

    def reply_head(self, in_frame=False):
        """(kind, method, seqid) of the next reply, or None when the connection ended."""
        head = self.read(12 if in_frame else 8)
        if not head:
            return None
        version, length = struct.unpack("!Ii", head[-8:])
        assert version & 0xFFFFFF00 == 0x80010000
        name = self.read(length).decode()
        return version & 0xFF, name, struct.unpack("!i", self.read(4))[0]


@pytest.fixture(autouse=True)
def the_server_goes_on(skep):
    yield
    with Raw() as after:
        assert after.send(message("get_all_databases")).reply_head() == (REPLY, "get_all_databases", 7)
    assert skep.is_running(), skep.log_text()


GET_DATABASE = field(STRING, 1, text("default")) + b"\0"


@pytest.mark.parametrize("make", [message, old_message])
@pytest.mark.parametrize("frame", [False, True])
def test_every_framing_is_answered_in_its_own(make, frame):
    call = make("get_database", GET_DATABASE)
    with Raw() as raw:
        for _ in range(3):
            raw.send(framed(call) if frame else call)
            data = raw.read(4) if frame else b""
            rest = raw.read(struct.unpack("!i", data)[0]) if frame else raw.read(40)
            if make is message:
                assert rest.startswith(struct.pack("!I", 0x80010000 | REPLY) + text("get_database"))
            else:
                assert rest.startswith(text("get_database") + struct.pack("!bi", REPLY, 7))
            if not frame:
                return  # the end of an unframed reply is known only to who decodes it


def test_framings_do_not_mix_up_on_one_connection():
    with Raw() as raw:
        raw.send(framed(message("get_all_databases", seqid=1)))
        length = struct.unpack("!i", raw.read(4))[0]
        assert raw.read(length)[:4] == struct.pack("!I", 0x80010000 | REPLY)
        raw.send(message("get_all_databases", seqid=2))
        assert raw.reply_head() == (REPLY, "get_all_databases", 2)


def test_a_message_cut_off_anywhere_is_forgotten():
    call = message("get_database", GET_DATABASE)
    for frame in (False, True):
        data = framed(call) if frame else call
        for cut in range(len(data)):
            with Raw() as raw:
                raw.send(data[:cut])
                raw.socket.shutdown(socket.SHUT_WR)
                assert raw.read_all() == b""


def test_a_message_split_anywhere_is_answered():
    call = message("get_database", GET_DATABASE)
    with Raw() as raw:
        for cut in range(1, len(call)):
            with Raw() as split:
                split.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                split.send(call[:cut])
                # Another client's whole call in between: the first half has arrived by then.
                raw.send(framed(message("get_all_databases")))
                raw.read(struct.unpack("!i", raw.read(4))[0])
                split.send(call[cut:])
                assert split.reply_head() == (REPLY, "get_database", 7)


def test_an_unknown_method_is_named_in_an_exception_and_the_connection_goes_on():
    with Raw() as raw:
        raw.send(framed(message("no_such_method", field(STRUCT, 1, field(I32, 1, b"\0\0\0\1") + b"\0") + b"\0")))
        reply = raw.read(struct.unpack("!i", raw.read(4))[0])
        assert reply.startswith(struct.pack("!I", 0x80010000 | EXCEPTION) + text("no_such_method"))
        raw.send(message("get_all_databases"))
        assert raw.reply_head() == (REPLY, "get_all_databases", 7)


REFUSED = {
    "nested": b"".join(struct.pack("!bh", STRUCT, 1) for _ in range(100000)),
    "nested lists": field(LIST, 1, struct.pack("!bi", LIST, 1) * 100000),
    "string of 2 GiB": field(STRING, 1, struct.pack("!i", 0x7FFFFFFF) + b"x" * 100000),
    "string of less than nothing": field(STRING, 1, struct.pack("!i", -1)),
    "list of 2 billion": field(LIST, 1, struct.pack("!bi", STRUCT, 0x7FFFFFFF)),
    "map of less than nothing": field(MAP, 1, struct.pack("!bbi", STRING, STRING, -5)),
    "list of a million nothings": field(LIST, 1, struct.pack("!bi", STRUCT, 5000000) + b"\0" * 5000000),
    "field of no type": field(5, 1, b"\0"),
    "list of no type": field(LIST, 1, struct.pack("!bi", 99, 1)),
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_what_passes_a_limit_is_refused_in_the_protocols_form(body):
    with Raw() as raw:
        raw.send(message("get_database", body))
        assert raw.reply_head() in ((REPLY, "get_database", 7), (EXCEPTION, "get_database", 7))
        assert b"refused" in raw.read_all()


def test_a_frame_past_the_limit_is_refused_in_the_protocols_form():
    with Raw() as raw:
        raw.send(struct.pack("!i", 0x7FFFFFFF) + message("get_database", GET_DATABASE))
        assert raw.reply_head(in_frame=True) == (REPLY, "get_database", 7)
        assert b"longer than the limit" in raw.read_all()


CLOSED = {
    "http": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "tls": bytes.fromhex("1603010200010001fc0303") + bytes(200),
    "compact": b"\x82\x21\x01\x11get_all_databases\0",
    "sasl": b"\1\0\0\0\6GSSAPI\5\0\0\0\0",
    "zeros": bytes(4000),
    "ones": b"\xff" * 4000,
    "a reply": message("get_all_databases", kind=REPLY)[:4] + b"\xff\xff\xff\xff",
    "a name of 64 kB": message("m" * 65536),
    "a frame that is shorter than its message": struct.pack("!i", 10) + message("get_all_databases"),
}


@pytest.mark.parametrize("data", CLOSED.values(), ids=CLOSED.keys())
def test_what_is_no_message_ends_the_connection(data):
    with Raw() as raw:
        raw.send(data)
        assert raw.read_all() == b""


def test_pipelined_calls_are_answered_in_order():
    with Raw() as raw:
        raw.send(b"".join(framed(message("get_all_databases", seqid=n)) for n in range(500)))
        for n in range(500):
            reply = raw.read(struct.unpack("!i", raw.read(4))[0])
            assert struct.unpack("!i", reply[8 + 17 : 12 + 17])[0] == n


def test_shutdown_ends_nothing_for_others(skep):
    with Raw() as other:
        with Raw() as raw:
            raw.send(message("shutdown", kind=ONEWAY))
        other.send(message("get_all_databases"))
        assert other.reply_head() == (REPLY, "get_all_databases", 7)
    assert skep.is_running()


def test_a_binary_field_sent_twice_is_refused():
    expr = field(STRING, 3, text(b"\xac\xed" * 100))
    request = field(STRING, 1, text("default")) + field(STRING, 2, text("t")) + expr + expr + b"\0"
    for _ in range(50):
        with Raw() as raw:
            raw.send(framed(message("get_partitions_by_expr", field(STRUCT, 1, request) + b"\0")))
            reply = raw.read(struct.unpack("!i", raw.read(4))[0])
            assert b"twice" in reply


def test_containers_of_the_wrong_type_are_harmless():
    """Generated readers take a list's elements for what they expect, whatever the list says they are."""
    lies = (
        struct.pack("!bi", BYTE, 60000) + b"\0" * 60000,
        struct.pack("!bi", I64, 5000) + b"\x0c\0\1\x0f\0\2\x0c\0" * 5000,
        struct.pack("!bi", STRING, 2) + text(b"\x0f\0\1\x0c\x7f\xff\xff\xff") + text("\0" * 50),
        struct.pack("!bi", BOOL, 100) + b"\x0c\0\1" * 33 + b"\x0c",
    )
    for lie in lies:
        with Raw() as raw:
            raw.send(framed(message("add_partitions", field(LIST, 1, lie) + b"\0")))
            reply = raw.read(struct.unpack("!i", raw.read(4))[0])
            assert reply[:2] == b"\x80\x01" and reply[3] in (REPLY, EXCEPTION)


def make_mutations(count):
    chance = random.Random(20240601)
    columns = b"".join(
        field(STRING, 1, text(f"c{n}")) + field(STRING, 2, text("string")) + b"\0" for n in range(3)
    )
    descriptor = field(LIST, 1, struct.pack("!bi", STRUCT, 3) + columns) + field(STRING, 2, text("")) + b"\0"
    parameters = struct.pack("!bbi", STRING, STRING, 1) + text("a") + text("b")
    table = field(STRING, 1, text("fuzzed")) + field(STRING, 2, text("no_such_database")) + field(I32, 4, bytes(4))
    table += field(STRUCT, 7, descriptor) + field(MAP, 9, parameters) + b"\0"
    for _ in range(count):
        data = bytearray(message("create_table", field(STRUCT, 1, table) + b"\0"))
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(25, len(data))] = chance.choice((0, 1, 11, 12, 15, 127, 128, 255, chance.randrange(256)))
        yield bytes(data)


def test_mutated_messages_are_answered_or_refused():
    for data in make_mutations(1500):
        with Raw() as raw:
            raw.send(data)
            raw.socket.shutdown(socket.SHUT_WR)
            reply = raw.read_all()
            assert reply == b"" or reply[:2] == b"\x80\x01"


def test_half_requests_of_many_clients_keep_no_one_waiting():
    call = message("get_database", GET_DATABASE)
    halves = [Raw() for _ in range(300)]
    for raw in halves:
        raw.send(call[:-3])
    with Raw() as other:
        other.send(message("get_all_databases"))
        assert other.reply_head() == (REPLY, "get_all_databases", 7)
    for raw in halves:
        assert raw.send(call[-3:]).reply_head() == (REPLY, "get_database", 7)
        raw.socket.close()
