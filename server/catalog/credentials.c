/* SPDX-License-Identifier: Apache-2.0 */
/* Access to the files of tables: which places, of whose warehouse, and by which means. Keys and
 * signatures themselves are the warehouse's. Caller: the REST door. */
#include "skep/catalog_credentials.h"

#include <string.h>

#include "iceberg_private.h"
#include "skep/metrics.h"
#include "skep/warehouse_access.h"
#include "warehouses.h"

/* Keys that a client has are good for another while: it may be about to write a large file. */
#define KEYS_LEFT_MS (5 * 60 * 1000)
/* A staged table is committed within this, or signed for no more. */
#define STAGED_LIFETIME_S (12 * 60 * 60)
/* So long after a drop its files may be looked at and deleted: Spark's DROP TABLE ... PURGE drops
 * first. */
#define PURGE_LIFETIME_MS (60 * 60 * 1000)
/* So many parts of a key are looked at for the place of its table. */
#define PLACES_MAX 64

static Metric given_total = METRIC_COUNTER(
    "skep_vended_credentials_total", "Access to a table's files that clients were given.", "mode");
static Metric signed_total = METRIC_COUNTER("skep_signed_requests_total",
                                            "Requests to object stores that clients sent to be "
                                            "signed.",
                                            "result");

void
catalog_credentials_free(CatalogCredentials *credentials)
{
    if (!credentials)
        return;
    if (credentials->secret_access_key)
        explicit_bzero(credentials->secret_access_key, strlen(credentials->secret_access_key));
    g_free(credentials->prefix);
    g_free(credentials->region);
    g_free(credentials->endpoint);
    g_free(credentials->access_key_id);
    g_free(credentials->secret_access_key);
    g_free(credentials->session_token);
    g_free(credentials->staged);
    g_free(credentials);
}

/* --- what is given --- */

static StorageAccess
choose(const Warehouse *warehouse, guint wants)
{
    WarehouseAccess *access = warehouse_access(warehouse);
    StorageAccess mode = access ? warehouse_access_profile(access)->access : STORAGE_ACCESS_NONE;
    switch (mode) {
    case STORAGE_ACCESS_NONE:
        return STORAGE_ACCESS_NONE;
    case STORAGE_ACCESS_STATIC:
    case STORAGE_ACCESS_VENDED:
        return wants & CATALOG_WANTS_KEYS ? mode : STORAGE_ACCESS_NONE;
    case STORAGE_ACCESS_SIGNED:
        return wants ? mode : STORAGE_ACCESS_NONE;
    }
    g_assert_not_reached();
}

static const char *
mode_name(StorageAccess access)
{
    return access == STORAGE_ACCESS_STATIC   ? "static"
           : access == STORAGE_ACCESS_VENDED ? "vended"
                                             : "signed";
}

gboolean
catalog_credentials_mode(Catalog *catalog,
                         const char *catalog_name,
                         guint wants,
                         StorageAccess *out_access,
                         GError **error)
{
    g_autofree char *folded = catalog_name_fold_catalog(catalog_name, error);
    g_autoptr(Warehouse) warehouse = folded ? catalog_warehouse(catalog, folded, error) : NULL;
    if (!warehouse)
        return FALSE;
    *out_access = choose(warehouse, wants);
    return TRUE;
}

gboolean
catalog_credentials_last(gint64 expires_at_ms)
{
    return expires_at_ms - catalog_now_ms() >= KEYS_LEFT_MS;
}

/* --- places --- */

/* Allowed now, and not so wide that other tables lie below it. */
static gboolean
check_place(const Warehouse *warehouse, const char *place, GError **error)
{
    const char *roots[] = {warehouse_root(warehouse), warehouse_external_root(warehouse)};
    if (!warehouse_location_check(warehouse, place, error))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(roots); i++)
        if (warehouse_location_is_under(roots[i], place))
            return skep_fail(error, SKEP_ERROR_FORBIDDEN, NULL,
                             "No access is given to location '%.200s': the whole warehouse lies "
                             "below it",
                             place);
    return TRUE;
}

