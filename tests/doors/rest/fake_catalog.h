/* SPDX-License-Identifier: Apache-2.0 */
/* The catalog functions that the REST door calls, defined for tests of the door alone (a link seam:
 * these are found before the archive's). A namespace called "slow" is found when
 * fake_catalog_release was called, one called "n" at once, others never. Included by one test
 * program only. */
#pragma once

#include <string.h>

#include "skep/catalog_commit.h"
#include "skep/catalog_credentials.h"
#include "skep/catalog_info.h"
#include "skep/catalog_warehouse.h"
#include "skep/catalog_idempotency.h"
#include "skep/catalog_duty.h"
#include "skep/catalog_fsck.h"
#include "skep/catalog_task.h"
#include "skep/catalog_table_report.h"
#include "skep/catalog_udf.h"
#include "skep/catalog_view.h"
#include "skep/error.h"

static GMutex fake_lock;
static GCond fake_changed;
static guint fake_waiting; /* calls that wait for the release */
static gboolean fake_is_released;

#define FAKE_METADATA "{ \"format-version\" : 2, \"x\":9223372036854775807 }\n"

static void
fake_catalog_reset(void)
{
    g_mutex_lock(&fake_lock);
    fake_is_released = FALSE;
    g_mutex_unlock(&fake_lock);
}

static void
fake_catalog_release(void)
{
    g_mutex_lock(&fake_lock);
    fake_is_released = TRUE;
    g_cond_broadcast(&fake_changed);
    g_mutex_unlock(&fake_lock);
}

/* Until `n` calls wait for the release. */
static void
fake_catalog_wait_for_calls(guint n)
{
    g_mutex_lock(&fake_lock);
    while (fake_waiting < n)
        g_cond_wait(&fake_changed, &fake_lock);
    g_mutex_unlock(&fake_lock);
}

static void
fake_catalog_block(void)
{
    g_mutex_lock(&fake_lock);
    fake_waiting++;
    g_cond_broadcast(&fake_changed);
    while (!fake_is_released)
        g_cond_wait(&fake_changed, &fake_lock);
    fake_waiting--;
    g_mutex_unlock(&fake_lock);
}

CatalogNamespace *
catalog_namespace_find(Catalog *catalog, const char *catalog_name, const char *name, GError **error)
{
    (void)catalog;
    (void)catalog_name;
    if (!strcmp(name, "slow"))
        fake_catalog_block();
    else if (strcmp(name, "n") != 0)
        return skep_fail_null(error, SKEP_ERROR_NO_SUCH_NAMESPACE, name, "no %s", name);
    CatalogNamespace *namespace_ = catalog_namespace_new();
    namespace_->name = g_strdup(name);
    return namespace_;
}

GPtrArray *
catalog_namespace_list(Catalog *catalog,
                       const char *catalog_name,
                       const char *parent,
                       const CatalogPage *page,
                       char **out_next_token,
                       GError **error)
{
    (void)catalog;
    (void)catalog_name;
    (void)parent;
    (void)page;
    (void)out_next_token;
    (void)error;
    return g_ptr_array_new();
}

GHashTable *
catalog_namespace_properties(const CatalogNamespace *namespace_)
{
    return catalog_map_copy(namespace_->properties);
}

CatalogNamespace *
catalog_namespace_create(Catalog *catalog,
                         const CatalogCaller *caller,
                         const CatalogNamespace *wanted,
                         GError **error)
{
    (void)catalog;
    (void)caller;
    (void)error;
    return catalog_namespace_copy(wanted);
}

CatalogIcebergTable *
catalog_iceberg_find(Catalog *catalog,
                     const char *catalog_name,
                     const char *namespace_name,
                     const char *name,
                     GError **error)
{
    (void)catalog;
    (void)catalog_name;
    (void)namespace_name;
    if (!strcmp(name, "busy"))
        return skep_fail_null(error, SKEP_ERROR_UNAVAILABLE, NULL, "the database is away");
    if (strcmp(name, "t") != 0)
        return skep_fail_null(error, SKEP_ERROR_NO_SUCH_TABLE, "n.x", "no such table");
    CatalogIcebergTable *table = g_new0(CatalogIcebergTable, 1);
    table->metadata_location = g_strdup("file:///w/n/t/metadata/00000-a.metadata.json");
    return table;
}

