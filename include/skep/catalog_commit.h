/* SPDX-License-Identifier: Apache-2.0 */
/* Commits that hold no thread while they wait for others of their table. Implemented in
 * server/catalog/commit_line.c; conventions are those of catalog.h. Callers: the REST door, and the
 * server, which says where work is done. */
#pragma once

#include "skep/catalog.h"

/* What became of a commit, once: the table as catalog_iceberg_commit returns it, or NULL and the
 * error. Both are the callee's to free. On any thread. */
typedef void (*CatalogCommitDone)(CatalogIcebergTable *table, GError *error, gpointer data);

/* catalog_iceberg_commit for a table that others may be committing to: then it is put in their
 * table's line and returns at once. Those in line are taken together, each judged on what the one
 * before it left; all that hold become true in one swap, with one new document. `done` is called
 * in any case, maybe before this returns; until then `caller`, and what `change` points to, must
 * stay. */
void catalog_iceberg_commit_start(Catalog *catalog,
                                  const CatalogCaller *caller,
                                  const char *catalog_name,
                                  const CatalogIcebergChange *change,
                                  CatalogCommitDone done,
                                  gpointer data);

/* catalog_view_replace, in the same way. */
void catalog_view_replace_start(Catalog *catalog,
                                const CatalogCaller *caller,
                                const char *catalog_name,
                                const CatalogIcebergChange *change,
                                CatalogCommitDone done,
                                gpointer data);

/* NULL: all of it became true. The error is the callee's to free. On any thread. */
typedef void (*CatalogCommitManyDone)(GError *error, gpointer data);

/* catalog_iceberg_commit_many, in the same way: it stands in the line of one table after the other
 * and takes all their turns before it begins. */
void catalog_iceberg_commit_many_start(Catalog *catalog,
                                       const CatalogCaller *caller,
                                       const char *catalog_name,
                                       const CatalogIcebergChange *changes,
                                       gsize n_changes,
                                       CatalogCommitManyDone done,
                                       gpointer data);

/* Has `work` done by another thread. FALSE: it will not be, and `data` was not taken. */
typedef gboolean (*CatalogElsewhere)(gpointer workers, void (*work)(gpointer data), gpointer data);

/* Who works off a line whose turn a thread gave up that has other things to do; by default that
 * thread itself. Before the catalog is used. */
void catalog_set_elsewhere(Catalog *catalog, CatalogElsewhere elsewhere, gpointer workers);