/* The table's places, each of them checked. char*, ended by NULL. */
static GPtrArray *
collect_places(const Warehouse *warehouse, const cJSON *document, GError **error)
{
    g_autoptr(GPtrArray) places = g_ptr_array_new_with_free_func(g_free);
    const char *location;
    if (!json_get_string(document, "location", &location, error) ||
        !check_place(warehouse, location, error))
        return NULL;
    g_ptr_array_add(places, g_strdup(location));
    for (gsize i = 0; i < CATALOG_ACCESS_KEYS; i++) {
        const char *path = iceberg_property(document, catalog_access_keys[i]);
        if (!path)
            continue;
        if (!check_place(warehouse, path, error))
            return NULL;
        if (!warehouse_location_is_under(path, location))
            g_ptr_array_add(places, g_strdup(path));
    }
    g_ptr_array_add(places, NULL);
    return g_steal_pointer(&places);
}

/* Of a document that is too long to be read for this, from its row, which says the same. */
static GPtrArray *
places_of_row(Catalog *catalog,
              const Warehouse *warehouse,
              const CatalogTableName *name,
              GError **error)
{
    g_autoptr(CatalogTable) row =
        catalog_table_find(catalog, name->catalog, name->namespace_name, name->table, error);
    g_autoptr(cJSON) document = cJSON_CreateObject();
    cJSON *properties = cJSON_CreateObject();
    GHashTableIter iter;
    gpointer key, value;
    json_object_set(document, "properties", properties);
    if (!row)
        return NULL;
    json_object_set_string(document, "location", row->location ? row->location : "");
    g_hash_table_iter_init(&iter, row->parameters);
    while (g_hash_table_iter_next(&iter, &key, &value))
        json_object_set_string(properties, key, value);
    return collect_places(warehouse, document, error);
}

static GPtrArray *
places_of_text(const Warehouse *warehouse, GBytes *text, GError **error)
{
    gsize length = 0;
    const char *bytes = g_bytes_get_data(text, &length);
    g_autoptr(cJSON) document = iceberg_table_places(bytes, length, error);
    return document ? collect_places(warehouse, document, error) : NULL;
}

/* What all places begin with, up to a slash; of places in several buckets only their scheme. */
static char *
common_prefix(const GPtrArray *places)
{
    GString *prefix = g_string_new(g_ptr_array_index(places, 0));
    if (!g_str_has_suffix(prefix->str, "/"))
        g_string_append_c(prefix, '/');
    for (guint i = 1; g_ptr_array_index(places, i); i++) {
        const char *other = g_ptr_array_index(places, i);
        gsize n = 0;
        while (n < prefix->len && prefix->str[n] == other[n])
            n++;
        while (n > 0 && prefix->str[n - 1] != '/')
            n--;
        g_string_truncate(prefix, n);
    }
    if (prefix->len <= strlen("s3://"))
        g_string_assign(prefix, "s3");
    return g_string_free(prefix, FALSE);
}

/* --- staged tables --- */

/* Who may be asked to sign for a table that is not stored anywhere: the answer to its create says
 * which places it will have, under a seal that every server of this warehouse can check. */
static char *
staged_new(WarehouseAccess *access,
           const CatalogTableName *name,
           const GPtrArray *places,
           GError **error)
{
    g_autoptr(cJSON) claim = cJSON_CreateObject();
    g_autofree char *dotted = catalog_name_dotted(name->namespace_name, name->table);
    cJSON *list = cJSON_CreateArray();
    for (guint i = 0; g_ptr_array_index(places, i); i++)
        json_array_append_string(list, g_ptr_array_index(places, i));
    json_object_set_string(claim, "catalog", name->catalog);
    json_object_set_string(claim, "table", dotted);
    json_object_set(claim, "places", list);
    json_object_set_int64(claim, "until", catalog_now_s() + STAGED_LIFETIME_S);
    g_autofree char *text = json_print_compact(claim);
    g_autofree char *seal = warehouse_access_seal(access, text, error);
    if (!seal)
        return NULL;
    g_autofree char *encoded = g_base64_encode((const guchar *)text, strlen(text));
    for (char *c = encoded; *c; c++)
        *c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
    g_strdelimit(encoded, "=", '.');
    return g_strconcat(encoded, "~", seal, NULL);
}

