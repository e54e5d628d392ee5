/* SPDX-License-Identifier: Apache-2.0 */
/* The privileges that come with a table when it is made. Caller: table.c. Any thread. */
#pragma once

#include <glib.h>

#include <hms_table_types.h>

/* CatalogPrivilege* on the table that `table` names, one for each grant of its set; empty without
 * one. */
GPtrArray *thrift_decode_table_privileges(const HmsTable *table);
