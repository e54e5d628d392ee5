/* SPDX-License-Identifier: Apache-2.0 */
/* Iceberg's types and transforms by name: which there are, since which format version, and which
 * transform takes which type. Knows one level of a type; schema.c walks nested ones. Callers: the
 * files of this folder. */
#include "iceberg_private.h"

#include <string.h>

#define ICEBERG_DECIMAL_MAX_PRECISION 38

static const struct {
    const char *name;
    IcebergTypeKind kind;
    int min_version;
    gboolean nested;
} iceberg_types[] = {
    {"boolean",        ICEBERG_TYPE_BOOLEAN,        1, FALSE},
    {"int",            ICEBERG_TYPE_INT,            1, FALSE},
    {"long",           ICEBERG_TYPE_LONG,           1, FALSE},
    {"float",          ICEBERG_TYPE_FLOAT,          1, FALSE},
    {"double",         ICEBERG_TYPE_DOUBLE,         1, FALSE},
    {"date",           ICEBERG_TYPE_DATE,           1, FALSE},
    {"time",           ICEBERG_TYPE_TIME,           1, FALSE},
    {"timestamp",      ICEBERG_TYPE_TIMESTAMP,      1, FALSE},
    {"timestamptz",    ICEBERG_TYPE_TIMESTAMPTZ,    1, FALSE},
    {"timestamp_ns",   ICEBERG_TYPE_TIMESTAMP_NS,   3, FALSE},
    {"timestamptz_ns", ICEBERG_TYPE_TIMESTAMPTZ_NS, 3, FALSE},
    {"string",         ICEBERG_TYPE_STRING,         1, FALSE},
    {"uuid",           ICEBERG_TYPE_UUID,           1, FALSE},
    {"binary",         ICEBERG_TYPE_BINARY,         1, FALSE},
    {"fixed",          ICEBERG_TYPE_FIXED,          1, FALSE},
    {"decimal",        ICEBERG_TYPE_DECIMAL,        1, FALSE},
    {"unknown",        ICEBERG_TYPE_UNKNOWN,        3, FALSE},
    {"variant",        ICEBERG_TYPE_VARIANT,        3, FALSE},
    {"geometry",       ICEBERG_TYPE_GEOMETRY,       3, FALSE},
    {"geography",      ICEBERG_TYPE_GEOGRAPHY,      3, FALSE},
    {"struct",         ICEBERG_TYPE_STRUCT,         1, TRUE },
    {"list",           ICEBERG_TYPE_LIST,           1, TRUE },
    {"map",            ICEBERG_TYPE_MAP,            1, TRUE },
};

/* Reads "<open>  digits  <close>" at *at, moving it on. */
static gboolean
iceberg_read_bounded_int(const char **at, char open, char close, int max, int *out)
{
    const char *p = *at;
    gint64 number = 0;

    if (*p++ != open)
        return FALSE;
    while (g_ascii_isspace(*p))
        p++;
    if (!g_ascii_isdigit(*p))
        return FALSE;
    for (; g_ascii_isdigit(*p); p++) {
        number = number * 10 + (*p - '0');
        if (number > max)
            return FALSE;
    }
    while (g_ascii_isspace(*p))
        p++;
    if (*p != close)
        return FALSE;
    *at = p + 1;
    *out = (int)number;
    return TRUE;
}