static cJSON *
staged_open(WarehouseAccess *access, const char *staged, GError **error)
{
    const char *seal = strchr(staged, '~');
    g_autofree char *encoded = seal ? g_strndup(staged, (gsize)(seal - staged)) : g_strdup("");
    gsize length = 0;
    for (char *c = encoded; *c; c++)
        *c = *c == '-' ? '+' : *c == '_' ? '/' : *c == '.' ? '=' : *c;
    g_autofree guchar *bytes = g_base64_decode(encoded, &length);
    g_autofree char *text = g_strndup((const char *)bytes, length);
    g_autofree char *own = warehouse_access_seal(access, text, error);
    if (!own)
        return NULL;
    guint different = !seal || strlen(own) != strlen(seal + 1);
    for (gsize i = 0; !different && own[i]; i++)
        different |= (guint)(own[i] ^ seal[1 + i]);
    if (different)
        return skep_fail_null(error, SKEP_ERROR_FORBIDDEN, NULL,
                              "What shows a staged table was not made by this warehouse");
    return json_parse_object(text, length, length, error);
}

/* The places of a staged table, checked like those of any other. */
static GPtrArray *
staged_places(const Warehouse *warehouse,
              const CatalogTableName *name,
              const char *staged,
              GError **error)
{
    g_autoptr(cJSON) claim = staged_open(warehouse_access(warehouse), staged, error);
    g_autofree char *dotted = catalog_name_dotted(name->namespace_name, name->table);
    const char *catalog_name, *table;
    cJSON *list, *item;
    gint64 until;
    if (!claim || !json_get_string(claim, "catalog", &catalog_name, error) ||
        !json_get_string(claim, "table", &table, error) ||
        !json_get_string_array(claim, "places", &list, error) ||
        !json_get_int64(claim, "until", &until, error))
        return NULL;
    if (strcmp(catalog_name, name->catalog) != 0 || strcmp(table, dotted) != 0 ||
        until < catalog_now_s())
        return skep_fail_null(error, SKEP_ERROR_FORBIDDEN, NULL,
                              "What shows a staged table is of another table, or too old");
    g_autoptr(GPtrArray) places = g_ptr_array_new_with_free_func(g_free);
    cJSON_ArrayForEach(item, list)
    {
        if (!check_place(warehouse, item->valuestring, error))
            return NULL;
        g_ptr_array_add(places, g_strdup(item->valuestring));
    }
    g_ptr_array_add(places, NULL);
    return g_steal_pointer(&places);
}

/* --- giving --- */

static gboolean
add_keys(CatalogCredentials *credentials,
         WarehouseAccess *access,
         const GPtrArray *places,
         GError **error)
{
    const WarehouseScope scope = {(const char *const *)places->pdata, TRUE};
    g_autoptr(WarehouseKeys) keys = warehouse_access_keys(access, &scope, error);
    if (!keys)
        return FALSE;
    credentials->access_key_id = g_steal_pointer(&keys->access_key_id);
    credentials->secret_access_key = g_steal_pointer(&keys->secret_access_key);
    credentials->session_token = g_steal_pointer(&keys->session_token);
    credentials->expires_at_ms = keys->expires_at_ms;
    return TRUE;
}

static CatalogCredentials *
credentials_new(const StorageProfile *profile, const GPtrArray *places)
{
    CatalogCredentials *credentials = g_new0(CatalogCredentials, 1);
    credentials->access = profile->access;
    credentials->prefix = common_prefix(places);
    credentials->region = g_strdup(profile->region);
    credentials->endpoint =
        g_strdup(profile->endpoint_external ? profile->endpoint_external : profile->endpoint);
    credentials->path_style = profile->path_style;
    return credentials;
}

static gboolean
is_in_object_store(const GPtrArray *places)
{
    for (guint i = 0; g_ptr_array_index(places, i); i++)
        if (g_ascii_strncasecmp(g_ptr_array_index(places, i), "s3", 2) != 0)
            return FALSE;
    return TRUE;
}

