/* SPDX-License-Identifier: Apache-2.0 */
/* Iceberg tables: list, create, register, load, drop, rename and the metrics that clients report.
 * Commits are in table_commit.c, tables of every kind in inventory.c. Caller: the table of routes.
 */
#include "rest_private.h"

#include <string.h>

#include "skep/log.h"

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

/* How an answer shows a table: what its ETag and its members depend on beside the document. */
typedef struct {
    gboolean only_refs; /* it is the document for snapshots=refs */
    const char *mark;   /* of the access that is given; "" for none */
    const char *after;  /* what follows the document */
} TableShape;

#define SHAPE_PLAIN  ((TableShape){FALSE, "", ",\"config\":{}}"})
#define SHAPE_COMMIT ((TableShape){FALSE, "", "}"})

/* The tag of one answer, without its closing quote where `mark` is to be searched for: a metadata
 * file never changes, so its location says it all; the two shapes of an answer differ. NULL for a
 * staged table. */
static char *
table_entity_tag(const CatalogIcebergTable *table, gboolean only_refs, const char *mark)
{
    if (!table->metadata_location)
        return NULL;
    g_autofree char *digest =
        g_compute_checksum_for_string(G_CHECKSUM_SHA256, table->metadata_location, -1);
    return g_strdup_printf("\"%.32s%s%s\"", digest, only_refs ? "-refs" : "", mark);
}

/* Splices the document's bytes into the answer: a megabyte is neither parsed nor copied, and a long
 * one goes from the disk to the client. */
static void
table_reply_text(RestRequest *request, const CatalogIcebergTable *table, TableShape shape)
{
    GString *before = g_string_new("{");
    if (table->metadata_location) {
        g_string_append(before, "\"metadata-location\":");
        json_print_append_string(table->metadata_location, before);
        g_string_append_c(before, ',');
    }
    g_string_append(before, "\"metadata\":");
    if (table->metadata_spool)
        rest_reply_spooled(request, 200, before, table->metadata_spool, shape.after);
    else
        rest_reply_spliced(request, 200, before, table->metadata, shape.after);
    g_autofree char *tag = table_entity_tag(table, shape.only_refs, shape.mark);
    if (tag)
        rest_reply_header(request, MHD_HTTP_HEADER_ETAG, tag);
}

void
rest_table_reply_load(RestRequest *request, const CatalogIcebergTable *table)
{
    rest_keyed_show(request, table, SHAPE_PLAIN.after);
    table_reply_text(request, table, SHAPE_PLAIN);
}

void
rest_table_reply_commit(RestRequest *request, const CatalogIcebergTable *table)
{
    rest_keyed_show(request, table, SHAPE_COMMIT.after);
    table_reply_text(request, table, SHAPE_COMMIT);
}

/* With the access that `credentials` are. */
static void
table_reply_access(RestRequest *request,
                   const char *name,
                   const CatalogIcebergTable *table,
                   gboolean only_refs,
                   const CatalogCredentials *credentials)
{
    g_autofree char *mark = rest_delegation_mark(credentials);
    char *after = rest_delegation_encode(request, name, credentials);
    table_reply_text(request, table, (TableShape){only_refs, mark, after});
    rest_delegation_protect(request, credentials);
    explicit_bzero(after, strlen(after));
    g_free(after);
}

