/* SPDX-License-Identifier: Apache-2.0 */
/* Methods that read partitions: one, all, by names, by partial values, by filter. Lists are written
 * by partition_stream.c; what matches is decided by the catalog. Caller: dispatch.c. */
#include "bindings.h"
#include "decode.h"
#include "partition_stream.h"
#include "reply.h"

#include <hms_partition_listing_types.h>

#include "skep/error.h"

/* --- one partition --- */

static gboolean
partition_get(ThriftCall *call,
              ThriftReplyPlace place,
              const char *database,
              const char *catalog,
              const char *table,
              const GPtrArray *values,
              GError **error)
{
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_table_name(database, catalog, table, &name, error))
        return FALSE;
    thrift_call_set_catalog(call, name.catalog);
    g_auto(GStrv) wanted = thrift_decode_strv(values);
    CatalogPartition *found = catalog_partition_find(
        call->catalog, name.catalog, name.database, name.table, (const char *const *)wanted, error);
    return thrift_reply_partition(call, place, &name, found);
}

gboolean
thrift_get_partition(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionListingsGetPartitionArgs *in = args;
    return partition_get(call, THRIFT_REPLY_PLAIN, in->db_name, NULL, in->tbl_name, in->part_vals,
                         error);
}

gboolean
thrift_get_partition_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionListingsGetPartitionReqArgs *in = args;
    const HmsGetPartitionRequest *request = in->req;
    return partition_get(call, THRIFT_REPLY_IN_STRUCT, request->dbName, request->catName,
                         request->tblName, request->partVals, error);
}

/* No privileges of partitions are kept, so the caller's own change nothing. */
gboolean
thrift_get_partition_with_auth(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionListingsGetPartitionWithAuthArgs *in = args;
    return partition_get(call, THRIFT_REPLY_PLAIN, in->db_name, NULL, in->tbl_name, in->part_vals,
                         error);
}

static gboolean
partition_take_first(const CatalogPartition *partition, gpointer data, GError **error)
{
    (void)error;
    CatalogPartition **first = data;
    if (*first == NULL)
        *first = catalog_partition_copy(partition);
    return TRUE;
}

gboolean
thrift_get_partition_by_name(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionListingsGetPartitionByNameArgs *in = args;
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_table_name(in->db_name, NULL, in->tbl_name, &name, error))
        return FALSE;
    thrift_call_set_catalog(call, name.catalog);
    const char *const names[] = {in->part_name != NULL ? in->part_name : "", NULL};
    CatalogPartitionQuery query;
    catalog_partition_query_init(&query);
    query.names = names;
    g_autoptr(CatalogPartition) found = NULL;
    if (!catalog_partition_scan(call->catalog, name.catalog, name.database, name.table, &query,
                                NULL, partition_take_first, &found, error))
        return FALSE;
    if (found == NULL)
        return skep_fail(error, SKEP_ERROR_NO_SUCH_PARTITION, NULL,
                         "partition name=%s does not exist in %s.%s", names[0], name.database,
                         name.table);
    return thrift_reply_partition(call, THRIFT_REPLY_PLAIN, &name, g_steal_pointer(&found));
}

/* --- all --- */

gboolean
thrift_get_partitions(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionListingsGetPartitionsArgs *in = args;
    ThriftPartitionListing *listing =
        thrift_partition_listing_new(THRIFT_PARTITIONS, in->db_name, NULL, in->tbl_name, error);
    if (listing != NULL)
        listing->max = in->max_parts;
    return thrift_partition_listing_reply(call, listing);
}

gboolean
thrift_get_partitions_with_auth(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionListingsGetPartitionsWithAuthArgs *in = args;
    ThriftPartitionListing *listing =
        thrift_partition_listing_new(THRIFT_PARTITIONS, in->db_name, NULL, in->tbl_name, error);
    if (listing != NULL)
        listing->max = in->max_parts;
    return thrift_partition_listing_reply(call, listing);
}

static ThriftPartitionListing *
listing_from_request(ThriftPartitionShape shape,
                     const HmsPartitionsRequest *request,
                     GError **error)
{
    ThriftPartitionListing *listing = thrift_partition_listing_new(
        shape, request->dbName, request->catName, request->tblName, error);
    if (listing != NULL)
        listing->max = request->maxParts;
    return listing;
}

gboolean
thrift_get_partitions_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionListingsGetPartitionsReqArgs *in = args;
    return thrift_partition_listing_reply(
        call, listing_from_request(THRIFT_PARTITIONS_IN_STRUCT, in->req, error));
}