/* The arguments that a type's name carries; `rest` is what follows the name. */
static gboolean
iceberg_type_arguments(IcebergType *type, const char *rest)
{
    switch (type->kind) {
    case ICEBERG_TYPE_FIXED:
        return iceberg_read_bounded_int(&rest, '[', ']', G_MAXINT32, &type->length) &&
               *rest == '\0';
    case ICEBERG_TYPE_DECIMAL:
        if (!iceberg_read_bounded_int(&rest, '(', ',', ICEBERG_DECIMAL_MAX_PRECISION,
                                      &type->precision))
            return FALSE;
        rest--; /* the comma opens the second argument */
        return iceberg_read_bounded_int(&rest, ',', ')', type->precision, &type->scale) &&
               *rest == '\0' && type->precision > 0;
    case ICEBERG_TYPE_GEOMETRY:
    case ICEBERG_TYPE_GEOGRAPHY:
        return *rest == '\0' || g_str_has_suffix(rest, ")");
    case ICEBERG_TYPE_BOOLEAN:
    case ICEBERG_TYPE_INT:
    case ICEBERG_TYPE_LONG:
    case ICEBERG_TYPE_FLOAT:
    case ICEBERG_TYPE_DOUBLE:
    case ICEBERG_TYPE_DATE:
    case ICEBERG_TYPE_TIME:
    case ICEBERG_TYPE_TIMESTAMP:
    case ICEBERG_TYPE_TIMESTAMPTZ:
    case ICEBERG_TYPE_TIMESTAMP_NS:
    case ICEBERG_TYPE_TIMESTAMPTZ_NS:
    case ICEBERG_TYPE_STRING:
    case ICEBERG_TYPE_UUID:
    case ICEBERG_TYPE_BINARY:
    case ICEBERG_TYPE_UNKNOWN:
    case ICEBERG_TYPE_VARIANT:
    case ICEBERG_TYPE_STRUCT:
    case ICEBERG_TYPE_LIST:
    case ICEBERG_TYPE_MAP:
        break;
    }
    return *rest == '\0';
}

static gboolean
iceberg_type_read_name(const char *text, gboolean nested, IcebergType *out)
{
    gsize length = strcspn(text, "[( ");

    for (gsize i = 0; i < G_N_ELEMENTS(iceberg_types); i++) {
        IcebergType type = {.kind = iceberg_types[i].kind};
        const char *rest = text + length;

        if (iceberg_types[i].nested != nested || strlen(iceberg_types[i].name) != length ||
            g_ascii_strncasecmp(iceberg_types[i].name, text, length) != 0)
            continue;
        while (*rest == ' ')
            rest++;
        if (!iceberg_type_arguments(&type, rest))
            return FALSE;
        *out = type;
        return TRUE;
    }
    return FALSE;
}

gboolean
iceberg_type_read(const cJSON *type, IcebergType *out, GError **error)
{
    const char *name = NULL;

    if (json_is_string(type)) {
        if (!iceberg_type_read_name(type->valuestring, FALSE, out))
            return iceberg_invalid(error, "Cannot parse type: %.100s", type->valuestring);
        return TRUE;
    }
    if (!json_is_object(type))
        return iceberg_invalid(error, "Member type must be a type name or an object");
    if (!json_get_string(type, "type", &name, error))
        return FALSE;
    if (!iceberg_type_read_name(name, TRUE, out))
        return iceberg_invalid(error, "Cannot parse type: %.100s", name);
    return TRUE;
}

char *
iceberg_type_spelling(const IcebergType *type)
{
    if (type->kind == ICEBERG_TYPE_DECIMAL)
        return g_strdup_printf("decimal(%d, %d)", type->precision, type->scale);
    if (type->kind == ICEBERG_TYPE_FIXED)
        return g_strdup_printf("fixed[%d]", type->length);
    if (type->kind == ICEBERG_TYPE_GEOMETRY || type->kind == ICEBERG_TYPE_GEOGRAPHY)
        return NULL;
    return g_strdup(iceberg_types[type->kind].name);
}

gboolean
iceberg_type_is_nested(IcebergTypeKind kind)
{
    return iceberg_types[kind].nested;
}

int
iceberg_type_min_version(IcebergTypeKind kind)
{
    return iceberg_types[kind].min_version;
}

/* ---- transforms ---- */

#define ICEBERG_TYPE_BIT(kind) (1u << (kind))
#define ICEBERG_TIMESTAMPS                                                                         \
    (ICEBERG_TYPE_BIT(ICEBERG_TYPE_TIMESTAMP) | ICEBERG_TYPE_BIT(ICEBERG_TYPE_TIMESTAMPTZ) |       \
     ICEBERG_TYPE_BIT(ICEBERG_TYPE_TIMESTAMP_NS) | ICEBERG_TYPE_BIT(ICEBERG_TYPE_TIMESTAMPTZ_NS))
