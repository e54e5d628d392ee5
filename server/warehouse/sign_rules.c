/* SPDX-License-Identifier: Apache-2.0 */
/* Judges requests that clients want signed, by one table of operations and one of headers. What is
 * in neither is refused. Caller: sign_request.c. */
#include "sign_rules.h"

#include <string.h>

#include "warehouse_private.h"

#define QUERY_MAX 10

typedef enum {
    SIGN_OBJECT,  /* the key lies within the scope */
    SIGN_LISTING, /* the bucket; the prefix lies within the scope */
    SIGN_BATCH    /* the bucket; all keys of the body do */
} SignKind;

typedef struct {
    const char *method;
    SignKind kind;
    gboolean changes;
    const char *needs[3];       /* of the query */
    const char *may[QUERY_MAX]; /* further ones */
} SignOperation;

static const SignOperation operations[] = {
    {"GET",    SIGN_OBJECT, FALSE, {NULL},                     {"partNumber", "x-id"}                     },
    {"HEAD",   SIGN_OBJECT, FALSE, {NULL},                     {"partNumber", "x-id"}                     },
    {"PUT",    SIGN_OBJECT, TRUE,  {NULL},                     {"x-id"}                                   },
    {"DELETE", SIGN_OBJECT, TRUE,  {NULL},                     {"x-id"}                                   },
    {"POST",   SIGN_OBJECT, TRUE,  {"uploads"},                {"x-id"}                                   },
    {"PUT",    SIGN_OBJECT, TRUE,  {"uploadId", "partNumber"}, {"x-id"}                                   },
    {"POST",   SIGN_OBJECT, TRUE,  {"uploadId"},               {"x-id"}                                   },
    {"DELETE", SIGN_OBJECT, TRUE,  {"uploadId"},               {"x-id"}                                   },
    {"GET",    SIGN_OBJECT, TRUE,  {"uploadId"},               {"max-parts", "part-number-marker", "x-id"}},
    {"POST",   SIGN_BATCH,  TRUE,  {"delete"},                 {"x-id"}                                   },
    {"GET",
     SIGN_LISTING,          FALSE,
     {"prefix"},
     {"list-type", "delimiter", "continuation-token", "start-after", "marker", "max-keys",
      "encoding-type", "fetch-owner", "x-id"}                                                             },
};

/* Headers of "x-amz-" that leave an operation what it is; a '*' at the end is any rest. */
static const char *const amz_headers[] = {
    "x-amz-checksum-*",
    "x-amz-content-sha256",
    "x-amz-copy-source", /* judged below */
    "x-amz-copy-source-if-*",
    "x-amz-copy-source-range",
    "x-amz-date",
    "x-amz-decoded-content-length",
    "x-amz-expected-bucket-owner",
    "x-amz-meta-*",
    "x-amz-metadata-directive",
    "x-amz-request-payer",
    "x-amz-sdk-*",
    "x-amz-server-side-encryption*",
    "x-amz-source-expected-bucket-owner",
    "x-amz-storage-class",
    "x-amz-te",
    "x-amz-trailer",
    "x-amz-user-agent",
};

const char *const sign_rules_absent_headers[] = {
    "x-amz-acl",
    "x-amz-bypass-governance-retention",
    "x-amz-copy-source",
    "x-amz-grant-full-control",
    "x-amz-grant-read",
    "x-amz-grant-read-acp",
    "x-amz-grant-write",
    "x-amz-grant-write-acp",
    "x-amz-tagging",
    "x-amz-website-redirect-location",
    NULL,
};

void
sign_verdict_clear(SignVerdict *verdict)
{
    g_clear_pointer(&verdict->target, sign_target_free);
}

gboolean
sign_rules_header_is_signed(const char *name)
{
    return !g_ascii_strncasecmp(name, "x-amz-", 6) || !g_ascii_strcasecmp(name, "content-md5") ||
           !g_ascii_strcasecmp(name, "content-type");
}

/* --- the scope --- */

