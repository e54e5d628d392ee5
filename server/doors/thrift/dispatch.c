/* SPDX-License-Identifier: Apache-2.0 */
/* One message in, one answer out, and the counting of both. Which exception an error becomes is
 * errors.c's to say; which function serves a method, bindings.c's. The only file of this door that
 * logs a failed call. Caller: connection_serve.c. */
#include "dispatch.h"

#include <thrift/c_glib/thrift_application_exception.h>
#include <thrift/c_glib/thrift_struct.h>

#include "errors.h"
#include "skep/error.h"
#include "skep/log.h"
#include "skep/metrics.h"
#include "transport.h"

/* A method and what happens to it here. The series are made at the first call, so that methods
 * which nobody calls leave no line in the metrics. */
typedef struct {
    const ThriftMethod *method;
    ThriftHandler handler;  /* NULL: not served */
    MetricSeries *answered; /* atomic, as the next two */
    MetricSeries *failed;
    MetricSeries *seconds;
} DispatchRow;

struct ThriftDispatcher {
    Catalog *catalog;
    const Settings *settings;
    gint64 started_s;
    gsize row_count;
    DispatchRow *rows;   /* in the order of thrift_methods() */
    GHashTable *by_name; /* name -> its row; read only once made */
};

/* A message while it is answered. */
typedef struct {
    char *name;
    ThriftMessageType type;
    gint32 sequence_id;
    DispatchRow *row; /* NULL: no such method */
    ThriftProtocol *out;
} Message;

static Metric calls_total = METRIC_COUNTER(
    "skep_thrift_calls_total", "Calls of the Hive Metastore API.", "method", "result");
static Metric call_seconds = METRIC_HISTOGRAM("skep_thrift_call_seconds",
                                              "Time from a whole request to a whole answer.",
                                              metric_bounds_seconds,
                                              "method");

ThriftSession *
thrift_session_new(const char *peer)
{
    ThriftSession *session = g_new0(ThriftSession, 1);
    session->peer = g_strdup(peer);
    session->meta_conf = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return session;
}

void
thrift_session_free(ThriftSession *session)
{
    if (session == NULL)
        return;
    g_free(session->peer);
    g_free(session->user);
    g_strfreev(session->groups);
    g_hash_table_unref(session->meta_conf);
    g_free(session);
}

void
thrift_call_set_catalog(ThriftCall *call, const char *catalog_name)
{
    g_free(call->catalog_name);
    call->catalog_name = g_strdup(catalog_name);
}

static void
clear_reply(ThriftCall *call)
{
    if (call->reply_state_free != NULL)
        call->reply_state_free(call->reply_state);
    call->reply_writer = NULL;
    call->reply_state = NULL;
    call->reply_state_free = NULL;
}

void
thrift_call_reply_with(ThriftCall *call,
                       ThriftReplyWriter writer,
                       gpointer state,
                       GDestroyNotify state_free)
{
    clear_reply(call);
    call->reply_writer = writer;
    call->reply_state = state;
    call->reply_state_free = state_free;
}

static void
bind(ThriftDispatcher *dispatcher, const ThriftBinding *binding)
{
    DispatchRow *row = g_hash_table_lookup(dispatcher->by_name, binding->name);
    if (row == NULL || row->handler != NULL)
        g_error("The Thrift method %s is %s", binding->name,
                row ? "bound twice" : "not in the IDL");
    row->handler = binding->handler;
}

ThriftDispatcher *
thrift_dispatcher_new(Catalog *catalog,
                      const Settings *settings,
                      const ThriftBinding *bindings,
                      gsize binding_count)
{
    thrift_methods_register_types();
    ThriftDispatcher *dispatcher = g_new0(ThriftDispatcher, 1);
    dispatcher->catalog = catalog;
    dispatcher->settings = settings;
    dispatcher->started_s = g_get_real_time() / G_USEC_PER_SEC;
    dispatcher->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    const ThriftMethod *methods = thrift_methods(&dispatcher->row_count);
    dispatcher->rows = g_new0(DispatchRow, dispatcher->row_count);
    for (gsize i = 0; i < dispatcher->row_count; i++) {
        dispatcher->rows[i].method = &methods[i];
        g_hash_table_insert(dispatcher->by_name, (gpointer)methods[i].name, &dispatcher->rows[i]);
    }
    for (gsize i = 0; i < binding_count; i++)
        bind(dispatcher, &bindings[i]);
    return dispatcher;
}

