/* SPDX-License-Identifier: Apache-2.0 */
/* The members of a table that a request names, as Hive spells them ("tableName", "sd.location").
 * Caller: table.c. */
#pragma once

#include <hms_request_types.h>

#include "encode.h"

/* Fills the view; no spec and no names mean everything. As with Hive, so does a name of a list or a
 * map. INVALID_ARGUMENT for a name that no table has a member of; INVALID_OPERATION for patterns of
 * parameters, which Hive has for partitions alone. */
gboolean thrift_table_projection_parse(const HmsGetProjectionsSpec *projection,
                                       ThriftTableView *out_view,
                                       GError **error);
