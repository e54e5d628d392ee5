/* SPDX-License-Identifier: Apache-2.0 */
/* Requirements of a commit: what must hold of the table or view for its updates to be applied. A
 * table of kinds, one function each. Callers: the catalog's commit, before updates and again when a
 * swap was lost. */
#include "iceberg_private.h"

#include <string.h>

/* base is NULL when there is no such table or view. */
typedef gboolean (*IcebergRequirementFunc)(const cJSON *base,
                                           const cJSON *requirement,
                                           GError **error);

#define iceberg_unmet(error, ...)                                                                  \
    skep_fail((error), SKEP_ERROR_COMMIT_CONFLICT, NULL, "Requirement failed: " __VA_ARGS__)

static gboolean
iceberg_require_base(const cJSON *base, GError **error)
{
    return base != NULL || iceberg_unmet(error, "current metadata is missing");
}

static gboolean
iceberg_require_create(const cJSON *base, const cJSON *requirement, GError **error)
{
    (void)requirement;
    return base == NULL || iceberg_unmet(error, "table already exists");
}

static gboolean
iceberg_require_uuid_member(
    const cJSON *base, const cJSON *requirement, const char *key, const char *label, GError **error)
{
    const cJSON *present = json_find(base, key);
    const char *uuid = NULL;

    if (!json_get_string(requirement, "uuid", &uuid, error) || !iceberg_require_base(base, error))
        return FALSE;
    if (json_is_string(present) && g_ascii_strcasecmp(present->valuestring, uuid) == 0)
        return TRUE;
    return iceberg_unmet(error, "%s does not match: expected %.100s != %.100s", label,
                         json_is_string(present) ? present->valuestring : "null", uuid);
}

static gboolean
iceberg_require_table_uuid(const cJSON *base, const cJSON *requirement, GError **error)
{
    return iceberg_require_uuid_member(base, requirement, "table-uuid", "UUID", error);
}

static gboolean
iceberg_require_view_uuid(const cJSON *base, const cJSON *requirement, GError **error)
{
    return iceberg_require_uuid_member(base, requirement, "view-uuid", "view UUID", error);
}

/* A null snapshot-id says that the ref must not exist; the key itself must be there. */
static gboolean
iceberg_require_ref(const cJSON *base, const cJSON *requirement, GError **error)
{
    const cJSON *expected_json = json_find(requirement, "snapshot-id");
    const char *name = NULL;
    const cJSON *ref;
    const char *kind;
    gint64 expected = 0;
    gint64 found = 0;

    if (!json_get_string(requirement, "ref", &name, error))
        return FALSE;
    if (expected_json == NULL)
        return iceberg_invalid(error, "Missing member: snapshot-id");
    if (!cJSON_IsNull(expected_json) &&
        !json_get_int64(requirement, "snapshot-id", &expected, error))
        return FALSE;
    ref = json_find_present(json_find(base, "refs"), name);
    kind = iceberg_ref_is_tag(ref) ? "tag" : "branch";
    if (ref == NULL && cJSON_IsNull(expected_json))
        return TRUE;
    if (ref == NULL)
        return iceberg_unmet(error, "branch or tag %.200s is missing, expected %" G_GINT64_FORMAT,
                             name, expected);
    if (cJSON_IsNull(expected_json))
        return iceberg_unmet(error, "%s %.200s was created concurrently", kind, name);
    if (!json_get_int64(ref, "snapshot-id", &found, error))
        return FALSE;
    return found == expected || iceberg_unmet(error,
                                              "%s %.200s has changed: expected id %" G_GINT64_FORMAT
                                              " != %" G_GINT64_FORMAT,
                                              kind, name, expected, found);
}

static gboolean
iceberg_require_number(const cJSON *base,
                       const cJSON *requirement,
                       const char *expected_key,
                       const char *found_key,
                       const char *label,
                       GError **error)
{
    gint32 expected = 0;
    gint32 found = 0;

    if (!json_get_int32(requirement, expected_key, &expected, error) ||
        !iceberg_require_base(base, error) || !json_get_int32(base, found_key, &found, error))
        return FALSE;
    return expected == found ||
           iceberg_unmet(error, "%s changed: expected id %d != %d", label, expected, found);
}

