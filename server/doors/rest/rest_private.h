/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the REST door show one another: the request, the table of routes, replies and
 * errors. Nobody outside server/doors/rest/ includes this. */
#pragma once

#include <glib.h>
#include <microhttpd.h>

#include "skep/catalog.h"
#include "skep/catalog_commit.h"
#include "skep/catalog_credentials.h"
#include "skep/doors.h"
#include "skep/error.h"
#include "skep/json.h"
#include "skep/spool.h"

typedef struct MHD_Response RestResponse;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RestResponse, MHD_destroy_response)

typedef struct RestRequest RestRequest;

/* --- target.c: the request target, decoded --- */

/* Path segments and query, each percent-decoded once after splitting, so that %2F stays part of a
 * name. */
typedef struct {
    GPtrArray *segments; /* char* */
    GHashTable *query;   /* char* -> char*; of a parameter given twice, the first */
} RestTarget;

/* `raw` is the target as it came in the request line. INVALID_ARGUMENT: a malformed escape, a NUL,
 * or text that is not UTF-8. A leading "iceberg" segment and empty segments before the first word
 * are dropped. */
gboolean rest_target_parse(const char *raw, RestTarget *out_target, GError **error);
void rest_target_clear(RestTarget *target);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RestTarget, rest_target_clear)

/* --- routes.c: the one table of what is served --- */

typedef enum {
    REST_METHOD_GET = 1,
    REST_METHOD_HEAD = 2,
    REST_METHOD_POST = 4,
    REST_METHOD_DELETE = 8,
    REST_METHOD_OTHER = 16
} RestMethod;

RestMethod rest_method_parse(const char *name);
const char *rest_method_name(RestMethod method);

typedef enum {
    REST_ROUTE_TAKES_BODY = 1, /* a JSON object */
    REST_ROUTE_ADVERTISED = 2, /* listed in `endpoints` of the config answer */
    REST_ROUTE_IMMEDIATE = 4,  /* never blocks: answered on the event thread */
    REST_ROUTE_TAKES_KEY = 8,  /* Idempotency-Key; what its answers look like is said below */
    REST_ROUTE_ANSWERS_EMPTY = 16,
    REST_ROUTE_ANSWERS_COMMIT = 32,
    REST_ROUTE_OF_VIEWS = 64
} RestRouteFlags;

/* FALSE with *error, or TRUE with a reply set. Runs on a worker. */
typedef gboolean (*RestHandler)(RestRequest *request, GError **error);

/* A row of the table says all that the pages of the API are made of. Of Skep's own routes
 * (rest_route_is_specified is FALSE) clients are generated, so there `path` ends with the
 * parameters of its query ("?pageToken&pageSize", explained in openapi.c), and `answers` names
 * bodies of shapes.c: "takes NewThing; 200 Thing; 404 NoSuchNamespace, 409 AlreadyExists". */
typedef struct {
    RestMethod method;
    const char
        *path; /* the specification's, placeholders included; {prefix} may be absent in a request */
    const char *operation; /* the specification's name of it */
    RestHandler handler;
    guint flags;         /* RestRouteFlags */
    const char *does;    /* for docs/rest-api.md */
    const char *answers; /* statuses of its own; those of every route are said once */
} RestRoute;

/* Is it a route of the Iceberg REST specification, and not Skep's own? */
gboolean rest_route_is_specified(const RestRoute *route);

/* Values of a path's placeholders; borrowed from the target, NULL when the route has none of that
 * name. */
typedef struct {
    const char *prefix; /* a catalog's name */
    const char *namespace_name;
    const char *table;
    const char *view;
    const char *plan;
    const char *task;
    const char *function;
} RestPlaces;

typedef struct {
    const RestRoute *route; /* NULL: none */
    guint allowed;          /* RestMethod of the routes with this path; 0: no such path */
    RestPlaces places;
} RestMatch;

void rest_route_match(RestMethod method, const GPtrArray *segments, RestMatch *out_match);
/* All routes, n of them. */
const RestRoute *rest_routes(gsize *out_n);

/* --- shapes.c: bodies of Skep's own part of the API --- */

/* A type is string, boolean, int32, int64, uuid, date-time, object (of any members) or a shape's
 * name; [T] is an array of T, {T} an object whose members are T; a|b is one of these words, and
 * T|null may be null. A question mark at the end: the member may be absent. */
typedef struct {
    const char *name;
    const char *type;
    const char *does; /* NULL: the name says it */
} RestField;

typedef struct {
    const char *name;
    const char *does;
    const RestField *fields;
    gsize n_fields;
} RestShape;