gboolean
rest_table_reply_made(RestRequest *request,
                      const char *name,
                      const CatalogIcebergTable *table,
                      GError **error)
{
    guint wants = rest_delegation_wants(request);
    g_autoptr(GError) failure = NULL;
    g_autoptr(CatalogCredentials) credentials =
        wants
            ? catalog_credentials_give(request->catalog, request->places.prefix,
                                       request->places.namespace_name, name, table, wants, &failure)
            : NULL;
    if (failure && !table->metadata_location) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    if (failure)
        log_warning("a table was made, and no access to its files is given",
                    log_string("request", request->id), log_error(failure));
    rest_table_reply_load(request, table);
    if (credentials)
        table_reply_access(request, name, table, FALSE, credentials);
    return TRUE;
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
    const char *name = NULL;
    return table && json_get_string(body, "name", &name, error) &&
           rest_table_reply_made(request, name, table, error);
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
    return table && rest_table_reply_made(request, name, table, error);
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

/* The tag among those listed that is `tag` with keys that may be used for a while yet: it says when
 * they expire. Transfer full; NULL: none. */
static char *
table_find_lasting_tag(const char *header, const char *tag)
{
    g_auto(GStrv) items = g_strsplit(header, ",", -1);
    g_autofree char *start = g_strndup(tag, strlen(tag) - 1); /* without the closing quote */
    for (char **listed = items; *listed; listed++) {
        const char *item = g_strstrip(*listed);
        char *end = NULL;
        if (g_str_has_prefix(item, "W/"))
            item += 2;
        if (!g_str_has_prefix(item, start))
            continue;
        gint64 expires_at_ms = g_ascii_strtoll(item + strlen(start), &end, 16);
        if (!strcmp(end, "\"") && catalog_credentials_last(expires_at_ms))
            return g_strdup(item);
    }
    return NULL;
}

/* Answers "unchanged" when the client, by its If-None-Match, has the table with the same access.
 * `mark`: of that access; with keys that expire it is the mark without the time. */
static gboolean
table_reply_unchanged(RestRequest *request,
                      const CatalogIcebergTable *table,
                      gboolean only_refs,
                      const char *mark)
{
    const char *known = rest_request_header(request, MHD_HTTP_HEADER_IF_NONE_MATCH);
    g_autofree char *tag = known ? table_entity_tag(table, only_refs, mark) : NULL;
    if (!tag)
        return FALSE;
    g_autofree char *same = !strcmp(mark, REST_DELEGATION_KEYS_MARK)
                                ? table_find_lasting_tag(known, tag)
                            : table_tag_is_listed(known, tag) ? g_strdup(tag)
                                                              : NULL;
    if (!same)
        return FALSE;
    rest_reply_empty(request, MHD_HTTP_NOT_MODIFIED);
    rest_reply_header(request, MHD_HTTP_HEADER_ETAG, same);
    return TRUE;
}

/* The access that a load asks for; keys that the client has already, and may go on with, are not
 * made anew: then a reply is set. */
static CatalogCredentials *
table_load_access(RestRequest *request,
                  const CatalogIcebergTable *table,
                  gboolean only_refs,
                  GError **error)
{
    guint wants = rest_delegation_wants(request);
    const RestPlaces *places = &request->places;
    StorageAccess mode = STORAGE_ACCESS_NONE;
    if (wants && !catalog_credentials_mode(request->catalog, places->prefix, wants, &mode, error))
        return NULL;
    if (mode == STORAGE_ACCESS_VENDED &&
        table_reply_unchanged(request, table, only_refs, REST_DELEGATION_KEYS_MARK))
        return g_new0(CatalogCredentials, 1);
    if (mode == STORAGE_ACCESS_NONE)
        return g_new0(CatalogCredentials, 1);
    return catalog_credentials_give(request->catalog, places->prefix, places->namespace_name,
                                    places->table, table, wants, error);
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
    g_autoptr(CatalogCredentials) access =
        table ? table_load_access(request, table, only_refs, error) : NULL;
    if (!access || request->response)
        return access != NULL;
    g_autofree char *mark = rest_delegation_mark(access);
    if (access->access != STORAGE_ACCESS_VENDED &&
        table_reply_unchanged(request, table, only_refs, mark))
        return TRUE;
    if (only_refs && !catalog_iceberg_table_keep_refs(request->catalog, table, error))
        return FALSE;
    table_reply_access(request, request->places.table, table, only_refs, access);
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