static gboolean
iceberg_require_field_id(const cJSON *base, const cJSON *requirement, GError **error)
{
    return iceberg_require_number(base, requirement, "last-assigned-field-id", "last-column-id",
                                  "last assigned field id", error);
}

static gboolean
iceberg_require_schema(const cJSON *base, const cJSON *requirement, GError **error)
{
    return iceberg_require_number(base, requirement, "current-schema-id", "current-schema-id",
                                  "current schema", error);
}

static gboolean
iceberg_require_partition_id(const cJSON *base, const cJSON *requirement, GError **error)
{
    return iceberg_require_number(base, requirement, "last-assigned-partition-id",
                                  "last-partition-id", "last assigned partition id", error);
}

static gboolean
iceberg_require_spec(const cJSON *base, const cJSON *requirement, GError **error)
{
    return iceberg_require_number(base, requirement, "default-spec-id", "default-spec-id",
                                  "default partition spec", error);
}

static gboolean
iceberg_require_order(const cJSON *base, const cJSON *requirement, GError **error)
{
    return iceberg_require_number(base, requirement, "default-sort-order-id",
                                  "default-sort-order-id", "default sort order", error);
}

typedef struct {
    const char *type;
    IcebergRequirementFunc check;
} IcebergRequirementKind;

static const IcebergRequirementKind iceberg_table_requirements[] = {
    {"assert-create",                     iceberg_require_create      },
    {"assert-table-uuid",                 iceberg_require_table_uuid  },
    {"assert-ref-snapshot-id",            iceberg_require_ref         },
    {"assert-last-assigned-field-id",     iceberg_require_field_id    },
    {"assert-current-schema-id",          iceberg_require_schema      },
    {"assert-last-assigned-partition-id", iceberg_require_partition_id},
    {"assert-default-spec-id",            iceberg_require_spec        },
    {"assert-default-sort-order-id",      iceberg_require_order       },
};

static const IcebergRequirementKind iceberg_view_requirements[] = {
    {"assert-view-uuid", iceberg_require_view_uuid},
};

static gboolean
iceberg_check_one(const cJSON *base,
                  const cJSON *requirement,
                  const IcebergRequirementKind *kinds,
                  gsize count,
                  GError **error)
{
    const char *type = NULL;

    if (!json_is_object(requirement))
        return iceberg_invalid(error, "Member requirements must be an array of objects");
    if (!json_get_string(requirement, "type", &type, error))
        return FALSE;
    for (gsize i = 0; i < count; i++) {
        if (strcmp(kinds[i].type, type) == 0)
            return kinds[i].check(base, requirement, error);
    }
    return iceberg_invalid(error, "Unknown requirement type: %.100s", type);
}

static gboolean
iceberg_check_all(const cJSON *base,
                  const cJSON *requirements,
                  const IcebergRequirementKind *kinds,
                  gsize count,
                  GError **error)
{
    const cJSON *requirement;

    if (json_is_null(requirements))
        return TRUE;
    if (!json_is_array(requirements))
        return iceberg_invalid(error, "Member requirements must be an array");
    cJSON_ArrayForEach(requirement, requirements)
    {
        if (!iceberg_check_one(base, requirement, kinds, count, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
iceberg_table_check_requirements(const cJSON *base, const cJSON *requirements, GError **error)
{
    return iceberg_check_all(base, requirements, iceberg_table_requirements,
                             G_N_ELEMENTS(iceberg_table_requirements), error);
}

gboolean
iceberg_view_check_requirements(const cJSON *base, const cJSON *requirements, GError **error)
{
    return iceberg_check_all(base, requirements, iceberg_view_requirements,
                             G_N_ELEMENTS(iceberg_view_requirements), error);
}

gboolean
iceberg_requirements_assert_create(const cJSON *requirements)
{
    const cJSON *requirement;

    if (!json_is_array(requirements))
        return FALSE;
    cJSON_ArrayForEach(requirement, requirements)
    {
        const cJSON *type = json_find(requirement, "type");

        if (json_is_string(type) && strcmp(type->valuestring, "assert-create") == 0)
            return TRUE;
    }
    return FALSE;
}
