/* SPDX-License-Identifier: Apache-2.0 */
/* Iceberg tables: list, create, register, load, drop, rename and the metrics that clients report.
 * Commits are in table_commit.c, tables of every kind in inventory.c. Caller: the table of routes.
 */
#include "rest_private.h"

#include <string.h>

#include "skep/iceberg.h"
#include "skep/metrics.h"

gboolean
rest_table_reply_list(RestRequest *request, CatalogTableKind kind, GError **error)
{
    CatalogPage page;
    const char *name = rest_request_namespace(request, error);
    if (!name || !rest_request_page(request, &page, error))
        return FALSE;
    g_autoptr(CatalogNamespace) found =
        catalog_namespace_find(request->catalog, request->places.prefix, name, error);
    if (!found)
        return FALSE;
    const CatalogTableFilter filter = {.kind = (gint)kind};
    g_autofree char *next_token = NULL;
    g_autoptr(GPtrArray) names = catalog_table_list(request->catalog, request->places.prefix, name,
                                                    &filter, &page, &next_token, error);
    if (!names)
        return FALSE;
    g_autoptr(GString) levels = g_string_new(NULL);
    rest_encode_namespace(levels, found->name);
    GString *body = g_string_new("{\"identifiers\":[");
    for (guint i = 0; i < names->len; i++) {
        g_string_append(body, i > 0 ? ",{\"namespace\":" : "{\"namespace\":");
        g_string_append_len(body, levels->str, (gssize)levels->len);
        g_string_append(body, ",\"name\":");
        json_print_append_string(g_ptr_array_index(names, i), body);
        g_string_append_c(body, '}');
    }
    rest_encode_page_end(body, next_token);
    rest_reply_json(request, 200, body);
    return TRUE;
}

gboolean
rest_table_list(RestRequest *request, GError **error)
{
    return rest_table_reply_list(request, CATALOG_KIND_ICEBERG_TABLE, error);
}

/* The tag of one answer: a metadata file never changes, so its location says it all; the two shapes
 * of an answer differ. NULL for a staged table. */
static char *
table_entity_tag(const CatalogIcebergTable *table, gboolean only_refs)
{
    if (!table->metadata_location)
        return NULL;
    g_autofree char *digest =
        g_compute_checksum_for_string(G_CHECKSUM_SHA256, table->metadata_location, -1);
    return g_strdup_printf("\"%.32s%s\"", digest, only_refs ? "-refs" : "");
}

/* Splices the document's bytes into the answer: a megabyte is neither parsed nor copied, and a long
 * one goes from the disk to the client. `filtered`: the bytes for snapshots=refs; NULL for all. */
static void
table_reply_text(RestRequest *request,
                 const CatalogIcebergTable *table,
                 GBytes *filtered,
                 const char *after)
{
    GString *before = g_string_new("{");
    if (table->metadata_location) {
        g_string_append(before, "\"metadata-location\":");
        json_print_append_string(table->metadata_location, before);
        g_string_append_c(before, ',');
    }
    g_string_append(before, "\"metadata\":");
    if (!filtered && table->metadata_spool)
        rest_reply_spooled(request, 200, before, table->metadata_spool, after);
    else
        rest_reply_spliced(request, 200, before, filtered ? filtered : table->metadata, after);
    g_autofree char *tag = table_entity_tag(table, filtered != NULL);
    if (tag)
        rest_reply_header(request, MHD_HTTP_HEADER_ETAG, tag);
}

void
rest_table_reply_load(RestRequest *request, const CatalogIcebergTable *table)
{
    rest_keyed_show(request, table, ",\"config\":{}}");
    table_reply_text(request, table, NULL, ",\"config\":{}}");
}

void
rest_table_reply_commit(RestRequest *request, const CatalogIcebergTable *table)
{
    rest_keyed_show(request, table, "}");
    table_reply_text(request, table, NULL, "}");
}

gboolean
rest_table_create(RestRequest *request, GError **error)
{
    const char *namespace_name = rest_request_namespace(request, error);
    if (!namespace_name)
        return FALSE;
    g_autoptr(cJSON) body = rest_request_body(request, error);
    if (!body)
        return FALSE;
    g_autoptr(CatalogIcebergTable) table = catalog_iceberg_create(
        request->catalog, &request->caller, request->places.prefix, namespace_name, body, error);
    if (!table)
        return FALSE;
    rest_table_reply_load(request, table);
    return TRUE;
}

gboolean
rest_table_register(RestRequest *request, GError **error)
{
    const char *namespace_name = rest_request_namespace(request, error);
    if (!namespace_name)
        return FALSE;
    g_autoptr(cJSON) body = rest_request_body(request, error);
    const char *name = NULL, *location = NULL;
    gboolean overwrite = FALSE;
    if (!body || !json_get_string(body, "name", &name, error) ||
        !json_get_string(body, "metadata-location", &location, error) ||
        !json_get_optional_bool(body, "overwrite", &overwrite, error))
        return FALSE;
    g_autoptr(CatalogIcebergTable) table =
        catalog_iceberg_register(request->catalog, &request->caller, request->places.prefix,
                                 namespace_name, name, location, overwrite, error);
    if (!table)
        return FALSE;
    rest_table_reply_load(request, table);
    return TRUE;
}

