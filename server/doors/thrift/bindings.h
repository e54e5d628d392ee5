/* SPDX-License-Identifier: Apache-2.0 */
/* Which function serves which method: the one list to extend when a method is added. Every handler
 * is declared here by its line in the list; what a handler does is said in dispatch.h. Caller:
 * listener.c, at start. */
#pragma once

#include "dispatch.h"

/* SERVED(wire name, handler), by file and then in the order of the IDL. */
#define THRIFT_SERVED(SERVED)

#define THRIFT_DECLARE_HANDLER(name, handler)                                                      \
    gboolean handler(ThriftCall *call, gpointer args, gpointer result, GError **error);

THRIFT_SERVED(THRIFT_DECLARE_HANDLER)

/* The list as an array. Static. */
const ThriftBinding *thrift_bindings(gsize *out_count);
