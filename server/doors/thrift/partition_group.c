/* SPDX-License-Identifier: Apache-2.0 */
/* Collects the partitions of an answer by storage descriptor while they arrive, each one as the
 * bytes that it will be, in an output beside the answer (on disk when it is long), and writes the
 * groups when all are there: in memory is only where each group's bytes lie. Groups come in the
 * order of their first partitions. */
#include "partition_group.h"

#include <string.h>

#include "put.h"
#include "transport.h"

/* Field numbers of the structs that are written here. */
enum {
    SPEC_DATABASE = 1,
    SPEC_TABLE = 2,
    SPEC_ROOT_PATH = 3,
    SPEC_SHARED = 4,
    SPEC_PARTITION_LIST = 5,
    SPEC_CATALOG = 6
};
enum { SHARED_PARTITIONS = 1, SHARED_DESCRIPTOR = 2 };
enum {
    BARE_VALUES = 1,
    BARE_CREATE_TIME = 2,
    BARE_LAST_ACCESS_TIME = 3,
    BARE_RELATIVE_PATH = 4,
    BARE_PARAMETERS = 5
};

/* Elements of one group that lie one behind the other. */
typedef struct {
    gsize begin;
    gsize length;
} Run;

/* Partitions that go out together; `descriptor` NULL: those that lie elsewhere. */
typedef struct {
    GBytes *descriptor;
    GArray *runs; /* of Run: its elements, in their order */
    guint count;
} PartitionGroup;

static void
group_free(gpointer data)
{
    PartitionGroup *group = data;
    g_clear_pointer(&group->descriptor, g_bytes_unref);
    g_array_unref(group->runs);
    g_free(group);
}

static PartitionGroup *
group_new(GBytes *descriptor)
{
    PartitionGroup *group = g_new0(PartitionGroup, 1);
    group->descriptor = descriptor;
    group->runs = g_array_new(FALSE, FALSE, sizeof(Run));
    return group;
}

typedef struct {
    ThriftProtocol *out;
    FlatTransport *flat;
    const ThriftPartitionView *view;
    CatalogTable *table; /* set by the scan before the first partition */
    char *root;          /* the table's location without slashes at its end; NULL: none */
    ThriftPartitionEncoder encoder;
    GPtrArray *groups;            /* PartitionGroup* */
    GHashTable *by_descriptor;    /* GBytes -> PartitionGroup*, both borrowed */
    PartitionGroup *elsewhere;    /* not in `groups` */
    PartitionGroup *last;         /* of the partition before that lay in one of `groups` */
    CatalogStorage *last_storage; /* its storage */
    FlatTransport *collected;     /* the elements of all groups, as they came */
} Grouping;

static void
grouping_init(Grouping *grouping, ThriftProtocol *out, const ThriftPartitionView *view)
{
    *grouping = (Grouping){.out = out, .flat = FLAT_TRANSPORT(out->transport), .view = view};
    grouping->encoder.view = view;
    grouping->groups = g_ptr_array_new_with_free_func(group_free);
    grouping->by_descriptor = g_hash_table_new(g_bytes_hash, g_bytes_equal);
    grouping->elsewhere = group_new(NULL);
    grouping->collected = flat_transport_new(grouping->flat->write_max);
    flat_transport_set_room(grouping->collected, grouping->flat->room);
}

static void
grouping_clear(Grouping *grouping)
{
    catalog_table_free(grouping->table);
    g_free(grouping->root);
    catalog_storage_unref(grouping->last_storage);
    thrift_partition_encoder_clear(&grouping->encoder);
    g_hash_table_unref(grouping->by_descriptor);
    g_ptr_array_unref(grouping->groups);
    group_free(grouping->elsewhere);
    g_object_unref(grouping->collected);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Grouping, grouping_clear)

static void
grouping_begin(Grouping *grouping)
{
    const CatalogTable *table = grouping->table;
    thrift_partition_encoder_set_table(&grouping->encoder, table->catalog, table->namespace_name,
                                       table->name);
    grouping->root = g_strdup(table->location);
    for (gsize i = table->location != NULL ? strlen(table->location) : 0;
         i > 1 && grouping->root[i - 1] == '/'; i--)
        grouping->root[i - 1] = '\0';
}

