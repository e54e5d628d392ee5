/* SPDX-License-Identifier: Apache-2.0 */
/* HyperLogLog and Flajolet-Martin sketches in Hive's serial forms: read, joined, counted, written.
 * Pure. Caller: statistics_merge.c.
 *
 * A HyperLogLog is "HLL", a byte (precision << 4 | bits of a register: 0 sparse, 7 a byte each),
 * the count as a varint, and its registers. Sparse ones are a varint of their number and varints of
 * the differences, modulo 2^32, from one entry to the next; an entry is the low 25 bits of a hash,
 * then 6 bits of rank. A rank is the place of the lowest set bit above the register's index. */
#include "catalog/statistics_sketch.h"

#include <math.h>
#include <string.h>

#define PRECISION_MIN 4
#define PRECISION_MAX 16
#define HASH_BITS     64
#define SPARSE_BITS   25 /* of the hash, kept in sparse entries */
#define RANK_BITS     6
#define RANK_MAX      63

typedef struct {
    guint precision;
    GArray *entries; /* guint32, ascending, one for each hash; NULL: dense */
    guint8 *ranks;   /* 1 << precision of them; NULL: sparse */
} Hyperloglog;

static void
hyperloglog_clear(Hyperloglog *sketch)
{
    g_clear_pointer(&sketch->entries, g_array_unref);
    g_clear_pointer(&sketch->ranks, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Hyperloglog, hyperloglog_clear)

static gsize
registers_of(const Hyperloglog *sketch)
{
    return (gsize)1 << sketch->precision;
}

static guint32
entry_hash(guint32 entry)
{
    return entry >> RANK_BITS;
}

static guint8
entry_rank(guint32 entry)
{
    return entry & RANK_MAX;
}

/* --- reading --- */

typedef struct {
    const guint8 *at;
    const guint8 *end;
} Input;

static gboolean
input_begin(Input *input, GBytes *bytes, const char *magic)
{
    gsize length = 0;
    const guint8 *data = g_bytes_get_data(bytes, &length);
    gsize magic_length = strlen(magic);

    if (length < magic_length || memcmp(data, magic, magic_length) != 0)
        return FALSE;
    *input = (Input){data + magic_length, data + length};
    return TRUE;
}

static gboolean
input_varint(Input *input, guint64 *out_value)
{
    guint64 value = 0;

    for (guint shift = 0; shift < 64 && input->at < input->end; shift += 7) {
        guint8 byte = *input->at++;

        value |= (guint64)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) {
            *out_value = value;
            return TRUE;
        }
    }
    return FALSE;
}

static gint
compare_entries(gconstpointer a, gconstpointer b)
{
    guint32 left = *(const guint32 *)a;
    guint32 right = *(const guint32 *)b;

    return (left > right) - (left < right);
}

/* Sorts, and keeps the highest rank of each hash, which is the last of them. */
static void
settle_entries(GArray *entries)
{
    guint kept = 0;

    g_array_sort(entries, compare_entries);
    for (guint i = 0; i < entries->len; i++) {
        guint32 entry = g_array_index(entries, guint32, i);

        if (kept > 0 && entry_hash(g_array_index(entries, guint32, kept - 1)) == entry_hash(entry))
            kept--;
        g_array_index(entries, guint32, kept++) = entry;
    }
    g_array_set_size(entries, kept);
}

static gboolean
read_sparse(Input *input, Hyperloglog *sketch)
{
    guint64 count = 0;
    guint32 entry = 0;

    /* Every entry takes a byte or more. */
    if (!input_varint(input, &count) || count > (guint64)(input->end - input->at))
        return FALSE;
    sketch->entries = g_array_sized_new(FALSE, FALSE, sizeof entry, (guint)count);
    for (guint64 i = 0; i < count; i++) {
        guint64 difference = 0;

        if (!input_varint(input, &difference))
            return FALSE;
        entry += (guint32)difference;
        if (entry >> (SPARSE_BITS + RANK_BITS) != 0)
            return FALSE;
        g_array_append_val(sketch->entries, entry);
    }
    settle_entries(sketch->entries);
    return TRUE;
}