CatalogIcebergTable *
catalog_iceberg_load(Catalog *catalog,
                     const char *catalog_name,
                     const char *namespace_name,
                     const char *name,
                     GError **error)
{
    CatalogIcebergTable *table =
        catalog_iceberg_find(catalog, catalog_name, namespace_name, name, error);
    if (table)
        table->metadata = g_bytes_new_static(FAKE_METADATA, strlen(FAKE_METADATA));
    return table;
}

CatalogIcebergTable *
catalog_iceberg_table_new(void)
{
    return g_new0(CatalogIcebergTable, 1);
}

void
catalog_iceberg_table_free(CatalogIcebergTable *table)
{
    if (!table)
        return;
    g_free(table->uuid);
    g_free(table->metadata_location);
    g_clear_pointer(&table->metadata, g_bytes_unref);
    g_free(table);
}

gboolean
catalog_iceberg_table_keep_refs(Catalog *catalog, CatalogIcebergTable *table, GError **error)
{
    (void)catalog;
    (void)table;
    (void)error;
    return TRUE;
}

/* What the tests here do not reach. */
#define FAKE_UNREACHED(type, name, ...)                                                            \
    type name(__VA_ARGS__)                                                                         \
    {                                                                                              \
        g_assert_not_reached();                                                                    \
    }

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
FAKE_UNREACHED(GPtrArray *, catalog_info_list, Catalog *a, GError **b)
FAKE_UNREACHED(gboolean,
               catalog_namespace_drop,
               Catalog *a,
               const char *b,
               const char *c,
               gboolean d,
               gboolean e,
               GError **f)
FAKE_UNREACHED(gboolean,
               catalog_namespace_update_properties,
               Catalog *a,
               const char *b,
               const char *c,
               const GPtrArray *d,
               const GHashTable *e,
               CatalogPropertiesChange *f,
               GError **g)
FAKE_UNREACHED(void, catalog_properties_change_clear, CatalogPropertiesChange *a)
FAKE_UNREACHED(GPtrArray *,
               catalog_table_list,
               Catalog *a,
               const char *b,
               const char *c,
               const CatalogTableFilter *d,
               const CatalogPage *e,
               char **f,
               GError **g)
FAKE_UNREACHED(GPtrArray *,
               catalog_table_find_many,
               Catalog *a,
               const char *b,
               const char *c,
               const char *const *d,
               GError **e)
FAKE_UNREACHED(CatalogTable *,
               catalog_table_find,
               Catalog *a,
               const char *b,
               const char *c,
               const char *d,
               GError **e)
FAKE_UNREACHED(GPtrArray *,
               catalog_table_history,
               Catalog *a,
               const char *b,
               const char *c,
               const char *d,
               gint e,
               GError **f)
FAKE_UNREACHED(gboolean,
               catalog_table_drop,
               Catalog *a,
               const char *b,
               const char *c,
               const char *d,
               const CatalogTableDropOptions *e,
               GError **f)
FAKE_UNREACHED(gboolean,
               catalog_table_rename,
               Catalog *a,
               const char *b,
               const char *c,
               const char *d,
               const char *e,
               const char *f,
               CatalogTableKind g,
               GError **h)
FAKE_UNREACHED(CatalogIcebergTable *,
               catalog_iceberg_create,
               Catalog *a,
               const CatalogCaller *b,
               const char *c,
               const char *d,
               const cJSON *e,
               GError **f)
FAKE_UNREACHED(void,
               catalog_iceberg_commit_start,
               Catalog *a,
               const CatalogCaller *b,
               const char *c,
               const CatalogIcebergChange *d,
               CatalogCommitDone e,
               gpointer f)