/* What follows the root in a location that is below it, or NULL. */
static const char *
relative_path(const Grouping *grouping, const char *location)
{
    gsize length = grouping->root != NULL ? strlen(grouping->root) : 0;
    if (length == 0 || location == NULL || strncmp(location, grouping->root, length) != 0 ||
        (location[length] != '/' && location[length] != '\0'))
        return NULL;
    return location + length;
}

static gboolean
put_bare_partition(Grouping *grouping,
                   const CatalogPartition *partition,
                   const char *path,
                   GError **error)
{
    ThriftProtocol *out = grouping->out;
    const ThriftPartitionView *view = grouping->view;
    guint fields = thrift_partition_view_fields(view);
    return ((fields & THRIFT_PARTITION_VALUES) == 0 ||
            thrift_put_strv(out, BARE_VALUES, (const char *const *)partition->values, error)) &&
           ((fields & THRIFT_PARTITION_CREATE_TIME) == 0 ||
            thrift_put_i32(out, BARE_CREATE_TIME, partition->create_time_s, error)) &&
           ((fields & THRIFT_PARTITION_LAST_ACCESS_TIME) == 0 ||
            thrift_put_i32(out, BARE_LAST_ACCESS_TIME, partition->last_access_time_s, error)) &&
           thrift_put_text(out, BARE_RELATIVE_PATH, path, error) &&
           ((fields & THRIFT_PARTITION_PARAMETERS) == 0 ||
            thrift_encode_partition_parameters(view, out, BARE_PARAMETERS, partition->parameters,
                                               error)) &&
           (view->put_more == NULL || view->put_more(view->more, out, partition, TRUE, error)) &&
           thrift_put_stop(out, error);
}

/* Moves what was written since `mark` into the group. */
static gboolean
group_take_written(Grouping *grouping, PartitionGroup *group, gsize mark, GError **error)
{
    Run run = {flat_transport_mark(grouping->collected),
               flat_transport_mark(grouping->flat) - mark};
    Run *last =
        group->runs->len > 0 ? &g_array_index(group->runs, Run, group->runs->len - 1) : NULL;
    if (!flat_transport_append_part(grouping->collected, grouping->flat, mark, run.length, error))
        return FALSE;
    flat_transport_truncate(grouping->flat, mark);
    if (last != NULL && last->begin + last->length == run.begin)
        last->length += run.length;
    else
        g_array_append_val(group->runs, run);
    group->count++;
    return TRUE;
}

/* The group of a partition's descriptor, or NULL with an error. */
static PartitionGroup *
group_find(Grouping *grouping, const CatalogPartition *partition, GError **error)
{
    if (grouping->last != NULL && partition->storage == grouping->last_storage)
        return grouping->last;
    const GByteArray *descriptor = thrift_encode_partition_descriptor(
        &grouping->encoder, grouping->out, partition->storage, error);
    if (descriptor == NULL)
        return NULL;
    catalog_storage_unref(grouping->last_storage);
    grouping->last_storage = catalog_storage_ref(partition->storage);
    g_autoptr(GBytes) key = g_bytes_new(descriptor->data, descriptor->len);
    grouping->last = g_hash_table_lookup(grouping->by_descriptor, key);
    if (grouping->last == NULL) {
        grouping->last = group_new(g_bytes_ref(key));
        g_ptr_array_add(grouping->groups, grouping->last);
        g_hash_table_insert(grouping->by_descriptor, grouping->last->descriptor, grouping->last);
    }
    return grouping->last;
}

/* A CatalogPartitionFunc. Without the location nothing tells where a partition lies. */
static gboolean
grouping_add(const CatalogPartition *partition, gpointer data, GError **error)
{
    Grouping *grouping = data;
    if (grouping->encoder.table_name == NULL)
        grouping_begin(grouping);
    gsize mark = flat_transport_mark(grouping->flat);
    gboolean has_location =
        (thrift_partition_view_fields(grouping->view) & THRIFT_PARTITION_LOCATION) != 0;
    const char *path = has_location ? relative_path(grouping, partition->location) : NULL;
    if (has_location && path == NULL && partition->location != NULL)
        return thrift_encode_partition(&grouping->encoder, grouping->out, partition, error) &&
               group_take_written(grouping, grouping->elsewhere, mark, error);
    PartitionGroup *group = group_find(grouping, partition, error);
    return group != NULL && put_bare_partition(grouping, partition, path, error) &&
           group_take_written(grouping, group, mark, error);
}

