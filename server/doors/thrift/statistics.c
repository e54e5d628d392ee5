/* SPDX-License-Identifier: Apache-2.0 */
/* Methods that store, read and delete column statistics. The rules are in server/catalog/
 * statistics.c. Caller: dispatch.c. */
#include "bindings.h"
#include "decode.h"
#include "reply.h"
#include "statistics.h"

#include <string.h>

#include "skep/catalog_partition.h"
#include "skep/error.h"

/* Names of a request; the target borrows from `name`. */
static gboolean
target_decode(ThriftCall *call,
              const char *database,
              const char *catalog,
              const char *table,
              const char *engine,
              ThriftName *name,
              CatalogStatisticsTarget *out_target,
              GError **error)
{
    if (!thrift_decode_table_name(database, catalog, table, name, error))
        return FALSE;
    thrift_call_set_catalog(call, name->catalog);
    *out_target = (CatalogStatisticsTarget){name->catalog, name->database, name->table, engine};
    return TRUE;
}

/* --- write --- */

static gboolean
decode_one(const HmsColumnStatistics *sent, gboolean of_table, GPtrArray *out, GError **error)
{
    const HmsColumnStatisticsDesc *desc = sent->statsDesc;
    if (!of_table && (desc->partName == NULL || *desc->partName == '\0'))
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "The statistics name no partition");
    CatalogStatistics *statistics = catalog_statistics_new(of_table ? NULL : desc->partName);
    g_ptr_array_add(out, statistics);
    return thrift_decode_column_statistics(sent->statsObj, statistics->columns, error);
}

static gboolean
check_same_table(const HmsColumnStatisticsDesc *first,
                 const HmsColumnStatisticsDesc *other,
                 GError **error)
{
    if (g_strcmp0(first->dbName, other->dbName) == 0 &&
        g_strcmp0(first->tableName, other->tableName) == 0 &&
        g_strcmp0(first->catName, other->catName) == 0)
        return TRUE;
    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                     "The statistics belong to more than one table");
}

/* `sent` is a list of ColumnStatistics of one table, of its own or of its partitions. */
static gboolean
statistics_update(ThriftCall *call,
                  const GPtrArray *sent,
                  const char *engine,
                  gboolean of_table,
                  gboolean merge,
                  GError **error)
{
    g_autoptr(GPtrArray) wanted = catalog_statistics_list_new();
    if (sent == NULL || sent->len == 0)
        return TRUE;
    if (of_table && sent->len > 1)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "Expecting only 1 ColumnStatistics for table's column stats, but find %u",
                         sent->len);
    const HmsColumnStatistics *first = g_ptr_array_index(sent, 0);
    const HmsColumnStatisticsDesc *desc = first->statsDesc;
    for (guint i = 0; i < sent->len; i++) {
        const HmsColumnStatistics *each = g_ptr_array_index(sent, i);
        if (!check_same_table(desc, each->statsDesc, error) ||
            !decode_one(each, of_table, wanted, error))
            return FALSE;
    }
    g_auto(ThriftName) name = {NULL};
    CatalogStatisticsTarget target;
    return target_decode(call, desc->dbName, desc->catName, desc->tableName, engine, &name, &target,
                         error) &&
           catalog_statistics_update(call->catalog, &target, wanted, merge, error);
}

static gboolean
statistics_update_one(ThriftCall *call,
                      HmsColumnStatistics *sent,
                      gboolean of_table,
                      GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    g_ptr_array_add(list, sent);
    return statistics_update(call, list, sent->engine, of_table, FALSE, error);
}

/* The engine of a request, or of the statistics in it. */
static gboolean
statistics_update_request(ThriftCall *call,
                          const HmsSetPartitionsStatsRequest *request,
                          gboolean of_table,
                          gboolean merge,
                          GError **error)
{
    const GPtrArray *sent = request->colStats;
    const HmsColumnStatistics *first =
        sent != NULL && sent->len > 0 ? g_ptr_array_index(sent, 0) : NULL;
    const char *engine =
        !request->__isset_engine && first != NULL ? first->engine : request->engine;
    return statistics_update(call, sent, engine, of_table, merge, error);
}