FAKE_UNREACHED(gboolean,
               catalog_iceberg_commit_many,
               Catalog *a,
               const CatalogCaller *b,
               const char *c,
               const CatalogIcebergChange *d,
               gsize e,
               GError **f)
FAKE_UNREACHED(CatalogIcebergTable *,
               catalog_iceberg_register,
               Catalog *a,
               const CatalogCaller *b,
               const char *c,
               const char *d,
               const char *e,
               const char *f,
               gboolean g,
               GError **h)
/* The warehouse gives nothing. */
void
catalog_credentials_free(CatalogCredentials *credentials)
{
    g_free(credentials);
}
gboolean
catalog_credentials_mode(
    Catalog *catalog, const char *name, guint wants, StorageAccess *out_access, GError **error)
{
    (void)catalog;
    (void)name;
    (void)wants;
    (void)error;
    *out_access = STORAGE_ACCESS_NONE;
    return TRUE;
}
FAKE_UNREACHED(gboolean, catalog_credentials_last, gint64 a)
FAKE_UNREACHED(CatalogCredentials *,
               catalog_credentials_give,
               Catalog *a,
               const char *b,
               const char *c,
               const char *d,
               const CatalogIcebergTable *e,
               guint f,
               GError **g)
FAKE_UNREACHED(GPtrArray *,
               catalog_credentials_sign,
               Catalog *a,
               const char *b,
               const char *c,
               const char *d,
               const char *e,
               const StorageSignRequest *f,
               gboolean *g,
               GError **h)
FAKE_UNREACHED(GPtrArray *,
               catalog_credentials_sign_by_place,
               Catalog *a,
               const char *b,
               const StorageSignRequest *c,
               gboolean *d,
               GError **e)
FAKE_UNREACHED(CatalogIcebergTable *,
               catalog_iceberg_unregister,
               Catalog *a,
               const char *b,
               const char *c,
               const char *d,
               GError **e)
FAKE_UNREACHED(gboolean,
               catalog_table_report_keep,
               Catalog *a,
               const char *b,
               const char *c,
               const char *d,
               const cJSON *e,
               GError **f)
FAKE_UNREACHED(GPtrArray *,
               catalog_table_report_list,
               Catalog *a,
               const char *b,
               const char *c,
               const char *d,
               const CatalogPage *e,
               char **f,
               GError **g)
FAKE_UNREACHED(gboolean,
               catalog_udf_put,
               Catalog *a,
               const char *b,
               const char *c,
               const char *d,
               const cJSON *e,
               gboolean f,
               GError **g)
FAKE_UNREACHED(
    char *, catalog_udf_load, Catalog *a, const char *b, const char *c, const char *d, GError **e)
FAKE_UNREACHED(GPtrArray *,
               catalog_udf_list,
               Catalog *a,
               const char *b,
               const char *c,
               const CatalogPage *d,
               char **e,
               GError **f)
FAKE_UNREACHED(
    gboolean, catalog_udf_drop, Catalog *a, const char *b, const char *c, const char *d, GError **e)
FAKE_UNREACHED(CatalogIcebergTable *,
               catalog_view_create,
               Catalog *a,
               const CatalogCaller *b,
               const char *c,
               const char *d,
               const cJSON *e,
               GError **f)
FAKE_UNREACHED(CatalogIcebergTable *,
               catalog_view_load,
               Catalog *a,
               const char *b,
               const char *c,
               const char *d,
               GError **e)
FAKE_UNREACHED(CatalogIcebergTable *,
               catalog_view_find,
               Catalog *a,
               const char *b,
               const char *c,
               const char *d,
               GError **e)
FAKE_UNREACHED(CatalogIcebergTable *,
               catalog_view_replace,
               Catalog *a,
               const CatalogCaller *b,
               const char *c,
               const CatalogIcebergChange *d,
               GError **e)
FAKE_UNREACHED(CatalogIcebergTable *,
               catalog_view_register,
               Catalog *a,
               const CatalogCaller *b,
               const char *c,
               const char *d,
               const char *e,
               const char *f,
               GError **g)
