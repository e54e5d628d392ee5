/* SPDX-License-Identifier: Apache-2.0 */
/* Writing the fields of a struct by hand, for records that are too large or too many to be built as
 * generated objects first. Callers: encode_table.c, encode_partition.c, reply.c,
 * partition_stream.c.
 *
 * Each writes one field: its header and its value. FALSE with an error when the answer gets too
 * long. */
#pragma once

#include <thrift/c_glib/protocol/thrift_protocol.h>

/* The header alone; the value follows. */
gboolean thrift_put_field(ThriftProtocol *out, ThriftType type, gint16 id, GError **error);
/* The end of a struct. */
gboolean thrift_put_stop(ThriftProtocol *out, GError **error);
/* NULL leaves the field out. */
gboolean thrift_put_text(ThriftProtocol *out, gint16 id, const char *text, GError **error);
gboolean thrift_put_i32(ThriftProtocol *out, gint16 id, gint32 value, GError **error);
gboolean thrift_put_i64(ThriftProtocol *out, gint16 id, gint64 value, GError **error);
gboolean thrift_put_bool(ThriftProtocol *out, gint16 id, gboolean value, GError **error);
/* list<string>. */
gboolean thrift_put_strings(ThriftProtocol *out, gint16 id, const GPtrArray *texts, GError **error);
gboolean thrift_put_strv(ThriftProtocol *out, gint16 id, const char *const *texts, GError **error);
/* map<string, string>. */
gboolean thrift_put_map(ThriftProtocol *out, gint16 id, GHashTable *map, GError **error);
/* The header of a list field and of its list; the elements follow. */
gboolean thrift_put_list(
    ThriftProtocol *out, gint16 id, ThriftType element_type, guint length, GError **error);