gboolean
thrift_update_table_column_statistics(ThriftCall *call,
                                      gpointer args,
                                      gpointer result,
                                      GError **error)
{
    const HmsStatisticsUpdateTableColumnStatisticsArgs *in = args;
    HmsStatisticsUpdateTableColumnStatisticsResult *out = result;
    return statistics_update_one(call, in->stats_obj, TRUE, error) && THRIFT_REPLY_VALUE(out, TRUE);
}

gboolean
thrift_update_partition_column_statistics(ThriftCall *call,
                                          gpointer args,
                                          gpointer result,
                                          GError **error)
{
    const HmsStatisticsUpdatePartitionColumnStatisticsArgs *in = args;
    HmsStatisticsUpdatePartitionColumnStatisticsResult *out = result;
    return statistics_update_one(call, in->stats_obj, FALSE, error) &&
           THRIFT_REPLY_VALUE(out, TRUE);
}

static gboolean
reply_stored(HmsSetPartitionsStatsResponse *response)
{
    response->result = TRUE;
    return TRUE;
}

gboolean
thrift_update_table_column_statistics_req(ThriftCall *call,
                                          gpointer args,
                                          gpointer result,
                                          GError **error)
{
    const HmsStatisticsUpdateTableColumnStatisticsReqArgs *in = args;
    HmsStatisticsUpdateTableColumnStatisticsReqResult *out = result;
    return statistics_update_request(call, in->req, TRUE, FALSE, error) &&
           reply_stored(out->success) && (out->__isset_success = TRUE);
}

gboolean
thrift_update_partition_column_statistics_req(ThriftCall *call,
                                              gpointer args,
                                              gpointer result,
                                              GError **error)
{
    const HmsStatisticsUpdatePartitionColumnStatisticsReqArgs *in = args;
    HmsStatisticsUpdatePartitionColumnStatisticsReqResult *out = result;
    return statistics_update_request(call, in->req, FALSE, FALSE, error) &&
           reply_stored(out->success) && (out->__isset_success = TRUE);
}

gboolean
thrift_set_aggr_stats_for(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsStatisticsSetAggrStatsForArgs *in = args;
    HmsStatisticsSetAggrStatsForResult *out = result;
    const HmsSetPartitionsStatsRequest *request = in->request;
    const GPtrArray *sent = request->colStats;
    const HmsColumnStatistics *first =
        sent != NULL && sent->len > 0 ? g_ptr_array_index(sent, 0) : NULL;
    return statistics_update_request(call, request, first != NULL && first->statsDesc->isTblLevel,
                                     request->needMerge, error) &&
           THRIFT_REPLY_VALUE(out, TRUE);
}

/* --- read --- */

static gboolean
fail_none(const CatalogStatisticsTarget *target, const char *column, GError **error)
{
    return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL,
                     "Column stats doesn't exist for db=%s table=%s col=%s", target->namespace_name,
                     target->table_name, column);
}

/* One column as the vector that the catalog takes. */
static gboolean
check_column(const char *column, GError **error)
{
    return column != NULL ||
           skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "The name of a column is missing");
}

gboolean
thrift_get_table_column_statistics(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsStatisticsGetTableColumnStatisticsArgs *in = args;
    HmsStatisticsGetTableColumnStatisticsResult *out = result;
    const char *columns[] = {in->col_name, NULL};
    g_auto(ThriftName) name = {NULL};
    CatalogStatisticsTarget target;
    if (!check_column(in->col_name, error) ||
        !target_decode(call, in->db_name, NULL, in->tbl_name, NULL, &name, &target, error))
        return FALSE;
    g_autoptr(GPtrArray) found = catalog_statistics_find(call->catalog, &target, columns, error);
    if (found == NULL)
        return FALSE;
    if (found->len == 0)
        return fail_none(&target, in->col_name, error);
    return THRIFT_REPLY_OBJECT(
        out, thrift_encode_statistics(&target, NULL, found, thrift_statistics_form(call, FALSE)));
}