void
thrift_dispatcher_free(ThriftDispatcher *dispatcher)
{
    if (dispatcher == NULL)
        return;
    g_hash_table_unref(dispatcher->by_name);
    g_free(dispatcher->rows);
    g_free(dispatcher);
}

gint64
thrift_dispatcher_started_s(const ThriftDispatcher *dispatcher)
{
    return dispatcher->started_s;
}

GHashTable *
thrift_dispatcher_counters(const ThriftDispatcher *dispatcher)
{
    GHashTable *counters = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (gsize i = 0; i < dispatcher->row_count; i++) {
        DispatchRow *row = &dispatcher->rows[i];
        MetricSeries *answered = g_atomic_pointer_get(&row->answered);
        MetricSeries *failed = g_atomic_pointer_get(&row->failed);
        gint64 calls = (gint64)((answered != NULL ? metric_value(answered) : 0) +
                                (failed != NULL ? metric_value(failed) : 0));
        if (calls > 0)
            g_hash_table_insert(counters, g_strdup(row->method->name),
                                g_memdup2(&calls, sizeof calls));
    }
    return counters;
}

static MetricSeries *
row_series(MetricSeries **kept, Metric *metric, const char *method_name, const char *result)
{
    MetricSeries *series = g_atomic_pointer_get(kept);
    if (series == NULL) {
        series = metric_series(metric, METRIC_LABELS(method_name, result));
        g_atomic_pointer_set(kept, series);
    }
    return series;
}

static void
count_call(DispatchRow *row, gboolean is_answered, gint64 began_us)
{
    const char *name = row->method->name;
    MetricSeries *result = is_answered ? row_series(&row->answered, &calls_total, name, "ok")
                                       : row_series(&row->failed, &calls_total, name, "error");
    metric_add(result, 1);
    metric_observe(row_series(&row->seconds, &call_seconds, name, NULL),
                   (double)(g_get_monotonic_time() - began_us) / G_USEC_PER_SEC);
}

static gboolean
wants_answer(const Message *message)
{
    return message->type != T_ONEWAY && !(message->row != NULL && message->row->method->is_oneway);
}

/* Errors of the generated code and of the library become SKEP_ERRORs here: nothing else leaves this
 * file. */
static void
propagate_write_error(GError **error, GError *cause)
{
    if (cause != NULL && cause->domain == SKEP_ERROR)
        g_propagate_error(error, cause);
    else {
        skep_fail(error, SKEP_ERROR_INTERNAL, NULL, "The answer could not be encoded: %s",
                  cause != NULL ? cause->message : "no reason given");
        g_clear_error(&cause);
    }
}

/* Writes the struct that is the body of an answer. */
typedef gboolean (*BodyWriter)(gpointer body, ThriftProtocol *out, GError **error);

static gboolean
write_struct(gpointer body, ThriftProtocol *out, GError **error)
{
    return thrift_struct_write(THRIFT_STRUCT(body), out, error) >= 0;
}

static gboolean
write_own_reply(gpointer body, ThriftProtocol *out, GError **error)
{
    ThriftCall *call = body;
    return call->reply_writer(call, call->reply_state, out, error);
}

/* Writes a whole answer, or nothing. */
static gboolean
write_answer(const Message *message,
             ThriftMessageType type,
             BodyWriter write_body,
             gpointer body,
             GError **error)
{
    FlatTransport *transport = FLAT_TRANSPORT(message->out->transport);
    gsize mark = flat_transport_mark(transport);
    GError *cause = NULL;
    if (thrift_protocol_write_message_begin(message->out, message->name, type, message->sequence_id,
                                            &cause) >= 0 &&
        write_body(body, message->out, &cause) &&
        thrift_protocol_write_message_end(message->out, &cause) >= 0)
        return TRUE;
    flat_transport_truncate(transport, mark);
    propagate_write_error(error, cause);
    return FALSE;
}

typedef struct {
    ThriftApplicationExceptionError code;
    const char *text;
} ApplicationException;

/* By hand, because the library loses memory with every object of its own class for it. */
static gboolean
write_application_exception_body(gpointer body, ThriftProtocol *out, GError **error)
{
    const ApplicationException *exception = body;
    return thrift_protocol_write_struct_begin(out, "TApplicationException", error) >= 0 &&
           thrift_protocol_write_field_begin(out, "message", T_STRING, 1, error) >= 0 &&
           thrift_protocol_write_string(out, exception->text, error) >= 0 &&
           thrift_protocol_write_field_end(out, error) >= 0 &&
           thrift_protocol_write_field_begin(out, "type", T_I32, 2, error) >= 0 &&
           thrift_protocol_write_i32(out, (gint32)exception->code, error) >= 0 &&
           thrift_protocol_write_field_end(out, error) >= 0 &&
           thrift_protocol_write_field_stop(out, error) >= 0 &&
           thrift_protocol_write_struct_end(out, error) >= 0;
}

