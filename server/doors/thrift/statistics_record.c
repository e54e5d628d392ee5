/* SPDX-License-Identifier: Apache-2.0 */
/* Column statistics from and to the API's union of eight structs. Callers: statistics.c,
 * table.c. */
#include "statistics.h"

#include <string.h>

#include "skep/error.h"

/* --- decode --- */

static GBytes *
bytes_take(gboolean is_set, const GByteArray *bytes)
{
    return is_set && bytes != NULL ? g_bytes_new(bytes->data, bytes->len) : NULL;
}

static CatalogStatisticsBound
integer_bound(gboolean is_set, gint64 integer)
{
    return (CatalogStatisticsBound){.is_known = is_set, .integer = is_set ? integer : 0};
}

static CatalogStatisticsBound
real_bound(gboolean is_set, double real)
{
    return (CatalogStatisticsBound){.is_known = is_set, .real = is_set ? real : 0};
}

static CatalogStatisticsBound
decimal_bound(gboolean is_set, const HmsDecimal *decimal)
{
    GBytes *unscaled = is_set && decimal != NULL ? bytes_take(TRUE, decimal->unscaled) : NULL;
    return (CatalogStatisticsBound){.is_known = unscaled != NULL,
                                    .unscaled = unscaled,
                                    .scale = unscaled != NULL ? decimal->scale : 0};
}

/* What the structs with a range have in common. */
#define TAKE_RANGED(out, in, kind_, low_, high_)                                                   \
    do {                                                                                           \
        (out)->kind = (kind_);                                                                     \
        (out)->low = (low_);                                                                       \
        (out)->high = (high_);                                                                     \
        (out)->null_count = (in)->numNulls;                                                        \
        (out)->distinct_count = (in)->numDVs;                                                      \
        (out)->bit_vectors = bytes_take((in)->__isset_bitVectors, (in)->bitVectors);               \
        (out)->histogram = bytes_take((in)->__isset_histogram, (in)->histogram);                   \
    } while (0)

static void
take_boolean(const HmsBooleanColumnStatsData *in, CatalogColumnStatistics *out)
{
    out->kind = CATALOG_STATISTICS_BOOLEAN;
    out->true_count = in->numTrues;
    out->false_count = in->numFalses;
    out->null_count = in->numNulls;
    out->bit_vectors = bytes_take(in->__isset_bitVectors, in->bitVectors);
}

static void
take_string(const HmsStringColumnStatsData *in, CatalogColumnStatistics *out)
{
    out->kind = CATALOG_STATISTICS_STRING;
    out->max_length = in->maxColLen;
    out->average_length = in->avgColLen;
    out->null_count = in->numNulls;
    out->distinct_count = in->numDVs;
    out->bit_vectors = bytes_take(in->__isset_bitVectors, in->bitVectors);
}

static void
take_binary(const HmsBinaryColumnStatsData *in, CatalogColumnStatistics *out)
{
    out->kind = CATALOG_STATISTICS_BINARY;
    out->max_length = in->maxColLen;
    out->average_length = in->avgColLen;
    out->null_count = in->numNulls;
    out->bit_vectors = bytes_take(in->__isset_bitVectors, in->bitVectors);
}

static void
take_date(const HmsDateColumnStatsData *in, CatalogColumnStatistics *out)
{
    TAKE_RANGED(out, in, CATALOG_STATISTICS_DATE,
                integer_bound(in->__isset_lowValue, in->lowValue->daysSinceEpoch),
                integer_bound(in->__isset_highValue, in->highValue->daysSinceEpoch));
}

static void
take_timestamp(const HmsTimestampColumnStatsData *in, CatalogColumnStatistics *out)
{
    TAKE_RANGED(out, in, CATALOG_STATISTICS_TIMESTAMP,
                integer_bound(in->__isset_lowValue, in->lowValue->secondsSinceEpoch),
                integer_bound(in->__isset_highValue, in->highValue->secondsSinceEpoch));
}

/* FALSE: no member is set. */
static gboolean
take_data(const HmsColumnStatisticsData *in, CatalogColumnStatistics *out)
{
    if (in->__isset_booleanStats)
        take_boolean(in->booleanStats, out);
    else if (in->__isset_longStats)
        TAKE_RANGED(out, in->longStats, CATALOG_STATISTICS_LONG,
                    integer_bound(in->longStats->__isset_lowValue, in->longStats->lowValue),
                    integer_bound(in->longStats->__isset_highValue, in->longStats->highValue));
    else if (in->__isset_doubleStats)
        TAKE_RANGED(out, in->doubleStats, CATALOG_STATISTICS_DOUBLE,
                    real_bound(in->doubleStats->__isset_lowValue, in->doubleStats->lowValue),
                    real_bound(in->doubleStats->__isset_highValue, in->doubleStats->highValue));
    else if (in->__isset_stringStats)
        take_string(in->stringStats, out);
    else if (in->__isset_binaryStats)
        take_binary(in->binaryStats, out);
    else if (in->__isset_decimalStats)
        TAKE_RANGED(
            out, in->decimalStats, CATALOG_STATISTICS_DECIMAL,
            decimal_bound(in->decimalStats->__isset_lowValue, in->decimalStats->lowValue),
            decimal_bound(in->decimalStats->__isset_highValue, in->decimalStats->highValue));
    else if (in->__isset_dateStats)
        take_date(in->dateStats, out);
    else if (in->__isset_timestampStats)
        take_timestamp(in->timestampStats, out);
    else
        return FALSE;
    return TRUE;
}

