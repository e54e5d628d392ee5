/* SPDX-License-Identifier: Apache-2.0 */
/* The container of Avro files: header, blocks, codecs. avro-c reads the records in a block, after
 * their schema has been found harmless: it follows recursive types as deep as the data says and
 * counts lists before it sees their elements. Caller: server/iceberg/manifest.c. */
#include "avro_container.h"

#include <string.h>
#include <zlib.h>

#include "skep/error.h"

enum { SYNC_BYTES = 16, HEADER_ENTRIES_MAX = 1024, ALLOCATION_MAX = AVRO_BLOCK_BYTES_MAX };

struct AvroContainer {
    const guint8 *bytes;
    gsize length;
    gsize cursor;
    GHashTable *metadata; /* char* -> GBytes* */
    gboolean is_deflated;
    guint8 sync[SYNC_BYTES];
    avro_schema_t schema;
    avro_value_iface_t *record_class;
    avro_value_t record;
    gboolean has_record;
    avro_reader_t reader;
    guint8 *unpacked;    /* the block, when it was packed; else it is read in place */
    const guint8 *block; /* what the records are in */
    gsize block_length;
    gsize block_cursor; /* of avro_container_next_raw */
    gint64 records_left;
};

static gboolean
container_fail(GError **error, const char *what)
{
    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "Damaged Avro file: %s", what);
}

/* avro-c takes lengths from the file and asks for that much memory: it gets no more than a block
 * may have. It does not look at what it gets for its own small things, so that want of memory ends
 * the process there, as it does everywhere with GLib. */
static void *
container_allocate(void *user_data, void *pointer, size_t old_size, size_t new_size)
{
    (void)user_data;
    (void)old_size;
    if (new_size == 0) {
        g_free(pointer);
        return NULL;
    }
    return new_size > ALLOCATION_MAX ? NULL : g_realloc(pointer, new_size);
}

static gboolean
container_read_long(AvroContainer *container, gint64 *out)
{
    guint64 bits = 0;
    for (guint shift = 0; shift < 64; shift += 7) {
        if (container->cursor == container->length)
            return FALSE;
        guint8 byte = container->bytes[container->cursor++];
        bits |= (guint64)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            *out = (gint64)(bits >> 1) ^ -(gint64)(bits & 1);
            return TRUE;
        }
    }
    return FALSE;
}

/* A length and as many bytes, in place. */
static gboolean
container_read_bytes(AvroContainer *container, const guint8 **out_bytes, gsize *out_length)
{
    gint64 length;
    if (!container_read_long(container, &length) || length < 0 ||
        (guint64)length > container->length - container->cursor)
        return FALSE;
    *out_bytes = container->bytes + container->cursor;
    *out_length = (gsize)length;
    container->cursor += (gsize)length;
    return TRUE;
}

static gboolean
container_read_entry(AvroContainer *container)
{
    const guint8 *key, *value;
    gsize key_length, value_length;
    if (!container_read_bytes(container, &key, &key_length) ||
        !container_read_bytes(container, &value, &value_length))
        return FALSE;
    g_hash_table_insert(container->metadata, g_strndup((const char *)key, key_length),
                        g_bytes_new(value, value_length));
    return TRUE;
}

static gboolean
container_read_header(AvroContainer *container, GError **error)
{
    if (container->length < 4 || memcmp(container->bytes, "Obj\x01", 4) != 0)
        return container_fail(error, "it does not begin as one");
    container->cursor = 4;
    gint64 count = 0, ignored, total = 0;
    do {
        if (!container_read_long(container, &count))
            return container_fail(error, "its header ends early");
        if (count < 0 && (count < -HEADER_ENTRIES_MAX || !container_read_long(container, &ignored)))
            return container_fail(error, "its header ends early");
        count = ABS(count);
        total += MIN(count, HEADER_ENTRIES_MAX + 1);
        if (total > HEADER_ENTRIES_MAX)
            return container_fail(error, "its header has too many members");
        for (gint64 i = 0; i < count; i++)
            if (!container_read_entry(container))
                return container_fail(error, "its header ends early");
    } while (count != 0);
    if (container->length - container->cursor < SYNC_BYTES)
        return container_fail(error, "its header ends early");
    memcpy(container->sync, container->bytes + container->cursor, SYNC_BYTES);
    container->cursor += SYNC_BYTES;
    return TRUE;
}

/* A value of the file's header. NULL: not there. Transfer full. */
static GBytes *
container_metadata(const AvroContainer *container, const char *key)
{
    GBytes *value = g_hash_table_lookup(container->metadata, key);
    return value != NULL ? g_bytes_ref(value) : NULL;
}

