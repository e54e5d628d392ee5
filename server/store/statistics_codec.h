/* SPDX-License-Identifier: Apache-2.0 */
/* The column `data` of skep.column_statistics: one JSON object with those members that are not
 * their default. Doubles are texts, since JSON has no infinities; bytes are base64. For
 * statistics.c alone. */
#pragma once

#include "skep/statistics_types.h"

/* Transfer full. */
char *store_statistics_to_json(const CatalogColumnStatistics *statistics);
/* Sets the members that `json` holds; the kind is set already. INTERNAL: not what was stored. */
gboolean store_statistics_from_json(CatalogColumnStatistics *statistics,
                                    const char *json,
                                    gsize length,
                                    GError **error);
