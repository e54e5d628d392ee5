/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of methods.h, out of a generated file, and finding one of them. No logic about any
 * single method: who wants to change a row changes the IDL. Callers: dispatch.c, tests. */
#include "methods.h"

#include <stdlib.h>
#include <string.h>

#include <hms_methods.inc>

const ThriftMethod *
thrift_methods(gsize *out_count)
{
    *out_count = G_N_ELEMENTS(hms_methods);
    return hms_methods;
}

static int
compare_name(gconstpointer name, gconstpointer method)
{
    return strcmp(name, ((const ThriftMethod *)method)->name);
}

const ThriftMethod *
thrift_method_find(const char *name)
{
    return bsearch(name, hms_methods, G_N_ELEMENTS(hms_methods), sizeof(hms_methods[0]),
                   compare_name);
}

void
thrift_methods_register_types(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(hms_types); i++)
        hms_types[i]();
}
