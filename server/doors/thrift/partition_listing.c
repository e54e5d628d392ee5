/* SPDX-License-Identifier: Apache-2.0 */
/* Methods that read partitions: one, all, by names, by partial values, by filter. Lists are written
 * by partition_stream.c; what matches is decided by the catalog. Caller: dispatch.c. */
#include "bindings.h"
#include "decode.h"
#include "partition_group.h"
#include "partition_privilege.h"
#include "partition_statistics.h"
#include "partition_stream.h"
#include "partition_text.h"
#include "reply.h"

#include <hms_partition_listing_types.h>

#include "skep/catalog_partition.h"
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

gboolean
thrift_get_partition_with_auth(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionListingsGetPartitionWithAuthArgs *in = args;
    g_auto(ThriftName) name = {NULL};
    g_auto(ThriftPartitionView) view = {0};
    if (!thrift_decode_table_name(in->db_name, NULL, in->tbl_name, &name, error))
        return FALSE;
    thrift_call_set_catalog(call, name.catalog);
    g_auto(GStrv) wanted = thrift_decode_strv(in->part_vals);
    g_autoptr(CatalogPartition) found = catalog_partition_find(
        call->catalog, name.catalog, name.database, name.table, (const char *const *)wanted, error);
    return found != NULL &&
           thrift_partition_view_add_privileges(call, &name, in->user_name, in->group_names, &view,
                                                error) &&
           thrift_reply_partition_viewed(call, &name, g_steal_pointer(&found), &view);
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
    g_auto(GStrv) values = NULL;
    if (!thrift_partition_values_of(call, &name, in->part_name, &values, error))
        return FALSE;
    return thrift_reply_partition(call, THRIFT_REPLY_PLAIN, &name,
                                  catalog_partition_find(call->catalog, name.catalog, name.database,
                                                         name.table, (const char *const *)values,
                                                         error));
}

/* --- all --- */

/* Takes the listing, which may be NULL with an error. */
static gboolean
listing_reply_with_privileges(ThriftCall *call,
                              ThriftPartitionListing *listing,
                              const char *user,
                              const GPtrArray *groups,
                              GError **error)
{
    if (listing == NULL)
        return FALSE;
    thrift_call_set_catalog(call, listing->name.catalog);
    if (!thrift_partition_view_add_privileges(call, &listing->name, user, groups, &listing->view,
                                              error)) {
        thrift_partition_listing_free(listing);
        return FALSE;
    }
    return thrift_partition_listing_reply(call, listing);
}

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
    return listing_reply_with_privileges(call, listing, in->user_name, in->group_names, error);
}

static ThriftPartitionListing *
listing_from_request(ThriftPartitionShape shape,
                     const HmsPartitionsRequest *request,
                     GError **error)
{
    ThriftPartitionListing *listing = thrift_partition_listing_new(
        shape, request->dbName, request->catName, request->tblName, error);
    if (listing == NULL)
        return NULL;
    listing->max = request->maxParts;
    listing->view.without_columns = request->skipColumnSchemaForPartition;
    thrift_partition_view_set_patterns(&listing->view, request->includeParamKeyPattern,
                                       request->excludeParamKeyPattern);
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

/* Takes the listing. A table says by a parameter whether its specs are grouped. */
static gboolean
listing_reply_specs(ThriftCall *call, ThriftPartitionListing *listing, GError **error)
{
    if (listing == NULL)
        return FALSE;
    thrift_call_set_catalog(call, listing->name.catalog);
    g_autoptr(CatalogTable) table = catalog_table_find(
        call->catalog, listing->name.catalog, listing->name.database, listing->name.table, error);
    if (table == NULL) {
        thrift_partition_listing_free(listing);
        return FALSE;
    }
    const char *grouped =
        catalog_map_get(table->parameters, "hive.hcatalog.partition.spec.grouping.enabled");
    return grouped != NULL && g_ascii_strcasecmp(grouped, "true") == 0
               ? thrift_partition_groups_reply(call, listing)
               : thrift_partition_listing_reply(call, listing);
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
    return listing_reply_specs(call, listing, error);
}

/* --- names --- */

/* Takes the listing, which may be NULL with an error. A table that is missing has no names. */
static gboolean
listing_reply_names(ThriftCall *call, ThriftPartitionListing *listing, GError **error)
{
    if (listing == NULL)
        return FALSE;
    if (*listing->name.database == '\0' || *listing->name.table == '\0') {
        thrift_partition_listing_free(listing);
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "The names of the database and the table must not be empty");
    }
    listing->missing_is_empty = TRUE;
    return thrift_partition_listing_reply(call, listing);
}

gboolean
thrift_get_partition_names(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionListingsGetPartitionNamesArgs *in = args;
    ThriftPartitionListing *listing = thrift_partition_listing_new(
        THRIFT_PARTITION_NAMES, in->db_name, NULL, in->tbl_name, error);
    if (listing != NULL)
        listing->max = in->max_parts;
    return listing_reply_names(call, listing, error);
}