gboolean
thrift_get_partition_column_statistics(ThriftCall *call,
                                       gpointer args,
                                       gpointer result,
                                       GError **error)
{
    const HmsStatisticsGetPartitionColumnStatisticsArgs *in = args;
    HmsStatisticsGetPartitionColumnStatisticsResult *out = result;
    const char *columns[] = {in->col_name, NULL};
    const char *partitions[] = {in->part_name, NULL};
    g_auto(ThriftName) name = {NULL};
    CatalogStatisticsTarget target;
    if (!check_column(in->col_name, error) ||
        !target_decode(call, in->db_name, NULL, in->tbl_name, NULL, &name, &target, error))
        return FALSE;
    g_autoptr(GPtrArray) found =
        catalog_statistics_find_partitions(call->catalog, &target, partitions, columns, error);
    if (found == NULL)
        return FALSE;
    if (found->len == 0)
        return fail_none(&target, in->col_name, error);
    const CatalogStatistics *first = g_ptr_array_index(found, 0);
    return THRIFT_REPLY_OBJECT(out, thrift_encode_statistics(&target, first->partition_name,
                                                             first->columns,
                                                             thrift_statistics_form(call, FALSE)));
}

gboolean
thrift_get_table_statistics_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsStatisticsGetTableStatisticsReqArgs *in = args;
    HmsStatisticsGetTableStatisticsReqResult *out = result;
    const HmsTableStatsRequest *request = in->request;
    g_auto(ThriftName) name = {NULL};
    CatalogStatisticsTarget target;
    if (!target_decode(call, request->dbName, request->catName, request->tblName, request->engine,
                       &name, &target, error))
        return FALSE;
    g_auto(GStrv) columns = thrift_decode_strv(request->colNames);
    g_autoptr(GPtrArray) found =
        catalog_statistics_find(call->catalog, &target, (const char *const *)columns, error);
    if (found == NULL)
        return FALSE;
    g_ptr_array_unref(out->success->tableStats);
    out->success->tableStats = thrift_encode_column_statistics(
        found, thrift_statistics_form(call, request->__isset_engine));
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_get_partitions_statistics_req(ThriftCall *call,
                                     gpointer args,
                                     gpointer result,
                                     GError **error)
{
    const HmsStatisticsGetPartitionsStatisticsReqArgs *in = args;
    HmsStatisticsGetPartitionsStatisticsReqResult *out = result;
    const HmsPartitionsStatsRequest *request = in->request;
    g_auto(ThriftName) name = {NULL};
    CatalogStatisticsTarget target;
    if (!target_decode(call, request->dbName, request->catName, request->tblName, request->engine,
                       &name, &target, error))
        return FALSE;
    g_auto(GStrv) columns = thrift_decode_strv(request->colNames);
    g_auto(GStrv) partitions = thrift_decode_strv(request->partNames);
    g_autoptr(GPtrArray) found =
        catalog_statistics_find_partitions(call->catalog, &target, (const char *const *)partitions,
                                           (const char *const *)columns, error);
    if (found == NULL)
        return FALSE;
    for (guint i = 0; i < found->len; i++) {
        const CatalogStatistics *each = g_ptr_array_index(found, i);
        g_hash_table_replace(
            out->success->partStats, g_strdup(each->partition_name),
            thrift_encode_column_statistics(each->columns,
                                            thrift_statistics_form(call, request->__isset_engine)));
    }
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_get_aggr_stats_for(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsStatisticsGetAggrStatsForArgs *in = args;
    HmsStatisticsGetAggrStatsForResult *out = result;
    const HmsPartitionsStatsRequest *request = in->request;
    g_auto(ThriftName) name = {NULL};
    CatalogStatisticsTarget target;
    if (!target_decode(call, request->dbName, request->catName, request->tblName, request->engine,
                       &name, &target, error))
        return FALSE;
    g_auto(GStrv) columns = thrift_decode_strv(request->colNames);
    g_auto(GStrv) partitions = thrift_decode_strv(request->partNames);
    gint64 partitions_found = 0;
    g_autoptr(GPtrArray) sums =
        catalog_statistics_aggregate(call->catalog, &target, (const char *const *)partitions,
                                     (const char *const *)columns, &partitions_found, error);
    if (sums == NULL)
        return FALSE;
    g_ptr_array_unref(out->success->colStats);
    out->success->colStats = thrift_encode_column_statistics(
        sums, thrift_statistics_form(call, request->__isset_engine));
    out->success->partsFound = partitions_found;
    out->__isset_success = TRUE;
    return TRUE;
}

/* --- delete --- */

/* column NULL: all. An engine that is not sent is Hive's. */
static gboolean
statistics_delete(ThriftCall *call,
                  const char *database,
                  const char *table,
                  const char *partition,
                  const char *column,
                  const char *engine,
                  GError **error)
{
    const char *columns[] = {column, NULL};
    const char *partitions[] = {partition, NULL};
    g_auto(ThriftName) name = {NULL};
    CatalogStatisticsTarget target;
    return target_decode(call, database, NULL, table, engine, &name, &target, error) &&
           catalog_statistics_delete(call->catalog, &target, partition != NULL ? partitions : NULL,
                                     column != NULL ? columns : NULL, error);
}

gboolean
thrift_delete_table_column_statistics(ThriftCall *call,
                                      gpointer args,
                                      gpointer result,
                                      GError **error)
{
    const HmsStatisticsDeleteTableColumnStatisticsArgs *in = args;
    HmsStatisticsDeleteTableColumnStatisticsResult *out = result;
    return statistics_delete(call, in->db_name, in->tbl_name, NULL, in->col_name, in->engine,
                             error) &&
           THRIFT_REPLY_VALUE(out, TRUE);
}

gboolean
thrift_delete_partition_column_statistics(ThriftCall *call,
                                          gpointer args,
                                          gpointer result,
                                          GError **error)
{
    const HmsStatisticsDeletePartitionColumnStatisticsArgs *in = args;
    HmsStatisticsDeletePartitionColumnStatisticsResult *out = result;
    if (in->part_name == NULL)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "The name of the partition is missing");
    return statistics_delete(call, in->db_name, in->tbl_name, in->part_name, in->col_name,
                             in->engine, error) &&
           THRIFT_REPLY_VALUE(out, TRUE);
}