const RestShape *rest_shapes(gsize *out_n);
/* NULL: none of this name. */
const RestShape *rest_shape_find(const char *name, gsize length);

/* --- the request --- */

typedef enum {
    REST_PHASE_HEAD,    /* the head has not been looked at */
    REST_PHASE_BODY,    /* the body arrives and is kept */
    REST_PHASE_REFUSED, /* a reply is set; the rest of the body is read and dropped */
    REST_PHASE_SERVED,  /* handed to a worker, or answered at once */
    REST_PHASE_QUEUED   /* the reply was given to libmicrohttpd */
} RestPhase;

struct RestRequest {
    RestDoor *door;
    struct MHD_Connection *connection;
    RestPhase phase;
    char *id; /* for the log and X-Request-Id */
    char *raw_target;
    RestTarget target;
    RestMethod method;
    const RestRoute *route;
    RestPlaces places;
    GByteArray *body;
    gsize body_bytes; /* counted in the door, kept or already given up */
    gsize body_dropped_bytes;
    gint64 started_at_us;
    guint *counted_in; /* the door's count that this request is part of; NULL: none yet */
    Catalog *catalog;  /* a keyed one while a handler serves a request with a key */
    CatalogCaller caller;
    struct RestKeyed *keyed; /* of such a request (idempotency.c); else NULL */

    /* What a handler left to be done after it, and what it needs for that; see
     * rest_request_defer. */
    void (*start)(RestRequest *request);
    gpointer deferred;
    GDestroyNotify deferred_free;

    RestResponse *response; /* NULL: no reply yet */
    guint status;
    GError *failure; /* why the reply is an error; NULL for refusals without a fact */
};

RestRequest *rest_request_new(const char *raw_target);
void rest_request_free(RestRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RestRequest, rest_request_free)

/* A header of the request, or NULL. Only while the connection lives, which it does during a
 * handler. */
const char *rest_request_header(const RestRequest *request, const char *name);
/* A parameter of the query, or NULL. */
const char *rest_request_parameter(const RestRequest *request, const char *name);
/* "true" or "false" in any case; absent or empty: FALSE. */
gboolean rest_request_parameter_bool(const RestRequest *request,
                                     const char *name,
                                     gboolean *out_value,
                                     GError **error);
/* A whole number of at least 1; more than max counts as max; absent or empty: *out_value stays. */
gboolean rest_request_parameter_count(
    const RestRequest *request, const char *name, gint max, gint *out_value, GError **error);
/* The body, which must be a JSON object. Once for each request: its bytes are given up. Transfer
 * full. */
cJSON *rest_request_body(RestRequest *request, GError **error);
/* pageToken and pageSize by the specification's rule: without pageToken everything is listed. */
gboolean rest_request_page(const RestRequest *request, CatalogPage *out_page, GError **error);
/* The namespace of the path: not empty, no empty level; else NO_SUCH_NAMESPACE. Borrowed; NULL on
 * failure. */
const char *rest_request_namespace(const RestRequest *request, GError **error);

/* --- answers that come later (arrival.c) --- */

/* For a handler whose answer may take a while without a worker: it returns TRUE without a reply,
 * and `start` is called when nobody else touches the request any more. Some time after that, on
 * any thread, rest_request_finish must be called. `deferred` is freed with the request. Not on
 * immediate routes. */
void rest_request_defer(RestRequest *request,
                        void (*start)(RestRequest *request),
                        gpointer deferred,
                        GDestroyNotify deferred_free);
/* A reply is set, or `failure` (transfer full) says why not. The request is gone after it. */
void rest_request_finish(RestRequest *request, GError *failure);

/* --- namespace names and identifiers as JSON --- */

/* An array of levels becomes one name. INVALID_ARGUMENT: not an array of non-empty strings without
 * U+001F. Transfer full. */
char *rest_decode_namespace(const cJSON *object, const char *key, GError **error);
/* {"namespace": [...], "name": "..."}; *out_name is borrowed from `object`. */
gboolean rest_decode_identifier(const cJSON *object,
                                const char *key,
                                char **out_namespace,
                                const char **out_name,
                                GError **error);
/* Each appends one JSON value. */
void rest_encode_namespace(GString *out, const char *namespace_name);
void rest_encode_string_map(GString *out, const GHashTable *map);
void rest_encode_string_list(GString *out, const GPtrArray *strings);
/* Closes the array and the object of a listing. */
void rest_encode_page_end(GString *out, const char *next_token);

/* --- reply.c --- */

