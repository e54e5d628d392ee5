/* SPDX-License-Identifier: Apache-2.0 */
/* What the handlers of transactions, write ids and compactions share: names of tables, lists of ids
 * and bits. Implemented in acid.c. */
#pragma once

#include <glib.h>

#include "decode.h"
#include "skep/transaction_types.h"

/* *out_reference must be empty before; the same rules as thrift_decode_table_name. */
gboolean thrift_decode_table_reference(const char *database,
                                       const char *catalog,
                                       const char *table,
                                       CatalogTableReference *out_reference,
                                       GError **error);
/* "db.table", as lists of full names have it. Transfer full. */
CatalogTableReference *thrift_decode_full_table_name(const char *full_name, GError **error);
/* One bit for each member, lowest first, set where it is not 0; no trailing zero bytes. */
GByteArray *thrift_encode_bits(const GArray *numbers);
/* A set of i64 as the generated results hold it. */
void thrift_encode_id_set(const GArray *ids, GHashTable *set);
