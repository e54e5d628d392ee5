# SPDX-License-Identifier: Apache-2.0
"""Thrift by hand, for tables of very many partitions: making an object for each would measure the client and not the
server. Used by the tests of this folder and by bench/bulk.py.
"""
import socket
import struct

PER_DAY = 10  # partitions of one value of the first key
COLUMNS = 20
BOOL, I16, I32, STRING, STRUCT, MAP, LIST = 2, 6, 8, 11, 12, 13, 15


class Failed(Exception):
    """An answer that is not the one of success."""


def field(kind, number, value):
    return struct.pack(">bh", kind, number) + value


def text(value):
    data = value.encode()
    return struct.pack(">i", len(data)) + data


def items(kind, values):
    return struct.pack(">bi", kind, len(values)) + b"".join(values)


def texts(values):
    return items(STRING, [text(value) for value in values])


def mapping(pairs):
    return struct.pack(">bbi", STRING, STRING, len(pairs)) + b"".join(text(k) + text(v) for k, v in pairs.items())


def message(method, *fields):
    body = struct.pack(">I", 0x80010001) + text(method) + struct.pack(">i", 0) + b"".join(fields) + b"\0"
    return struct.pack(">I", len(body)) + body


def columns(count):
    return items(STRUCT, [field(STRING, 1, text(f"column_{n}")) + field(STRING, 2, text("string")) + b"\0"
                          for n in range(count)])


def storage(location):
    serde = field(STRING, 2, text("org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe")) + \
        field(MAP, 3, mapping({"serialization.format": "1"})) + b"\0"
    return field(LIST, 1, columns(COLUMNS)) + field(STRING, 2, text(location)) + \
        field(STRING, 3, text("org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat")) + \
        field(STRING, 4, text("org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat")) + \
        field(STRUCT, 7, serde) + b"\0"


def keys():
    return items(STRUCT, [field(STRING, 1, text(name)) + field(STRING, 2, text("string")) + b"\0"
                          for name in ("day", "part")])


def table(database, name, location, column_count=COLUMNS):
    sd = storage(location) if column_count == COLUMNS else storage(location).replace(columns(COLUMNS), columns(column_count))
    return field(STRING, 1, text(name)) + field(STRING, 2, text(database)) + field(STRING, 3, text("bench")) + \
        field(STRUCT, 7, sd) + field(LIST, 8, keys()) + field(MAP, 9, mapping({"EXTERNAL": "TRUE"})) + \
        field(STRING, 12, text("EXTERNAL_TABLE")) + b"\0"


def values(number):
    return [f"day-{number // PER_DAY:07d}", f"p{number % PER_DAY}"]


def name_of(number):
    day, part = values(number)
    return f"day={day}/part={part}"


def partition(database, table_name, number, shared):
    return field(LIST, 1, texts(values(number))) + field(STRING, 2, text(database)) + field(STRING, 3, text(table_name)) + \
        field(STRUCT, 6, shared) + field(MAP, 7, mapping({})) + b"\0"


def batch(database, table_name, first, count):
    """The argument of add_partitions: `count` partitions from number `first` on, each where its table has it."""
    shared = storage("").replace(field(STRING, 2, text("")), b"")
    return field(LIST, 1, items(STRUCT, [partition(database, table_name, n, shared) for n in range(first, first + count)]))


class Client:
    """One connection, framed, that counts bytes and looks at the beginning of an answer alone."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray(1 << 20)

    def call(self, method, *fields):
        """The answer's length and its first bytes after the message's head."""
        return self.send(message(method, *fields), method)

    def send(self, data, method):
        self.socket.sendall(data)
        head = b""
        while len(head) < 4:
            head += self.socket.recv(4 - len(head))
        length = struct.unpack(">I", head)[0]
        begin = b""
        rest = length
        while rest:
            count = self.socket.recv_into(self.buffer, min(rest, len(self.buffer)))
            if not count:
                raise Failed(f"{method}: the connection ended inside an answer")
            if len(begin) < 200:
                begin += bytes(self.buffer[:min(count, 1000)])
            rest -= count
        body = begin[12 + len(method):]
        if begin[3] != 2 or (body[0] != 0 and body[1:3] != b"\0\0"):
            raise Failed(f"{method}: {body[:1000]!r}")
        return length, body

    def listing(self, method, *fields):
        """Bytes of the answer and elements of its list, at whatever place it stands."""
        length, body = self.call(method, *fields)
        if body[0] == STRUCT:
            body = body[3:]
        return length, struct.unpack(">i", body[4:8])[0]
