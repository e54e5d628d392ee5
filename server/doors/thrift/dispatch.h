/* SPDX-License-Identifier: Apache-2.0 */
/* The dispatcher: one message in, one answer out. It decodes the arguments, calls the handler of
 * the method and encodes the result; whatever goes wrong becomes an answer that the method's
 * clients understand. It knows no method by name, no socket and no rule. Caller:
 * connection_serve.c, from a worker.
 *
 * To add a method:
 *  1. its IDL row is in schema/thrift/ (and in tests/idl/): then every client already gets a clear
 * refusal;
 *  2. write the handler in the file of its subject (table.c, partition.c, ...):
 *
 *         gboolean
 *         thrift_get_table(ThriftCall *call, gpointer args, gpointer result, GError **error)
 *         {
 *             HmsTablesGetTableArgs *in = args;
 *             HmsTablesGetTableResult *out = result;
 *             ... decode in->dbname, call one catalog function, fill out->success ...
 *             out->__isset_success = TRUE;
 *             return TRUE;
 *         }
 *
 *  3. add its line to THRIFT_SERVED in bindings.h;
 *  4. where Hive answers one of its errors in its own class or words, add a rule in errors.c. */
#pragma once

#include <thrift/c_glib/protocol/thrift_protocol.h>

#include "methods.h"
#include "skep/catalog.h"
#include "skep/settings.h"

/* The state of one connection. One worker at a time touches it. */
typedef struct {
    char *peer;            /* address of the client, for the log */
    char *user;            /* from set_ugi; NULL: not said */
    GStrv groups;          /* from set_ugi; NULL: none */
    GHashTable *meta_conf; /* char* -> char*: what setMetaConf said on this connection */
} ThriftSession;

/* `peer` may be NULL. */
ThriftSession *thrift_session_new(const char *peer);
void thrift_session_free(ThriftSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ThriftSession, thrift_session_free)

typedef struct ThriftDispatcher ThriftDispatcher;
typedef struct ThriftCall ThriftCall;

/* Writes the whole result of a call, from struct begin to struct end; see thrift_call_reply_with.
 */
typedef gboolean (*ThriftReplyWriter)(ThriftCall *call,
                                      gpointer state,
                                      ThriftProtocol *out,
                                      GError **error);

/* One call while it is served. Made by the dispatcher; a handler reads it and uses the functions
 * below. */
struct ThriftCall {
    Catalog *catalog;
    const Settings *settings; /* NULL in tests that need none */
    const ThriftDispatcher *dispatcher;
    ThriftSession *session;
    const ThriftMethod *method;
    CatalogCaller caller; /* user and groups of the session; borrowed */

    /* Private. */
    char *catalog_name;
    ThriftReplyWriter reply_writer;
    gpointer reply_state;
    GDestroyNotify reply_state_free;
};

/* Serves one method. `args` and `result` are objects of the row's generated types; the dispatcher
 * owns both, and a handler may steal what `args` holds. TRUE: the result is filled, `success` and
 * `__isset_success` included where the method returns something. (TRUE without success is an
 * answer, too: it is how Hive says "null", and clients report a missing result.) FALSE with a
 * SKEP_ERROR: the dispatcher drops the result and raises what errors.c chooses. A handler never
 * touches the exception members and does not log. Runs on any worker. */
typedef gboolean (*ThriftHandler)(ThriftCall *call, gpointer args, gpointer result, GError **error);

typedef struct {
    const char *name; /* on the wire */
    ThriftHandler handler;
} ThriftBinding;

/* Names the catalog that the call is about, for the messages of its errors. NULL: "hive". */
void thrift_call_set_catalog(ThriftCall *call, const char *catalog_name);

/* For answers too long to hold as objects: the handler returns TRUE, leaves `result` alone, and
 * `writer` then writes the result struct itself (struct begin, the field `success` with id 0, field
 * stop, struct end). When it fails, what it wrote is thrown away and its error is raised like a
 * handler's. `state` is freed after the call. */
void thrift_call_reply_with(ThriftCall *call,
                            ThriftReplyWriter writer,
                            gpointer state,
                            GDestroyNotify state_free);

/* Borrows catalog and settings, which must outlive it. Every binding must name a method of the IDL,
 * once: anything else is a fault of the program, and ends it. Call before there are worker threads.
 */
ThriftDispatcher *thrift_dispatcher_new(Catalog *catalog,
                                        const Settings *settings,
                                        const ThriftBinding *bindings,
                                        gsize binding_count);
void thrift_dispatcher_free(ThriftDispatcher *dispatcher);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ThriftDispatcher, thrift_dispatcher_free)

/* Seconds since 1970 at which it was made. */
gint64 thrift_dispatcher_started_s(const ThriftDispatcher *dispatcher);

/* Calls of each method so far, for fb303: char* name -> gint64*. Methods never called are left out.
 * Any thread. Transfer full. */
GHashTable *thrift_dispatcher_counters(const ThriftDispatcher *dispatcher);

/* Reads the one message that `in` holds and writes its answer to `out`, whose transport must be a
 * FlatTransport; nothing is written for a oneway method or message. Both protocols may be the same
 * object.
 *
 *  - unknown method: TApplicationException UNKNOWN_METHOD;
 *  - method without a handler: UNSUPPORTED, as if a handler had said so;
 *  - arguments that cannot be decoded: an error of the protocol object in the SKEP_ERROR domain
 * (text that is not UTF-8, say; it may come as late as the message's end) is raised like a
 * handler's; any other is a TApplicationException PROTOCOL_ERROR;
 *  - an answer that cannot be encoded (too long): raised like a handler's error, instead of what
 * was written so far.
 *
 * FALSE with an error only when the connection must be closed: the head of the message cannot be
 * read, or not even an error can be written. What was written of this answer is taken back then.
 * Any worker. */
gboolean thrift_dispatch_message(const ThriftDispatcher *dispatcher,
                                 ThriftSession *session,
                                 ThriftProtocol *in,
                                 ThriftProtocol *out,
                                 GError **error);

/* Answers a call that is not to be served (the workers' queue is full, the message passes a limit)
 * with `reason`, a SKEP_ERROR, as if its handler had failed. The message's body is not looked at:
 * `method_name`, `message_type` and `sequence_id` are those of its head. Returns as
 * thrift_dispatch_message does. Any thread. */
gboolean thrift_dispatch_refuse(const ThriftDispatcher *dispatcher,
                                const char *method_name,
                                ThriftMessageType message_type,
                                gint32 sequence_id,
                                const GError *reason,
                                ThriftProtocol *out,
                                GError **error);
