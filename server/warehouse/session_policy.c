/* SPDX-License-Identifier: Apache-2.0 */
/* Writes session policies. Nothing that a client chose enters one unescaped, and what no escape is
 * known for everywhere is refused. Caller: access.c. */
#include "session_policy.h"

#include <string.h>

#include "warehouse_private.h"

static const char *const partitions[] = {
    "aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc",
};

static const struct {
    const char *region_prefix;
    const char *partition;
} partition_regions[] = {
    {"cn-",      "aws-cn"    },
    {"us-gov-",  "aws-us-gov"},
    {"us-iso-",  "aws-iso"   },
    {"us-isob-", "aws-iso-b" },
    {"eu-isoe-", "aws-iso-e" },
    {"us-isof-", "aws-iso-f" },
    {"eusc-",    "aws-eusc"  },
};

const char *
session_policy_partition(const char *role_arn, const char *region)
{
    if (role_arn && g_str_has_prefix(role_arn, "arn:")) {
        const char *name = role_arn + strlen("arn:");
        gsize length = strcspn(name, ":");
        for (gsize i = 0; i < G_N_ELEMENTS(partitions); i++)
            if (strlen(partitions[i]) == length && !strncmp(partitions[i], name, length))
                return partitions[i];
    }
    for (gsize i = 0; region && i < G_N_ELEMENTS(partition_regions); i++)
        if (g_str_has_prefix(region, partition_regions[i].region_prefix))
            return partition_regions[i].partition;
    return "aws";
}

/* A JSON string's inside in ASCII alone: STS counts and restricts characters, and not every store
 * reads others alike. */
static void
append_ascii(GString *out, const char *text)
{
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (c == '"' || c == '\\')
            g_string_append_printf(out, "\\%c", (char)c);
        else if (c >= 0x20 && c < 0x7f)
            g_string_append_c(out, (char)c);
        else if (c < 0x10000)
            g_string_append_printf(out, "\\u%04x", c);
        else
            g_string_append_printf(out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
                                   0xdc00 + ((c - 0x10000) & 0x3ff));
    }
}

static gboolean
location_is_fit(const WarehouseLocation *location, const char *text, GError **error)
{
    const char *odd;
    if (location->scheme != WAREHOUSE_SCHEME_S3)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "Location '%.200s' is not in an object store", text);
    if (*location->path == '\0')
        return skep_fail(error, SKEP_ERROR_FORBIDDEN, NULL,
                         "No keys are given for location '%.200s': it is a whole bucket", text);
    odd = strpbrk(location->path, "*?$");
    if (odd)
        return skep_fail(error, SKEP_ERROR_FORBIDDEN, NULL,
                         "No keys are given for location '%.200s': keys cannot be narrowed to a "
                         "name with '%c'",
                         text, *odd);
    return TRUE;
}

static void
location_unref(gpointer location)
{
    warehouse_location_free(location);
}

/* The scope's locations without those that lie in another one. */
static GPtrArray *
collect_locations(const WarehouseScope *scope, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(location_unref);
    for (gsize i = 0; scope->locations[i]; i++) {
        g_autoptr(WarehouseLocation) location =
            warehouse_location_parse(scope->locations[i], error);
        gboolean covered = FALSE;
        if (!location || !location_is_fit(location, scope->locations[i], error))
            return NULL;
        for (guint j = 0; j < all->len && !covered; j++)
            covered = warehouse_location_within(location, g_ptr_array_index(all, j));
        for (guint j = all->len; j-- > 0 && !covered;)
            if (warehouse_location_within(g_ptr_array_index(all, j), location))
                g_ptr_array_remove_index(all, j);
        if (!covered)
            g_ptr_array_add(all, g_steal_pointer(&location));
    }
    return g_steal_pointer(&all);
}

static void
append_objects(GString *out, const char *partition, const GPtrArray *locations)
{
    g_string_append(out, "\"Resource\":[");
    for (guint i = 0; i < locations->len; i++) {
        const WarehouseLocation *location = g_ptr_array_index(locations, i);
        g_string_append_printf(out, "%s\"arn:%s:s3:::%s/", i > 0 ? "," : "", partition,
                               location->bucket);
        append_ascii(out, location->path);
        g_string_append(out, "/*\"");
    }
    g_string_append(out, "]}");
}

static gboolean
bucket_is_first_at(const GPtrArray *locations, guint at)
{
    const WarehouseLocation *location = g_ptr_array_index(locations, at);
    for (guint i = 0; i < at; i++) {
        const WarehouseLocation *earlier = g_ptr_array_index(locations, i);
        if (!strcmp(earlier->bucket, location->bucket))
            return FALSE;
    }
    return TRUE;
}

/* One statement for each bucket: a prefix of one must not be listed in another. */
static void
append_listings(GString *out, const char *partition, const GPtrArray *locations)
{
    for (guint i = 0; i < locations->len; i++) {
        const WarehouseLocation *location = g_ptr_array_index(locations, i);
        const char *comma = "";
        if (!bucket_is_first_at(locations, i))
            continue;
        g_string_append_printf(out,
                               ",{\"Effect\":\"Allow\",\"Action\":[\"s3:ListBucket\"],"
                               "\"Resource\":[\"arn:%s:s3:::%s\"],"
                               "\"Condition\":{\"StringLike\":{\"s3:prefix\":[",
                               partition, location->bucket);
        for (guint j = i; j < locations->len; j++) {
            const WarehouseLocation *other = g_ptr_array_index(locations, j);
            if (strcmp(other->bucket, location->bucket) != 0)
                continue;
            g_string_append_printf(out, "%s\"", comma);
            append_ascii(out, other->path);
            g_string_append(out, "/*\"");
            comma = ",";
        }
        g_string_append(out, "]}}}");
    }
}

static char *
policy_text(const char *partition, const GPtrArray *locations, gboolean write, gboolean list)
{
    GString *out = g_string_new("{\"Version\":\"2012-10-17\",\"Statement\":["
                                "{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\"");
    if (write)
        g_string_append(out, ",\"s3:PutObject\",\"s3:DeleteObject\",\"s3:AbortMultipartUpload\","
                             "\"s3:ListMultipartUploadParts\"");
    g_string_append(out, "],");
    append_objects(out, partition, locations);
    if (list)
        append_listings(out, partition, locations);
    g_string_append(out, "]}");
    return g_string_free(out, FALSE);
}

char *
session_policy_new(const char *partition, const WarehouseScope *scope, GError **error)
{
    g_autoptr(GPtrArray) locations = collect_locations(scope, error);
    if (!locations)
        return NULL;
    for (int list = 1; list >= 0; list--) {
        g_autofree char *text = policy_text(partition, locations, scope->write, list == 1);
        if (strlen(text) <= SESSION_POLICY_CHARACTERS_MAX)
            return g_steal_pointer(&text);
    }
    return skep_fail_null(error, SKEP_ERROR_FORBIDDEN, NULL,
                          "No keys are given for location '%.200s': it is too long for a session "
                          "policy of %d characters",
                          scope->locations[0], SESSION_POLICY_CHARACTERS_MAX);
}