/* Below one of the locations: a key that is as long as the location's own is beside it. */
static gboolean
scope_holds(const WarehouseScope *scope, const char *bucket, const char *key)
{
    for (gsize i = 0; scope->locations[i]; i++) {
        g_autoptr(WarehouseLocation) location = warehouse_location_parse(scope->locations[i], NULL);
        gsize length = location ? strlen(location->path) : 0;
        if (length > 0 && location->scheme == WAREHOUSE_SCHEME_S3 &&
            !strcmp(location->bucket, bucket) && !strncmp(key, location->path, length) &&
            key[length] == '/')
            return TRUE;
    }
    return FALSE;
}

static gboolean
fail_outside(GError **error, const char *bucket, const char *key)
{
    return skep_fail(error, SKEP_ERROR_FORBIDDEN, NULL,
                     "No signature for 's3://%.100s/%.200s': it is outside the table", bucket, key);
}

/* --- the operation --- */

static gboolean
name_is_in(const char *const *names, gsize n, const char *name)
{
    for (gsize i = 0; i < n && names[i]; i++)
        if (!strcmp(names[i], name))
            return TRUE;
    return FALSE;
}

static const char *
query_value(const GPtrArray *query, const char *name)
{
    for (guint i = 0; i < query->len; i++) {
        const StorageHeader *pair = g_ptr_array_index(query, i);
        if (!strcmp(pair->name, name))
            return pair->value;
    }
    return NULL;
}

static gboolean
operation_fits(const SignOperation *operation, const char *method, const SignTarget *target)
{
    if (strcmp(operation->method, method) != 0 ||
        (operation->kind == SIGN_OBJECT) != (*target->key != '\0'))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(operation->needs) && operation->needs[i]; i++)
        if (!query_value(target->query, operation->needs[i]))
            return FALSE;
    for (guint i = 0; i < target->query->len; i++) {
        const StorageHeader *pair = g_ptr_array_index(target->query, i);
        if (!name_is_in(operation->needs, G_N_ELEMENTS(operation->needs), pair->name) &&
            !name_is_in(operation->may, G_N_ELEMENTS(operation->may), pair->name))
            return FALSE;
    }
    return TRUE;
}

static const SignOperation *
find_operation(const StorageSignRequest *request, const SignTarget *target, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(operations); i++)
        if (operation_fits(&operations[i], request->method, target))
            return &operations[i];
    return skep_fail_null(error, SKEP_ERROR_FORBIDDEN, NULL,
                          "No signature for %.20s '%.200s': tables need no such request",
                          request->method, request->uri);
}

/* --- the headers --- */

static gboolean
amz_header_is_known(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(amz_headers); i++) {
        gsize length = strlen(amz_headers[i]);
        if (amz_headers[i][length - 1] == '*'
                ? !g_ascii_strncasecmp(name, amz_headers[i], length - 1)
                : !g_ascii_strcasecmp(name, amz_headers[i]))
            return TRUE;
    }
    return FALSE;
}

/* "bucket/key" or "/bucket/key", encoded, as it is in the header. */
static gboolean
check_copy_source(const StorageProfile *profile,
                  const WarehouseScope *scope,
                  const char *value,
                  GError **error)
{
    StorageProfile plain = *profile;
    g_autofree char *uri = NULL;
    plain.path_style = TRUE;
    plain.endpoint = (char *)"http://s";
    plain.endpoint_external = NULL;
    uri = g_strconcat("http://s/", *value == '/' ? value + 1 : value, NULL);
    g_autoptr(SignTarget) source = sign_target_parse(&plain, uri, error);
    if (!source)
        return FALSE;
    if (source->query->len > 0 || !scope_holds(scope, source->bucket, source->key))
        return fail_outside(error, source->bucket, source->key);
    return TRUE;
}

static gboolean
check_payload(const char *value, GError **error)
{
    if (!strcmp(value, "UNSIGNED-PAYLOAD") || !strcmp(value, "required") ||
        !strcmp(value, "STREAMING-UNSIGNED-PAYLOAD-TRAILER"))
        return TRUE;
    if (strlen(value) == 64 && strspn(value, "0123456789abcdef") == 64)
        return TRUE;
    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                     "No signature for a payload of kind '%.60s': its chunks would need keys",
                     value);
}

