/* SPDX-License-Identifier: Apache-2.0 */
/* One client's connection, and the set of all connections of the door. A connection is either
 * parked (epoll watches it and nobody else touches it) or in the hands of exactly one thread: the
 * listener's, or the worker that serves its calls. listener.c accepts, watches and times out;
 * connection.c keeps the life of a connection and its output; connection_serve.c reads and serves
 * calls. */
#pragma once

#include <netinet/in.h>

#include "dispatch.h"
#include "skep/spool.h"
#include "skep/worker_pool.h"
#include "wire.h"

typedef struct Connection Connection;

/* What the connections of one door share. Fixed while they live, but for what `mutex` guards and
 * the atomic numbers. */
typedef struct {
    WireLimits limits;
    guint connections_max;
    gsize buffered_bytes_max; /* for all requests that have partly come */
    guint idle_timeout_ms;    /* 0: never */
    guint request_timeout_ms;
    guint reply_timeout_ms;
    gsize output_bytes_max; /* of all replies that wait in memory for their readers */
    const ThriftDispatcher *dispatcher;
    WorkerPool *pool;
    SpoolRoom *spool_room; /* for replies that wait on disk; borrowed; NULL: none do */
    int epoll;

    gsize buffered_bytes; /* atomic */
    gsize output_bytes;   /* atomic */
    gint stopping;        /* atomic: nothing is parked to wait for a request any more */
    GMutex mutex;         /* guards first and count, and is held while `none_left` is signalled */
    GCond none_left;
    Connection *first;
    guint count;
} ConnectionSet;

/* What a parked connection waits for. */
typedef enum {
    WAIT_FOR_REQUEST, /* the first byte of one */
    WAIT_FOR_REST,    /* of a request that has partly come */
    WAIT_FOR_READER,  /* the client, to take the rest of a reply */
    WAIT_FOR_CLOSE    /* the client, to close after it was told why we do */
} ConnectionWait;

/* A request that has partly come. Exists only while there is one. */
typedef struct {
    guint8 *bytes;
    gsize length;
    gsize capacity;
    gsize start; /* of the message that is being scanned */
    WireScanner scanner;
} ConnectionInput;

struct Connection {
    ConnectionSet *set;
    Connection *previous;
    Connection *next;
    int socket;
    GMutex mutex; /* held while `parked` changes; makes parking and epoll's arming one step */
    gboolean parked;
    ConnectionWait wait;
    gint64 deadline_ms;     /* while parked; G_MAXINT64: none */
    gint64 stage_began_ms;  /* when the request or reply that is under way last made progress; 0:
                               none is */
    gsize stage_bytes;      /* how far it was then */
    ConnectionInput *input; /* NULL between requests */
    Spool *spool;           /* what the client has not taken yet; NULL: none of it is on disk */
    guint64 spool_sent;
    guint8 *output; /* what follows it; NULL when there is none */
    gsize output_length;
    gsize output_sent;
    gboolean close_after_output;
    gboolean linger_after_output; /* the client may still be sending: let it read before the end */
    ThriftSession *session;       /* NULL before the first call */
    char peer[INET6_ADDRSTRLEN + 8];
};

/* --- the set --- */

/* Copies nothing of what `set` points to; sets up the guarded members. */
void connection_set_init(ConnectionSet *set);
void connection_set_clear(ConnectionSet *set);
guint connection_set_count(ConnectionSet *set);

/* Closes what is past its deadline. Listener's thread only, between two batches of events. */
void connection_set_sweep(ConnectionSet *set, gint64 now_ms);

/* Closes all that wait for a request, and sees to it that none waits for one again. With `all`,
 * closes those too that still take a reply. Those that a worker serves close by themselves.
 * Listener's thread only. */
void connection_set_stop(ConnectionSet *set, gboolean all);

/* --- one connection --- */

/* Takes over an accepted, non-blocking socket and parks it. Returns FALSE, and leaves the socket to
 * the caller, when the set is full or epoll refuses. */
gboolean connection_open(ConnectionSet *set, int socket, const struct sockaddr *address);

/* The listener saw `events` of epoll: takes the connection out of its parking place and lets go on
 * what it waited for: hands it to a worker, sends, or closes. */
void connection_wake(Connection *connection, guint32 events);

/* Gives the connection back to epoll. The caller must not touch it afterwards. */
void connection_park(Connection *connection, ConnectionWait wait);

/* Closes and frees. The caller must own the connection. `reason` is for the metric. */
void connection_close(Connection *connection, const char *reason);

/* Lets the connection wait with `length` bytes of `output` behind what is in `spool` (both may be
 * NULL); takes both. Past what all connections together may hold in memory the output goes to disk.
 * FALSE, with nothing changed but that both are gone, when there is no place for it. */
gboolean connection_keep_output(Connection *connection, Spool *spool, guint8 *output, gsize length);

/* Sends the output as far as the client takes it and a turn goes, then goes on as it must: parks,
 * ends the connection, or returns TRUE when all is sent and the connection is the caller's to serve
 * further. Never waits for the client; may wait for the disk when there is a spool. */
gboolean connection_send_output(Connection *connection);

/* Says goodbye: sends FIN and waits a little for the client's, so that a reply sent before is not
 * lost to a reset. The caller must not touch the connection afterwards. */
void connection_linger(Connection *connection);

/* --- serving (connection_serve.c) --- */

/* A WorkerFunc: sends more of a reply that lies on disk, then serves on when all is sent. */
void connection_resume(gpointer connection);

/* A WorkerFunc: reads what has come, serves whole calls, then parks or closes the connection. */
void connection_serve(gpointer connection);

/* The same on the listener's thread when the queue to the workers is full: answers each whole call
 * with an exception that says so. */
void connection_refuse_calls(Connection *connection);

/* Frees `input` and its share of the set's budget. Accepts NULL. */
void connection_input_free(ConnectionSet *set, ConnectionInput *input);