/* Each sets the request's reply. */
void rest_reply_empty(RestRequest *request, guint status);
/* Takes `body` (transfer full). */
void rest_reply_json(RestRequest *request, guint status, GString *body);
/* Takes `body` (transfer full). */
void rest_reply_tree(RestRequest *request, guint status, cJSON *body);
void
rest_reply_text(RestRequest *request, guint status, const char *content_type, const char *text);
/* Bytes without a copy: takes before (transfer full), shares middle; after is copied. */
void rest_reply_spliced(
    RestRequest *request, guint status, GString *before, GBytes *middle, const char *after);
/* The same with a middle on disk, which is read while the client takes it. Takes a reference. */
void rest_reply_spooled(
    RestRequest *request, guint status, GString *before, Spool *middle, const char *after);
void rest_reply_header(RestRequest *request, const char *name, const char *value);
/* Drops the reply that was set. */
void rest_reply_clear(RestRequest *request);

/* --- errors.c --- */

typedef struct {
    guint status;
    const char *type; /* the specification's name of the exception */
} RestErrorWords;

RestErrorWords rest_error_words(SkepError fact);
/* The sentence for the client, in the words that clients match on. Transfer full. */
char *rest_error_message(const GError *error);
/* Takes the error, keeps it for the log. */
void rest_reply_error(RestRequest *request, GError *error);
/* What no catalog fact stands for: no such route, wrong verb, wrong media type. */
void
rest_reply_refusal(RestRequest *request, guint status, const char *type, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* The body of rest_reply_error. Transfer full. */
char *rest_error_body(const GError *error);

/* --- idempotency.c --- */

/* Does the request carry an Idempotency-Key, and its route take one? */
gboolean rest_keyed_is_wanted(const RestRequest *request);
/* Runs the handler, or gives the answer again that the key had before. Sets a reply, unless the
 * handler deferred it. */
void rest_keyed_serve(RestRequest *request);
/* What a handler that deferred its answer came to; `failure` (transfer full) NULL: a reply is set.
 * Sets a reply in any case. */
void rest_keyed_settle(RestRequest *request, GError *failure);
/* The answer shows this document, followed by `after`. Nothing happens without a key. */
void rest_keyed_show(RestRequest *request, const CatalogIcebergTable *table, const char *after);

/* --- request_log.c --- */

/* Counts the request, and writes a line when it failed. Once for each, when it is over. */
void rest_request_log(const RestRequest *request, gboolean completed);

/* --- what handlers of tables and of views share --- */

/* Answers with the page of a namespace's tables or views that the request asks for (table.c). */
gboolean rest_table_reply_list(RestRequest *request, CatalogTableKind kind, GError **error);
/* Leaves the worker with the commit that the body asks for, of the table or view `name`: it may
 * have to wait for others. `start` begins it, `reply` answers when it became true
 * (table_commit.c). */
typedef void (*RestCommitStart)(Catalog *catalog,
                                const CatalogCaller *caller,
                                const char *catalog_name,
                                const CatalogIcebergChange *change,
                                CatalogCommitDone done,
                                gpointer data);
gboolean rest_commit_defer(RestRequest *request,
                           const char *name,
                           RestCommitStart start,
                           void (*reply)(RestRequest *request, const CatalogIcebergTable *table),
                           GError **error);

/* A LoadTableResult or LoadViewResult without access to files, and a CommitTableResponse, with
 * their ETag (table.c). */
void rest_table_reply_load(RestRequest *request, const CatalogIcebergTable *table);
/* A LoadTableResult for a table that was just made under that name, with the access to its files
 * that the request asks for. A table that is there is answered also when access cannot be given:
 * the client would take it for not made. */
gboolean rest_table_reply_made(RestRequest *request,
                               const char *name,
                               const CatalogIcebergTable *table,
                               GError **error);
void rest_table_reply_commit(RestRequest *request, const CatalogIcebergTable *table);

/* --- delegation.c: access to a table's files --- */

/* CATALOG_WANTS_*, from the request's header. */
guint rest_delegation_wants(const RestRequest *request);
/* What tells answers with different access apart, for their ETag: keys by the time at which they
 * expire, in hex, so that "unchanged" is never said to who has keys that are as good as gone.
 * Transfer full. */
#define REST_DELEGATION_KEYS_MARK "-k"
char *rest_delegation_mark(const CatalogCredentials *credentials);
/* The members that follow a table's document, and the closing brace. Transfer full. */
char *rest_delegation_encode(const RestRequest *request,
                             const char *name,
                             const CatalogCredentials *credentials);
/* Keeps secrets in the reply out of caches. */
void rest_delegation_protect(RestRequest *request, const CatalogCredentials *credentials);
/* Adds keys for the files of a completed plan, where the request asks for them. */
gboolean rest_scan_add_credentials(RestRequest *request, cJSON *body, GError **error);

/* The bodies of a namespace (CatalogNamespace) and of a change of its properties
 * (CatalogPropertiesChange), as CatalogPrintFunc (namespace.c). */
char *rest_namespace_print(gconstpointer made);
char *rest_namespace_print_change(gconstpointer made);

/* --- handlers, by file --- */

gboolean rest_health_show(RestRequest *request, GError **error); /* listener.c */
gboolean rest_config_show(RestRequest *request, GError **error); /* config.c */
gboolean rest_config_refuse_token(RestRequest *request, GError **error);
gboolean rest_namespace_list(RestRequest *request, GError **error); /* namespace.c */
gboolean rest_namespace_create(RestRequest *request, GError **error);
gboolean rest_namespace_load(RestRequest *request, GError **error);
gboolean rest_namespace_exists(RestRequest *request, GError **error);
gboolean rest_namespace_drop(RestRequest *request, GError **error);
gboolean rest_namespace_update_properties(RestRequest *request, GError **error);
gboolean rest_table_list(RestRequest *request, GError **error); /* table.c */
gboolean rest_table_create(RestRequest *request, GError **error);
gboolean rest_table_register(RestRequest *request, GError **error);
gboolean rest_table_load(RestRequest *request, GError **error);
gboolean rest_table_exists(RestRequest *request, GError **error);
gboolean rest_table_drop(RestRequest *request, GError **error);
gboolean rest_table_rename(RestRequest *request, GError **error);
gboolean rest_table_commit(RestRequest *request, GError **error); /* table_commit.c */
gboolean rest_table_unregister(RestRequest *request, GError **error);
gboolean rest_transaction_commit(RestRequest *request, GError **error);
gboolean rest_table_load_credentials(RestRequest *request, GError **error); /* delegation.c */
gboolean rest_table_sign(RestRequest *request, GError **error);
gboolean rest_place_sign(RestRequest *request, GError **error);
gboolean rest_scan_plan(RestRequest *request, GError **error); /* scan.c */
gboolean rest_scan_fetch(RestRequest *request, GError **error);
gboolean rest_scan_cancel(RestRequest *request, GError **error);
gboolean rest_scan_tasks(RestRequest *request, GError **error);
gboolean rest_view_list(RestRequest *request, GError **error); /* view.c */
gboolean rest_view_create(RestRequest *request, GError **error);
gboolean rest_view_register(RestRequest *request, GError **error);
gboolean rest_view_load(RestRequest *request, GError **error);
gboolean rest_view_exists(RestRequest *request, GError **error);
gboolean rest_view_replace(RestRequest *request, GError **error);
gboolean rest_view_drop(RestRequest *request, GError **error);
gboolean rest_view_rename(RestRequest *request, GError **error);
gboolean rest_task_list(RestRequest *request, GError **error); /* task.c */
gboolean rest_task_retry(RestRequest *request, GError **error);
gboolean rest_task_cancel(RestRequest *request, GError **error);
gboolean rest_duty_list(RestRequest *request, GError **error);
gboolean rest_dropped_list(RestRequest *request, GError **error); /* dropped.c */
gboolean rest_dropped_undrop(RestRequest *request, GError **error);
gboolean rest_inventory_list(RestRequest *request, GError **error); /* inventory.c */
gboolean rest_inventory_show(RestRequest *request, GError **error);
gboolean rest_inventory_history(RestRequest *request, GError **error);
gboolean rest_inventory_drop(RestRequest *request, GError **error);
gboolean rest_openapi_show(RestRequest *request, GError **error); /* openapi.c */
gboolean rest_fsck_list(RestRequest *request, GError **error);    /* fsck.c */
gboolean rest_fsck_repair(RestRequest *request, GError **error);
gboolean rest_warehouse_list(RestRequest *request, GError **error); /* warehouse.c */
gboolean rest_warehouse_show(RestRequest *request, GError **error);
gboolean rest_warehouse_create(RestRequest *request, GError **error);
gboolean rest_warehouse_alter(RestRequest *request, GError **error);
gboolean rest_warehouse_drop(RestRequest *request, GError **error);
gboolean rest_warehouse_check(RestRequest *request, GError **error);
gboolean rest_table_report_metrics(RestRequest *request, GError **error); /* table_report.c */
gboolean rest_table_report_list(RestRequest *request, GError **error);
gboolean rest_function_list(RestRequest *request, GError **error); /* function.c */
gboolean rest_function_load(RestRequest *request, GError **error);
gboolean rest_function_register(RestRequest *request, GError **error);
gboolean rest_function_drop(RestRequest *request, GError **error);
