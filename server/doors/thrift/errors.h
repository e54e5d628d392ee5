/* SPDX-License-Identifier: Apache-2.0 */
/* From the facts of skep/error.h to what a Hive Metastore client understands: which of the
 * exceptions that a method declares is raised, and in which words. The only place in this door that
 * knows either. Caller: dispatch.c. Any thread. */
#pragma once

#include <glib.h>

#include "methods.h"
#include "skep/error.h"

/* The declared exception that says `fact` best for this method. When none says it:
 *  - MetaException, where it is declared;
 *  - else the first declared one, but only for a mistake of the caller's. A failure that another
 * try may cure is never dressed up as another fact: a client would believe its lock or transaction
 * gone;
 *  - else NULL: the answer is a TApplicationException, which every client can read. */
const ThriftDeclaredException *thrift_error_exception(const ThriftMethod *method, SkepError fact);

/* The sentence to send. Clients and their tests match on some of them, so well-known ones are made
 * from the object's name in Hive's words ("hive.sales.orders table not found"); all others are the
 * error's own. `catalog_name` NULL means "hive". Valid UTF-8. Transfer full. */
char *
thrift_error_message(const ThriftMethod *method, const char *catalog_name, const GError *error);

/* Sets the exception for `error` in `result`, an otherwise untouched object of the method's result
 * type. FALSE when no exception fits (see above); `result` is then as it was. */
gboolean thrift_error_raise(const ThriftMethod *method,
                            const char *catalog_name,
                            const GError *error,
                            gpointer result);
