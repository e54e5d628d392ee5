/* SPDX-License-Identifier: Apache-2.0 */
/* The CreationMetadata of materialized views: which tables they read. Callers: decode_table.c,
 * encode_table.c, materialized_view.c. */
#pragma once

#include <hms_table_types.h>
#include <thrift/c_glib/protocol/thrift_protocol.h>

#include "skep/materialization_types.h"

/* The tables are those of sourceTables, or of tablesUsed ("db.t", "cat.db.t") where a client from
 * before 4.0 sends nothing else. INVALID_ARGUMENT: one without a name. Transfer full. */
CatalogMaterialization *thrift_decode_materialization(const HmsCreationMetadata *metadata,
                                                      GError **error);
/* Writes the whole struct, for field `id` of its table. Tables that are gone are told by their
 * names alone. */
gboolean thrift_put_materialization(ThriftProtocol *out,
                                    gint16 id,
                                    const CatalogTable *view,
                                    GError **error);