static gboolean
write_application_exception(const Message *message,
                            ThriftApplicationExceptionError code,
                            const char *text,
                            GError **error)
{
    g_autofree char *valid_text = g_utf8_make_valid(text, -1);
    ApplicationException exception = {code, valid_text};
    return write_answer(message, T_EXCEPTION, write_application_exception_body, &exception, error);
}

static gboolean
write_unknown_method(const Message *message, GError **error)
{
    g_autofree char *text = g_strdup_printf("Invalid method name: '%s'", message->name);
    return write_application_exception(message, THRIFT_APPLICATION_EXCEPTION_ERROR_UNKNOWN_METHOD,
                                       text, error);
}

/* Answers `failure` as an exception that the method declares, or else as one that every client can
 * read. */
static gboolean
write_failure(const Message *message,
              const char *catalog_name,
              const GError *failure,
              GError **error)
{
    const ThriftMethod *method = message->row->method;
    g_autoptr(GObject) result = g_object_new(method->result_type(), NULL);
    if (thrift_error_raise(method, catalog_name, failure, result))
        return write_answer(message, T_REPLY, write_struct, result, error);
    g_autofree char *text = thrift_error_message(method, catalog_name, failure);
    return write_application_exception(message, THRIFT_APPLICATION_EXCEPTION_ERROR_INTERNAL_ERROR,
                                       text, error);
}

static void
log_failed_call(const Message *message, const ThriftSession *session, const GError *failure)
{
    const char *peer = session != NULL && session->peer != NULL ? session->peer : "";
    SkepError fact = skep_error_fact(failure);
    if (fact == SKEP_ERROR_INTERNAL || fact == SKEP_ERROR_COMMIT_STATE_UNKNOWN)
        log_failure("thrift call failed", log_string("method", message->name),
                    log_string("peer", peer), log_error(failure));
    else if (fact == SKEP_ERROR_UNAVAILABLE)
        log_warning("thrift call failed", log_string("method", message->name),
                    log_string("peer", peer), log_error(failure));
    else
        log_debug("thrift call refused", log_string("method", message->name),
                  log_string("peer", peer), log_error(failure));
}

/* Reads the arguments and the message's end. The protocol may have noted an error of its own while
 * the generated code read on, and tells it at the end: that one says more than what followed from
 * it. */
static gboolean
read_arguments(ThriftProtocol *in, gpointer args, GError **error)
{
    GError *early = NULL;
    GError *late = NULL;
    gboolean is_read = thrift_struct_read(THRIFT_STRUCT(args), in, &early) >= 0;
    gboolean is_ended = thrift_protocol_read_message_end(in, &late) >= 0;
    if (is_read && is_ended)
        return TRUE;
    gboolean is_late_better = late != NULL && (early == NULL || late->domain == SKEP_ERROR);
    GError *told = is_late_better ? g_steal_pointer(&late) : g_steal_pointer(&early);
    g_clear_error(&early);
    g_clear_error(&late);
    if (told != NULL)
        g_propagate_error(error, told);
    else
        skep_fail(error, SKEP_ERROR_INTERNAL, NULL, "The arguments cannot be read");
    return FALSE;
}

/* Calls the handler and sees to it that a failure has an error, and a success none. */
static gboolean
run_handler(DispatchRow *row, ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    if (row->handler == NULL)
        return skep_fail(error, SKEP_ERROR_UNSUPPORTED, NULL, "This server does not serve %s",
                         row->method->name);
    GError *failure = NULL;
    gboolean is_done = row->handler(call, args, result, &failure);
    if (is_done && failure == NULL)
        return TRUE;
    if (failure == NULL)
        return skep_fail(error, SKEP_ERROR_INTERNAL, NULL, "%s failed and gave no reason",
                         row->method->name);
    g_propagate_error(error, failure);
    return FALSE;
}