static gboolean
put_elements(Grouping *grouping, const PartitionGroup *group, GError **error)
{
    if (thrift_protocol_write_list_begin(grouping->out, T_STRUCT, (gint32)group->count, error) < 0)
        return FALSE;
    for (guint i = 0; i < group->runs->len; i++) {
        const Run *run = &g_array_index(group->runs, Run, i);
        if (!flat_transport_append_part(grouping->flat, grouping->collected, run->begin,
                                        run->length, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
put_shared(Grouping *grouping, const PartitionGroup *group, GError **error)
{
    ThriftProtocol *out = grouping->out;
    gsize length;
    const void *descriptor = g_bytes_get_data(group->descriptor, &length);
    return thrift_put_field(out, T_STRUCT, SPEC_SHARED, error) &&
           thrift_put_field(out, T_LIST, SHARED_PARTITIONS, error) &&
           put_elements(grouping, group, error) &&
           thrift_put_field(out, T_STRUCT, SHARED_DESCRIPTOR, error) &&
           flat_transport_append(grouping->flat, descriptor, length, error) &&
           thrift_encode_storage_tail(out, grouping->root, error) && thrift_put_stop(out, error);
}

static gboolean
put_list(Grouping *grouping, const PartitionGroup *group, GError **error)
{
    ThriftProtocol *out = grouping->out;
    return thrift_put_field(out, T_STRUCT, SPEC_PARTITION_LIST, error) &&
           thrift_put_field(out, T_LIST, 1, error) && put_elements(grouping, group, error) &&
           thrift_put_stop(out, error);
}

static gboolean
put_spec(Grouping *grouping, const PartitionGroup *group, GError **error)
{
    ThriftProtocol *out = grouping->out;
    const CatalogTable *table = grouping->table;
    gboolean is_shared = group->descriptor != NULL;
    return thrift_put_text(out, SPEC_DATABASE, table->namespace_name, error) &&
           thrift_put_text(out, SPEC_TABLE, table->name, error) &&
           (!is_shared || thrift_put_text(out, SPEC_ROOT_PATH, grouping->root, error)) &&
           (is_shared ? put_shared(grouping, group, error) : put_list(grouping, group, error)) &&
           thrift_put_text(out, SPEC_CATALOG, table->catalog, error) && thrift_put_stop(out, error);
}

static gboolean
put_specs(Grouping *grouping, GError **error)
{
    gboolean has_elsewhere = grouping->elsewhere->count > 0;
    gint32 length = (gint32)grouping->groups->len + (has_elsewhere ? 1 : 0);
    if (thrift_protocol_write_list_begin(grouping->out, T_STRUCT, length, error) < 0)
        return FALSE;
    for (guint i = 0; i < grouping->groups->len; i++)
        if (!put_spec(grouping, g_ptr_array_index(grouping->groups, i), error))
            return FALSE;
    return !has_elsewhere || put_spec(grouping, grouping->elsewhere, error);
}

/* A ThriftReplyWriter. */
static gboolean
groups_write(ThriftCall *call, gpointer state, ThriftProtocol *out, GError **error)
{
    const ThriftPartitionListing *listing = state;
    const ThriftName *name = &listing->name;
    gboolean in_struct = listing->shape != THRIFT_PARTITION_SPECS;
    gboolean has_flag = listing->shape == THRIFT_PARTITION_SPECS_BY_EXPRESSION;
    g_auto(Grouping) grouping;
    CatalogPartitionQuery query;
    grouping_init(&grouping, out, &listing->view);
    thrift_partition_listing_query(listing, &query);
    if (!catalog_partition_scan(call->catalog, name->catalog, name->database, name->table, &query,
                                &grouping.table, grouping_add, &grouping, error))
        return FALSE;
    return (!in_struct || thrift_put_field(out, T_STRUCT, 0, error)) &&
           thrift_put_field(out, T_LIST, in_struct ? 1 : 0, error) && put_specs(&grouping, error) &&
           (!has_flag || thrift_put_bool(out, 2, listing->has_unknown, error)) &&
           (!in_struct || thrift_put_stop(out, error)) && thrift_put_stop(out, error);
}

gboolean
thrift_partition_groups_reply(ThriftCall *call, ThriftPartitionListing *listing)
{
    if (listing == NULL)
        return FALSE;
    thrift_call_set_catalog(call, listing->name.catalog);
    thrift_call_reply_with(call, groups_write, listing,
                           (GDestroyNotify)thrift_partition_listing_free);
    return TRUE;
}