CatalogCredentials *
catalog_credentials_give(Catalog *catalog,
                         const char *catalog_name,
                         const char *namespace_name,
                         const char *name,
                         const CatalogIcebergTable *table,
                         guint wants,
                         GError **error)
{
    g_auto(CatalogTableName) folded = {0};
    if (!catalog_table_name_fold(&folded, catalog_name, namespace_name, name, error))
        return NULL;
    g_autoptr(Warehouse) warehouse = catalog_warehouse(catalog, folded.catalog, error);
    if (!warehouse)
        return NULL;
    if (choose(warehouse, wants) == STORAGE_ACCESS_NONE)
        return g_new0(CatalogCredentials, 1);
    WarehouseAccess *access = warehouse_access(warehouse);
    g_autoptr(GPtrArray) places = table->metadata
                                      ? places_of_text(warehouse, table->metadata, error)
                                      : places_of_row(catalog, warehouse, &folded, error);
    if (!places)
        return NULL;
    if (!is_in_object_store(places))
        return g_new0(CatalogCredentials, 1);
    if (!catalog_places_check_apart(catalog, &folded, (const char *const *)places->pdata,
                                    CATALOG_APART_GIVEN, error))
        return NULL;
    g_autoptr(CatalogCredentials) credentials =
        credentials_new(warehouse_access_profile(access), places);
    if (credentials->access != STORAGE_ACCESS_SIGNED &&
        !add_keys(credentials, access, places, error))
        return NULL;
    if (credentials->access == STORAGE_ACCESS_SIGNED && !table->metadata_location) {
        credentials->staged = staged_new(access, &folded, places, error);
        if (!credentials->staged)
            return NULL;
    }
    metric_add(metric_series(&given_total, METRIC_LABELS(mode_name(credentials->access))), 1);
    return g_steal_pointer(&credentials);
}

/* --- signing --- */

/* Of a table as it is stored. A signature is asked for with each of its files, so a document that
 * is in memory is not asked for in the store again. */
static GPtrArray *
stored_places(Catalog *catalog,
              const Warehouse *warehouse,
              const CatalogTableName *name,
              GError **error)
{
    g_autoptr(CatalogIcebergTable) table =
        catalog_iceberg_find(catalog, name->catalog, name->namespace_name, name->table, error);
    if (!table)
        return NULL;
    g_autoptr(MetadataDocument) document = metadata_cache_find(
        catalog->documents, warehouse_serial(warehouse), table->metadata_location);
    if (!document)
        document = catalog_metadata_load(catalog, name->catalog, table->metadata_location, error);
    if (!document)
        return NULL;
    return document->text ? places_of_text(warehouse, document->text, error)
                          : places_of_row(catalog, warehouse, name, error);
}

/* The place of a table that was dropped a moment ago by whoever now deletes its files. NULL without
 * an error: there is none, or nothing is to be deleted. */
static GPtrArray *
dropped_places(Catalog *catalog,
               const Warehouse *warehouse,
               const CatalogTableName *name,
               const StorageSignRequest *request,
               GError **error)
{
    static const char *const methods[] = {"GET", "HEAD", "DELETE", NULL};
    gboolean is_batch = request->body && strcmp(request->method, "POST") == 0;
    g_autofree char *location = NULL;
    if ((!is_batch && !g_strv_contains(methods, request->method)) ||
        !store_table_drop_find_place(catalog->store, name->catalog, name->namespace_name,
                                     name->table, catalog_now_ms() - PURGE_LIFETIME_MS, &location,
                                     error) ||
        !location || !check_place(warehouse, location, error))
        return NULL;
    GPtrArray *places = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(places, g_steal_pointer(&location));
    g_ptr_array_add(places, NULL);
    return places;
}

static GPtrArray *
find_places(Catalog *catalog,
            const Warehouse *warehouse,
            const CatalogTableName *name,
            const char *staged,
            const StorageSignRequest *request,
            GError **error)
{
    g_autoptr(GError) missing = NULL;
    g_autoptr(GError) failure = NULL;
    GPtrArray *places = stored_places(catalog, warehouse, name, &missing);
    if (places)
        return places;
    if (staged && skep_error_fact(missing) == SKEP_ERROR_NO_SUCH_TABLE)
        return staged_places(warehouse, name, staged, error);
    if (skep_error_fact(missing) == SKEP_ERROR_NO_SUCH_TABLE)
        places = dropped_places(catalog, warehouse, name, request, &failure);
    if (!places)
        g_propagate_error(error, failure ? g_steal_pointer(&failure) : g_steal_pointer(&missing));
    return places;
}

