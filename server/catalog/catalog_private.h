/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of server/catalog/ show one another: the catalog itself, names, patterns, pages,
 * and the words of errors that several nouns raise. Nothing outside this folder includes it. */
#pragma once

#include "skep/catalog.h"
#include "skep/catalog_commit.h"
#include "skep/error.h"

typedef struct MetadataCache MetadataCache;       /* metadata_cache.h */
typedef struct Warehouses Warehouses;             /* warehouses.h */
typedef struct CommitQueue CommitQueue;           /* commit_queue.h */
typedef struct StoreIdempotency StoreIdempotency; /* skep/store_idempotency.h */

struct Catalog {
    CatalogOptions options;
    Store *store;
    Warehouse *home; /* of the settings; that of the default catalog */
    Warehouses *warehouses;
    MetadataCache *documents;
    CommitQueue *writers;
    CatalogElsewhere elsewhere; /* NULL: nowhere else */
    gpointer workers;
    char *server_name;   /* among all servers of the database */
    char *database_uuid; /* whose mark new metadata files carry (file_mark.h) */
    /* Of a keyed catalog (idempotency.c), a copy of another with a store of its own; else NULL.
     * What all of them share is behind pointers. */
    Catalog *whole; /* the catalog that it is a copy of */
    StoreIdempotency *record;
    char *(*print_made)(gconstpointer made);
};

/* --- names (name.c) --- */

/* The namespace that every catalog has from the start, and keeps. */
#define CATALOG_DEFAULT_NAMESPACE "default"

#define CATALOG_NAME_BYTES_MAX 1024

/* The stored form of a name of a namespace, table, column or partition key. NULL name, invalid
 * UTF-8, too long: INVALID_OBJECT. Transfer full. */
char *catalog_name_fold(const char *name, GError **error);
/* NULL means the default catalog. Transfer full. */
char *catalog_name_fold_catalog(const char *catalog_name, GError **error);
/* A name to be given to something new, folded: not empty, no empty level, no control characters. A
 * table's has one level. INVALID_OBJECT. Transfer full. */
char *catalog_name_make_catalog(const char *name, GError **error); /* Hive's characters alone */
char *catalog_name_make_namespace(const char *name, GError **error);
char *catalog_name_make_table(const char *name, GError **error);
/* Levels and parts joined with dots, for messages and errors' objects; trailing NULL parts are left
 * out. Transfer full. */
char *catalog_name_dotted(const char *namespace_name, const char *table_name);
/* The parent of a nested name; NULL for a top-level one. Transfer full. */
char *catalog_name_parent(const char *namespace_name);

/* All three names of a table, folded. Cleared with catalog_table_name_clear. */
typedef struct {
    char *catalog;
    char *namespace_name;
    char *table;
} CatalogTableName;
gboolean catalog_table_name_fold(CatalogTableName *out_name,
                                 const char *catalog_name,
                                 const char *namespace_name,
                                 const char *table_name,
                                 GError **error);
void catalog_table_name_clear(CatalogTableName *name);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CatalogTableName, catalog_table_name_clear)

/* --- places of namespaces (namespace.c) --- */

/* Below which directory a namespace's managed and external tables go by default. Transfer full. */
char *catalog_namespace_managed_root(Catalog *catalog, const CatalogNamespace *namespace_);
char *catalog_namespace_external_root(Catalog *catalog, const CatalogNamespace *namespace_);

/* --- data that goes (catalog.c) --- */

/* After rows are gone for good: discards the directory (see warehouse.h). What cannot be removed is
 * left behind, and told. */
void
catalog_discard(Catalog *catalog, const char *catalog_name, const char *location, gboolean purge);
/* Tells of data left behind; `why` is freed. */
void catalog_leave_behind(Catalog *catalog, const char *location, GError *why);

/* --- roles (role.c) --- */

/* Gives the role admin to users named in a list, separated by commas or spaces; NULL: nobody. */
gboolean catalog_role_seed_admins(Catalog *catalog, const char *users, GError **error);

/* --- patterns (pattern.c) --- */

/* The PostgreSQL regular expression of a Hive pattern; NULL for NULL (everything). An empty pattern
 * matches nothing. What is not `*`, `.` or `|` stands for itself. INVALID_ARGUMENT past 4096 bytes.
 */
gboolean catalog_pattern_to_regex(const char *pattern, char **out_regex, GError **error);

/* --- pages (page.c) --- */

/* The name that a page starts after; *out_after NULL for the first. */
gboolean catalog_page_decode(const CatalogPage *page, char **out_after, GError **error);
/* What to ask the store for: one more than the page, 0 for everything. */
gint64 catalog_page_limit(const CatalogPage *page);
/* Cuts the extra row off `names` (char*) and makes the token of the next page; NULL after the last.
 */
void catalog_page_finish(const CatalogPage *page, GPtrArray *names, char **out_next_token);

/* --- errors that several nouns raise (name.c); return FALSE --- */

gboolean catalog_fail_no_namespace(GError **error, const char *namespace_name);
gboolean catalog_fail_no_table(GError **error, const char *namespace_name, const char *table_name);

/* --- parked commits (commit_line.c) --- */

/* A CommitQueueLead over the catalog. */
void catalog_commit_line_lead(gpointer data, const char *key);

/* --- the clock --- */

gint64 catalog_now_ms(void);
gint32 catalog_now_s(void);
