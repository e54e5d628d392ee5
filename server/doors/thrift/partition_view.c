/* SPDX-License-Identifier: Apache-2.0 */
/* What an answer holds of each partition: which members, which parameters, and what is added to
 * them. The names of members in a projection are in partition_projection.c. Callers: the method
 * files of partitions, encode_partition.c, partition_group.c. */
#include "encode.h"
#include "put.h"

void
thrift_partition_view_clear(ThriftPartitionView *view)
{
    g_free(view->include_pattern);
    g_free(view->exclude_pattern);
    if (view->more_free != NULL && view->more != NULL)
        view->more_free(view->more);
    *view = (ThriftPartitionView){0};
}

void
thrift_partition_view_set_more(ThriftPartitionView *view,
                               ThriftPartitionPutMore put_more,
                               gpointer data,
                               GDestroyNotify data_free)
{
    view->put_more = put_more;
    view->more = data;
    view->more_free = data_free;
}

static char *
pattern_copy(const char *pattern)
{
    return pattern != NULL && *pattern != '\0' ? g_strdup(pattern) : NULL;
}

void
thrift_partition_view_set_patterns(ThriftPartitionView *view,
                                   const char *include_pattern,
                                   const char *exclude_pattern)
{
    g_free(view->include_pattern);
    g_free(view->exclude_pattern);
    view->include_pattern = pattern_copy(include_pattern);
    view->exclude_pattern = pattern_copy(exclude_pattern);
}

guint
thrift_partition_view_fields(const ThriftPartitionView *view)
{
    return view != NULL && view->is_projected ? view->fields : THRIFT_PARTITION_ALL;
}

guint
thrift_partition_view_storage_fields(const ThriftPartitionView *view)
{
    return view != NULL && view->is_projected ? view->storage_fields : THRIFT_STORAGE_ALL;
}

/* `%` is any run of characters, `_` any one; goes back to the last `%` alone, so that the time is
 * bounded by the product of both lengths. */
static gboolean
text_is_like(const char *text, const char *pattern)
{
    const char *run_pattern = NULL;
    const char *run_text = NULL;
    while (*text != '\0') {
        if (*pattern == '%') {
            run_pattern = ++pattern;
            run_text = text;
        } else if (*pattern == '_' || (*pattern != '\0' && *pattern == *text)) {
            text = *pattern == '_' ? g_utf8_next_char(text) : text + 1;
            pattern++;
        } else if (run_pattern != NULL) {
            pattern = run_pattern;
            text = run_text = g_utf8_next_char(run_text);
        } else {
            return FALSE;
        }
    }
    while (*pattern == '%')
        pattern++;
    return *pattern == '\0';
}

gboolean
thrift_encode_partition_parameters(const ThriftPartitionView *view,
                                   ThriftProtocol *out,
                                   gint16 id,
                                   GHashTable *parameters,
                                   GError **error)
{
    if (view == NULL || (view->include_pattern == NULL && view->exclude_pattern == NULL))
        return thrift_put_map(out, id, parameters, error);
    g_autoptr(GHashTable) wanted = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTableIter iter;
    gpointer key;
    gpointer value;
    g_hash_table_iter_init(&iter, parameters);
    while (g_hash_table_iter_next(&iter, &key, &value))
        if ((view->include_pattern == NULL || text_is_like(key, view->include_pattern)) &&
            (view->exclude_pattern == NULL || !text_is_like(key, view->exclude_pattern)))
            g_hash_table_insert(wanted, key, value);
    return thrift_put_map(out, id, wanted, error);
}
