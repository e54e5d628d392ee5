/* SPDX-License-Identifier: Apache-2.0 */
/* Pointers and metadata files against one another: what a crash, a restored database or somebody
 * with a broom has left. Looking changes nothing; a repair is asked for one finding at a time,
 * looks again first, and moves pointers by the same swap as every commit. Conventions are those of
 * catalog.h. Implemented in server/catalog/fsck.c, fsck_table.c and fsck_lost.c; single lost
 * files are deleted without being asked for (sweep.c). */
#pragma once

#include "skep/catalog.h"

typedef enum {
    /* The file that the pointer names is not there. Repair: the pointer goes back to the newest
     * commit whose file is. */
    CATALOG_FINDING_POINTER_MISSING,
    /* A later file of the table was made from the pointer's: the database was restored to an
     * earlier time than its files, or a commit was never acknowledged. Repair: the pointer goes
     * forward. */
    CATALOG_FINDING_POINTER_BEHIND,
    /* A server of this database wrote the file, and no commit claims it. Repair: it is deleted. */
    CATALOG_FINDING_FILE_UNCLAIMED,
    /* Somebody else's metadata file, or one from before this catalog knew the table; nobody names
     * it. No repair. */
    CATALOG_FINDING_FILE_FOREIGN,
    /* The metadata log names a file that is not there: time travel by it fails. No repair. */
    CATALOG_FINDING_LOG_MISSING,
    /* A directory of the namespace with metadata files that no table or view names: dropped without
     * purge, or lost with the database's newer state. Repair: it is registered under its name. */
    CATALOG_FINDING_TABLE_LOST
} CatalogFindingKind;
enum { CATALOG_FINDING_KINDS = CATALOG_FINDING_TABLE_LOST + 1 };

/* "pointer-missing" and so on; and what its repair is called ("rewind", "advance", "delete",
 * "register"), NULL: there is none. */
const char *catalog_finding_kind_name(CatalogFindingKind kind);
const char *catalog_finding_repair_name(CatalogFindingKind kind);

typedef struct {
    CatalogFindingKind kind;
    char *namespace_name;
    char *name;     /* of the table or view */
    char *location; /* what the finding is about: a file, of TABLE_LOST the directory */
    char *target;   /* where a repair would point to; NULL: nowhere */
    gint64 bytes;   /* of the file; 0: it is not there */
    gint64 modified_ms;
    char *sentence; /* for a person */
} CatalogFinding;
CatalogFinding *catalog_finding_new(CatalogFindingKind kind,
                                    const char *namespace_name,
                                    const char *name,
                                    const char *location);
void catalog_finding_free(CatalogFinding *finding);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogFinding, catalog_finding_free)

/* What is wrong with the tables and views of one page of a namespace; with the first page, lost
 * tables too. Files younger than an hour are nobody's business: their commit may be under way.
 * CatalogFinding*. NO_SUCH_NAMESPACE. */
GPtrArray *catalog_fsck_page(Catalog *catalog,
                             const char *catalog_name,
                             const char *namespace_name,
                             const CatalogPage *page,
                             char **out_next_token,
                             GError **error);
/* Repairs what `finding` says, if it is still so: else COMMIT_CONFLICT, and nothing is changed.
 * INVALID_ARGUMENT: its kind has no repair. *out_did is a sentence. */
gboolean catalog_fsck_repair(Catalog *catalog,
                             const CatalogCaller *caller,
                             const char *catalog_name,
                             const CatalogFinding *finding,
                             char **out_did,
                             GError **error);
