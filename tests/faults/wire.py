# SPDX-License-Identifier: Apache-2.0
"""A TCP proxy in front of PostgreSQL that knows where a round trip ends, and cuts one of them.

A round trip is what the program sends until it waits: a simple query, or whatever ends with a Sync. The n-th one after
arming is cut either before PostgreSQL sees it, or when PostgreSQL has answered and nobody has read it. It also delays every
piece, or loses them: what is sent into the hole is gone, with the connection it was sent on, and nobody is told.

Scissors are for the other side: between clients and the server, and know nothing of what passes."""
import random
import socket
import struct
import threading
import time

BEFORE, AFTER = "before", "after"


class Cut(Exception):
    pass


def read_exactly(source, count):
    data = b""
    while len(data) < count:
        piece = source.recv(count - len(data))
        if not piece:
            raise Cut
        data += piece
    return data


def read_message(source):
    kind = source.recv(1)
    if not kind:
        raise Cut
    length = read_exactly(source, 4)
    return kind, kind + length + read_exactly(source, struct.unpack("!I", length)[0] - 4)


class Wire:
    """Start it, point the server at port. arm() counts anew; everything passes while it is not armed."""

    def __init__(self, port):
        self.target = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.armed, self.trips, self.fired = None, 0, False
        self.delay_s, self.is_silent, self.is_hole, self.lost = 0, False, False, 0
        self.open = set()
        self.closed = threading.Event()
        threading.Thread(target=self.accept, daemon=True).start()

    def arm(self, number, mode):
        with self.lock:
            self.armed, self.trips, self.fired = (number, mode), 0, False

    def disarm(self):
        with self.lock:
            self.armed = None
            return self.fired

    def next_trip(self):
        """What to do with the round trip that begins now."""
        with self.lock:
            if self.armed is None or self.fired:
                return None
            self.trips += 1
            if self.trips < self.armed[0]:
                return None
            self.fired = True
            return self.armed[1]

    def cut_all(self):
        with self.lock:
            sockets, self.open = self.open, set()
        for each in sockets:
            close(each)

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        server = None
        try:
            server = socket.create_connection(("127.0.0.1", self.target), 5)
            server.settimeout(None)
            for each in (client, server):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                self.open |= {client, server}
            while self.is_hole:  # as when nobody answers the first packet, which is sent again
                time.sleep(0.05)
            self.greet(client, server)
            self.pass_on(client, server)
        except (Cut, OSError):
            pass
        finally:
            for each in (client, server):
                if each:
                    close(each)
            with self.lock:
                self.open -= {client, server}

    def greet(self, client, server):
        """Startup messages have no kind; requests for TLS are refused here."""
        while True:
            length = read_exactly(client, 4)
            body = read_exactly(client, struct.unpack("!I", length)[0] - 4)
            if struct.unpack("!I", body[:4])[0] in (80877103, 80877104):
                client.sendall(b"N")
                continue
            server.sendall(length + body)
            if struct.unpack("!I", body[:4])[0] == 80877102:  # a cancel request: nothing comes back
                raise Cut
            break
        self.answer(client, server)

    def pass_on(self, client, server):
        while True:
            trip = b""
            while True:
                kind, message = read_message(client)
                trip += message
                if kind == b"X":
                    server.sendall(trip)
                    raise Cut
                if kind in b"QS":
                    break
            what = self.next_trip()
            if what == BEFORE:
                raise Cut
            self.linger()
            server.sendall(trip)
            self.answer(None if what == AFTER else client, server)
            if what == AFTER:
                raise Cut

    def linger(self):
        time.sleep(self.delay_s)
        while self.is_silent:
            time.sleep(0.05)
        if self.is_hole:
            self.lose()

    def lose(self):
        """The connection is dead, and neither end hears of it, not even that the other has given it up."""
        with self.lock:
            self.lost += 1
        self.closed.wait()
        raise Cut

    def answer(self, client, server):
        while True:
            kind, message = read_message(server)
            if client:
                self.linger()
                client.sendall(message)
            if kind == b"Z":
                return

    def close(self):
        self.closed.set()
        close(self.listener)
        self.cut_all()


class Scissors:
    """Passes bytes both ways, so many on each connection as it draws, and resets it in the middle of the next piece."""

    def __init__(self, port, seed, bytes_max):
        self.target, self.bytes_max, self.random = port, bytes_max, random.Random(seed)
        self.cuts = {"request": 0, "answer": 0}
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", self.target), 5)
            except ConnectionRefusedError:
                close(client)
                continue
            except OSError:
                return
            server.settimeout(None)
            left = [self.random.randint(1, self.bytes_max)]
            for way in (("request", client, server), ("answer", server, client)):
                threading.Thread(target=self.pass_on, args=(*way, left), daemon=True).start()

    def pass_on(self, what, source, target, left):
        try:
            while piece := source.recv(4096):
                if len(piece) > left[0]:  # so that no request is whole whose connection is cut on the way there
                    target.sendall(piece[:left[0]])
                    self.cuts[what] += 1
                    for each in (source, target):
                        each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    break
                left[0] -= len(piece)
                target.sendall(piece)
        except OSError:
            pass
        close(source)
        close(target)

    def close(self):
        close(self.listener)


def close(each):
    try:
        each.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    each.close()