static GPtrArray *
sign(Catalog *catalog,
     const CatalogTableName *name,
     const char *staged,
     const StorageSignRequest *request,
     gboolean *out_cacheable,
     GError **error)
{
    g_autoptr(Warehouse) warehouse = catalog_warehouse(catalog, name->catalog, error);
    if (!warehouse)
        return NULL;
    if (choose(warehouse, CATALOG_WANTS_SIGNATURES) != STORAGE_ACCESS_SIGNED)
        return skep_fail_null(error, SKEP_ERROR_UNSUPPORTED, NULL,
                              "The warehouse of this table does not sign requests");
    g_autoptr(GPtrArray) places = find_places(catalog, warehouse, name, staged, request, error);
    if (!places || !catalog_places_check_apart(catalog, name, (const char *const *)places->pdata,
                                               CATALOG_APART_GIVEN, error))
        return NULL;
    const WarehouseScope scope = {(const char *const *)places->pdata, TRUE};
    return warehouse_access_sign(warehouse_access(warehouse), &scope, request, out_cacheable,
                                 error);
}

GPtrArray *
catalog_credentials_sign(Catalog *catalog,
                         const char *catalog_name,
                         const char *namespace_name,
                         const char *name,
                         const char *staged,
                         const StorageSignRequest *request,
                         gboolean *out_cacheable,
                         GError **error)
{
    g_auto(CatalogTableName) folded = {0};
    if (!catalog_table_name_fold(&folded, catalog_name, namespace_name, name, error))
        return NULL;
    GPtrArray *headers = sign(catalog, &folded, staged, request, out_cacheable, error);
    metric_add(metric_series(&signed_total, METRIC_LABELS(headers ? "signed" : "refused")), 1);
    return headers;
}

/* A place and those above it, down to the bucket's first folder; of very deep ones the upper part,
 * where tables are. char*. */
static GPtrArray *
places_above(const char *place)
{
    g_autoptr(GPtrArray) places = g_ptr_array_new_with_free_func(g_free);
    const char *slash = strchr(place + strlen("s3://"), '/');
    while (slash && places->len < PLACES_MAX) {
        slash = strchr(slash + 1, '/');
        g_ptr_array_add(places, slash ? g_strndup(place, (gsize)(slash - place)) : g_strdup(place));
    }
    return g_steal_pointer(&places);
}

/* Whose a request is: the table's with the longest place that holds what it is about. */
static gboolean
find_owner(Catalog *catalog, CatalogTableName *name, const char *place, GError **error)
{
    g_autoptr(GPtrArray) places = places_above(place);
    StoreTablePlace found;
    if (!store_table_find_by_places(catalog->store, name->catalog, places, &found, error))
        return FALSE;
    name->namespace_name = found.namespace_name;
    name->table = found.name;
    return (found.name && found.kind == CATALOG_KIND_ICEBERG_TABLE) ||
           skep_fail(error, SKEP_ERROR_FORBIDDEN, NULL,
                     "No signature for '%.300s': no Iceberg table of catalog %s, or more than one, "
                     "has it",
                     place, name->catalog);
}

static GPtrArray *
sign_by_place(Catalog *catalog,
              const char *catalog_name,
              const StorageSignRequest *request,
              gboolean *out_cacheable,
              GError **error)
{
    g_auto(CatalogTableName) name = {.catalog = catalog_name_fold_catalog(catalog_name, error)};
    g_autoptr(CatalogInfo) info =
        name.catalog ? catalog_info_find(catalog, name.catalog, error) : NULL;
    g_autoptr(Warehouse) warehouse = info ? catalog_warehouse(catalog, name.catalog, error) : NULL;
    if (!warehouse)
        return NULL;
    if (choose(warehouse, CATALOG_WANTS_SIGNATURES) != STORAGE_ACCESS_SIGNED)
        return skep_fail_null(error, SKEP_ERROR_UNSUPPORTED, NULL,
                              "The warehouse of catalog %s does not sign requests", name.catalog);
    g_autofree char *place =
        warehouse_access_sign_place(warehouse_access(warehouse), request, error);
    if (!place || !find_owner(catalog, &name, place, error))
        return NULL;
    return sign(catalog, &name, NULL, request, out_cacheable, error);
}

GPtrArray *
catalog_credentials_sign_by_place(Catalog *catalog,
                                  const char *catalog_name,
                                  const StorageSignRequest *request,
                                  gboolean *out_cacheable,
                                  GError **error)
{
    GPtrArray *headers = sign_by_place(catalog, catalog_name, request, out_cacheable, error);
    metric_add(metric_series(&signed_total, METRIC_LABELS(headers ? "signed" : "refused")), 1);
    return headers;
}
