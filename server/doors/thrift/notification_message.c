/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of events, a function for each shape. Which member is in which message is Hive's:
 * clients read them by these names. Caller: notification.c. */
#include "notification_message.h"

#include <string.h>

#include "constraint_record.h"
#include "encode.h"
#include "function.h"
#include "put.h"
#include "statistics.h"
#include "tjson.h"

#include "skep/json.h"

/* A message while it is written. */
typedef struct {
    GString *json;
    TJsonWriter *writer;
} Message;

/* --- members --- */

static void
put_name(Message *message, const char *name)
{
    g_string_append_printf(message->json, message->json->len > 1 ? ",\"%s\":" : "\"%s\":", name);
}

/* NULL leaves the member out. */
static void
put_text(Message *message, const char *name, const char *text)
{
    if (text == NULL)
        return;
    put_name(message, name);
    json_print_append_string(text, message->json);
}

static void
put_number(Message *message, const char *name, gint64 number)
{
    put_name(message, name);
    g_string_append_printf(message->json, "%" G_GINT64_FORMAT, number);
}

/* Hive keeps some truths as text. */
static void
put_truth(Message *message, const char *name, gboolean truth)
{
    put_text(message, name, truth ? "true" : "false");
}

static void
append_texts(GString *json, const char *const *texts, guint count)
{
    g_string_append_c(json, '[');
    for (guint i = 0; i < count; i++) {
        if (i > 0)
            g_string_append_c(json, ',');
        json_print_append_string(texts[i] != NULL ? texts[i] : "", json);
    }
    g_string_append_c(json, ']');
}

static void
put_texts(Message *message, const char *name, const GPtrArray *texts)
{
    put_name(message, name);
    append_texts(message->json, (const char *const *)texts->pdata, texts->len);
}

static void
put_numbers(Message *message, const char *name, const GArray *numbers)
{
    put_name(message, name);
    g_string_append_c(message->json, '[');
    for (guint i = 0; i < numbers->len; i++)
        g_string_append_printf(message->json, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "",
                               g_array_index(numbers, gint64, i));
    g_string_append_c(message->json, ']');
}

/* --- objects as text --- */

static gboolean
put_table(Message *message, const char *name, const CatalogTable *table, GError **error)
{
    if (table == NULL)
        return TRUE;
    if (!thrift_encode_table(THRIFT_PROTOCOL(message->writer), table, error))
        return FALSE;
    g_autofree char *text = tjson_writer_steal(message->writer);
    put_text(message, name, text);
    return TRUE;
}

/* The bytes of the binary protocol's encoder are of no use here, so it is written field by field.
 */
static char *
partition_text(Message *message,
               const CatalogTable *table,
               const CatalogPartition *partition,
               GError **error)
{
    ThriftProtocol *out = THRIFT_PROTOCOL(message->writer);
    g_autoptr(CatalogStorage) empty = partition->storage == NULL ? catalog_storage_new() : NULL;
    gboolean done = thrift_put_strv(out, 1, (const char *const *)partition->values, error) &&
                    thrift_put_text(out, 2, table->namespace_name, error) &&
                    thrift_put_text(out, 3, table->name, error) &&
                    thrift_put_i32(out, 4, partition->create_time_s, error) &&
                    thrift_put_i32(out, 5, partition->last_access_time_s, error) &&
                    thrift_put_field(out, T_STRUCT, 6, error) &&
                    thrift_encode_storage_head(out, empty != NULL ? empty : partition->storage,
                                               THRIFT_STORAGE_ALL, error) &&
                    thrift_encode_storage_tail(out, partition->location, error) &&
                    thrift_put_map(out, 7, partition->parameters, error) &&
                    thrift_put_text(out, 9, table->catalog, error) &&
                    thrift_put_i64(out, 10, partition->write_id, error) &&
                    thrift_put_stop(out, error);
    return done ? tjson_writer_steal(message->writer) : NULL;
}

