/* SPDX-License-Identifier: Apache-2.0 */
/* Avro's binary encoding, byte by byte: where a value ends, integers in and out, and a whole
 * container around encoded records. For who copies records without understanding all of them;
 * avro_container.h reads values. Pure; any thread.
 * Source: Avro 1.11 specification, "Binary Encoding" and "Object Container Files". */
#pragma once

#include <avro.h>
#include <glib.h>

/* Moves *cursor behind a value of this schema. FALSE: the bytes end before it does, or it is no
 * such value. The schema must have been found harmless by avro_container_open. */
gboolean avro_bytes_skip(avro_schema_t schema, const guint8 *bytes, gsize length, gsize *cursor);

/* An int or a long: they lie in a file alike. */
gboolean avro_is_integer(avro_schema_t type);
/* FALSE: the bytes end before it does. */
gboolean avro_bytes_read_long(const guint8 *bytes, gsize length, gsize *cursor, gint64 *out);
void avro_bytes_append_long(GByteArray *to, gint64 number);

/* A file of `count` records, encoded one behind the other, packed with deflate. `header` (char* ->
 * GBytes*) has the schema and whatever else; its codec is replaced. The same input makes the same
 * bytes. TOO_LARGE: more than AVRO_BLOCK_BYTES_MAX. */
GBytes *
avro_container_build(GHashTable *header, const GByteArray *records, gint64 count, GError **error);