gboolean
thrift_fetch_partition_names_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionListingsFetchPartitionNamesReqArgs *in = args;
    ThriftPartitionListing *listing =
        listing_from_request(THRIFT_PARTITION_NAMES, in->partitionReq, error);
    return listing_reply_names(call, listing, error);
}

/* An expression whose text is a filter is one. Any other cannot be read: then nothing is left out.
 */
static ThriftPartitionListing *
listing_from_expression(ThriftPartitionShape shape,
                        const HmsPartitionsByExprRequest *request,
                        GError **error)
{
    ThriftPartitionListing *listing = thrift_partition_listing_new(
        shape, request->dbName, request->catName, request->tblName, error);
    if (listing == NULL)
        return NULL;
    listing->filter = thrift_partition_expression_filter(request->expr);
    listing->has_unknown =
        listing->filter == NULL && request->expr != NULL && request->expr->len > 0;
    /* a limit before the client has pruned could cut off what it wants */
    listing->max = listing->has_unknown ? -1 : request->maxParts;
    listing->view.without_columns = request->skipColumnSchemaForPartition;
    thrift_partition_view_set_patterns(&listing->view, request->includeParamKeyPattern,
                                       request->excludeParamKeyPattern);
    return listing;
}

/* The answer has no way to say "these may be too many", so an expression that cannot be read is
 * refused here. */
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
    if (!request->__isset_names)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "Partition names are required");
    g_autoptr(ThriftPartitionListing) listing = thrift_partition_listing_new(
        THRIFT_PARTITIONS_IN_STRUCT, request->db_name, NULL, request->tbl_name, error);
    if (listing == NULL)
        return FALSE;
    thrift_call_set_catalog(call, listing->name.catalog);
    listing->names = thrift_decode_take_strv(request->names);
    listing->view.without_columns = request->skipColumnSchemaForPartition;
    thrift_partition_view_set_patterns(&listing->view, request->includeParamKeyPattern,
                                       request->excludeParamKeyPattern);
    if (request->get_col_stats && listing->names[0] != NULL &&
        !thrift_partition_listing_add_statistics(call, listing, request->engine, error))
        return FALSE;
    return thrift_partition_listing_reply(call, g_steal_pointer(&listing));
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
    if (values == NULL || values->len == 0) {
        thrift_partition_listing_free(listing);
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "Partition values cannot be null or empty");
    }
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
    return listing_reply_with_privileges(call,
                                         listing_by_values(THRIFT_PARTITIONS, in->db_name, NULL,
                                                           in->tbl_name, in->part_vals,
                                                           in->max_parts, error),
                                         in->user_name, in->group_names, error);
}

/* By names, by values, or all. */
static ThriftPartitionListing *
listing_from_auth_request(const HmsGetPartitionsPsWithAuthRequest *request, GError **error)
{
    if (!request->__isset_partNames && request->__isset_partVals)
        return listing_by_values(THRIFT_PARTITIONS_IN_STRUCT, request->dbName, request->catName,
                                 request->tblName, request->partVals, request->maxParts, error);
    ThriftPartitionListing *listing = thrift_partition_listing_new(
        THRIFT_PARTITIONS_IN_STRUCT, request->dbName, request->catName, request->tblName, error);
    if (listing == NULL)
        return NULL;
    if (request->__isset_partNames)
        listing->names = thrift_decode_strv(request->partNames);
    listing->max = request->maxParts;
    return listing;
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
    ThriftPartitionListing *listing = listing_from_auth_request(request, error);
    if (listing == NULL)
        return FALSE;
    listing->view.without_columns = request->skipColumnSchemaForPartition;
    thrift_partition_view_set_patterns(&listing->view, request->includeParamKeyPattern,
                                       request->excludeParamKeyPattern);
    return listing_reply_with_privileges(call, listing, request->userName, request->groupNames,
                                         error);
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
    ThriftPartitionListing *listing =
        listing_by_filter(THRIFT_PARTITIONS, request->dbName, request->catName, request->tblName,
                          request->filter, request->maxParts, error);
    if (listing == NULL)
        return FALSE;
    listing->view.without_columns = request->skipColumnSchemaForPartition;
    thrift_partition_view_set_patterns(&listing->view, request->includeParamKeyPattern,
                                       request->excludeParamKeyPattern);
    return thrift_partition_listing_reply(call, listing);
}

gboolean
thrift_get_part_specs_by_filter(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionListingsGetPartSpecsByFilterArgs *in = args;
    return listing_reply_specs(call,
                               listing_by_filter(THRIFT_PARTITION_SPECS, in->db_name, NULL,
                                                 in->tbl_name, in->filter, in->max_parts, error),
                               error);
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
    return listing_reply_specs(
        call, listing_from_expression(THRIFT_PARTITION_SPECS_BY_EXPRESSION, in->req, error), error);
}