static gboolean
put_partition(Message *message,
              const char *name,
              const CatalogTable *table,
              const CatalogPartition *partition,
              GError **error)
{
    if (table == NULL || partition == NULL)
        return TRUE;
    g_autofree char *text = partition_text(message, table, partition, error);
    put_text(message, name, text);
    return text != NULL;
}

/* Takes the object. */
static char *
object_text(Message *message, gpointer object, GError **error)
{
    gboolean done =
        thrift_struct_write(THRIFT_STRUCT(object), THRIFT_PROTOCOL(message->writer), error) >= 0;
    g_object_unref(object);
    return done ? tjson_writer_steal(message->writer) : NULL;
}

/* Takes the object. */
static gboolean
put_object(Message *message, const char *name, gpointer object, GError **error)
{
    g_autofree char *text = object_text(message, object, error);
    put_text(message, name, text);
    return text != NULL;
}

static gboolean
put_database(Message *message, const char *name, const CatalogNamespace *namespace_, GError **error)
{
    return namespace_ == NULL ||
           put_object(message, name, thrift_encode_database(namespace_), error);
}

/* {"key":"value",...} of one partition. */
static void
append_key_values(GString *json, const CatalogTable *table, const CatalogPartition *partition)
{
    g_string_append_c(json, '{');
    for (guint i = 0; i < table->partition_keys->len && partition->values[i] != NULL; i++) {
        const CatalogColumn *key = g_ptr_array_index(table->partition_keys, i);
        if (i > 0)
            g_string_append_c(json, ',');
        json_print_append_string(key->name != NULL ? key->name : "", json);
        g_string_append_c(json, ':');
        json_print_append_string(partition->values[i], json);
    }
    g_string_append_c(json, '}');
}

static void
put_key_values(Message *message, const CatalogEvent *event)
{
    put_name(message, "partitions");
    g_string_append_c(message->json, '[');
    for (guint i = 0; event->table != NULL && i < event->partitions->len; i++) {
        if (i > 0)
            g_string_append_c(message->json, ',');
        append_key_values(message->json, event->table, g_ptr_array_index(event->partitions, i));
    }
    g_string_append_c(message->json, ']');
}

/* --- shapes --- */

static void
put_time(Message *message, const CatalogEvent *event)
{
    put_number(message, "timestamp", event->occurred_ms / 1000);
}

static void
put_names(Message *message, const CatalogEvent *event)
{
    const CatalogTable *table = event->table_before != NULL ? event->table_before : event->table;
    put_text(message, "db", event->namespace_name);
    put_text(message, "table", event->table_name);
    put_text(message, "tableType", table != NULL ? table->hms_type : NULL);
}

static gboolean
write_database(Message *message, const CatalogEvent *event, GError **error)
{
    put_text(message, "db", event->namespace_name);
    put_time(message, event);
    if (event->namespace_before == NULL)
        return put_database(message, "dbJson", event->namespace_, error);
    return put_database(message, "dbObjBeforeJson", event->namespace_before, error) &&
           put_database(message, "dbObjAfterJson", event->namespace_, error);
}

static gboolean
write_catalog(Message *message, const CatalogEvent *event, GError **error)
{
    put_time(message, event);
    if (event->info_before == NULL || event->info == NULL) {
        put_text(message, "catalog", event->catalog);
        return TRUE;
    }
    return put_object(message, "catObjBeforeJson", thrift_encode_catalog(event->info_before),
                      error) &&
           put_object(message, "catObjAfterJson", thrift_encode_catalog(event->info), error);
}

static gboolean
write_table(Message *message, const CatalogEvent *event, GError **error)
{
    put_names(message, event);
    put_time(message, event);
    if (g_str_equal(event->type, "CREATE_TABLE"))
        g_string_append(message->json, ",\"files\":[]");
    return put_table(message, "tableObjJson", event->table, error);
}

static gboolean
write_alter_table(Message *message, const CatalogEvent *event, GError **error)
{
    put_names(message, event);
    put_time(message, event);
    put_truth(message, "isTruncateOp", event->truncated);
    put_number(message, "writeId", event->table != NULL ? event->table->write_id : -1);
    return put_table(message, "tableObjBeforeJson", event->table_before, error) &&
           put_table(message, "tableObjAfterJson", event->table, error);
}