/* The highest bits first, without gaps. */
static gboolean
read_dense(Input *input, guint width, Hyperloglog *sketch)
{
    gsize count = registers_of(sketch);
    guint held = 0;
    guint bits = 0;

    if ((gsize)(input->end - input->at) < (count * width + 7) / 8)
        return FALSE;
    sketch->ranks = g_malloc(count);
    for (gsize i = 0; i < count; i++) {
        for (; bits < width; bits += 8)
            held = held << 8 | *input->at++;
        bits -= width;
        sketch->ranks[i] = MIN(held >> bits & ((1u << width) - 1), RANK_MAX);
        held &= (1u << bits) - 1;
    }
    return TRUE;
}

/* FALSE: it is none. */
static gboolean
hyperloglog_read(Hyperloglog *sketch, GBytes *bytes)
{
    Input input;
    guint64 count = 0;

    if (!input_begin(&input, bytes, "HLL") || input.at == input.end)
        return FALSE;
    guint8 kind = *input.at++;
    guint width = kind & 7;

    sketch->precision = kind >> 4;
    if (sketch->precision < PRECISION_MIN || !input_varint(&input, &count))
        return FALSE;
    if (width == 0)
        return read_sparse(&input, sketch);
    return read_dense(&input, width == 7 ? 8 : width, sketch);
}

/* --- joining --- */

/* `hash` knows `known_bits` of the hash, of which the lowest are the index. The rank counts from
 * above `had`, the precision for which it was found. */
static void
raise_rank(Hyperloglog *sketch, guint32 hash, guint known_bits, guint8 rank, guint had)
{
    gsize index = hash & (registers_of(sketch) - 1);
    guint above = known_bits - sketch->precision;
    guint32 rest = above > 0 ? hash >> sketch->precision & ((1u << above) - 1) : 0;
    guint found = rest != 0 ? (guint)__builtin_ctz(rest) + 1 : rank + had - sketch->precision;

    if (rank > 0)
        sketch->ranks[index] = MAX(sketch->ranks[index], MIN(found, RANK_MAX));
}

/* The same as a dense one of `precision`, which is not higher. */
static void
hyperloglog_make_dense(Hyperloglog *sketch, guint precision)
{
    g_auto(Hyperloglog) dense = {.precision = precision};

    if (sketch->ranks != NULL && sketch->precision == precision)
        return;
    dense.ranks = g_malloc0(registers_of(&dense));
    for (gsize i = 0; sketch->ranks != NULL && i < registers_of(sketch); i++)
        raise_rank(&dense, (guint32)i, sketch->precision, sketch->ranks[i], sketch->precision);
    for (guint i = 0; sketch->entries != NULL && i < sketch->entries->len; i++) {
        guint32 entry = g_array_index(sketch->entries, guint32, i);

        raise_rank(&dense, entry_hash(entry), SPARSE_BITS, entry_rank(entry), sketch->precision);
    }
    hyperloglog_clear(sketch);
    *sketch = dense;
    dense = (Hyperloglog){0};
}

/* Past so many entries a dense sketch is the shorter form. */
static gsize
entries_max(const Hyperloglog *sketch)
{
    return registers_of(sketch) * 6 / 8 / 5;
}

/* `a` becomes both. */
static void
hyperloglog_join(Hyperloglog *a, Hyperloglog *b)
{
    guint precision = MIN(a->precision, b->precision);

    if (a->entries != NULL && b->entries != NULL && a->precision == b->precision) {
        g_array_append_vals(a->entries, b->entries->data, b->entries->len);
        settle_entries(a->entries);
        if (a->entries->len > entries_max(a))
            hyperloglog_make_dense(a, precision);
        return;
    }
    hyperloglog_make_dense(a, precision);
    hyperloglog_make_dense(b, precision);
    for (gsize i = 0; i < registers_of(a); i++)
        a->ranks[i] = MAX(a->ranks[i], b->ranks[i]);
}

