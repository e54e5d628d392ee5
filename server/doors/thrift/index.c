/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about indexes, which Hive gave up with its third release. Clients of the second ask for
 * them whenever they drop a table: there are none. Caller: dispatch.c. */
#include "bindings.h"

#include <hms_index_types.h>

#include "skep/error.h"

static gboolean
fail_unsupported(GError **error)
{
    return skep_fail(error, SKEP_ERROR_UNSUPPORTED, NULL,
                     "Indexes are not kept: Hive itself has none since 3.0");
}

gboolean
thrift_add_index(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)args;
    (void)result;
    return fail_unsupported(error);
}

gboolean
thrift_alter_index(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)args;
    (void)result;
    return fail_unsupported(error);
}

gboolean
thrift_get_indexes(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)args;
    (void)error;
    return ((HmsIndexesGetIndexesResult *)result)->__isset_success = TRUE;
}

gboolean
thrift_get_index_names(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)args;
    (void)error;
    return ((HmsIndexesGetIndexNamesResult *)result)->__isset_success = TRUE;
}

static gboolean
fail_missing(const char *index_name, GError **error)
{
    return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL, "Index %s does not exist",
                     index_name != NULL ? index_name : "null");
}

gboolean
thrift_get_index_by_name(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)result;
    return fail_missing(((HmsIndexesGetIndexByNameArgs *)args)->index_name, error);
}

gboolean
thrift_drop_index_by_name(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)result;
    return fail_missing(((HmsIndexesDropIndexByNameArgs *)args)->index_name, error);
}
