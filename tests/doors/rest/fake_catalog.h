/* SPDX-License-Identifier: Apache-2.0 */
/* The catalog functions that the tests of the REST door alone reach, defined here in the place of
 * the real ones (the Makefile links the program so that the first definition is taken). What is not
 * here is the real function, which would end the test, since there is no catalog: a function that
 * no test here reaches needs no line. A namespace called "slow" is found when fake_catalog_release
 * was called, one called "n" at once, others never. Included by one test program only. */
#pragma once

#include <string.h>

#include "skep/catalog.h"
#include "skep/catalog_credentials.h"
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

/* The warehouse gives nothing. */
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
