/* SPDX-License-Identifier: Apache-2.0 */
/* Hive 4's translation of managed tables, and what clients may do with a table by what they say
 * they can do. Facts about tables alone; stores nothing. Caller: the Thrift door. */
#include "skep/catalog_table_translation.h"

#include <string.h>

#include "table_private.h"

static gboolean
is_insert_only(const CatalogTable *table)
{
    const char *value = catalog_map_get(table->parameters, "transactional_properties");

    return value && g_ascii_strcasecmp(value, "insert_only") == 0;
}

static gboolean
can(CatalogCapabilities capabilities, const char *capability)
{
    return capabilities && g_strv_contains(capabilities, capability);
}

/* Iceberg's tables are what they say they are. */
static gboolean
is_translated(Catalog *catalog, const CatalogTable *table)
{
    const char *home = table->catalog ? table->catalog : CATALOG_DEFAULT_NAME;

    return catalog->options.translate_managed_tables &&
           g_ascii_strcasecmp(home, CATALOG_DEFAULT_NAME) == 0 &&
           g_strcmp0(table->hms_type, "MANAGED_TABLE") == 0 &&
           !catalog_map_is(table->parameters, "EXTERNAL", "true") &&
           !catalog_map_get(table->parameters, "metadata_location");
}

static gboolean
check_transactional(const CatalogTable *table, CatalogCapabilities capabilities, GError **error)
{
    const char *needed = is_insert_only(table) ? "HIVEMANAGEDINSERTWRITE" : "HIVEFULLACIDWRITE";

    if (can(capabilities, needed))
        return TRUE;
    if (!capabilities || !capabilities[0])
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, table->name,
                         "Processor has no capabilities, cannot create an ACID table.");
    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, table->name,
                     "Processor does not have capabilities to create a %s ACID table:[%s]",
                     is_insert_only(table) ? "INSERT" : "FULL", needed);
}

static void
make_external(CatalogTable *table)
{
    g_free(table->hms_type);
    table->hms_type = g_strdup("EXTERNAL_TABLE");
    g_hash_table_remove(table->parameters, "transactional");
    g_hash_table_remove(table->parameters, "transactional_properties");
    catalog_map_set(table->parameters, "EXTERNAL", "TRUE");
    catalog_map_set(table->parameters, "external.table.purge", "TRUE");
    catalog_map_set(table->parameters, "TRANSLATED_TO_EXTERNAL", "TRUE");
}

CatalogTable *
catalog_table_translate(Catalog *catalog,
                        const CatalogTable *wanted,
                        CatalogCapabilities capabilities,
                        GError **error)
{
    g_autoptr(CatalogTable) table = catalog_table_copy(wanted);

    if (!is_translated(catalog, table))
        return g_steal_pointer(&table);
    if (!catalog_map_is(table->parameters, "transactional", "true") && !is_insert_only(table))
        make_external(table);
    else if (!check_transactional(table, capabilities, error))
        return NULL;
    return g_steal_pointer(&table);
}

/* --- access --- */

static CatalogAccess
access_by(gboolean writes, gboolean reads)
{
    return writes ? CATALOG_ACCESS_READ_WRITE : reads ? CATALOG_ACCESS_READ : CATALOG_ACCESS_NONE;
}

static CatalogAccess
access_external(const CatalogTable *table, CatalogCapabilities capabilities)
{
    if (table->storage && table->storage->bucket_count > 0)
        return access_by(can(capabilities, "HIVEBUCKET2"), TRUE);
    return access_by(can(capabilities, "EXTWRITE") && can(capabilities, "EXTREAD"),
                     can(capabilities, "EXTREAD"));
}

static CatalogAccess
access_managed(const CatalogTable *table, CatalogCapabilities capabilities)
{
    if (!catalog_map_is(table->parameters, "transactional", "true"))
        return CATALOG_ACCESS_READ_WRITE;
    if (is_insert_only(table))
        return access_by(
            can(capabilities, "HIVEMANAGEDINSERTWRITE") || can(capabilities, "CONNECTORWRITE"),
            can(capabilities, "HIVEMANAGEDINSERTREAD") || can(capabilities, "CONNECTORREAD"));
    return access_by(can(capabilities, "HIVEFULLACIDWRITE") || can(capabilities, "CONNECTORWRITE"),
                     can(capabilities, "HIVEFULLACIDREAD") || can(capabilities, "CONNECTORREAD"));
}

CatalogAccess
catalog_table_access(Catalog *catalog, const CatalogTable *table, CatalogCapabilities capabilities)
{
    if (!catalog->options.translate_managed_tables || !capabilities || !capabilities[0] ||
        strcmp(table->catalog, CATALOG_DEFAULT_NAME) != 0)
        return CATALOG_ACCESS_UNKNOWN;
    if (strcmp(table->hms_type, "EXTERNAL_TABLE") == 0)
        return access_external(table, capabilities);
    if (strcmp(table->hms_type, "MANAGED_TABLE") == 0)
        return access_managed(table, capabilities);
    if (strcmp(table->hms_type, "VIRTUAL_VIEW") == 0)
        return access_by(FALSE, can(capabilities, "HIVESQL") || can(capabilities, "CONNECTORREAD"));
    return access_by(
        FALSE, can(capabilities, "HIVEMQT") &&
                   (can(capabilities, "CONNECTORREAD") || can(capabilities, "HIVEFULLACIDREAD")));
}

CatalogTable *
catalog_table_create_dry(Catalog *catalog,
                         const CatalogTable *wanted,
                         CatalogCapabilities capabilities,
                         GError **error)
{
    g_autoptr(CatalogTable) translated =
        catalog_table_translate(catalog, wanted, capabilities, error);
    g_autoptr(CatalogTable) made =
        translated ? catalog_table_settle(catalog, translated, error) : NULL;

    return made && catalog_table_settle_place(catalog, made, error) ? g_steal_pointer(&made) : NULL;
}