static gboolean
check_header(const StorageProfile *profile,
             const WarehouseScope *scope,
             const SignTarget *target,
             const StorageHeader *header,
             GError **error)
{
    for (const char *c = header->value; *c; c++)
        if ((guchar)*c < 0x20 || *c == 0x7f)
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                             "Header %.60s has control characters", header->name);
    if (!g_ascii_strcasecmp(header->name, "host") &&
        g_ascii_strcasecmp(header->value, target->host) != 0)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "Header Host names another host than the URI");
    if (g_ascii_strncasecmp(header->name, "x-amz-", 6) != 0)
        return TRUE;
    if (!amz_header_is_known(header->name))
        return skep_fail(error, SKEP_ERROR_FORBIDDEN, NULL,
                         "No signature for a request with header %.60s", header->name);
    if (!g_ascii_strcasecmp(header->name, "x-amz-copy-source"))
        return check_copy_source(profile, scope, header->value, error);
    if (!g_ascii_strcasecmp(header->name, "x-amz-content-sha256"))
        return check_payload(header->value, error);
    return TRUE;
}

/* Two of one name may be read as the first, the last or both. */
static gboolean
check_headers(const StorageProfile *profile,
              const WarehouseScope *scope,
              const SignTarget *target,
              const GPtrArray *headers,
              GError **error)
{
    for (guint i = 0; i < headers->len; i++) {
        const StorageHeader *header = g_ptr_array_index(headers, i);
        if (!check_header(profile, scope, target, header, error))
            return FALSE;
        for (guint j = 0; j < i && sign_rules_header_is_signed(header->name); j++) {
            const StorageHeader *other = g_ptr_array_index(headers, j);
            if (!g_ascii_strcasecmp(other->name, header->name))
                return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                                 "Header %.60s is there twice", header->name);
        }
    }
    return TRUE;
}

/* --- the body of a batch deletion --- */

typedef struct {
    const WarehouseScope *scope;
    const char *bucket;
    GString *key;   /* being read */
    GString *first; /* the first one; without a scope that is all there is to learn */
    guint keys;
    guint roots;
} BatchReader;

static void
batch_start(GMarkupParseContext *context,
            const char *name,
            const char **attributes G_GNUC_UNUSED,
            const char **values G_GNUC_UNUSED,
            gpointer data,
            GError **error)
{
    BatchReader *reader = data;
    static const struct {
        const char *name;
        const char *parent;
    } known[] = {
        {"Delete", NULL    },
        {"Quiet",  "Delete"},
        {"Object", "Delete"},
        {"Key",    "Object"},
    };
    const GSList *stack = g_markup_parse_context_get_element_stack(context);
    const char *parent = stack->next ? stack->next->data : NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        if (strcmp(known[i].name, name) != 0 || g_strcmp0(known[i].parent, parent) != 0)
            continue;
        if (!parent && reader->roots++ > 0)
            break;
        if (!strcmp(name, "Key"))
            g_string_truncate(reader->key, 0);
        return;
    }
    skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
              "A batch deletion has an element %.60s where none may be", name);
}

static void
batch_end(GMarkupParseContext *context G_GNUC_UNUSED,
          const char *name,
          gpointer data,
          GError **error)
{
    BatchReader *reader = data;
    if (strcmp(name, "Key") != 0)
        return;
    if (reader->keys++ == 0)
        g_string_assign(reader->first, reader->key->str);
    if (!reader->scope)
        return;
    if (!scope_holds(reader->scope, reader->bucket, reader->key->str) ||
        sign_target_has_dot_part(reader->key->str))
        fail_outside(error, reader->bucket, reader->key->str);
}

static void
batch_text(GMarkupParseContext *context,
           const char *text,
           gsize length,
           gpointer data,
           GError **error G_GNUC_UNUSED)
{
    BatchReader *reader = data;
    if (!strcmp(g_markup_parse_context_get_element(context), "Key"))
        g_string_append_len(reader->key, text, (gssize)length);
}

