/* SPDX-License-Identifier: Apache-2.0 */
/* Pointers and files against one another: what is found, and the repair of one finding. Caller: the
 * table of routes. */
#include "rest_private.h"

#include "skep/catalog_fsck.h"

enum { FSCK_PAGE_DEFAULT = 50, FSCK_PAGE_MAX = 1000 };

static cJSON *
fsck_encode_finding(const CatalogFinding *finding)
{
    cJSON *object = cJSON_CreateObject();
    json_object_set_string(object, "kind", catalog_finding_kind_name(finding->kind));
    json_object_set_known_string(object, "name", finding->name);
    json_object_set_known_string(object, "location", finding->location);
    json_object_set_known_string(object, "target", finding->target);
    json_object_set_known_string(object, "repair", catalog_finding_repair_name(finding->kind));
    json_object_set_int64(object, "bytes", finding->bytes);
    json_object_set_int64(object, "modified-ms", finding->modified_ms);
    json_object_set_known_string(object, "message", finding->sentence);
    return object;
}

gboolean
rest_fsck_list(RestRequest *request, GError **error)
{
    CatalogPage page = {.page_token = rest_request_parameter(request, "pageToken"),
                        .page_size = FSCK_PAGE_DEFAULT};
    const char *namespace_name = rest_request_namespace(request, error);
    if (!namespace_name ||
        !rest_request_parameter_count(request, "pageSize", FSCK_PAGE_MAX, &page.page_size, error))
        return FALSE;
    if (page.page_token && !*page.page_token)
        page.page_token = NULL;
    g_autofree char *next_token = NULL;
    g_autoptr(GPtrArray) findings = catalog_fsck_page(request->catalog, request->places.prefix,
                                                      namespace_name, &page, &next_token, error);
    if (!findings)
        return FALSE;
    cJSON *body = cJSON_CreateObject();
    cJSON *array = cJSON_CreateArray();
    for (guint i = 0; i < findings->len; i++)
        json_array_append(array, fsck_encode_finding(g_ptr_array_index(findings, i)));
    json_object_set(body, "findings", array);
    json_object_set_known_string(body, "next-page-token", next_token);
    rest_reply_tree(request, 200, body);
    return TRUE;
}

static gboolean
fsck_decode_kind(const char *name, CatalogFindingKind *out_kind, GError **error)
{
    for (gint kind = 0; kind < CATALOG_FINDING_KINDS; kind++) {
        if (g_str_equal(name, catalog_finding_kind_name((CatalogFindingKind)kind))) {
            *out_kind = (CatalogFindingKind)kind;
            return TRUE;
        }
    }
    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, name, "There is no kind of finding \"%s\"",
                     name);
}

gboolean
rest_fsck_repair(RestRequest *request, GError **error)
{
    const char *namespace_name = rest_request_namespace(request, error);
    g_autoptr(cJSON) body = namespace_name ? rest_request_body(request, error) : NULL;
    const char *kind_name = NULL, *name = NULL, *location = NULL, *target = NULL;
    CatalogFindingKind kind = CATALOG_FINDING_POINTER_MISSING;
    if (!body || !json_get_string(body, "kind", &kind_name, error) ||
        !json_get_string(body, "name", &name, error) ||
        !json_get_string(body, "location", &location, error) ||
        !json_get_optional_string(body, "target", &target, error) ||
        !fsck_decode_kind(kind_name, &kind, error))
        return FALSE;
    g_autoptr(CatalogFinding) finding = catalog_finding_new(kind, namespace_name, name, location);
    finding->target = g_strdup(target);
    g_autofree char *did = NULL;
    if (!catalog_fsck_repair(request->catalog, &request->caller, request->places.prefix, finding,
                             &did, error))
        return FALSE;
    cJSON *answer = cJSON_CreateObject();
    json_object_set_string(answer, "did", did);
    rest_reply_tree(request, 200, answer);
    return TRUE;
}
