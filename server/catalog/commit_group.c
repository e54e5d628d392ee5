/* SPDX-License-Identifier: Apache-2.0 */
/* Several commits to one table in one go: each is judged on the document that the one before it
 * leaves in memory, the last document becomes a file, and one transaction writes every commit's
 * row, event and kept answer. Anything but a plain outcome is left to one at a time. Caller:
 * commit_line.c. */
#include "commit_group.h"

#include "skep/metrics.h"
#include "skep/store_idempotency.h"

#include "warehouses.h"

/* Each commit has a tree of the whole document while its group runs, which takes about ten times
 * the document's bytes. */
#define DOCUMENTS_BYTES_MAX ((gsize)4 << 20)

/* One commit of the group on its way. */
typedef struct {
    CommitJob *job;
    GError *failure;   /* why it cannot be made after those before it; else NULL */
    const cJSON *base; /* what it was judged on; borrowed */
    cJSON *tree;       /* what it makes of that; NULL: nothing changes, or the last one's, given
                          to the group's document */
    gboolean changes;
    IcebergChange change;
    CatalogTable *before; /* as the one before it leaves the row; NULL: nothing changes */
    CatalogTable *after;
    StoreTableCommit *commit;
} Member;

typedef struct {
    Catalog *catalog;
    const IcebergForm *form;
    const CatalogTableName *name;
    Member *members;
    guint count;
    CatalogTable *row;      /* as it was read */
    MetadataDocument *base; /* of row */
    Member *last;           /* the last one that changes something; NULL: none does */
    AppendRebase *rebase;   /* of appends made anew, each for what the one before it leaves */
    MetadataDocument *document;
} Group;

static Metric grouped_total =
    METRIC_COUNTER("skep_commits_grouped_total",
                   "Commits that became true together with others of their table.",
                   NULL);
METRIC_SHOW_FROM_START(grouped_total);

static void
member_clear(Member *member)
{
    g_clear_error(&member->failure);
    g_clear_pointer(&member->tree, cJSON_Delete);
    iceberg_change_clear(&member->change);
    g_clear_pointer(&member->before, catalog_table_free);
    g_clear_pointer(&member->after, catalog_table_free);
    g_clear_pointer(&member->commit, store_table_commit_free);
    *member = (Member){.job = member->job};
}

/* Forgets a round; the jobs stay. */
static void
group_clear(Group *group)
{
    for (guint i = 0; i < group->count; i++)
        member_clear(&group->members[i]);
    g_clear_pointer(&group->row, catalog_table_free);
    g_clear_pointer(&group->base, metadata_document_unref);
    g_clear_pointer(&group->document, metadata_document_unref);
    g_clear_pointer(&group->rebase, append_rebase_free);
    group->last = NULL;
}

/* --- in memory --- */

static void
group_bound(Group *group)
{
    gsize bytes = group->base->spool ? DOCUMENTS_BYTES_MAX : g_bytes_get_size(group->base->text);

    group->count = (guint)CLAMP(DOCUMENTS_BYTES_MAX / MAX(bytes, 1), 1, group->count);
}

static gboolean
group_read(Group *group, GError **error)
{
    const CatalogTableName *name = group->name;

    if (!store_table_find(group->catalog->store, name->catalog, name->namespace_name, name->table,
                          &group->row, error))
        return FALSE;
    if (!group->row || group->row->kind != group->form->kind)
        return group->form->fail_missing(error, name->namespace_name, name->table);
    group->base =
        catalog_metadata_load(group->catalog, name->catalog, group->row->metadata_location, error);
    if (!group->base)
        return FALSE;
    group_bound(group);
    group->rebase = append_rebase_new(group->catalog, name->catalog);
    return TRUE;
}

/* Of this member alone, so that one that may not be there fails nobody else. */
static gboolean
check_places(const Group *group, Member *member, const cJSON *base)
{
    return catalog_iceberg_check_locations(group->catalog, group->name->catalog, member->tree, base,
                                           &member->failure) &&
           catalog_iceberg_check_apart(group->catalog, group->name,
                                       group->form->kind == CATALOG_KIND_ICEBERG_TABLE,
                                       member->tree, base, &member->failure);
}

/* The metadata log names files: of the documents of a group the last alone is one, so that only the
 * first change is made from a file. */