static gboolean
put_partition_list(Message *message, const CatalogEvent *event, GError **error)
{
    put_name(message, "partitionListJson");
    g_string_append_c(message->json, '[');
    for (guint i = 0; event->table != NULL && i < event->partitions->len; i++) {
        const CatalogPartition *partition = g_ptr_array_index(event->partitions, i);
        g_autofree char *text = partition_text(message, event->table, partition, error);
        if (text == NULL)
            return FALSE;
        if (i > 0)
            g_string_append_c(message->json, ',');
        json_print_append_string(text, message->json);
    }
    g_string_append_c(message->json, ']');
    return TRUE;
}

/* Which files are there is not known to a server that sees metadata alone. */
static void
put_partition_files(Message *message, const CatalogEvent *event)
{
    put_name(message, "partitionFiles");
    g_string_append_c(message->json, '[');
    for (guint i = 0; i < event->partitions->len; i++) {
        const CatalogPartition *partition = g_ptr_array_index(event->partitions, i);
        g_string_append(message->json, i > 0 ? ",{\"partitionName\":" : "{\"partitionName\":");
        json_print_append_string(partition->name != NULL ? partition->name : "", message->json);
        g_string_append(message->json, ",\"files\":[]}");
    }
    g_string_append_c(message->json, ']');
}

static gboolean
write_partitions(Message *message, const CatalogEvent *event, GError **error)
{
    put_names(message, event);
    put_time(message, event);
    put_key_values(message, event);
    if (!put_table(message, "tableObjJson", event->table, error))
        return FALSE;
    if (g_str_equal(event->type, "DROP_PARTITION"))
        return TRUE;
    put_partition_files(message, event);
    return put_partition_list(message, event, error);
}

/* The first partition of the event, NULL when there is none. */
static const CatalogPartition *
first_partition(const CatalogEvent *event)
{
    return event->partitions->len > 0 ? g_ptr_array_index(event->partitions, 0) : NULL;
}

static gboolean
write_alter_partition(Message *message, const CatalogEvent *event, GError **error)
{
    const CatalogPartition *after = first_partition(event);
    put_names(message, event);
    put_time(message, event);
    put_truth(message, "isTruncateOp", event->truncated);
    put_number(message, "writeId", after != NULL ? after->write_id : -1);
    if (event->table != NULL && event->partition_before != NULL) {
        put_name(message, "keyValues");
        append_key_values(message->json, event->table, event->partition_before);
    }
    return put_table(message, "tableObjJson", event->table, error) &&
           put_partition(message, "partitionObjBeforeJson", event->table, event->partition_before,
                         error) &&
           put_partition(message, "partitionObjAfterJson", event->table, after, error);
}

static const char *
text_at(const GPtrArray *texts, guint i)
{
    return i < texts->len ? g_ptr_array_index(texts, i) : "";
}

/* Hive's form of a file: path#checksum#recycle root#sub directory. The two in the middle belong
 * together, and there is no such root here. */
static void
put_files(Message *message, const CatalogEvent *event)
{
    put_name(message, "files");
    g_string_append_c(message->json, '[');
    for (guint i = 0; i < event->files->len; i++) {
        g_autofree char *file =
            g_strconcat(text_at(event->files, i), "###", text_at(event->sub_directories, i), NULL);
        if (i > 0)
            g_string_append_c(message->json, ',');
        json_print_append_string(file, message->json);
    }
    g_string_append_c(message->json, ']');
}

static gboolean
write_insert(Message *message, const CatalogEvent *event, GError **error)
{
    put_names(message, event);
    put_time(message, event);
    if (g_str_equal(event->type, "RELOAD")) {
        put_truth(message, "refreshEvent", event->refresh);
    } else {
        put_truth(message, "replace", event->replace);
        put_files(message, event);
    }
    return put_table(message, "tableObjJson", event->table, error) &&
           put_partition(message, "ptnObjJson", event->table, first_partition(event), error);
}

