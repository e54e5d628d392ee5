/* SPDX-License-Identifier: Apache-2.0 */
/* Avro object container files, read record by record out of memory. The container and its codecs
 * are taken apart here, so that sizes are bounded before memory is taken; schemas and records are
 * avro-c's. Knows nothing of what the records mean. One thread at a time for each reader.
 * Source: Avro 1.11 specification, "Object Container Files". */
#pragma once

#include <avro.h>
#include <glib.h>

typedef struct AvroContainer AvroContainer;

/* `bytes` is the whole file, borrowed until the reader is freed. INVALID_ARGUMENT: not such a file,
 * or a schema that is refused (recursive, more than AVRO_DEPTH_MAX levels, lists of things that
 * take no bytes). UNSUPPORTED: a codec other than null and deflate. */
AvroContainer *avro_container_open(const guint8 *bytes, gsize length, GError **error);
void avro_container_free(AvroContainer *container);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AvroContainer, avro_container_free)

enum { AVRO_DEPTH_MAX = 32, AVRO_BLOCK_BYTES_MAX = 128 * 1024 * 1024 };

/* The records' schema, and the whole header, char* -> GBytes*. The container's. */
avro_schema_t avro_container_schema(const AvroContainer *container);
GHashTable *avro_container_header(const AvroContainer *container);

/* The next record. TRUE with *out_record NULL at the end; else the record is the reader's and is
 * good until the next call. INVALID_ARGUMENT: the file is damaged; TOO_LARGE: a block above
 * AVRO_BLOCK_BYTES_MAX. */
gboolean avro_container_next(AvroContainer *container, avro_value_t **out_record, GError **error);

/* The same walk over records as they lie in the file, for who keeps what it does not understand;
 * one file is read by one of the two walks. Where the next record begins, and how many bytes its
 * block has from there; *out_record NULL: at the end. The caller finds its end (avro_record.h) and
 * tells.
 */
gboolean avro_container_next_raw(AvroContainer *container,
                                 const guint8 **out_record,
                                 gsize *out_left,
                                 GError **error);
gboolean avro_container_took_raw(AvroContainer *container, gsize length, GError **error);
