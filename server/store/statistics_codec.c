/* SPDX-License-Identifier: Apache-2.0 */
/* Column statistics to JSON and back, see statistics_codec.h. Caller: statistics.c. */
#include "store/statistics_codec.h"

#include "skep/error.h"
#include "skep/json.h"

/* ---- writing ---- */

static void
append_key(GString *out, const char *key)
{
    g_string_append_printf(out, "%s\"%s\":", out->len > 1 ? "," : "", key);
}

static void
append_integer(GString *out, const char *key, gint64 integer)
{
    if (integer == 0)
        return;
    append_key(out, key);
    g_string_append_printf(out, "%" G_GINT64_FORMAT, integer);
}

static void
append_real(GString *out, double real)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append_printf(out, "\"%s\"", g_ascii_dtostr(text, sizeof text, real));
}

static void
append_base64(GString *out, GBytes *bytes)
{
    gsize length = 0;
    gconstpointer data = g_bytes_get_data(bytes, &length);
    g_autofree char *text = g_base64_encode(data != NULL ? data : (gconstpointer) "", length);

    g_string_append_printf(out, "\"%s\"", text);
}

static void
append_bytes(GString *out, const char *key, GBytes *bytes)
{
    if (bytes == NULL)
        return;
    append_key(out, key);
    append_base64(out, bytes);
}

static void
append_bound(GString *out,
             const char *key,
             CatalogStatisticsKind kind,
             const CatalogStatisticsBound *bound)
{
    if (!bound->is_known)
        return;
    append_key(out, key);
    if (kind == CATALOG_STATISTICS_DOUBLE) {
        append_real(out, bound->real);
    } else if (kind == CATALOG_STATISTICS_DECIMAL) {
        g_string_append_printf(out, "[%d,", bound->scale);
        append_base64(out, bound->unscaled);
        g_string_append_c(out, ']');
    } else {
        g_string_append_printf(out, "%" G_GINT64_FORMAT, bound->integer);
    }
}

char *
store_statistics_to_json(const CatalogColumnStatistics *statistics)
{
    GString *out = g_string_new("{");

    append_bound(out, "low", statistics->kind, &statistics->low);
    append_bound(out, "high", statistics->kind, &statistics->high);
    append_integer(out, "nulls", statistics->null_count);
    append_integer(out, "distinct", statistics->distinct_count);
    append_integer(out, "trues", statistics->true_count);
    append_integer(out, "falses", statistics->false_count);
    append_integer(out, "max_length", statistics->max_length);
    if (statistics->average_length != 0) {
        append_key(out, "average_length");
        append_real(out, statistics->average_length);
    }
    append_bytes(out, "bit_vectors", statistics->bit_vectors);
    append_bytes(out, "histogram", statistics->histogram);
    g_string_append_c(out, '}');
    return g_string_free(out, FALSE);
}

/* ---- reading ---- */

static GBytes *
bytes_of(const cJSON *text)
{
    gsize length = 0;
    guchar *bytes;

    if (!json_is_string(text))
        return NULL;
    bytes = g_base64_decode(text->valuestring, &length);
    return g_bytes_new_take(bytes, length);
}

static double
real_of(const cJSON *text)
{
    return json_is_string(text) ? g_ascii_strtod(text->valuestring, NULL) : 0;
}

static gboolean
read_decimal(const cJSON *value, CatalogStatisticsBound *bound)
{
    gint32 scale = 0;

    if (!json_is_array(value) || !json_value_int32(value->child, &scale))
        return FALSE;
    bound->scale = (gint16)scale;
    bound->unscaled = bytes_of(value->child->next);
    return bound->unscaled != NULL;
}

static gboolean
read_bound(const cJSON *object,
           const char *key,
           CatalogStatisticsKind kind,
           CatalogStatisticsBound *bound)
{
    const cJSON *value = json_find(object, key);

    if (value == NULL)
        return TRUE;
    bound->is_known = TRUE;
    if (kind == CATALOG_STATISTICS_DECIMAL)
        return read_decimal(value, bound);
    if (kind == CATALOG_STATISTICS_DOUBLE) {
        bound->real = real_of(value);
        return json_is_string(value);
    }
    return json_value_int64(value, &bound->integer);
}

gboolean
store_statistics_from_json(CatalogColumnStatistics *statistics,
                           const char *json,
                           gsize length,
                           GError **error)
{
    g_autoptr(cJSON) object = json_parse_object(json, length, G_MAXSIZE, error);

    if (object == NULL)
        return FALSE;
    if (!read_bound(object, "low", statistics->kind, &statistics->low) ||
        !read_bound(object, "high", statistics->kind, &statistics->high))
        return skep_fail(error, SKEP_ERROR_INTERNAL, NULL,
                         "The statistics of a column are not in the form in which they are stored");
    statistics->average_length = real_of(json_find(object, "average_length"));
    statistics->bit_vectors = bytes_of(json_find(object, "bit_vectors"));
    statistics->histogram = bytes_of(json_find(object, "histogram"));
    return json_get_optional_int64(object, "nulls", &statistics->null_count, error) &&
           json_get_optional_int64(object, "distinct", &statistics->distinct_count, error) &&
           json_get_optional_int64(object, "trues", &statistics->true_count, error) &&
           json_get_optional_int64(object, "falses", &statistics->false_count, error) &&
           json_get_optional_int64(object, "max_length", &statistics->max_length, error);
}