static gboolean
write_function(Message *message, const CatalogEvent *event, GError **error)
{
    put_text(message, "db", event->namespace_name);
    put_time(message, event);
    if (event->function == NULL)
        return TRUE;
    if (g_str_equal(event->type, "DROP_FUNCTION")) {
        put_text(message, "functionName", event->function->name);
        return TRUE;
    }
    return put_object(message, "functionObjJson", thrift_encode_function(event->function), error);
}

static const char *
constraint_list_name(const CatalogEvent *event)
{
    const CatalogConstraint *first = g_ptr_array_index(event->constraints, 0);
    switch (first->kind) {
    case CATALOG_CONSTRAINT_PRIMARY_KEY:
        return "primaryKeyListJson";
    case CATALOG_CONSTRAINT_FOREIGN_KEY:
        return "foreignKeyListJson";
    case CATALOG_CONSTRAINT_UNIQUE:
        return "uniqueConstraintListJson";
    case CATALOG_CONSTRAINT_NOT_NULL:
        return "notNullConstraintListJson";
    case CATALOG_CONSTRAINT_DEFAULT:
        return "defaultConstraintListJson";
    case CATALOG_CONSTRAINT_CHECK:
        return "checkConstraintListJson";
    }
    return "constraintListJson";
}

static gboolean
write_constraints(Message *message, const CatalogEvent *event, GError **error)
{
    g_autoptr(GPtrArray) objects = g_ptr_array_new();
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    put_time(message, event);
    for (guint i = 0; i < event->constraints->len; i++)
        thrift_encode_constraint(g_ptr_array_index(event->constraints, i), objects);
    for (guint i = 0; i < objects->len; i++) {
        char *text = object_text(message, g_ptr_array_index(objects, i), error);
        if (text == NULL)
            return FALSE;
        g_ptr_array_add(texts, text);
    }
    if (texts->len > 0)
        put_texts(message, constraint_list_name(event), texts);
    return TRUE;
}

static gboolean
write_drop_constraint(Message *message, const CatalogEvent *event, GError **error)
{
    (void)error;
    put_text(message, "dbName", event->namespace_name);
    put_text(message, "tableName", event->table_name);
    put_text(message, "constraintName", event->constraint_name);
    put_time(message, event);
    return TRUE;
}

static void
put_values(Message *message, const char *name, const CatalogPartition *partition)
{
    put_name(message, name);
    append_texts(message->json, (const char *const *)partition->values,
                 g_strv_length(partition->values));
}

static gboolean
write_update_statistics(Message *message, const CatalogEvent *event, GError **error)
{
    const CatalogPartition *partition = first_partition(event);
    CatalogStatisticsTarget target = {event->catalog, event->namespace_name, event->table_name,
                                      event->engine};
    ThriftStatisticsForm form = {THRIFT_TIMESTAMPS_AS_THEMSELVES, TRUE, TRUE};
    put_text(message, "database", event->namespace_name);
    put_time(message, event);
    put_number(message, "writeId", event->table != NULL ? event->table->write_id : -1);
    g_string_append(message->json, ",\"parameters\":{}");
    if (partition != NULL) {
        put_values(message, "partVals", partition);
    }
    return put_object(message, "colStatsJson",
                      thrift_encode_statistics(&target, partition != NULL ? partition->name : NULL,
                                               event->statistics, form),
                      error) &&
           put_table(message, "tableObjJson", event->table, error);
}

static gboolean
write_delete_statistics(Message *message, const CatalogEvent *event, GError **error)
{
    const CatalogPartition *partition = first_partition(event);
    (void)error;
    put_text(message, "database", event->namespace_name);
    put_time(message, event);
    put_text(message, "colName", event->column);
    if (partition != NULL) {
        put_text(message, "partName", partition->name);
        put_values(message, "partValues", partition);
    }
    return TRUE;
}

/* --- transactions --- */