FAKE_UNREACHED(gboolean,
               catalog_view_rename,
               Catalog *a,
               const char *b,
               const char *c,
               const char *d,
               const char *e,
               const char *f,
               GError **g)
FAKE_UNREACHED(gboolean,
               catalog_view_drop,
               Catalog *a,
               const char *b,
               const char *c,
               const char *d,
               GError **e)
FAKE_UNREACHED(Catalog *, catalog_keyed_new, Catalog *a, const CatalogKeyedRequest *b, GError **c)
FAKE_UNREACHED(void, catalog_keyed_free, Catalog *a)
FAKE_UNREACHED(void, catalog_kept_answer_free, CatalogKeptAnswer *a)
FAKE_UNREACHED(gboolean, catalog_keyed_find, Catalog *a, CatalogKeptAnswer **b, GError **c)
FAKE_UNREACHED(gboolean, catalog_keyed_is_written, const Catalog *a)
FAKE_UNREACHED(
    gboolean, catalog_keyed_keep, Catalog *a, const CatalogKeptAnswer *b, gboolean *c, GError **d)
FAKE_UNREACHED(
    CatalogIcebergTable *, catalog_keyed_load, Catalog *a, const char *b, const char *c, GError **d)
FAKE_UNREACHED(GPtrArray *,
               catalog_fsck_page,
               Catalog *a,
               const char *b,
               const char *c,
               const CatalogPage *d,
               char **e,
               GError **f)
FAKE_UNREACHED(gboolean,
               catalog_fsck_repair,
               Catalog *a,
               const CatalogCaller *b,
               const char *c,
               const CatalogFinding *d,
               char **e,
               GError **f)
FAKE_UNREACHED(const char *, catalog_finding_kind_name, CatalogFindingKind a)
FAKE_UNREACHED(const char *, catalog_finding_repair_name, CatalogFindingKind a)
FAKE_UNREACHED(CatalogFinding *,
               catalog_finding_new,
               CatalogFindingKind a,
               const char *b,
               const char *c,
               const char *d)
FAKE_UNREACHED(void, catalog_finding_free, CatalogFinding *a)
FAKE_UNREACHED(gboolean, catalog_info_drop, Catalog *a, const char *b, GError **c)
FAKE_UNREACHED(GPtrArray *, catalog_warehouse_list, Catalog *a, GError **b)
FAKE_UNREACHED(CatalogWarehouse *, catalog_warehouse_find, Catalog *a, const char *b, GError **c)
FAKE_UNREACHED(CatalogWarehouse *,
               catalog_warehouse_create,
               Catalog *a,
               const CatalogCaller *b,
               const cJSON *c,
               gboolean d,
               GError **e)
FAKE_UNREACHED(CatalogWarehouse *,
               catalog_warehouse_alter,
               Catalog *a,
               const char *b,
               const cJSON *c,
               gboolean d,
               GError **e)
FAKE_UNREACHED(GPtrArray *, catalog_warehouse_check, Catalog *a, const char *b, GError **c)
FAKE_UNREACHED(void, catalog_warehouse_free, CatalogWarehouse *a)
FAKE_UNREACHED(GPtrArray *, catalog_task_list, Catalog *a, const char *b, gint64 c, GError **d)
FAKE_UNREACHED(gboolean, catalog_task_retry, Catalog *a, gint64 b, GError **c)
FAKE_UNREACHED(gboolean, catalog_task_cancel, Catalog *a, gint64 b, GError **c)
FAKE_UNREACHED(GPtrArray *, catalog_duty_list, Catalog *a, GError **b)
FAKE_UNREACHED(
    GPtrArray *, catalog_dropped_list, Catalog *a, const char *b, const char *c, GError **d)
FAKE_UNREACHED(CatalogDroppedTable *,
               catalog_undrop,
               Catalog *a,
               const char *b,
               const char *c,
               const CatalogUndrop *d,
               GError **e)
#pragma GCC diagnostic pop