/* snapshots=all|refs; absent means all. */
static gboolean
table_decode_snapshots(const RestRequest *request, gboolean *out_only_refs, GError **error)
{
    const char *mode = rest_request_parameter(request, "snapshots");
    if (!mode || !*mode || !g_ascii_strcasecmp(mode, "all"))
        *out_only_refs = FALSE;
    else if (!g_ascii_strcasecmp(mode, "refs"))
        *out_only_refs = TRUE;
    else
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "Parameter snapshots must be all or refs");
    return TRUE;
}

/* Is `tag` in a list of an If-None-Match header? Weak tags count as equal. */
static gboolean
table_tag_is_listed(const char *header, const char *tag)
{
    g_auto(GStrv) items = g_strsplit(header, ",", -1);
    for (gsize i = 0; items[i]; i++) {
        const char *item = g_strstrip(items[i]);
        if (g_str_has_prefix(item, "W/"))
            item += 2;
        if (!strcmp(item, tag) || !strcmp(item, "*"))
            return TRUE;
    }
    return FALSE;
}

/* Has the client, by its If-None-Match, this state of the table in this shape already? */
static gboolean
table_is_known(const RestRequest *request, const CatalogIcebergTable *table, gboolean only_refs)
{
    const char *known = rest_request_header(request, MHD_HTTP_HEADER_IF_NONE_MATCH);
    g_autofree char *tag = known ? table_entity_tag(table, only_refs) : NULL;
    return tag && table_tag_is_listed(known, tag);
}

static void
table_reply_unchanged(RestRequest *request, const CatalogIcebergTable *table, gboolean only_refs)
{
    g_autofree char *tag = table_entity_tag(table, only_refs);
    rest_reply_empty(request, MHD_HTTP_NOT_MODIFIED);
    rest_reply_header(request, MHD_HTTP_HEADER_ETAG, tag);
}

static gboolean
table_reply_refs(RestRequest *request, const CatalogIcebergTable *table, GError **error)
{
    g_autoptr(GBytes) whole = catalog_iceberg_table_text(table, error);
    if (!whole)
        return FALSE;
    gsize length = 0;
    const char *text = g_bytes_get_data(whole, &length);
    g_autoptr(cJSON) metadata = json_parse_object(text, length, length, error);
    if (!metadata)
        return FALSE;
    g_autoptr(cJSON) filtered = iceberg_table_filter_snapshots(metadata);
    char *printed = json_print_compact(filtered);
    g_autoptr(GBytes) bytes = g_bytes_new_take(printed, strlen(printed));
    table_reply_text(request, table, bytes, ",\"config\":{}}");
    return TRUE;
}

gboolean
rest_table_load(RestRequest *request, GError **error)
{
    gboolean only_refs = FALSE;
    const char *namespace_name = rest_request_namespace(request, error);
    if (!namespace_name || !table_decode_snapshots(request, &only_refs, error))
        return FALSE;
    /* Loaded even when the client has it already: "unchanged" must not hide that the file is gone.
     */
    g_autoptr(CatalogIcebergTable) table = catalog_iceberg_load(
        request->catalog, request->places.prefix, namespace_name, request->places.table, error);
    if (!table)
        return FALSE;
    if (table_is_known(request, table, only_refs))
        table_reply_unchanged(request, table, only_refs);
    else if (only_refs)
        return table_reply_refs(request, table, error);
    else
        rest_table_reply_load(request, table);
    return TRUE;
}

gboolean
rest_table_exists(RestRequest *request, GError **error)
{
    const char *namespace_name = rest_request_namespace(request, error);
    if (!namespace_name)
        return FALSE;
    g_autoptr(CatalogIcebergTable) found = catalog_iceberg_find(
        request->catalog, request->places.prefix, namespace_name, request->places.table, error);
    if (!found)
        return FALSE;
    rest_reply_empty(request, 204);
    return TRUE;
}

gboolean
rest_table_drop(RestRequest *request, GError **error)
{
    CatalogTableDropOptions options = {.kind = CATALOG_KIND_ICEBERG_TABLE};
    const char *namespace_name = rest_request_namespace(request, error);
    if (!namespace_name ||
        !rest_request_parameter_bool(request, "purgeRequested", &options.purge, error) ||
        !catalog_table_drop(request->catalog, request->places.prefix, namespace_name,
                            request->places.table, &options, error))
        return FALSE;
    rest_reply_empty(request, 204);
    return TRUE;
}

gboolean
rest_table_rename(RestRequest *request, GError **error)
{
    g_autoptr(cJSON) body = rest_request_body(request, error);
    g_autofree char *from_namespace = NULL;
    g_autofree char *to_namespace = NULL;
    const char *from_name = NULL, *to_name = NULL;
    if (!body || !rest_decode_identifier(body, "source", &from_namespace, &from_name, error) ||
        !rest_decode_identifier(body, "destination", &to_namespace, &to_name, error) ||
        !catalog_table_rename(request->catalog, request->places.prefix, from_namespace, from_name,
                              to_namespace, to_name, CATALOG_KIND_ICEBERG_TABLE, error))
        return FALSE;
    rest_reply_empty(request, 204);
    return TRUE;
}
