/* SPDX-License-Identifier: Apache-2.0 */
/* The list of bindings.h as an array, for thrift_dispatcher_new. Kept apart from dispatch.c so that
 * the dispatcher can be tested without the handlers and all they need. */
#include "bindings.h"

#define BINDING(name, handler) {#name, handler},

static const ThriftBinding bindings[] = {
    THRIFT_SERVED(BINDING){NULL, NULL}
};

const ThriftBinding *
thrift_bindings(gsize *out_count)
{
    *out_count = G_N_ELEMENTS(bindings) - 1;
    return bindings;
}