static gboolean
container_choose_codec(AvroContainer *container, GError **error)
{
    g_autoptr(GBytes) codec = container_metadata(container, "avro.codec");
    if (codec == NULL)
        return TRUE;
    gsize length;
    const char *name = g_bytes_get_data(codec, &length);
    if (length == strlen("null") && memcmp(name, "null", length) == 0)
        return TRUE;
    container->is_deflated = length == strlen("deflate") && memcmp(name, "deflate", length) == 0;
    if (!container->is_deflated)
        return skep_fail(error, SKEP_ERROR_UNSUPPORTED, NULL,
                         "Avro files packed with %.*s cannot be read; deflate and null can",
                         (int)MIN(length, 20), name);
    return TRUE;
}

/* The fewest bytes that a value takes; -1: the type is refused. */
static gint64
schema_bytes_min(avro_schema_t schema, guint depth)
{
    if (depth > AVRO_DEPTH_MAX)
        return -1;
    switch (avro_typeof(schema)) {
    case AVRO_NULL:
        return 0;
    case AVRO_FLOAT:
        return 4;
    case AVRO_DOUBLE:
        return 8;
    case AVRO_FIXED:
        return avro_schema_fixed_size(schema);
    case AVRO_ARRAY:
        return schema_bytes_min(avro_schema_array_items(schema), depth + 1) > 0 ? 1 : -1;
    case AVRO_MAP:
        return schema_bytes_min(avro_schema_map_values(schema), depth + 1) >= 0 ? 1 : -1;
    case AVRO_RECORD: {
        gint64 sum = 0;
        for (size_t i = 0; i < avro_schema_record_size(schema); i++) {
            gint64 field =
                schema_bytes_min(avro_schema_record_field_get_by_index(schema, (int)i), depth + 1);
            if (field < 0)
                return -1;
            sum += field;
        }
        return sum;
    }
    case AVRO_UNION:
        for (size_t i = 0; i < avro_schema_union_size(schema); i++)
            if (schema_bytes_min(avro_schema_union_branch(schema, (int)i), depth + 1) < 0)
                return -1;
        return 1;
    case AVRO_LINK: { /* a type that is named again: a record may hold itself, a fixed cannot */
        avro_schema_t target = avro_schema_link_target(schema);
        return avro_typeof(target) == AVRO_FIXED ? avro_schema_fixed_size(target) : -1;
    }
    default: /* string, bytes, int, long, boolean, enum */
        return 1;
    }
}

static gboolean
container_read_schema(AvroContainer *container, GError **error)
{
    g_autoptr(GBytes) text = container_metadata(container, "avro.schema");
    if (text == NULL)
        return container_fail(error, "it has no schema");
    gsize length;
    const char *json = g_bytes_get_data(text, &length);
    if (avro_schema_from_json_length(json, length, &container->schema) != 0) {
        container->schema = NULL; /* avro-c leaves what it has freed */
        return container_fail(error, avro_strerror());
    }
    if (avro_typeof(container->schema) != AVRO_RECORD ||
        schema_bytes_min(container->schema, 0) <= 0)
        return container_fail(error, "its schema is none of plain records");
    container->record_class = avro_generic_class_from_schema(container->schema);
    if (container->record_class == NULL ||
        avro_generic_value_new(container->record_class, &container->record) != 0)
        return container_fail(error, avro_strerror());
    container->has_record = TRUE;
    container->reader = avro_reader_memory("", 0);
    return TRUE;
}

AvroContainer *
avro_container_open(const guint8 *bytes, gsize length, GError **error)
{
    static gsize is_bounded = 0;
    if (g_once_init_enter(&is_bounded)) {
        avro_set_allocator(container_allocate, NULL);
        g_once_init_leave(&is_bounded, 1);
    }
    g_autoptr(AvroContainer) container = g_new0(AvroContainer, 1);
    container->bytes = bytes;
    container->length = length;
    container->metadata =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
    if (!container_read_header(container, error) || !container_choose_codec(container, error) ||
        !container_read_schema(container, error))
        return NULL;
    return g_steal_pointer(&container);
}

void
avro_container_free(AvroContainer *container)
{
    if (container == NULL)
        return;
    if (container->reader != NULL)
        avro_reader_free(container->reader);
    if (container->has_record)
        avro_value_decref(&container->record);
    if (container->record_class != NULL)
        avro_value_iface_decref(container->record_class);
    if (container->schema != NULL)
        avro_schema_decref(container->schema);
    g_hash_table_unref(container->metadata);
    g_free(container->unpacked);
    g_free(container);
}

