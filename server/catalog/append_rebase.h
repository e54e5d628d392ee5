/* SPDX-License-Identifier: Apache-2.0 */
/* Appends that lost their branch to other appends, made anew where the table wants it: the rule,
 * and the manifest lists that it takes. Nothing outside server/catalog/ includes it. Callers:
 * iceberg_attempt.c for one alone, commit_group.c for many. */
#pragma once

#include "catalog_private.h"

#include "skep/json.h"

/* Of a table: whether an append is welcome whatever appends came before it. Without it the option
 * rebase_appends decides. */
#define APPEND_REBASE_PROPERTY "skep.commit.rebase-appends"

/* The lists of commits to one table that become true together. One thread. */
typedef struct AppendRebase AppendRebase;

/* Borrows the name. */
AppendRebase *append_rebase_new(Catalog *catalog, const char *catalog_name);
void append_rebase_free(AppendRebase *rebase);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AppendRebase, append_rebase_free)

/* For a commit that was refused on `base`, which is a table's document. TRUE: it is an append that
 * is made anew, and *out_updates (transfer full) is what to apply instead of what was sent; empty
 * when the append is in the branch already. Its manifest list waits to be written. FALSE: the
 * refusal, a failed requirement or a stale number, is the answer; when it is an append that cannot
 * be made anew, it says why not. */
gboolean append_rebase_make(AppendRebase *rebase,
                            const cJSON *base,
                            const cJSON *requirements,
                            const cJSON *updates,
                            GError **refusal,
                            cJSON **out_updates);
/* How many lists wait; and forgets those after the first `count`, whose commits failed after all.
 */
guint append_rebase_count(const AppendRebase *rebase);
void append_rebase_cut(AppendRebase *rebase, guint count);

/* Writes all lists that wait; complete and durable when it returns. On failure none of them stays.
 */
gboolean append_rebase_write(AppendRebase *rebase, GError **error);
/* After the document that names them could not be written, and before any swap: the lists go, and
 * what there is of the document before them. */
void append_rebase_abandon(AppendRebase *rebase, const char *document);
/* After the swap: known to have lost, the lists go; won, the last one is what the next append
 * asks for. */
void append_rebase_lost(AppendRebase *rebase);
void append_rebase_won(AppendRebase *rebase);
