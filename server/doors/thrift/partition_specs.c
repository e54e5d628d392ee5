/* SPDX-License-Identifier: Apache-2.0 */
/* Methods that read parts of partitions: get_partitions_with_specs, which names the members that
 * are wanted, and get_partition_values. Caller: dispatch.c. */
#include "bindings.h"
#include "decode.h"
#include "partition_group.h"
#include "partition_privilege.h"
#include "partition_projection.h"
#include "reply.h"

#include <hms_partition_listing_types.h>

#include "skep/error.h"

/* All of the filter texts as one. */
static char *
filters_join(const GPtrArray *filters)
{
    GString *joined = g_string_new(NULL);
    for (guint i = 0; i < filters->len; i++) {
        const char *filter = g_ptr_array_index(filters, i);
        if (filter == NULL || *filter == '\0')
            continue;
        g_string_append_printf(joined, "%s(%s)", joined->len > 0 ? " and " : "", filter);
    }
    return g_string_free(joined, FALSE);
}

static gboolean
listing_set_filter(ThriftPartitionListing *listing,
                   const HmsGetPartitionsFilterSpec *filter,
                   GError **error)
{
    if (filter == NULL || !filter->__isset_filterMode)
        return TRUE;
    if (!filter->__isset_filters)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "A filter mode was given, and no filters");
    switch (filter->filterMode) {
    case HMS_PARTITION_FILTER_MODE_BY_NAMES:
        listing->names = thrift_decode_strv(filter->filters);
        return TRUE;
    case HMS_PARTITION_FILTER_MODE_BY_VALUES:
        listing->partial_values = thrift_decode_strv(filter->filters);
        return TRUE;
    case HMS_PARTITION_FILTER_MODE_BY_EXPR:
        listing->filter = filters_join(filter->filters);
        return TRUE;
    }
    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "No such filter mode: %d",
                     filter->filterMode);
}

static gboolean
listing_set_projection(ThriftPartitionListing *listing,
                       const HmsGetProjectionsSpec *projection,
                       GError **error)
{
    if (projection == NULL)
        return TRUE;
    thrift_partition_view_set_patterns(&listing->view, projection->includeParamKeyPattern,
                                       projection->excludeParamKeyPattern);
    return thrift_partition_projection_parse(projection->fieldList, &listing->view, error);
}

gboolean
thrift_get_partitions_with_specs(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionListingsGetPartitionsWithSpecsArgs *in = args;
    const HmsGetPartitionsRequest *request = in->request;
    g_autoptr(ThriftPartitionListing) listing =
        thrift_partition_listing_new(THRIFT_PARTITION_SPECS_IN_STRUCT, request->dbName,
                                     request->catName, request->tblName, error);
    if (listing == NULL)
        return FALSE;
    thrift_call_set_catalog(call, listing->name.catalog);
    if (!listing_set_filter(listing, request->filterSpec, error) ||
        !listing_set_projection(listing, request->projectionSpec, error) ||
        (request->withAuth &&
         !thrift_partition_view_add_privileges(call, &listing->name, request->user,
                                               request->groupNames, &listing->view, error)))
        return FALSE;
    return thrift_partition_groups_reply(call, g_steal_pointer(&listing));
}

/* --- values --- */

/* The names in list<FieldSchema>, borrowed; NULL-terminated. */
static GPtrArray *
field_names(const GPtrArray *fields)
{
    GPtrArray *names = g_ptr_array_new();
    for (guint i = 0; fields != NULL && i < fields->len; i++) {
        const HmsFieldSchema *field = g_ptr_array_index(fields, i);
        g_ptr_array_add(names, field->name != NULL ? (gpointer)field->name : (gpointer) "");
    }
    g_ptr_array_add(names, NULL);
    return names;
}

gboolean
thrift_get_partition_values(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPartitionListingsGetPartitionValuesArgs *in = args;
    HmsPartitionListingsGetPartitionValuesResult *out = result;
    const HmsPartitionValuesRequest *request = in->request;
    g_autoptr(GPtrArray) keys = field_names(request->partitionKeys);
    g_autoptr(GPtrArray) order = field_names(request->partitionOrder);
    CatalogPartitionValuesQuery query = {.keys = (const char *const *)keys->pdata,
                                         .order = (const char *const *)order->pdata,
                                         .filter = request->filter,
                                         .is_distinct = request->applyDistinct,
                                         .is_descending = !request->ascending,
                                         .max = request->maxParts};
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_table_name(request->dbName, request->catName, request->tblName, &name,
                                  error))
        return FALSE;
    thrift_call_set_catalog(call, name.catalog);
    g_autoptr(GPtrArray) rows = catalog_partition_values(call->catalog, name.catalog, name.database,
                                                         name.table, &query, error);
    if (rows == NULL)
        return FALSE;
    for (guint i = 0; i < rows->len; i++) {
        HmsPartitionValuesRow *row = g_object_new(HMS_TYPE_PARTITION_VALUES_ROW, NULL);
        g_ptr_array_unref(row->row);
        row->row = thrift_encode_strv(g_ptr_array_index(rows, i));
        g_ptr_array_add(out->success->partitionValues, row);
    }
    out->__isset_success = TRUE;
    return TRUE;
}