avro_schema_t
avro_container_schema(const AvroContainer *container)
{
    return container->schema;
}

GHashTable *
avro_container_header(const AvroContainer *container)
{
    return container->metadata;
}

/* Avro's deflate has no frame around it. The result grows as the data comes, up to the limit. */
static guint8 *
block_inflate(const guint8 *packed, gsize packed_length, gsize *out_length, GError **error)
{
    z_stream stream = {.next_in = (Bytef *)packed, .avail_in = (uInt)packed_length};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        return skep_fail_null(error, SKEP_ERROR_UNAVAILABLE, NULL, "No memory to unpack a file");
    g_autofree guint8 *block = NULL;
    gsize capacity = 0;
    int result = Z_OK;
    while (result == Z_OK) {
        if (stream.total_out == capacity) {
            gsize wanted = capacity == 0 ? MIN(packed_length * 4 + 1024, 1 << 20) : capacity * 2;
            if (wanted > AVRO_BLOCK_BYTES_MAX * 2L) {
                inflateEnd(&stream);
                return skep_fail_null(error, SKEP_ERROR_TOO_LARGE, NULL,
                                      "An Avro block has more than %d bytes", AVRO_BLOCK_BYTES_MAX);
            }
            block = g_realloc(block, wanted);
            capacity = wanted;
        }
        stream.next_out = block + stream.total_out;
        stream.avail_out = (uInt)(capacity - stream.total_out);
        result = inflate(&stream, Z_NO_FLUSH);
        if (result == Z_OK && stream.avail_in == 0 && stream.avail_out > 0)
            result = Z_BUF_ERROR;
    }
    *out_length = stream.total_out;
    inflateEnd(&stream);
    if (result == Z_MEM_ERROR)
        return skep_fail_null(error, SKEP_ERROR_UNAVAILABLE, NULL, "No memory to unpack a file");
    if (result != Z_STREAM_END) {
        container_fail(error, "a block does not unpack");
        return NULL;
    }
    return g_steal_pointer(&block);
}

/* Lets the reader see the next block. */
static gboolean
container_next_block(AvroContainer *container, GError **error)
{
    const guint8 *bytes;
    gsize length;
    if (!container_read_long(container, &container->records_left) || container->records_left < 0 ||
        !container_read_bytes(container, &bytes, &length))
        return container_fail(error, "a block ends early");
    if (length > AVRO_BLOCK_BYTES_MAX)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL, "An Avro block has more than %d bytes",
                         AVRO_BLOCK_BYTES_MAX);
    if (container->length - container->cursor < SYNC_BYTES ||
        memcmp(container->bytes + container->cursor, container->sync, SYNC_BYTES) != 0)
        return container_fail(error, "a block does not end with the file's mark");
    container->cursor += SYNC_BYTES;
    if (container->is_deflated && length > 0) {
        guint8 *block = block_inflate(bytes, length, &length, error);
        if (block == NULL)
            return FALSE;
        g_free(container->unpacked);
        bytes = container->unpacked = block;
    }
    container->block = bytes;
    container->block_length = length;
    container->block_cursor = 0;
    avro_reader_memory_set_source(container->reader, (const char *)bytes, (int64_t)length);
    return TRUE;
}

/* TRUE with no record left: that was the last block. */
static gboolean
container_reach_record(AvroContainer *container, GError **error)
{
    while (container->records_left == 0 && container->cursor < container->length) {
        if (!container_next_block(container, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
avro_container_next(AvroContainer *container, avro_value_t **out_record, GError **error)
{
    *out_record = NULL;
    if (!container_reach_record(container, error))
        return FALSE;
    if (container->records_left == 0)
        return TRUE;
    if (avro_value_read(container->reader, &container->record) != 0)
        return container_fail(error, avro_strerror());
    container->records_left--;
    *out_record = &container->record;
    return TRUE;
}

gboolean
avro_container_next_raw(AvroContainer *container,
                        const guint8 **out_record,
                        gsize *out_left,
                        GError **error)
{
    *out_record = NULL;
    *out_left = 0;
    if (!container_reach_record(container, error))
        return FALSE;
    if (container->records_left == 0)
        return TRUE;
    *out_record = container->block + container->block_cursor;
    *out_left = container->block_length - container->block_cursor;
    return TRUE;
}

gboolean
avro_container_took_raw(AvroContainer *container, gsize length, GError **error)
{
    if (length > container->block_length - container->block_cursor)
        return container_fail(error, "a record ends early");
    container->block_cursor += length;
    container->records_left--;
    return TRUE;
}