gboolean
thrift_get_partitions_pspec(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionListingsGetPartitionsPspecArgs *in = args;
    ThriftPartitionListing *listing = thrift_partition_listing_new(
        THRIFT_PARTITION_SPECS, in->db_name, NULL, in->tbl_name, error);
    if (listing != NULL)
        listing->max = in->max_parts;
    return thrift_partition_listing_reply(call, listing);
}

/* --- names --- */

gboolean
thrift_get_partition_names(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionListingsGetPartitionNamesArgs *in = args;
    ThriftPartitionListing *listing = thrift_partition_listing_new(
        THRIFT_PARTITION_NAMES, in->db_name, NULL, in->tbl_name, error);
    if (listing != NULL)
        listing->max = in->max_parts;
    return thrift_partition_listing_reply(call, listing);
}

gboolean
thrift_fetch_partition_names_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionListingsFetchPartitionNamesReqArgs *in = args;
    return thrift_partition_listing_reply(
        call, listing_from_request(THRIFT_PARTITION_NAMES, in->partitionReq, error));
}

static ThriftPartitionListing *
listing_from_expression(ThriftPartitionShape shape,
                        const HmsPartitionsByExprRequest *request,
                        GError **error)
{
    ThriftPartitionListing *listing = thrift_partition_listing_new(
        shape, request->dbName, request->catName, request->tblName, error);
    if (listing == NULL)
        return NULL;
    listing->has_unknown = request->expr != NULL && request->expr->len > 0;
    /* a limit before the client has pruned could cut off what it wants */
    listing->max = listing->has_unknown ? -1 : request->maxParts;
    return listing;
}

/* The answer has no way to say "these may be too many", so an expression is refused here. */
gboolean
thrift_get_partition_names_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionListingsGetPartitionNamesReqArgs *in = args;
    g_autoptr(ThriftPartitionListing) listing =
        listing_from_expression(THRIFT_PARTITION_NAMES, in->req, error);
    if (listing == NULL)
        return FALSE;
    if (listing->has_unknown)
        return skep_fail(error, SKEP_ERROR_UNSUPPORTED, NULL,
                         "Serialised Hive expressions are not supported; list all names, or use a "
                         "filter text");
    return thrift_partition_listing_reply(call, g_steal_pointer(&listing));
}

/* --- by names --- */

gboolean
thrift_get_partitions_by_names(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionListingsGetPartitionsByNamesArgs *in = args;
    ThriftPartitionListing *listing =
        thrift_partition_listing_new(THRIFT_PARTITIONS, in->db_name, NULL, in->tbl_name, error);
    if (listing != NULL)
        listing->names = thrift_decode_take_strv(in->names);
    return thrift_partition_listing_reply(call, listing);
}

gboolean
thrift_get_partitions_by_names_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionListingsGetPartitionsByNamesReqArgs *in = args;
    const HmsGetPartitionsByNamesRequest *request = in->req;
    ThriftPartitionListing *listing = thrift_partition_listing_new(
        THRIFT_PARTITIONS_IN_STRUCT, request->db_name, NULL, request->tbl_name, error);
    if (listing != NULL)
        listing->names = thrift_decode_take_strv(request->names);
    return thrift_partition_listing_reply(call, listing);
}

/* --- by partial values --- */

static ThriftPartitionListing *
listing_by_values(ThriftPartitionShape shape,
                  const char *database,
                  const char *catalog,
                  const char *table,
                  const GPtrArray *values,
                  gint max,
                  GError **error)
{
    ThriftPartitionListing *listing =
        thrift_partition_listing_new(shape, database, catalog, table, error);
    if (listing == NULL)
        return NULL;
    listing->partial_values = thrift_decode_strv(values);
    listing->max = max;
    return listing;
}

gboolean
thrift_get_partitions_ps(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionListingsGetPartitionsPsArgs *in = args;
    return thrift_partition_listing_reply(call, listing_by_values(THRIFT_PARTITIONS, in->db_name,
                                                                  NULL, in->tbl_name, in->part_vals,
                                                                  in->max_parts, error));
}

gboolean
thrift_get_partitions_ps_with_auth(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionListingsGetPartitionsPsWithAuthArgs *in = args;
    return thrift_partition_listing_reply(call, listing_by_values(THRIFT_PARTITIONS, in->db_name,
                                                                  NULL, in->tbl_name, in->part_vals,
                                                                  in->max_parts, error));
}