/* Runs a decoded call and answers it. Sets *out_failure when the answer is an exception. */
static gboolean
run_call(Message *message, ThriftCall *call, gpointer args, GError **out_failure, GError **error)
{
    const ThriftMethod *method = message->row->method;
    g_autoptr(GObject) result =
        method->is_oneway ? NULL : g_object_new(method->result_type(), NULL);
    gboolean is_answered = run_handler(message->row, call, args, result, out_failure);
    if (!wants_answer(message))
        return TRUE;
    gboolean is_own = call->reply_writer != NULL;
    if (is_answered && write_answer(message, T_REPLY, is_own ? write_own_reply : write_struct,
                                    is_own ? (gpointer)call : result, out_failure))
        return TRUE;
    return write_failure(message, call->catalog_name, *out_failure, error);
}

/* Arguments that broke a rule of ours are the call's failure; bytes that are no arguments are the
 * protocol's. */
static gboolean
answer_unreadable(const Message *message, const GError *failure, GError **error)
{
    if (!wants_answer(message))
        return TRUE;
    if (failure->domain == SKEP_ERROR)
        return write_failure(message, NULL, failure, error);
    return write_application_exception(message, THRIFT_APPLICATION_EXCEPTION_ERROR_PROTOCOL_ERROR,
                                       failure->message, error);
}

/* A message of a known method. */
static gboolean
serve_call(const ThriftDispatcher *dispatcher,
           ThriftSession *session,
           Message *message,
           ThriftProtocol *in,
           GError **error)
{
    gint64 began_us = g_get_monotonic_time();
    g_autoptr(GObject) args = g_object_new(message->row->method->args_type(), NULL);
    g_autoptr(GError) failure = NULL;
    gboolean is_written;
    if (read_arguments(in, args, &failure)) {
        ThriftCall call = {
            .catalog = dispatcher->catalog,
            .settings = dispatcher->settings,
            .dispatcher = dispatcher,
            .session = session,
            .method = message->row->method,
            .caller = {.user = session->user, .groups = (const char *const *)session->groups},
        };
        is_written = run_call(message, &call, args, &failure, error);
        clear_reply(&call);
        g_free(call.catalog_name);
    } else {
        is_written = answer_unreadable(message, failure, error);
    }
    if (failure != NULL)
        log_failed_call(message, session, failure);
    count_call(message->row, failure == NULL && is_written, began_us);
    return is_written;
}

/* A message without a method to serve it: its body is of no use. */
static gboolean
answer_foreign(const Message *message, GError **error)
{
    if (!wants_answer(message))
        return TRUE;
    if (message->row == NULL)
        return write_unknown_method(message, error);
    return write_application_exception(message,
                                       THRIFT_APPLICATION_EXCEPTION_ERROR_INVALID_MESSAGE_TYPE,
                                       "A message to a server is a call", error);
}

gboolean
thrift_dispatch_message(const ThriftDispatcher *dispatcher,
                        ThriftSession *session,
                        ThriftProtocol *in,
                        ThriftProtocol *out,
                        GError **error)
{
    g_autofree char *name = NULL;
    Message message = {.out = out};
    GError *cause = NULL;
    if (thrift_protocol_read_message_begin(in, &name, &message.type, &message.sequence_id, &cause) <
        0) {
        skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                  "The head of a message cannot be read: %s",
                  cause != NULL ? cause->message : "no reason given");
        g_clear_error(&cause);
        return FALSE;
    }
    message.name = name != NULL ? name : (name = g_strdup(""));
    message.row = g_hash_table_lookup(dispatcher->by_name, message.name);
    gboolean is_call = message.type == T_CALL || message.type == T_ONEWAY;
    if (message.row == NULL || !is_call)
        return answer_foreign(&message, error);
    return serve_call(dispatcher, session, &message, in, error);
}

gboolean
thrift_dispatch_refuse(const ThriftDispatcher *dispatcher,
                       const char *method_name,
                       ThriftMessageType message_type,
                       gint32 sequence_id,
                       const GError *reason,
                       ThriftProtocol *out,
                       GError **error)
{
    g_autofree char *name = g_utf8_make_valid(method_name, -1);
    Message message = {
        .name = name,
        .type = message_type,
        .sequence_id = sequence_id,
        .row = g_hash_table_lookup(dispatcher->by_name, name),
        .out = out,
    };
    if (message.row == NULL || (message_type != T_CALL && message_type != T_ONEWAY))
        return answer_foreign(&message, error);
    metric_add(row_series(&message.row->failed, &calls_total, name, "error"), 1);
    log_failed_call(&message, NULL, reason);
    return wants_answer(&message) ? write_failure(&message, NULL, reason, error) : TRUE;
}