static void
put_writes(Message *message, const CatalogEvent *event)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(GPtrArray) databases = g_ptr_array_new();
    g_autoptr(GPtrArray) tables = g_ptr_array_new();
    g_autoptr(GPtrArray) partitions = g_ptr_array_new();
    for (guint i = 0; i < event->writes->len; i++) {
        const CatalogEventWrite *write = g_ptr_array_index(event->writes, i);
        g_array_append_val(ids, write->write_id);
        g_ptr_array_add(databases, write->namespace_name);
        g_ptr_array_add(tables, write->table_name);
        g_ptr_array_add(partitions, write->partition_name);
    }
    put_numbers(message, "writeIds", ids);
    put_texts(message, "databases", databases);
    put_texts(message, "tables", tables);
    put_texts(message, "partitions", partitions);
}

static gboolean
write_transaction(Message *message, const CatalogEvent *event, GError **error)
{
    const GArray *ids = event->transaction_ids;
    (void)error;
    put_time(message, event);
    if (ids->len == 0)
        return TRUE;
    if (g_str_equal(event->type, "OPEN_TXN")) {
        put_numbers(message, "txnIds", ids);
        put_number(message, "fromTxnId", g_array_index(ids, gint64, 0));
        put_number(message, "toTxnId", g_array_index(ids, gint64, ids->len - 1));
        return TRUE;
    }
    put_number(message, "txnid", g_array_index(ids, gint64, 0));
    if (g_str_equal(event->type, "ABORT_TXN"))
        put_texts(message, "dbsUpdated", event->namespaces);
    else if (event->writes->len > 0)
        put_writes(message, event);
    return TRUE;
}

static gboolean
write_write_ids(Message *message, const CatalogEvent *event, GError **error)
{
    (void)error;
    put_text(message, "dbName", event->namespace_name);
    put_text(message, "tableName", event->table_name);
    put_time(message, event);
    put_numbers(message, "txnIdList", event->transaction_ids);
    put_numbers(message, "writeIdList", event->write_ids);
    return TRUE;
}

/* Types that no shape is known for: what all messages have. */
static gboolean
write_plain(Message *message, const CatalogEvent *event, GError **error)
{
    (void)error;
    put_names(message, event);
    put_time(message, event);
    return TRUE;
}

/* --- which shape --- */

typedef gboolean (*WriteMessage)(Message *message, const CatalogEvent *event, GError **error);

/* By the end of the type; the first that fits. */
static const struct {
    const char *end;
    WriteMessage write;
} shapes[] = {
    {"_DATABASE",                  write_database         },
    {"_CATALOG",                   write_catalog          },
    {"ALTER_TABLE",                write_alter_table      },
    {"_TABLE",                     write_table            },
    {"ALTER_PARTITION",            write_alter_partition  },
    {"_PARTITION",                 write_partitions       },
    {"INSERT",                     write_insert           },
    {"RELOAD",                     write_insert           },
    {"_FUNCTION",                  write_function         },
    {"DROP_CONSTRAINT",            write_drop_constraint  },
    {"CONSTRAINT",                 write_constraints      },
    {"KEY",                        write_constraints      },
    {"UPDATE_TBL_COL_STAT_EVENT",  write_update_statistics},
    {"UPDATE_PART_COL_STAT_EVENT", write_update_statistics},
    {"_COL_STAT_EVENT",            write_delete_statistics},
    {"_TXN",                       write_transaction      },
    {"ALLOC_WRITE_ID_EVENT",       write_write_ids        },
};

static WriteMessage
find_shape(const char *type)
{
    for (gsize i = 0; i < G_N_ELEMENTS(shapes); i++)
        if (g_str_has_suffix(type, shapes[i].end))
            return shapes[i].write;
    return write_plain;
}

char *
thrift_notification_message(const CatalogEvent *event, GError **error)
{
    g_autoptr(TJsonWriter) writer = tjson_writer_new();
    Message message = {g_string_new("{"), writer};
    put_text(&message, "server", "");
    put_text(&message, "servicePrincipal", "");
    if (!find_shape(event->type)(&message, event, error)) {
        g_string_free(message.json, TRUE);
        return NULL;
    }
    g_string_append_c(message.json, '}');
    return g_string_free(message.json, FALSE);
}