/* A declaration, and nothing else beside the elements. */
static void
batch_passthrough(GMarkupParseContext *context,
                  const char *text,
                  gsize length,
                  gpointer data G_GNUC_UNUSED,
                  GError **error)
{
    g_autofree char *plain = g_ascii_strdown(text, (gssize)length);
    if (!g_markup_parse_context_get_element_stack(context) && g_str_has_prefix(plain, "<?xml ") &&
        (!strstr(plain, "encoding") || strstr(plain, "utf-8")))
        return;
    skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
              "A batch deletion has something beside elements and text");
}

/* scope NULL: nothing is judged. The first key goes to `first`. */
static gboolean
read_batch(const WarehouseScope *scope,
           const char *bucket,
           const char *body,
           GString *first,
           GError **error)
{
    static const GMarkupParser parser = {batch_start, batch_end, batch_text, batch_passthrough,
                                         NULL};
    g_autoptr(GString) key = g_string_new(NULL);
    BatchReader reader = {.scope = scope, .bucket = bucket, .key = key, .first = first};
    g_autoptr(GError) failure = NULL;
    if (!body || !*body)
        return skep_fail(error, SKEP_ERROR_FORBIDDEN, NULL,
                         "No signature for a batch deletion whose body is not shown: its keys "
                         "cannot be checked");
    g_autoptr(GMarkupParseContext) context =
        g_markup_parse_context_new(&parser, G_MARKUP_PREFIX_ERROR_POSITION, &reader, NULL);
    if (!g_markup_parse_context_parse(context, body, -1, &failure) ||
        !g_markup_parse_context_end_parse(context, &failure)) {
        if (failure->domain == SKEP_ERROR)
            g_propagate_error(error, g_steal_pointer(&failure));
        else
            skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                      "The body of a batch deletion is not XML that is understood: %s",
                      failure->message);
        return FALSE;
    }
    if (reader.keys == 0)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "A batch deletion names no key");
    return TRUE;
}

/* --- all of it --- */

static gboolean
check_place(const WarehouseScope *scope,
            const SignOperation *operation,
            const SignTarget *target,
            const char *body,
            GError **error)
{
    const char *place = target->key;
    if (operation->kind == SIGN_BATCH) {
        g_autoptr(GString) first = g_string_new(NULL);
        return read_batch(scope, target->bucket, body, first, error);
    }
    if (operation->kind == SIGN_LISTING)
        place = query_value(target->query, "prefix");
    return scope_holds(scope, target->bucket, place) || fail_outside(error, target->bucket, place);
}

gboolean
sign_rules_judge(const StorageProfile *profile,
                 const WarehouseScope *scope,
                 const StorageSignRequest *request,
                 SignVerdict *out_verdict,
                 GError **error)
{
    g_autoptr(SignTarget) target = sign_target_parse(profile, request->uri, error);
    const SignOperation *operation = target ? find_operation(request, target, error) : NULL;
    if (!operation)
        return FALSE;
    if (operation->changes && !scope->write)
        return skep_fail(error, SKEP_ERROR_FORBIDDEN, NULL,
                         "No signature for a change: the table may only be read");
    if (!check_place(scope, operation, target, request->body, error))
        return FALSE;
    if (!check_headers(profile, scope, target, request->headers, error))
        return FALSE;
    *out_verdict = (SignVerdict){
        .target = g_steal_pointer(&target),
        .is_cacheable = !strcmp(request->method, "GET") || !strcmp(request->method, "HEAD"),
        .covers_body = operation->kind == SIGN_BATCH,
        .changes = operation->changes,
    };
    return TRUE;
}

char *
sign_rules_place(const StorageProfile *profile, const StorageSignRequest *request, GError **error)
{
    g_autoptr(SignTarget) target = sign_target_parse(profile, request->uri, error);
    g_autoptr(GString) first = g_string_new(NULL);
    const char *key;
    if (!target)
        return NULL;
    key = target->key;
    if (*key == '\0' && !g_ascii_strcasecmp(request->method, "POST")) {
        if (!read_batch(NULL, target->bucket, request->body, first, error))
            return NULL;
        key = first->str;
    } else if (*key == '\0') {
        const char *prefix = query_value(target->query, "prefix");
        key = prefix ? prefix : "";
    }
    return g_strconcat("s3://", target->bucket, "/", key, NULL);
}
