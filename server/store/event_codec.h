/* SPDX-License-Identifier: Apache-2.0 */
/* What skep.events.details holds, and reading it. Statements write it, with to_jsonb() over the
 * rows that they change, in the same statement: so an event carries the exact rows before and after
 * its change, costs no round trip, and a column that a migration adds is in it by itself. This file
 * turns it into the records of the catalog. Caller: event.c.
 *
 * An event is a row of skep.events: occurred_ms, event_type (the word of the Hive Metastore),
 * catalog_name, namespace_name, table_name, table_id (names as they were before the change, NULL
 * where there is none) and details. Never write `number`. Members of details, by event_type; a row
 * image is to_jsonb() of the whole row with the names of its columns:
 *
 *   CREATE_CATALOG, DROP_CATALOG       catalog: row of skep.catalogs
 *   ALTER_CATALOG                      catalog_before, catalog
 *   CREATE_DATABASE, DROP_DATABASE     namespace: row of skep.namespaces
 *   ALTER_DATABASE                     namespace_before, namespace
 *   CREATE_TABLE, DROP_TABLE           table: row of skep.tables
 *   ALTER_TABLE                        table_before, table; new_namespace when it moved to another;
 *                                      truncated: true
 *   ADD_PARTITION, DROP_PARTITION      table; partitions: rows of skep.partitions, at most 1000 in
 *                                      one event
 *   ALTER_PARTITION                    one event for each partition: table; partition_before,
 *                                      partition; truncated: true
 *   INSERT, RELOAD                     table; partition (when it is of one); replace: true; files,
 *                                      checksums, sub_directories: lists of text; refresh: true
 *   CREATE_FUNCTION, DROP_FUNCTION     function: row of skep.functions
 *   ADD_PRIMARYKEY, ADD_FOREIGNKEY,    constraints: rows of skep.constraints of one kind and one
 *   ADD_UNIQUECONSTRAINT, ...          table, each with parent_namespace and parent_table added
 *   DROP_CONSTRAINT                    constraint_name
 *   UPDATE_TBL_COL_STAT_EVENT          table; engine; statistics: rows of skep.column_statistics
 *   UPDATE_PART_COL_STAT_EVENT         one event for each partition: the same and partition
 *   DELETE_TBL_COL_STAT_EVENT          one event for each column: engine, column
 *   DELETE_PART_COL_STAT_EVENT         one event for each partition and column: the same and
 *                                      partition
 *   OPEN_TXN                           transaction_ids: list of numbers
 *   COMMIT_TXN                         transaction_id; writes: list of {"write_id", "namespace",
 *                                      "table", "partition" ("" for none)}
 *   ABORT_TXN                          transaction_id; namespaces: list of names
 *   ALLOC_WRITE_ID_EVENT               transaction_ids, write_ids: lists of numbers, in pairs;
 *                                      namespace_name and table_name are columns of the event
 *
 * Storage descriptors are named by storage_id, as the rows do: their rows never change. A partition
 * without location lies below the table of the same event. Events of older versions have other
 * members; what is not there is absent from the record. */
#pragma once

#include <glib.h>

#include "skep/event_types.h"
#include "skep/store.h"

/* Reads `details` (NULL: none) into the members of `event`, whose names are set already. Looks
 * storage descriptors up. INTERNAL: it is not what the above says. */
gboolean store_event_decode(
    Store *store, const char *details, gsize length, CatalogEvent *event, GError **error);