static void
member_judge(Group *group, Member *member, const cJSON *base)
{
    guint lists = append_rebase_count(group->rebase);
    IcebergContext context = {.now_ms = catalog_now_ms(),
                              .base_location = group->last ? NULL : group->base->location};

    member->base = base;
    if (g_get_monotonic_time() > member->job->deadline_us) {
        catalog_iceberg_fail_busy(&member->failure, group->name);
        return;
    }
    member->tree = catalog_iceberg_attempt_apply(&member->job->attempt, group->rebase, base,
                                                 &context, &member->change, &member->failure);
    if (!member->tree || (member->change.changed && !check_places(group, member, base))) {
        append_rebase_cut(group->rebase, lists);
        return;
    }
    member->changes = member->change.changed;
    if (member->changes)
        group->last = member;
    else
        g_clear_pointer(&member->tree, cJSON_Delete);
}

static gboolean
group_judge(Group *group, GError **error)
{
    const cJSON *tree = group->form->tree(group->catalog->documents, group->base, error);

    if (!tree)
        return FALSE;
    for (guint i = 0; i < group->count; i++) {
        member_judge(group, &group->members[i], tree);
        if (group->members[i].changes)
            tree = group->members[i].tree;
    }
    return TRUE;
}

/* The rows, each as if the one before it had been written; all point to the one new file. */
static gboolean
group_describe(Group *group, const char *location, GError **error)
{
    const CatalogTable *present = group->row;

    for (guint i = 0; i < group->count; i++) {
        Member *member = &group->members[i];

        if (!member->changes)
            continue;
        member->before = catalog_table_copy(present);
        if (present != group->row)
            member->before->version++;
        member->after = catalog_table_copy(member->before);
        member->commit = group->form->describe(member->after, member->tree, location, member->base,
                                               group->base->location, error);
        if (!member->commit)
            return FALSE;
        present = member->after;
    }
    return TRUE;
}

static gboolean
group_write_document(Group *group, GError **error)
{
    g_autofree char *location = catalog_iceberg_next_location(group->catalog, group->last->tree,
                                                              group->base->location, error);

    if (!location || !catalog_place_check(group->catalog, group->name->catalog, location, error) ||
        !group_describe(group, location, error) || !append_rebase_write(group->rebase, error))
        return FALSE;
    group->document = catalog_iceberg_write_document(
        group->catalog, group->form, group->name->catalog, g_steal_pointer(&group->last->tree),
        group->base, location, error);
    if (!group->document)
        append_rebase_abandon(group->rebase, location);
    return group->document != NULL;
}

/* --- in PostgreSQL --- */

typedef enum { GROUP_DONE, GROUP_LOST, GROUP_FAILED } GroupOutcome;

static StoreTableWrite
member_write(const Group *group, const Member *member)
{
    StoreIdempotency *record = member->job->catalog->record;

    if (record) {
        g_free(record->metadata_location);
        record->metadata_location = g_strdup(group->document->location);
    }
    return (StoreTableWrite){.before = member->before,
                             .after = member->after,
                             .commit = member->commit,
                             .record = record};
}

static void
group_discard(Group *group)
{
    catalog_file_delete(group->catalog, group->name->catalog, group->document->location, NULL);
    append_rebase_lost(group->rebase);
}

static GroupOutcome
group_swap(Group *group, GError **error)
{
    g_autofree StoreTableWrite *writes = g_new0(StoreTableWrite, group->count);
    g_autoptr(GError) failure = NULL;
    StoreTableOutcome outcome;
    gsize n_writes = 0;

    for (guint i = 0; i < group->count; i++) {
        if (group->members[i].changes)
            writes[n_writes++] = member_write(group, &group->members[i]);
    }
    if (!catalog_table_swap(group->catalog, writes, n_writes, &outcome, NULL, &failure)) {
        if (skep_error_fact(failure) != SKEP_ERROR_COMMIT_STATE_UNKNOWN)
            group_discard(group);
        g_propagate_error(error, g_steal_pointer(&failure));
        return GROUP_FAILED;
    }
    if (outcome == STORE_TABLE_MOVED_ON) {
        group_discard(group);
        return GROUP_LOST;
    }
    metric_add(metric_series(&grouped_total, NULL), (gint64)n_writes);
    return GROUP_DONE;
}