gboolean
thrift_decode_column_statistics(const GPtrArray *objects, GPtrArray *out, GError **error)
{
    for (guint i = 0; objects != NULL && i < objects->len; i++) {
        const HmsColumnStatisticsObj *in = g_ptr_array_index(objects, i);
        g_autoptr(CatalogColumnStatistics) column = catalog_column_statistics_new();
        if (in->colName == NULL || in->statsData == NULL || !take_data(in->statsData, column))
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                             "The statistics of column %s hold no data",
                             in->colName != NULL ? in->colName : "null");
        column->column = g_strdup(in->colName);
        column->type = g_strdup(in->colType);
        g_ptr_array_add(out, g_steal_pointer(&column));
    }
    return TRUE;
}

/* --- encode --- */

static GByteArray *
bytes_give(GBytes *bytes)
{
    if (bytes == NULL)
        return NULL;
    gsize length = 0;
    const guint8 *data = g_bytes_get_data(bytes, &length);
    return g_byte_array_append(g_byte_array_sized_new((guint)length), data, (guint)length);
}

#define GIVE_BYTES(out, member, bytes)                                                             \
    ((out)->member = bytes_give(bytes), (out)->__isset_##member = (bytes) != NULL)

#define GIVE_RANGED(out, in)                                                                       \
    do {                                                                                           \
        (out)->numNulls = (in)->null_count;                                                        \
        (out)->numDVs = (in)->distinct_count;                                                      \
        GIVE_BYTES(out, bitVectors, (in)->bit_vectors);                                            \
        GIVE_BYTES(out, histogram, (in)->histogram);                                               \
        (out)->__isset_lowValue = (in)->low.is_known;                                              \
        (out)->__isset_highValue = (in)->high.is_known;                                            \
    } while (0)

static void
give_boolean(HmsColumnStatisticsData *data, const CatalogColumnStatistics *in)
{
    HmsBooleanColumnStatsData *out = data->booleanStats;
    data->__isset_booleanStats = TRUE;
    out->numTrues = in->true_count;
    out->numFalses = in->false_count;
    out->numNulls = in->null_count;
    GIVE_BYTES(out, bitVectors, in->bit_vectors);
}

static void
give_long(HmsColumnStatisticsData *data, const CatalogColumnStatistics *in)
{
    HmsLongColumnStatsData *out = data->longStats;
    data->__isset_longStats = TRUE;
    GIVE_RANGED(out, in);
    out->lowValue = in->low.integer;
    out->highValue = in->high.integer;
}

static void
give_double(HmsColumnStatisticsData *data, const CatalogColumnStatistics *in)
{
    HmsDoubleColumnStatsData *out = data->doubleStats;
    data->__isset_doubleStats = TRUE;
    GIVE_RANGED(out, in);
    out->lowValue = in->low.real;
    out->highValue = in->high.real;
}

static void
give_string(HmsColumnStatisticsData *data, const CatalogColumnStatistics *in)
{
    HmsStringColumnStatsData *out = data->stringStats;
    data->__isset_stringStats = TRUE;
    out->maxColLen = in->max_length;
    out->avgColLen = in->average_length;
    out->numNulls = in->null_count;
    out->numDVs = in->distinct_count;
    GIVE_BYTES(out, bitVectors, in->bit_vectors);
}

static void
give_binary(HmsColumnStatisticsData *data, const CatalogColumnStatistics *in)
{
    HmsBinaryColumnStatsData *out = data->binaryStats;
    data->__isset_binaryStats = TRUE;
    out->maxColLen = in->max_length;
    out->avgColLen = in->average_length;
    out->numNulls = in->null_count;
    GIVE_BYTES(out, bitVectors, in->bit_vectors);
}

static void
give_decimal(HmsColumnStatisticsData *data, const CatalogColumnStatistics *in)
{
    HmsDecimalColumnStatsData *out = data->decimalStats;
    data->__isset_decimalStats = TRUE;
    GIVE_RANGED(out, in);
    out->lowValue->unscaled = bytes_give(in->low.unscaled);
    out->lowValue->scale = in->low.scale;
    out->highValue->unscaled = bytes_give(in->high.unscaled);
    out->highValue->scale = in->high.scale;
}

static void
give_date(HmsColumnStatisticsData *data, const CatalogColumnStatistics *in)
{
    HmsDateColumnStatsData *out = data->dateStats;
    data->__isset_dateStats = TRUE;
    GIVE_RANGED(out, in);
    out->lowValue->daysSinceEpoch = in->low.integer;
    out->highValue->daysSinceEpoch = in->high.integer;
}

static void
give_timestamp(HmsColumnStatisticsData *data, const CatalogColumnStatistics *in)
{
    HmsTimestampColumnStatsData *out = data->timestampStats;
    data->__isset_timestampStats = TRUE;
    GIVE_RANGED(out, in);
    out->lowValue->secondsSinceEpoch = in->low.integer;
    out->highValue->secondsSinceEpoch = in->high.integer;
}

/* A client that knows timestampStats looks for them in every column of that type, also where an
 * older one has stored numbers. */
static CatalogStatisticsKind
kind_to_send(const CatalogColumnStatistics *column, ThriftTimestamps timestamps)
{
    gboolean is_long = column->kind == CATALOG_STATISTICS_LONG;
    gboolean is_timestamp = column->kind == CATALOG_STATISTICS_TIMESTAMP;
    if (is_timestamp && timestamps == THRIFT_TIMESTAMPS_AS_LONG)
        return CATALOG_STATISTICS_LONG;
    if (is_long && timestamps == THRIFT_TIMESTAMPS_AS_THEMSELVES &&
        g_strcmp0(column->type, "timestamp") == 0)
        return CATALOG_STATISTICS_TIMESTAMP;
    return column->kind;
}

static void
give_data(HmsColumnStatisticsData *data,
          const CatalogColumnStatistics *column,
          CatalogStatisticsKind kind)
{
    switch (kind) {
    case CATALOG_STATISTICS_BOOLEAN:
        give_boolean(data, column);
        break;
    case CATALOG_STATISTICS_LONG:
        give_long(data, column);
        break;
    case CATALOG_STATISTICS_DOUBLE:
        give_double(data, column);
        break;
    case CATALOG_STATISTICS_STRING:
        give_string(data, column);
        break;
    case CATALOG_STATISTICS_BINARY:
        give_binary(data, column);
        break;
    case CATALOG_STATISTICS_DECIMAL:
        give_decimal(data, column);
        break;
    case CATALOG_STATISTICS_DATE:
        give_date(data, column);
        break;
    case CATALOG_STATISTICS_TIMESTAMP:
        give_timestamp(data, column);
        break;
    }
}

ThriftStatisticsForm
thrift_statistics_form(const ThriftCall *call, gboolean names_engine)
{
    const Settings *settings = call->settings;
    return (ThriftStatisticsForm){
        .timestamps = names_engine ? THRIFT_TIMESTAMPS_AS_THEMSELVES : THRIFT_TIMESTAMPS_AS_LONG,
        .bit_vectors = settings != NULL && settings->statistics_bit_vectors,
        .histograms = settings != NULL && settings->statistics_histograms,
    };
}

GPtrArray *
thrift_encode_column_statistics(const GPtrArray *columns, ThriftStatisticsForm form)
{
    GPtrArray *out = g_ptr_array_new_with_free_func(g_object_unref);
    for (guint i = 0; i < columns->len; i++) {
        const CatalogColumnStatistics *column = g_ptr_array_index(columns, i);
        HmsColumnStatisticsObj *object = g_object_new(HMS_TYPE_COLUMN_STATISTICS_OBJ, NULL);
        object->colName = g_strdup(column->column);
        object->colType = g_strdup(column->type);
        /* Borrows all but what the client does not want. */
        CatalogColumnStatistics shown = *column;
        if (!form.bit_vectors)
            shown.bit_vectors = NULL;
        if (!form.histograms)
            shown.histogram = NULL;
        give_data(object->statsData, &shown, kind_to_send(column, form.timestamps));
        g_ptr_array_add(out, object);
    }
    return out;
}

HmsColumnStatistics *
thrift_encode_statistics(const CatalogStatisticsTarget *target,
                         const char *partition_name,
                         const GPtrArray *columns,
                         ThriftStatisticsForm form)
{
    HmsColumnStatistics *out = g_object_new(HMS_TYPE_COLUMN_STATISTICS, NULL);
    HmsColumnStatisticsDesc *desc = out->statsDesc;
    desc->isTblLevel = partition_name == NULL;
    desc->dbName = g_utf8_strdown(target->namespace_name, -1);
    desc->tableName = g_utf8_strdown(target->table_name, -1);
    desc->partName = g_strdup(partition_name);
    desc->__isset_partName = partition_name != NULL;
    desc->catName = g_utf8_strdown(
        target->catalog_name != NULL ? target->catalog_name : CATALOG_DEFAULT_NAME, -1);
    desc->__isset_catName = TRUE;
    for (guint i = 0; i < columns->len; i++) {
        const CatalogColumnStatistics *column = g_ptr_array_index(columns, i);
        desc->lastAnalyzed = MAX(desc->lastAnalyzed, column->analyzed_s);
        desc->__isset_lastAnalyzed = TRUE;
    }
    g_ptr_array_unref(out->statsObj);
    out->statsObj = thrift_encode_column_statistics(columns, form);
    g_free(out->engine);
    out->engine = g_strdup(target->engine != NULL ? target->engine : CATALOG_STATISTICS_ENGINE);
    out->__isset_engine = TRUE;
    return out;
}