gboolean
thrift_get_partitions_ps_with_auth_req(ThriftCall *call,
                                       gpointer args,
                                       gpointer result,
                                       GError **error)
{
    (void)result;
    const HmsPartitionListingsGetPartitionsPsWithAuthReqArgs *in = args;
    const HmsGetPartitionsPsWithAuthRequest *request = in->req;
    ThriftPartitionListing *listing =
        listing_by_values(THRIFT_PARTITIONS_IN_STRUCT, request->dbName, request->catName,
                          request->tblName, request->partVals, request->maxParts, error);
    if (listing != NULL && request->__isset_partNames)
        listing->names = thrift_decode_strv(request->partNames);
    return thrift_partition_listing_reply(call, listing);
}

gboolean
thrift_get_partition_names_ps(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionListingsGetPartitionNamesPsArgs *in = args;
    return thrift_partition_listing_reply(
        call, listing_by_values(THRIFT_PARTITION_NAMES, in->db_name, NULL, in->tbl_name,
                                in->part_vals, in->max_parts, error));
}

gboolean
thrift_get_partition_names_ps_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionListingsGetPartitionNamesPsReqArgs *in = args;
    const HmsGetPartitionNamesPsRequest *request = in->req;
    return thrift_partition_listing_reply(
        call, listing_by_values(THRIFT_PARTITION_NAMES_IN_STRUCT, request->dbName, request->catName,
                                request->tblName, request->partValues, request->maxParts, error));
}

/* --- by filter text and by expression --- */

static ThriftPartitionListing *
listing_by_filter(ThriftPartitionShape shape,
                  const char *database,
                  const char *catalog,
                  const char *table,
                  const char *filter,
                  gint max,
                  GError **error)
{
    ThriftPartitionListing *listing =
        thrift_partition_listing_new(shape, database, catalog, table, error);
    if (listing == NULL)
        return NULL;
    listing->filter = g_strdup(filter);
    listing->max = max;
    return listing;
}

gboolean
thrift_get_partitions_by_filter(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionListingsGetPartitionsByFilterArgs *in = args;
    return thrift_partition_listing_reply(call, listing_by_filter(THRIFT_PARTITIONS, in->db_name,
                                                                  NULL, in->tbl_name, in->filter,
                                                                  in->max_parts, error));
}

gboolean
thrift_get_partitions_by_filter_req(ThriftCall *call,
                                    gpointer args,
                                    gpointer result,
                                    GError **error)
{
    (void)result;
    const HmsPartitionListingsGetPartitionsByFilterReqArgs *in = args;
    const HmsGetPartitionsByFilterRequest *request = in->req;
    return thrift_partition_listing_reply(
        call, listing_by_filter(THRIFT_PARTITIONS, request->dbName, request->catName,
                                request->tblName, request->filter, request->maxParts, error));
}

gboolean
thrift_get_part_specs_by_filter(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionListingsGetPartSpecsByFilterArgs *in = args;
    return thrift_partition_listing_reply(
        call, listing_by_filter(THRIFT_PARTITION_SPECS, in->db_name, NULL, in->tbl_name, in->filter,
                                in->max_parts, error));
}

gboolean
thrift_get_num_partitions_by_filter(ThriftCall *call,
                                    gpointer args,
                                    gpointer result,
                                    GError **error)
{
    const HmsPartitionListingsGetNumPartitionsByFilterArgs *in = args;
    HmsPartitionListingsGetNumPartitionsByFilterResult *out = result;
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_table_name(in->db_name, NULL, in->tbl_name, &name, error))
        return FALSE;
    thrift_call_set_catalog(call, name.catalog);
    CatalogPartitionQuery query;
    catalog_partition_query_init(&query);
    query.filter = in->filter;
    gint64 count = 0;
    if (!catalog_partition_count(call->catalog, name.catalog, name.database, name.table, &query,
                                 &count, error))
        return FALSE;
    return THRIFT_REPLY_VALUE(out, (gint32)MIN(count, G_MAXINT32));
}

/* An expression is serialised by a library of Hive's own. All partitions, with the note that not
 * all of them need match, is a true answer: clients then prune for themselves. */
gboolean
thrift_get_partitions_by_expr(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionListingsGetPartitionsByExprArgs *in = args;
    return thrift_partition_listing_reply(
        call, listing_from_expression(THRIFT_PARTITIONS_BY_EXPRESSION, in->req, error));
}

gboolean
thrift_get_partitions_spec_by_expr(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionListingsGetPartitionsSpecByExprArgs *in = args;
    return thrift_partition_listing_reply(
        call, listing_from_expression(THRIFT_PARTITION_SPECS_BY_EXPRESSION, in->req, error));
}