static GroupOutcome
group_round(Group *group, GError **error)
{
    GroupOutcome outcome;

    if (!group_read(group, error) || !group_judge(group, error))
        return GROUP_FAILED;
    if (!group->last)
        return GROUP_DONE;
    if (!group_write_document(group, error))
        return GROUP_FAILED;
    outcome = group_swap(group, error);
    if (outcome == GROUP_DONE) {
        metadata_cache_add(group->catalog->documents, group->document);
        append_rebase_won(group->rebase);
        for (guint i = 0; i < group->count; i++)
            catalog_iceberg_delete_trimmed(group->catalog, group->row, group->document->location,
                                           &group->members[i].change);
    }
    return outcome;
}

/* --- answers --- */

/* All see what the group left: a document in between was never a file. Those that failed are told
 * last of all, so that the state they failed on is there when they look. */
static void
group_answer(Group *group)
{
    const MetadataDocument *document = group->document ? group->document : group->base;
    const CatalogTable *row = group->last ? group->last->after : group->row;
    gint64 version = group->last ? group->last->before->version + 1 : group->row->version;

    for (guint i = 0; i < group->count; i++) {
        Member *member = &group->members[i];

        if (!member->failure)
            commit_job_end(member->job, catalog_iceberg_answer(row->uuid, document, version), NULL);
    }
    for (guint i = 0; i < group->count; i++) {
        Member *member = &group->members[i];

        if (member->failure)
            commit_job_end(member->job, NULL, g_steal_pointer(&member->failure));
    }
}

/* A commit that was refused because of one before it in the group, which has not become true: it
 * may not be told of a state that never was. Nothing was done for it, whatever became of others. */
static GError *
retract(GError *refusal)
{
    GError *made = NULL;

    g_clear_error(&refusal);
    skep_fail(&made, SKEP_ERROR_UNAVAILABLE, NULL,
              "PostgreSQL went away before the commit was decided; nothing was changed, try again");
    return made;
}

/* What befell PostgreSQL befalls each of them alone as well. */
static void
group_fail(Group *group, const GError *failure)
{
    gboolean is_first_state = TRUE;

    for (guint i = 0; i < group->count; i++) {
        Member *member = &group->members[i];
        GError *own = g_steal_pointer(&member->failure);

        if (own && !is_first_state)
            own = retract(own);
        is_first_state = is_first_state && !member->changes;
        commit_job_end(member->job, NULL, own ? own : g_error_copy(failure));
    }
}

static gboolean
is_shared(const GError *failure)
{
    SkepError fact = skep_error_fact(failure);

    return fact == SKEP_ERROR_COMMIT_STATE_UNKNOWN || fact == SKEP_ERROR_UNAVAILABLE;
}

static GroupOutcome
group_rounds(Group *group, GError **error)
{
    GroupOutcome outcome = GROUP_LOST;

    for (int round = 0; outcome == GROUP_LOST; round++) {
        if (round > 0)
            catalog_table_swap_pause(round);
        group_clear(group);
        if (round > group->catalog->options.commit_retries_max) {
            catalog_iceberg_fail_busy(error, group->name);
            return GROUP_FAILED;
        }
        outcome = group_round(group, error);
    }
    return outcome;
}

guint
commit_group_run(Catalog *catalog, CommitJob *const *jobs, guint n_jobs)
{
    const IcebergAttempt *first = &jobs[0]->attempt;
    g_autofree Member *members = g_new0(Member, n_jobs);
    g_auto(CatalogTableName)
        name = {g_strdup(first->name.catalog), g_strdup(first->name.namespace_name),
                g_strdup(first->name.table)};
    Group group = {.catalog = catalog,
                   .form = first->form,
                   .name = &name,
                   .members = members,
                   .count = n_jobs};
    g_autoptr(GError) failure = NULL;
    guint answered = 0;

    for (guint i = 0; i < n_jobs; i++)
        members[i].job = jobs[i];
    if (group_rounds(&group, &failure) == GROUP_DONE) {
        group_answer(&group);
        answered = group.count;
    } else if (is_shared(failure)) {
        group_fail(&group, failure);
        answered = group.count;
    }
    group_clear(&group);
    return answered;
}
