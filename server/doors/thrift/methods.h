/* SPDX-License-Identifier: Apache-2.0 */
/* The table of all methods of the Hive Metastore API: one row each, made at build time from the IDL
 * (schema/thrift/method_rows.py). Facts alone: who serves a method is bindings.h, how it is called
 * dispatch.h. */
#pragma once

#include <glib-object.h>

/* Every exception class that a method declares. All have one text, `message`, and nothing else. */
typedef enum {
    THRIFT_NO_EXCEPTION,
    THRIFT_ALREADY_EXISTS_EXCEPTION,
    THRIFT_CONFIG_VAL_SECURITY_EXCEPTION,
    THRIFT_INVALID_INPUT_EXCEPTION,
    THRIFT_INVALID_OBJECT_EXCEPTION,
    THRIFT_INVALID_OPERATION_EXCEPTION,
    THRIFT_INVALID_PARTITION_EXCEPTION,
    THRIFT_META_EXCEPTION,
    THRIFT_NO_SUCH_LOCK_EXCEPTION,
    THRIFT_NO_SUCH_OBJECT_EXCEPTION,
    THRIFT_NO_SUCH_TXN_EXCEPTION,
    THRIFT_TXN_ABORTED_EXCEPTION,
    THRIFT_TXN_OPEN_EXCEPTION,
    THRIFT_UNKNOWN_DB_EXCEPTION,
    THRIFT_UNKNOWN_PARTITION_EXCEPTION,
    THRIFT_UNKNOWN_TABLE_EXCEPTION,
    THRIFT_UNDECLARED_EXCEPTION /* none of a method's own: clients get a TApplicationException */
} ThriftExceptionClass;

/* An exception that a method may answer with, and where it lies in the method's result object. */
typedef struct {
    ThriftExceptionClass exception_class;
    GType (*type)(void);
    glong value_offset; /* of the pointer to the exception object */
    glong isset_offset; /* of the gboolean that says it is there */
} ThriftDeclaredException;

typedef struct {
    const char *name;    /* on the wire */
    const char *since;   /* first release line that has it; NULL: all do */
    const char *removed; /* first release line without it; NULL: it is still there */
    const char *does;    /* a sentence for docs/hms-api.md */
    const char *callers; /* engines known to call it, "Spark, Trino"; NULL: none known */
    GType (*args_type)(void);
    GType (*result_type)(void); /* NULL for a oneway method */
    const ThriftDeclaredException *exceptions;
    guint exception_count;
    gboolean is_oneway; /* nothing is ever answered */
} ThriftMethod;

/* The rows, by name. Static. */
const ThriftMethod *thrift_methods(gsize *out_count);

/* The row of a wire name, or NULL. */
const ThriftMethod *thrift_method_find(const char *name);

/* Registers all generated types with GObject. The generated functions do that at their first call,
 * and not safely from two threads at once: so call this once, before there are threads that decode.
 */
void thrift_methods_register_types(void);