/* --- counting --- */

static gint64
count_linear(double places, double empty)
{
    return (gint64)llround(places * log(places / empty));
}

/* The two series of Ertl's estimator ("New cardinality estimation algorithms for HyperLogLog
 * sketches", 2017), which needs no table of measured corrections. */
static double
series_of_empty(double share)
{
    double weight = 1;
    double sum = share;
    double before;

    if (share >= 1)
        return INFINITY;
    do {
        before = sum;
        share *= share;
        sum += share * weight;
        weight += weight;
    } while (sum != before);
    return sum;
}

static double
series_of_full(double share)
{
    double weight = 1;
    double sum = 1 - share;
    double before;

    if (share <= 0 || share >= 1)
        return 0;
    do {
        before = sum;
        share = sqrt(share);
        weight *= 0.5;
        sum -= (1 - share) * (1 - share) * weight;
    } while (sum != before);
    return sum / 3;
}

static gint64
count_dense(const Hyperloglog *sketch)
{
    /* Below these, counting the empty registers is the better estimate; by precision, from 4. */
    static const guint32 linear_below[] = {10,   20,   40,   80,    220,   400,  900,
                                           1800, 3100, 6500, 11500, 20000, 50000};
    double places = (double)registers_of(sketch);
    guint of_rank[RANK_MAX + 1] = {0};
    guint full = MIN(HASH_BITS - sketch->precision + 1, RANK_MAX);

    for (gsize i = 0; i < registers_of(sketch); i++)
        of_rank[MIN(sketch->ranks[i], full)]++;
    if (of_rank[0] > 0) {
        gint64 linear = count_linear(places, of_rank[0]);

        if (linear < linear_below[sketch->precision - PRECISION_MIN])
            return linear;
    }

    double sum = places * series_of_full(1 - of_rank[full] / places);

    for (guint rank = full - 1; rank >= 1; rank--)
        sum = 0.5 * (sum + of_rank[rank]);
    sum += places * series_of_empty(of_rank[0] / places);
    double count = places * places / (2 * G_LN2 * sum);

    return count >= (double)G_MAXINT64 ? G_MAXINT64 : (gint64)count;
}

/* Hive counts nothing but nulls as one value. */
static gint64
hyperloglog_count(const Hyperloglog *sketch)
{
    double places = (double)(1u << SPARSE_BITS);
    gint64 count = sketch->ranks != NULL
                       ? count_dense(sketch)
                       : count_linear(places, places - MIN(sketch->entries->len, places - 1));

    return MAX(count, 1);
}

/* --- writing --- */

static void
append_byte(GByteArray *out, guint8 byte)
{
    g_byte_array_append(out, &byte, 1);
}

static void
append_varint(GByteArray *out, guint64 value)
{
    for (; value > 0x7f; value >>= 7)
        append_byte(out, (guint8)(0x80 | (value & 0x7f)));
    append_byte(out, (guint8)value);
}

static guint
width_of(const Hyperloglog *sketch)
{
    guint8 highest = 1;

    for (gsize i = 0; i < registers_of(sketch); i++)
        highest = MAX(highest, sketch->ranks[i]);
    return g_bit_storage(highest);
}

static void
append_ranks(GByteArray *out, const Hyperloglog *sketch, guint width)
{
    guint held = 0;
    guint bits = 0;

    for (gsize i = 0; i < registers_of(sketch); i++) {
        held = held << width | sketch->ranks[i];
        for (bits += width; bits >= 8; bits -= 8)
            append_byte(out, (guint8)(held >> (bits - 8)));
        held &= (1u << bits) - 1;
    }
    if (bits > 0)
        append_byte(out, (guint8)(held << (8 - bits)));
}

