/* SPDX-License-Identifier: Apache-2.0 */
/* Column statistics that come along with partitions. */
#include "partition_statistics.h"

#include "put.h"
#include "statistics.h"

typedef struct {
    GPtrArray *statistics; /* CatalogStatistics* */
    GHashTable *by_name;   /* char* -> CatalogStatistics*, both borrowed */
    char *catalog;
    char *database;
    char *table;
    char *engine;
    ThriftStatisticsForm form;
} KnownStatistics;

static void
known_statistics_free(gpointer data)
{
    KnownStatistics *known = data;
    g_clear_pointer(&known->by_name, g_hash_table_unref);
    g_clear_pointer(&known->statistics, g_ptr_array_unref);
    g_free(known->catalog);
    g_free(known->database);
    g_free(known->table);
    g_free(known->engine);
    g_free(known);
}

/* A ThriftPartitionPutMore: Partition.colStats. */
static gboolean
put_statistics(gpointer data,
               ThriftProtocol *out,
               const CatalogPartition *partition,
               gboolean is_bare,
               GError **error)
{
    const KnownStatistics *known = data;
    const CatalogStatistics *found = g_hash_table_lookup(known->by_name, partition->name);
    if (found == NULL || is_bare)
        return TRUE;
    CatalogStatisticsTarget target = {known->catalog, known->database, known->table, known->engine};
    g_autoptr(GObject) statistics =
        G_OBJECT(thrift_encode_statistics(&target, partition->name, found->columns, known->form));
    return thrift_put_field(out, T_STRUCT, 12, error) &&
           thrift_struct_write(THRIFT_STRUCT(statistics), out, error) >= 0;
}

/* They are read before the partitions are: nothing may be asked of the catalog while those arrive.
 */
gboolean
thrift_partition_listing_add_statistics(ThriftCall *call,
                                        ThriftPartitionListing *listing,
                                        const char *engine,
                                        GError **error)
{
    KnownStatistics *known = g_new0(KnownStatistics, 1);
    known->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    known->catalog = g_strdup(listing->name.catalog);
    known->database = g_strdup(listing->name.database);
    known->table = g_strdup(listing->name.table);
    known->engine = g_strdup(engine);
    known->form = thrift_statistics_form(call, TRUE);
    thrift_partition_view_set_more(&listing->view, put_statistics, known, known_statistics_free);
    CatalogStatisticsTarget target = {known->catalog, known->database, known->table, known->engine};
    known->statistics = catalog_statistics_find_partitions(
        call->catalog, &target, (const char *const *)listing->names, NULL, error);
    for (guint i = 0; known->statistics != NULL && i < known->statistics->len; i++) {
        CatalogStatistics *each = g_ptr_array_index(known->statistics, i);
        g_hash_table_insert(known->by_name, each->partition_name, each);
    }
    return known->statistics != NULL;
}
