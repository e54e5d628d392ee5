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

/* The next record. TRUE with *out_record NULL at the end; else the record is the reader's and is
 * good until the next call. INVALID_ARGUMENT: the file is damaged; TOO_LARGE: a block above
 * AVRO_BLOCK_BYTES_MAX. */
gboolean avro_container_next(AvroContainer *container, avro_value_t **out_record, GError **error);