static void
append_entries(GByteArray *out, const GArray *entries)
{
    guint32 before = 0;

    append_varint(out, entries->len);
    for (guint i = 0; i < entries->len; i++) {
        guint32 entry = g_array_index(entries, guint32, i);

        append_varint(out, entry - before);
        before = entry;
    }
}

static GBytes *
hyperloglog_write(const Hyperloglog *sketch, gint64 count)
{
    GByteArray *out = g_byte_array_new();
    guint width = sketch->ranks != NULL ? width_of(sketch) : 0;

    g_byte_array_append(out, (const guint8 *)"HLL", 3);
    append_byte(out, (guint8)(sketch->precision << 4 | width));
    append_varint(out, (guint64)count);
    if (sketch->ranks != NULL)
        append_ranks(out, sketch, width);
    else
        append_entries(out, sketch->entries);
    return g_byte_array_free_to_bytes(out);
}

/* --- Flajolet-Martin: "FM", the number of vectors and each vector, little-endian --- */

#define FM_HEAD         4
#define FM_VECTOR_BYTES 4
#define FM_CORRECTION   0.77351

/* The vectors, or NULL: it is none. */
static const guint8 *
fm_vectors(GBytes *bytes, gsize *out_count)
{
    gsize length = 0;
    const guint8 *data = g_bytes_get_data(bytes, &length);

    if (length < FM_HEAD || memcmp(data, "FM", 2) != 0)
        return NULL;
    *out_count = data[2] | (gsize)data[3] << 8;
    return *out_count > 0 && length == FM_HEAD + *out_count * FM_VECTOR_BYTES ? data + FM_HEAD
                                                                              : NULL;
}

static gint64
fm_count(const guint8 *vectors, gsize count)
{
    double sum = 0;

    for (gsize i = 0; i < count; i++) {
        const guint8 *at = vectors + i * FM_VECTOR_BYTES;
        guint32 vector = at[0] | (guint32)at[1] << 8 | (guint32)at[2] << 16 | (guint32)at[3] << 24;

        sum += vector != G_MAXUINT32 ? __builtin_ctz(~vector) : 32;
    }
    return MAX((gint64)exp2(sum / (double)count - log2(FM_CORRECTION)), 1);
}

static GBytes *
fm_merge(GBytes *a, GBytes *b, gint64 *out_distinct)
{
    gsize count = 0;
    gsize other_count = 0;
    const guint8 *vectors = fm_vectors(a, &count);
    const guint8 *others = fm_vectors(b, &other_count);

    if (vectors == NULL || others == NULL || count != other_count)
        return NULL;
    gsize length = g_bytes_get_size(a);
    guint8 *joined = g_memdup2(g_bytes_get_data(a, NULL), length);

    for (gsize i = FM_HEAD; i < length; i++)
        joined[i] |= others[i - FM_HEAD];
    *out_distinct = fm_count(joined + FM_HEAD, count);
    return g_bytes_new_take(joined, length);
}

/* --- both kinds --- */

GBytes *
catalog_sketch_merge(GBytes *a, GBytes *b, gint64 *out_distinct)
{
    g_auto(Hyperloglog) left = {0};
    g_auto(Hyperloglog) right = {0};

    if (!hyperloglog_read(&left, a))
        return fm_merge(a, b, out_distinct);
    if (!hyperloglog_read(&right, b))
        return NULL;
    hyperloglog_join(&left, &right);
    *out_distinct = hyperloglog_count(&left);
    return hyperloglog_write(&left, *out_distinct);
}

gint64
catalog_sketch_estimate(GBytes *sketch)
{
    g_auto(Hyperloglog) read = {0};
    gsize count = 0;

    if (hyperloglog_read(&read, sketch))
        return hyperloglog_count(&read);
    const guint8 *vectors = fm_vectors(sketch, &count);

    return vectors != NULL ? fm_count(vectors, count) : 0;
}
