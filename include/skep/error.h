/* SPDX-License-Identifier: Apache-2.0 */
/* The one error type of Skep: a fact, a sentence for a person, and the name of the object it is
 * about. Everything below the doors reports failure as a GError of this domain. Each door has one
 * switch from the fact to its own wire words (doors/thrift/errors.c, doors/rest/errors.c); nothing
 * here knows a protocol. */
#pragma once

#include <glib.h>

#define SKEP_ERROR (skep_error_quark())

/* Facts. Adding one makes both doors fail to compile until they answer it (-Werror=switch). */
typedef enum {
    SKEP_ERROR_INVALID_ARGUMENT, /* the request itself is wrong: a name, a value, a type, a shape */
    SKEP_ERROR_INVALID_OBJECT,   /* well-formed, but the described object cannot exist */
    SKEP_ERROR_INVALID_OPERATION, /* well-formed, but not allowed in the object's present state */
    SKEP_ERROR_UNPROCESSABLE,     /* the request contradicts itself (a key set and removed) */
    SKEP_ERROR_TOO_LARGE,         /* a bound on size, depth or count was passed */
    SKEP_ERROR_UNAUTHENTICATED,
    SKEP_ERROR_FORBIDDEN,
    SKEP_ERROR_NO_SUCH_CATALOG,
    SKEP_ERROR_NO_SUCH_NAMESPACE,
    SKEP_ERROR_NO_SUCH_TABLE,
    SKEP_ERROR_NO_SUCH_VIEW,
    SKEP_ERROR_NO_SUCH_PARTITION,
    SKEP_ERROR_NO_SUCH_LOCK,
    SKEP_ERROR_NO_SUCH_TRANSACTION,
    SKEP_ERROR_NO_SUCH_PLAN,      /* a scan plan that is not kept (any more) */
    SKEP_ERROR_NO_SUCH_PLAN_TASK, /* a part of one */
    SKEP_ERROR_NO_SUCH_FUNCTION,  /* of Iceberg's form; Hive's functions are objects */
    SKEP_ERROR_NO_SUCH_OBJECT,    /* anything else that is named and not there */
    SKEP_ERROR_NO_SUCH_FILE,      /* a file that a pointer names is gone */
    SKEP_ERROR_ALREADY_EXISTS,
    SKEP_ERROR_NAMESPACE_NOT_EMPTY,
    SKEP_ERROR_COMMIT_CONFLICT,      /* the swap changed no row, or a requirement does not hold */
    SKEP_ERROR_KEY_TAKEN,            /* another request has this idempotency key */
    SKEP_ERROR_COMMIT_STATE_UNKNOWN, /* the outcome could not be found out before the deadline */
    SKEP_ERROR_UNSUPPORTED,          /* a declared part of the API that this server does not do */
    SKEP_ERROR_UNAVAILABLE, /* overloaded, or PostgreSQL or the object store is away: try again */
    SKEP_ERROR_INTERNAL     /* a fault of Skep's own */
} SkepError;

GQuark skep_error_quark(void);

/* Sets *error (when error is not NULL) and returns FALSE, so that a failing line is one line:
 *     return skep_fail(error, SKEP_ERROR_NO_SUCH_TABLE, "sales.orders", "Table %s is gone", name);
 * `object` is the dotted name of what the error is about ("ns", "ns.table", "ns.table.partition");
 * may be NULL. It is copied. */
gboolean skep_fail(GError **error, SkepError fact, const char *object, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* The same, for functions that return a pointer. Always returns NULL. */
gpointer skep_fail_null(GError **error, SkepError fact, const char *object, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* The fact of any GError: errors of other domains (GLib's file errors and the like) count as
 * INTERNAL. */
SkepError skep_error_fact(const GError *error);

/* The object's dotted name, or NULL. Owned by the error. */
const char *skep_error_object(const GError *error);

/* Technical detail for the log alone (SQLSTATE, errno text); never sent to clients.
 * skep_error_set_detail copies; skep_error_detail returns NULL when there is none. Both ignore
 * errors of other domains. */
void skep_error_set_detail(GError *error, const char *detail);
const char *skep_error_detail(const GError *error);

/* Stable name of a fact ("no_such_table") for logs, metrics and tests. Never NULL. */
const char *skep_error_fact_name(SkepError fact);