static gboolean
name_append(const char *name, gpointer data, GError **error)
{
    (void)error;
    g_ptr_array_add(data, g_strdup(name));
    return TRUE;
}

/* The partitions that a request means: those that it names, or all. NULL with an error. */
static GStrv
partitions_of_request(ThriftCall *call,
                      const CatalogStatisticsTarget *target,
                      const HmsDeleteColumnStatisticsRequest *request,
                      GError **error)
{
    if (request->__isset_part_names && request->part_names->len > 0)
        return thrift_decode_strv(request->part_names);
    g_autoptr(GPtrArray) names = catalog_strings_new();
    CatalogPartitionQuery all;
    catalog_partition_query_init(&all);
    if (!catalog_partition_scan_names(call->catalog, target->catalog_name, target->namespace_name,
                                      target->table_name, &all, name_append, names, error))
        return NULL;
    return thrift_decode_strv(names);
}

gboolean
thrift_delete_column_statistics_req(ThriftCall *call,
                                    gpointer args,
                                    gpointer result,
                                    GError **error)
{
    const HmsStatisticsDeleteColumnStatisticsReqArgs *in = args;
    HmsStatisticsDeleteColumnStatisticsReqResult *out = result;
    const HmsDeleteColumnStatisticsRequest *request = in->req;
    g_auto(ThriftName) name = {NULL};
    CatalogStatisticsTarget target;
    if (!target_decode(call, request->db_name, request->cat_name, request->tbl_name,
                       request->engine, &name, &target, error))
        return FALSE;
    g_autoptr(CatalogTable) table = catalog_table_find(
        call->catalog, target.catalog_name, target.namespace_name, target.table_name, error);
    if (table == NULL)
        return FALSE;
    gboolean of_table = request->tableLevel || table->partition_keys->len == 0;
    g_auto(GStrv) partitions =
        of_table ? NULL : partitions_of_request(call, &target, request, error);
    if (!of_table && partitions == NULL)
        return FALSE;
    gboolean names_columns = request->__isset_col_names && request->col_names->len > 0;
    g_auto(GStrv) columns = names_columns ? thrift_decode_strv(request->col_names) : NULL;
    return catalog_statistics_delete(call->catalog, &target, (const char *const *)partitions,
                                     (const char *const *)columns, error) &&
           THRIFT_REPLY_VALUE(out, TRUE);
}