#define ICEBERG_DATES (ICEBERG_TIMESTAMPS | ICEBERG_TYPE_BIT(ICEBERG_TYPE_DATE))
#define ICEBERG_TRUNCATED                                                                          \
    (ICEBERG_TYPE_BIT(ICEBERG_TYPE_INT) | ICEBERG_TYPE_BIT(ICEBERG_TYPE_LONG) |                    \
     ICEBERG_TYPE_BIT(ICEBERG_TYPE_STRING) | ICEBERG_TYPE_BIT(ICEBERG_TYPE_BINARY) |               \
     ICEBERG_TYPE_BIT(ICEBERG_TYPE_DECIMAL))
#define ICEBERG_BUCKETED                                                                           \
    (ICEBERG_TRUNCATED | ICEBERG_DATES | ICEBERG_TYPE_BIT(ICEBERG_TYPE_TIME) |                     \
     ICEBERG_TYPE_BIT(ICEBERG_TYPE_FIXED) | ICEBERG_TYPE_BIT(ICEBERG_TYPE_UUID))
#define ICEBERG_IDENTIFIED                                                                         \
    (ICEBERG_BUCKETED | ICEBERG_TYPE_BIT(ICEBERG_TYPE_BOOLEAN) |                                   \
     ICEBERG_TYPE_BIT(ICEBERG_TYPE_FLOAT) | ICEBERG_TYPE_BIT(ICEBERG_TYPE_DOUBLE) |                \
     ICEBERG_TYPE_BIT(ICEBERG_TYPE_UNKNOWN))

static const struct {
    const char *name;
    gboolean has_width;
    guint takes; /* ICEBERG_TYPE_BIT of each type */
} iceberg_transforms[] = {
    {"identity", FALSE, ICEBERG_IDENTIFIED},
    {"year",     FALSE, ICEBERG_DATES     },
    {"month",    FALSE, ICEBERG_DATES     },
    {"day",      FALSE, ICEBERG_DATES     },
    {"hour",     FALSE, ICEBERG_TIMESTAMPS},
    {"bucket",   TRUE,  ICEBERG_BUCKETED  },
    {"truncate", TRUE,  ICEBERG_TRUNCATED },
};

gboolean
iceberg_transform_is_void(const char *transform)
{
    return g_ascii_strcasecmp(transform, "void") == 0;
}

gboolean
iceberg_transform_accepts(const char *transform, const IcebergType *source, GError **error)
{
    gsize length = strcspn(transform, "[");

    if (iceberg_transform_is_void(transform))
        return TRUE;
    if (source == NULL)
        return iceberg_invalid(error, "Cannot find source column for transform: %.100s", transform);
    if (iceberg_type_is_nested(source->kind))
        return iceberg_invalid(error, "Cannot use transform %.100s on non-primitive source field",
                               transform);
    for (gsize i = 0; i < G_N_ELEMENTS(iceberg_transforms); i++) {
        const char *rest = transform + length;
        int width = 1;

        if (strlen(iceberg_transforms[i].name) != length ||
            g_ascii_strncasecmp(iceberg_transforms[i].name, transform, length) != 0)
            continue;
        if (iceberg_transforms[i].has_width &&
            !iceberg_read_bounded_int(&rest, '[', ']', G_MAXINT32, &width))
            return iceberg_invalid(error, "Invalid transform: %.100s", transform);
        if (*rest != '\0' || width == 0)
            return iceberg_invalid(error, "Invalid transform: %.100s", transform);
        if ((iceberg_transforms[i].takes & ICEBERG_TYPE_BIT(source->kind)) == 0)
            return iceberg_invalid(error, "Invalid source type %s for transform: %.100s",
                                   iceberg_types[source->kind].name, transform);
        return TRUE;
    }
    return TRUE;
}
