/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: PostgreSQL answers partition filters exactly as their meaning says, whatever text is
 * stored, through the indexes, in rows that stay narrow. Method: an evaluator that shares nothing
 * with the compiler judges random filters over random partitions; then ten thousand ordinary ones.
 */
#include <stdio.h>
#include <string.h>

#include "catalog/partition_private.h"
#include "skep/catalog_partition.h"
#include "skep/error.h"
#include "skep/store_partition.h"
#include "store/partition_private.h"
#include "support/test_postgres.h"

#define DEFAULT_NAME "__HIVE_DEFAULT_PARTITION__"

static Store *store;
static StorePartitionTable table;

static gint64
make_table(const char *name)
{
    g_autofree char *sql = g_strdup_printf(
        "INSERT INTO skep.catalogs (name, created_s) VALUES ('hive', 0) ON CONFLICT DO NOTHING;"
        "INSERT INTO skep.namespaces (catalog_id, name, location, created_s)"
        " SELECT id, 'p', 'file:/w/p.db', 0 FROM skep.catalogs WHERE name = 'hive'"
        " ON CONFLICT DO NOTHING;"
        "INSERT INTO skep.tables (namespace_id, name, kind, hms_type, created_s, location)"
        " SELECT id, '%s', 0, 'MANAGED_TABLE', 0, 'file:/w/p.db/%s' FROM skep.namespaces"
        " WHERE name = 'p' RETURNING id",
        name, name);
    g_autofree char *id = test_postgres_run(sql);

    return g_ascii_strtoll(id, NULL, 10);
}

static void
set_up(void)
{
    store = test_postgres_open();
    test_postgres_clear();
    table = (StorePartitionTable){make_table("t"), "file:/w/p.db/t"};
}

static void
tear_down(void)
{
    g_clear_pointer(&store, store_close);
}

static void
partition_free(gpointer partition)
{
    catalog_partition_free(partition);
}

static CatalogPartition *
new_partition(const char *const *keys, const char *const *values, CatalogStorage *storage)
{
    CatalogPartition *partition = catalog_partition_new();

    partition->name = catalog_partition_name_format(keys, values);
    partition->values = g_strdupv((GStrv)values);
    partition->storage = catalog_storage_ref(storage);
    partition->location = g_strconcat(table.location, "/", partition->name, NULL);
    partition->create_time_s = 1700000000;
    catalog_map_set(partition->parameters, "transient_lastDdlTime", "1700000000");
    return partition;
}

static CatalogStorage *
new_storage(void)
{
    CatalogStorage *storage = catalog_storage_new();

    g_ptr_array_add(storage->columns, catalog_column_new("a", "int", NULL));
    storage->input_format = g_strdup("in");
    storage->output_format = g_strdup("out");
    return storage;
}

static guint
add(const GPtrArray *partitions, gboolean if_not_exists)
{
    g_autoptr(GHashTable) added = NULL;
    g_autoptr(GError) error = NULL;

    ck_assert_msg(store_partition_add(store, &table, partitions, if_not_exists, &added, &error),
                  "%s", error != NULL ? error->message : "");
    return g_hash_table_size(added);
}

static gboolean
take_name(const char *name, gpointer data, GError **error)
{
    (void)error;
    g_ptr_array_add(data, g_strdup(name));
    return TRUE;
}

static GPtrArray *
names_of(const StorePartitionPredicate *predicate, gint64 max)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GError *error = NULL;

    ck_assert_msg(
        store_partition_scan_names(store, &table, predicate, max, take_name, names, &error),
        "%s (%s)", error != NULL ? error->message : "",
        error != NULL && skep_error_detail(error) != NULL ? skep_error_detail(error) : "");
    return names;
}

/* ---- the evaluator ---- */

enum { KEY_TEXT, KEY_INTEGER, KEY_DATE, KEY_TIMESTAMP, KEYS };
static const char *const key_names[] = {"s", "i", "d", "t", NULL};
static const char *const key_types[] = {"string", "bigint", "date", "timestamp"};

static const char *const value_pool[KEYS][14] = {
    {"", DEFAULT_NAME, "a",                   "b",                     "ab",         "B",        "\xc3\xa4",            "a%b",                 "a_b",                  "10",         "9",                     "a\\b",                   "a'b",
     " "                                                                                                                                                                                                                                                                   },
    {"", DEFAULT_NAME, "1",                   "-1",                    "007",        "7",        "abc",                 "9223372036854775807", "-9223372036854775808",
     "1.5",                                                                                                                                                                          " 7",                    "--1",                    "-0",         "9999999999999999999"},
    {"", DEFAULT_NAME, "2024-02-29",          "2023-02-29",            "2024-02-30", "2024-1-1", "2000-02-29",
     "1900-02-29",                                                                                                                             "2024-01-31",           "2024-04-31", "2024-13-01",            "today",                  "2024-01-01", "2024-01-01 "        },
    {"", DEFAULT_NAME, "2024-01-01 00:00:00", "2024-01-01 00:00:00.0", "2024-01-01",
     "2024-01-01 00:00:00.000000001",                                                            "2024-01-01 24:00:00", "2024-01-01 00:60:00", "now",
     "2024-02-30 00:00:00",                                                                                                                                                          "2024-01-01 12:30:00.5", "2024-01-01 12:30:00.50",
     "2024-01-01 12:30:00.",                                                                                                                                                                                                                          "2024-01-01T12:30:00"}
};

static const char *const constant_pool[KEYS][9] = {
    {"'a'",                   "\"b\"",      "'ab'",                              "'10'",         "''",                              "'\xc3\xa4'",          "'a\\b'",               "7",                                   "2024-01-01"           },
    {"1",                     "-1",         "7",                                 "0",            "12",                              "9223372036854775807", "-9223372036854775808", "1.9",                                 "-5"                   },
    {"'2024-02-29'",          "2024-01-01", "DATE '2024-01-31'",                 "'2000-02-29'", "date \"2024-01-01\"",
     "'1999-12-31'",                                                                                                                                       "2024-12-31",           "'2024-01-31'",                        "2024-02-01"           },
    {"'2024-01-01 00:00:00'", "2024-01-01", "TIMESTAMP '2024-01-01 12:30:00.5'",
     "2024-01-01 12:30:00",                                                                      "'2024-01-01 00:00:00.000000001'", "2023-12-31 23:59:59",
     "'2024-01-02'",                                                                                                                                                               "timestamp '2024-01-01 12:30:00.500'", "2024-01-01 12:30:00.4"}
};

/* FALSE: the text is no number of 64 bits and at most 19 digits. */
static gboolean
read_number(const char *text, gint64 *out)
{
    gsize digits = strspn(text + (*text == '-'), "0123456789");

    return digits > 0 && digits <= 19 && text[digits + (*text == '-')] == '\0' &&
           g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, out, NULL);
}

static gboolean
compare_numbers(const char *a, const char *b, int *out)
{
    gint64 x, y;

    if (!read_number(a, &x) || !read_number(b, &y))
        return FALSE;
    *out = x < y ? -1 : x > y;
    return TRUE;
}

/* Nanoseconds do not fit beside days in one number, hence two. FALSE: the text is no such day or
 * time. */
static gboolean
read_moment(const char *text, gboolean day_only, gint64 *out_s, gint64 *out_ns)
{
    int year, month, day, hour = 0, minute = 0, second = 0, end = 0;
    gint64 ns = 0;

    if (strlen(text) < 10 || text[4] != '-' || text[7] != '-' ||
        sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &end) != 3 || end != 10 ||
        !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return FALSE;
    if (text[10] != '\0') {
        const char *fraction = text + 19;

        if (day_only || strlen(text) < 19 || text[10] != ' ' ||
            sscanf(text + 11, "%2d:%2d:%2d%n", &hour, &minute, &second, &end) != 3 || end != 8 ||
            hour > 23 || minute > 59 || second > 59)
            return FALSE;
        if (*fraction == '.') {
            gint64 unit = 100000000;

            if (fraction[1] == '\0' || strlen(fraction) > 10)
                return FALSE;
            for (fraction++; g_ascii_isdigit(*fraction); fraction++, unit /= 10)
                ns += g_ascii_digit_value(*fraction) * unit;
        }
        if (*fraction != '\0')
            return FALSE;
    }
    g_autoptr(GDate) date = g_date_new_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year);
    *out_s = (gint64)g_date_get_julian(date) * 86400 + hour * 3600 + minute * 60 + second;
    *out_ns = ns;
    return TRUE;
}

static gboolean
compare_moments(const char *a, const char *b, gboolean day_only, int *out)
{
    gint64 s_a, ns_a, s_b, ns_b;

    if (!read_moment(a, day_only, &s_a, &ns_a) || !read_moment(b, day_only, &s_b, &ns_b))
        return FALSE;
    *out = s_a != s_b ? (s_a < s_b ? -1 : 1) : ns_a != ns_b ? (ns_a < ns_b ? -1 : 1) : 0;
    return TRUE;
}

static gboolean
like(const char *text, const char *pattern)
{
    if (*pattern == '\0')
        return *text == '\0';
    if (*pattern == '%')
        return like(text, pattern + 1) || (*text != '\0' && like(g_utf8_next_char(text), pattern));
    if (*text == '\0')
        return FALSE;
    if (*pattern == '_')
        return like(g_utf8_next_char(text), pattern + 1);
    return *text == *pattern && like(text + 1, pattern + 1);
}

/* What a constant of a pool says, without its dress. */
static char *
bare_constant(int key, const char *constant)
{
    const char *quote = strpbrk(constant, "'\"");

    if (quote != NULL)
        return g_strndup(quote + 1, strlen(quote) - 2);
    if (key == KEY_INTEGER && strchr(constant, '.') != NULL)
        return g_strndup(constant, (gsize)(strchr(constant, '.') - constant));
    return g_strdup(constant);
}

/* One comparison of a value with a constant as written. */
static gboolean
holds(int key, const char *value, const char *operator, const char * constant)
{
    g_autofree char *bare = bare_constant(key, constant);
    gboolean is_default = *value == '\0' || g_str_equal(value, DEFAULT_NAME);
    gboolean names_default = g_str_equal(bare, DEFAULT_NAME);
    int order = 0;

    if (names_default)
        return g_str_equal(operator, "=") ? is_default : !is_default;
    if (is_default && !(key == KEY_TEXT && g_str_equal(operator, "=")))
        return FALSE;
    if (g_str_equal(operator, "like"))
        return like(value, bare);
    if (key == KEY_TEXT)
        order = strcmp(value, bare);
    else if (key == KEY_INTEGER ? !compare_numbers(value, bare, &order)
                                : !compare_moments(value, bare, key == KEY_DATE, &order))
        return FALSE;
    if (g_str_equal(operator, "="))
        return order == 0;
    if (g_str_equal(operator, "!="))
        return order != 0;
    if (g_str_equal(operator, "<"))
        return order < 0;
    if (g_str_equal(operator, "<="))
        return order <= 0;
    return g_str_equal(operator, ">") ? order > 0 : order >= 0;
}

/* ---- random filters, each with its meaning for every partition ---- */

/* truths[i]: does what was written so far hold for partition i? */
typedef struct {
    GRand *random;
    const GPtrArray *partitions;
    GString *text;
    GPtrArray *made; /* char*: constants that are in no pool */
} Generator;

static gboolean *
new_truths(const Generator *generator, gboolean truth)
{
    gboolean *truths = g_new(gboolean, generator->partitions->len);

    for (guint i = 0; i < generator->partitions->len; i++)
        truths[i] = truth;
    return truths;
}

static void
merge(const Generator *generator,
      gboolean *truths,
      gboolean is_and,
      int key,
      const char *
      operator,
      const char * constant)
{
    for (guint i = 0; i < generator->partitions->len; i++) {
        const CatalogPartition *partition = generator->partitions->pdata[i];
        gboolean truth = holds(key, partition->values[key], operator, constant);

        truths[i] = is_and ? truths[i] && truth : truths[i] || truth;
    }
}

/* A value of one of the partitions as a constant; NULL where it cannot be written as one. */
static const char *
constant_of_a_partition(const Generator *generator, int key)
{
    guint i = g_rand_int_range(generator->random, 0, (gint32)generator->partitions->len);
    const CatalogPartition *partition = generator->partitions->pdata[i];
    const char *value = partition->values[key];
    gint64 number, ns;
    gboolean is_plain =
        *value != '\0' && !g_str_equal(value, DEFAULT_NAME) && strpbrk(value, "'\"") == NULL;

    if (!is_plain || (key == KEY_INTEGER && !read_number(value, &number)) ||
        (key >= KEY_DATE && !read_moment(value, key == KEY_DATE, &number, &ns)))
        return NULL;
    g_ptr_array_add(generator->made,
                    key == KEY_INTEGER ? g_strdup(value) : g_strconcat("'", value, "'", NULL));
    return generator->made->pdata[generator->made->len - 1];
}

static const char *
pick_constant(const Generator *generator, int key, gboolean only_equality)
{
    const char *found = g_rand_int_range(generator->random, 0, 3) == 0
                            ? constant_of_a_partition(generator, key)
                            : NULL;

    if (found != NULL)
        return found;
    if (only_equality && g_rand_int_range(generator->random, 0, 8) == 0)
        return "'" DEFAULT_NAME "'";
    /* The last two constants of the text key have no order of their own with it. */
    return constant_pool[key][g_rand_int_range(generator->random, 0,
                                               key == KEY_TEXT && !only_equality ? 7 : 9)];
}

static gboolean *
write_comparison(Generator *generator, int key)
{
    static const char *const operators[] = {"=", "!=", "<", "<=", ">", ">="};
    static const char *const mirrored[] = {"=", "!=", ">", ">=", "<", "<="};
    gboolean *truths = new_truths(generator, FALSE);
    int which = g_rand_int_range(generator->random, 0, 6);
    const char *constant = pick_constant(generator, key, which < 2);

    if (g_rand_boolean(generator->random))
        g_string_append_printf(generator->text, "%s %s %s", key_names[key], operators[which],
                               constant);
    else
        g_string_append_printf(generator->text, "%s %s `%s`", constant, mirrored[which],
                               key_names[key]);
    merge(generator, truths, FALSE, key, operators[which], constant);
    return truths;
}

static gboolean *
write_like(Generator *generator)
{
    static const char *const patterns[] = {"'a%'", "'%b'",   "'a_b'",  "'_'",
                                           "'%'",  "'a\\b'", "'%\\%'", ""};
    const char *pattern = patterns[g_rand_int_range(generator->random, 0, 7)];
    gboolean *truths = new_truths(generator, FALSE);

    g_string_append_printf(generator->text, "s LIKE %s", pattern);
    merge(generator, truths, FALSE, KEY_TEXT, "like", pattern);
    return truths;
}

static gboolean *
write_between(Generator *generator, int key)
{
    gboolean negated = g_rand_boolean(generator->random);
    gboolean *truths = new_truths(generator, !negated);
    const char *low = pick_constant(generator, key, FALSE);
    const char *high = pick_constant(generator, key, FALSE);

    g_string_append_printf(generator->text, "%s %sBETWEEN %s and %s", key_names[key],
                           negated ? "not " : "", low, high);
    merge(generator, truths, !negated, key, negated ? "<" : ">=", low);
    merge(generator, truths, !negated, key, negated ? ">" : "<=", high);
    return truths;
}

static gboolean *
write_in(Generator *generator, int key)
{
    gboolean negated = g_rand_boolean(generator->random);
    gboolean *truths = new_truths(generator, negated);

    g_string_append_printf(generator->text, "(%s) %sin (", key_names[key], negated ? "NOT " : "");
    for (int n = g_rand_int_range(generator->random, 1, 4), i = 0; i < n; i++) {
        const char *constant = pick_constant(generator, key, TRUE);

        g_string_append_printf(generator->text, "%s%s", i > 0 ? ", " : "", constant);
        merge(generator, truths, negated, key, negated ? "!=" : "=", constant);
    }
    g_string_append_c(generator->text, ')');
    return truths;
}

static gboolean *
write_struct_in(Generator *generator)
{
    gboolean negated = g_rand_boolean(generator->random);
    gboolean *truths = new_truths(generator, negated);

    g_string_append_printf(generator->text, "(struct(s, i)) %sin (", negated ? "not " : "");
    for (int n = g_rand_int_range(generator->random, 2, 4), i = 0; i < n; i++) {
        const char *text = pick_constant(generator, KEY_TEXT, TRUE);
        const char *number = pick_constant(generator, KEY_INTEGER, TRUE);
        g_autofree gboolean *tuple = new_truths(generator, !negated);

        g_string_append_printf(generator->text, "%sconst struct(%s, %s)", i > 0 ? ", " : "", text,
                               number);
        merge(generator, tuple, !negated, KEY_TEXT, negated ? "!=" : "=", text);
        merge(generator, tuple, !negated, KEY_INTEGER, negated ? "!=" : "=", number);
        for (guint p = 0; p < generator->partitions->len; p++)
            truths[p] = negated ? truths[p] && tuple[p] : truths[p] || tuple[p];
    }
    g_string_append_c(generator->text, ')');
    return truths;
}

static gboolean *
write_condition(Generator *generator)
{
    int key = g_rand_int_range(generator->random, 0, KEYS);

    switch (g_rand_int_range(generator->random, 0, 8)) {
    case 0:
        return write_like(generator);
    case 1:
        return write_between(generator, key);
    case 2:
        return write_in(generator, key);
    case 3:
        return write_struct_in(generator);
    }
    return write_comparison(generator, key);
}

static gboolean *
write_filter(Generator *generator, int depth)
{
    gboolean *truths = NULL;
    gboolean is_and;
    int parts = g_rand_int_range(generator->random, 1, 4);

    if (depth == 0)
        return write_condition(generator);
    is_and = g_rand_boolean(generator->random);
    for (int part = 0; part < parts; part++) {
        g_autofree gboolean *next = NULL;

        if (part > 0)
            g_string_append(generator->text, is_and ? " and " : " OR ");
        g_string_append_c(generator->text, '(');
        next = write_filter(generator, depth - 1);
        g_string_append_c(generator->text, ')');
        if (truths == NULL) {
            truths = g_steal_pointer(&next);
            continue;
        }
        for (guint i = 0; i < generator->partitions->len; i++)
            truths[i] = is_and ? truths[i] && next[i] : truths[i] || next[i];
    }
    return truths;
}

static GPtrArray *
make_columns(void)
{
    GPtrArray *columns = catalog_columns_new();

    for (int i = 0; i < KEYS; i++)
        g_ptr_array_add(columns, catalog_column_new(key_names[i], key_types[i], NULL));
    return columns;
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
    const CatalogPartition *const *left = a;
    const CatalogPartition *const *right = b;

    return strcmp((*left)->name, (*right)->name);
}

/* Any text of a few odd characters; mostly readable as what the key holds. */
static char *
random_value(GRand *random, int key)
{
    static const char *const pieces[] = {
        "a", "B", "%", "_", "\\", "/", "=", " ", "0", "\xe2\x82\xac", "-", "."};
    GString *text = g_string_new(NULL);

    if (key == KEY_INTEGER)
        g_string_printf(text, "%d", g_rand_int_range(random, -20, 20));
    if (key >= KEY_DATE)
        g_string_printf(text, "20%02d-%02d-%02d", g_rand_int_range(random, 22, 26),
                        g_rand_int_range(random, 1, 14), g_rand_int_range(random, 1, 33));
    if (key == KEY_TIMESTAMP && g_rand_boolean(random))
        g_string_append_printf(text, " %02d:%02d:%02d", g_rand_int_range(random, 0, 25),
                               g_rand_int_range(random, 0, 61), g_rand_int_range(random, 0, 60));
    for (int i = g_rand_int_range(random, 0, key == KEY_TEXT ? 4 : 2); key == KEY_TEXT && i >= 0;
         i--)
        g_string_append(text, pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))]);
    return g_string_free(text, FALSE);
}

/* In name order, none twice, all stored. */
static GPtrArray *
make_random_partitions(GRand *random, guint count)
{
    GPtrArray *partitions = g_ptr_array_new_with_free_func(partition_free);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(CatalogStorage) storage = new_storage();

    while (partitions->len < count) {
        const char *values[KEYS + 1] = {NULL};
        CatalogPartition *partition;

        g_autoptr(GPtrArray) made = g_ptr_array_new_with_free_func(g_free);

        for (int key = 0; key < KEYS; key++) {
            g_ptr_array_add(made, random_value(random, key));
            values[key] = g_rand_int_range(random, 0, 4) == 0
                              ? made->pdata[made->len - 1]
                              : value_pool[key][g_rand_int_range(random, 0, 14)];
        }
        partition = new_partition(key_names, values, storage);
        if (g_hash_table_add(seen, partition->name))
            g_ptr_array_add(partitions, partition);
        else
            catalog_partition_free(partition);
    }
    g_ptr_array_sort(partitions, compare_names);
    ck_assert_uint_eq(add(partitions, FALSE), count);
    return partitions;
}

static void
assert_finds(const char *filter,
             const GPtrArray *columns,
             const GPtrArray *partitions,
             const gboolean *truths)
{
    g_autoptr(StorePartitionPredicate) predicate = store_partition_predicate_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) found = NULL;
    gint64 count = -1;
    guint next = 0;

    ck_assert_msg(catalog_partition_filter_compile(filter, columns, predicate, &error), "%s: %s",
                  filter, error != NULL ? error->message : "");
    found = names_of(predicate, -1);
    for (guint i = 0; i < partitions->len; i++) {
        const CatalogPartition *partition = partitions->pdata[i];
        gboolean is_found = next < found->len && g_str_equal(found->pdata[next], partition->name);

        ck_assert_msg(is_found == truths[i], "%.400s: %.200s is %s", filter, partition->name,
                      is_found ? "found" : "not found");
        next += is_found ? 1 : 0;
    }
    ck_assert_uint_eq(next, found->len);
    ck_assert(store_partition_count(store, &table, predicate, -1, &count, NULL));
    ck_assert_int_eq(count, next);
}

/* How many of the filters hold for some partition. */
static guint
check_random_filters(GRand *random, guint tables, guint filters)
{
    g_autoptr(GPtrArray) columns = make_columns();
    guint holds_for_some = 0;

    for (guint t = 0; t < tables; t++) {
        g_autofree char *name = g_strdup_printf("random_%u_%u", t, g_rand_int(random));

        table.id = make_table(name);
        g_autoptr(GPtrArray) partitions = make_random_partitions(random, 300);

        for (guint i = 0; i < filters; i++) {
            g_autoptr(GString) text = g_string_new(NULL);
            g_autoptr(GPtrArray) made = g_ptr_array_new_with_free_func(g_free);
            Generator generator = {random, partitions, text, made};
            g_autofree gboolean *truths = write_filter(&generator, g_rand_int_range(random, 0, 3));
            guint first = 0;

            assert_finds(text->str, columns, partitions, truths);
            while (first < partitions->len && !truths[first])
                first++;
            holds_for_some += first < partitions->len ? 1 : 0;
        }
    }
    return holds_for_some;
}

START_TEST(random_filters_find_what_they_mean)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(42);

    /* Else the test would prove little. */
    ck_assert_uint_gt(check_random_filters(random, 3, 400), 800);
}
END_TEST

/* Other ones each time. A failure is repeated with SKEP_TEST_SEED=<the printed number>. */
START_TEST(filters_of_a_new_seed_find_what_they_mean)
{
    const char *given = g_getenv("SKEP_TEST_SEED");
    guint32 seed = given != NULL ? (guint32)g_ascii_strtoull(given, NULL, 10) : g_random_int();
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);

    printf("SKEP_TEST_SEED=%u\n", seed);
    fflush(stdout);
    check_random_filters(random, 4, 250);
}
END_TEST

START_TEST(deep_and_wide_filters_are_answered)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    g_autoptr(GPtrArray) partitions = make_random_partitions(random, 20);
    g_autoptr(GPtrArray) columns = make_columns();
    g_autofree gboolean *all = g_new(gboolean, partitions->len);
    GString *deep = g_string_new(NULL);
    GString *wide = g_string_new("s < 'a'");

    for (guint i = 0; i < partitions->len; i++) {
        const CatalogPartition *partition = partitions->pdata[i];

        all[i] = holds(KEY_TEXT, partition->values[KEY_TEXT], "<", "'a'");
    }
    for (int i = 0; i < 499; i++)
        g_string_append(deep, "s < 'a' or (s < 'a' and (");
    g_string_append(deep, "s < 'a'");
    for (int i = 0; i < 499; i++)
        g_string_append(deep, "))");
    for (int i = 0; i < 9000; i++)
        g_string_append(wide, " or s < 'a'");
    assert_finds(deep->str, columns, partitions, all);
    assert_finds(wide->str, columns, partitions, all);
    g_string_free(deep, TRUE);
    g_string_free(wide, TRUE);
}
END_TEST

/* ---- rows ---- */

static CatalogPartition *
find(const char *name)
{
    CatalogPartition *partition = NULL;
    g_autoptr(GError) error = NULL;

    ck_assert_msg(store_partition_find(store, &table, name, &partition, &error), "%s",
                  error != NULL ? error->message : "");
    return partition;
}

START_TEST(a_partition_comes_back_as_it_went_in)
{
    static const char *const keys[] = {"ds", "hr", NULL};
    static const char *const values[] = {"{\"a\",\\b} NULL 'x'", "", NULL};
    g_autoptr(CatalogStorage) storage = new_storage();
    g_autoptr(GPtrArray) partitions = g_ptr_array_new_with_free_func(partition_free);
    CatalogPartition *sent = new_partition(keys, values, storage);
    g_autoptr(CatalogPartition) found = NULL;

    g_ptr_array_add(partitions, sent);
    catalog_map_set(sent->parameters, "quote\"d", "line\nbreak");
    sent->last_access_time_s = 5;
    sent->write_id = 77;
    g_free(sent->location);
    sent->location = g_strdup("file:/elsewhere");
    ck_assert_uint_eq(add(partitions, FALSE), 1);
    found = find(sent->name);
    ck_assert_ptr_nonnull(found);
    ck_assert(g_strv_equal((const char *const *)found->values, values));
    ck_assert_str_eq(found->location, "file:/elsewhere");
    ck_assert(catalog_map_equal(found->parameters, sent->parameters));
    ck_assert_int_eq(found->create_time_s, sent->create_time_s);
    ck_assert_int_eq(found->last_access_time_s, 5);
    ck_assert_int_eq(found->write_id, 77);
    ck_assert_str_eq(found->storage->input_format, "in");
    ck_assert_ptr_null(find("ds=nosuch/hr=1"));
}
END_TEST

START_TEST(what_follows_from_the_rest_is_not_stored_and_follows_a_change)
{
    static const char *const keys[] = {"ds", NULL};
    static const char *const values[] = {"a", NULL};
    g_autoptr(CatalogStorage) storage = new_storage();
    g_autoptr(GPtrArray) partitions = g_ptr_array_new_with_free_func(partition_free);
    g_autoptr(CatalogPartition) found = NULL;
    g_autofree char *stored = NULL;
    gint64 missing = -1;
    CatalogPartition *partition = new_partition(keys, values, storage);

    g_ptr_array_add(partitions, partition);
    add(partitions, FALSE);
    stored = test_postgres_run("SELECT count(*) FROM skep.partitions"
                               " WHERE location IS NULL AND parameters IS NULL");
    ck_assert_str_eq(stored, "1");
    table.location = "file:/moved/";
    found = find("ds=a");
    ck_assert_str_eq(found->location, "file:/moved/ds=a");
    ck_assert_str_eq(catalog_map_get(found->parameters, "transient_lastDdlTime"), "1700000000");
    catalog_map_set(partition->parameters, "transient_lastDdlTime", "1700000001");
    partition->create_time_s = 0; /* not sent */
    ck_assert(store_partition_alter(store, &table, partitions, FALSE, &missing, NULL));
    ck_assert_int_eq(missing, 0);
    catalog_partition_free(found);
    found = find("ds=a");
    ck_assert_str_eq(found->location, "file:/w/p.db/t/ds=a");
    ck_assert_str_eq(catalog_map_get(found->parameters, "transient_lastDdlTime"), "1700000001");
    ck_assert_int_eq(found->create_time_s, 1700000000);
}
END_TEST

static GPtrArray *
make_days(guint first, guint count, CatalogStorage *storage)
{
    static const char *const keys[] = {"ds", "hr", NULL};
    GPtrArray *partitions = g_ptr_array_new_with_free_func(partition_free);

    for (guint i = first; i < first + count; i++) {
        g_autofree char *day = g_strdup_printf("%u-%02u-%02u", 2020 + i / 24 / 336,
                                               i / 24 % 336 / 28 + 1, i / 24 % 28 + 1);
        g_autofree char *hour = g_strdup_printf("%02u", i % 24);
        const char *values[] = {day, hour, NULL};
        CatalogPartition *partition = new_partition(keys, values, storage);

        catalog_map_set(partition->parameters, "numFiles", "12");
        catalog_map_set(partition->parameters, "totalSize", "1234567");
        g_ptr_array_add(partitions, partition);
    }
    return partitions;
}

START_TEST(a_batch_is_added_whole_or_not_at_all)
{
    g_autoptr(CatalogStorage) storage = new_storage();
    g_autoptr(GPtrArray) first = make_days(0, 10, storage);
    g_autoptr(GPtrArray) second = make_days(5, 10, storage);
    g_autoptr(GHashTable) added = NULL;
    g_autoptr(GError) error = NULL;
    gint64 count = 0;

    ck_assert_uint_eq(add(first, FALSE), 10);
    ck_assert(!store_partition_add(store, &table, second, FALSE, &added, &error));
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_ALREADY_EXISTS));
    ck_assert_str_eq(skep_error_object(error), "ds=2020-01-01/hr=05");
    ck_assert(store_partition_count(store, &table, NULL, -1, &count, NULL));
    ck_assert_int_eq(count, 10);
    ck_assert_uint_eq(add(second, TRUE), 5);
    ck_assert_uint_eq(add(second, TRUE), 0);
}
END_TEST

START_TEST(a_table_that_is_gone_takes_no_partitions)
{
    g_autoptr(CatalogStorage) storage = new_storage();
    g_autoptr(GPtrArray) partitions = make_days(0, 1, storage);
    g_autoptr(GHashTable) added = NULL;
    g_autoptr(GError) error = NULL;

    table.id = 999999999;
    ck_assert(!store_partition_add(store, &table, partitions, FALSE, &added, &error));
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_NO_SUCH_TABLE));
}
END_TEST

START_TEST(batches_are_altered_and_dropped_whole_or_not_at_all)
{
    g_autoptr(CatalogStorage) storage = new_storage();
    g_autoptr(GPtrArray) some = make_days(0, 10, storage);
    g_autoptr(GPtrArray) more = make_days(5, 10, storage);
    static const char *const names[] = {"ds=2020-01-01/hr=00", "ds=2020-01-01/hr=23", NULL};
    g_autoptr(GPtrArray) dropped = NULL;
    gint64 missing = 0;
    gint64 count = 0;

    add(some, FALSE);
    for (guint i = 0; i < more->len; i++)
        ((CatalogPartition *)more->pdata[i])->last_access_time_s = 9;
    ck_assert(store_partition_alter(store, &table, more, FALSE, &missing, NULL));
    ck_assert_int_eq(missing, 5);
    g_autoptr(CatalogPartition) found = find("ds=2020-01-01/hr=09");
    ck_assert_int_eq(found->last_access_time_s, 0);
    ck_assert(store_partition_drop(store, &table, names, FALSE, &missing, &dropped, NULL));
    ck_assert_int_eq(missing, 1);
    ck_assert_uint_eq(dropped->len, 0);
    g_clear_pointer(&dropped, g_ptr_array_unref);
    ck_assert(store_partition_drop(store, &table, names, TRUE, &missing, &dropped, NULL));
    ck_assert_int_eq(missing, 1);
    ck_assert_uint_eq(dropped->len, 1);
    ck_assert_str_eq(((CatalogPartition *)dropped->pdata[0])->location,
                     "file:/w/p.db/t/ds=2020-01-01/hr=00");
    ck_assert(store_partition_count(store, &table, NULL, -1, &count, NULL));
    ck_assert_int_eq(count, 9);
}
END_TEST

START_TEST(every_change_leaves_events_with_the_names)
{
    g_autoptr(CatalogStorage) storage = new_storage();
    g_autoptr(GPtrArray) some = make_days(0, 3, storage);
    static const char *const names[] = {"ds=2020-01-01/hr=00", NULL};
    g_autoptr(GPtrArray) dropped = NULL;
    g_autofree char *events = NULL;
    gint64 missing = 0;

    add(some, FALSE);
    add(some, TRUE);
    ck_assert(store_partition_alter(store, &table, some, FALSE, &missing, NULL));
    ck_assert(store_partition_drop(store, &table, names, FALSE, &missing, &dropped, NULL));
    events = test_postgres_run(
        "SELECT string_agg(event_type || ' ' || namespace_name || '.' || table_name || ' ' ||"
        " coalesce(jsonb_array_length(details -> 'partitions'), 1) || ' ' ||"
        " coalesce(details -> 'partitions' -> 0 ->> 'name', details -> 'partition' ->> 'name'),"
        " '; ' ORDER BY id) FROM skep.events");
    ck_assert_str_eq(events, "ADD_PARTITION p.t 3 ds=2020-01-01/hr=00; "
                             "ALTER_PARTITION p.t 1 ds=2020-01-01/hr=00; "
                             "ALTER_PARTITION p.t 1 ds=2020-01-01/hr=01; "
                             "ALTER_PARTITION p.t 1 ds=2020-01-01/hr=02; "
                             "DROP_PARTITION p.t 1 ds=2020-01-01/hr=00");
}
END_TEST

typedef struct {
    guint rows;
    const CatalogStorage *storage;
} Seen;

static gboolean
count_rows(const CatalogPartition *partition, gpointer data, GError **error)
{
    Seen *seen = data;

    (void)error;
    if (seen->rows > 0)
        ck_assert_ptr_eq(partition->storage, seen->storage);
    seen->storage = partition->storage;
    seen->rows++;
    return TRUE;
}

static guint
count_matches(const char *filter)
{
    g_autoptr(GPtrArray) columns = catalog_columns_new();
    g_autoptr(StorePartitionPredicate) predicate = store_partition_predicate_new();
    g_autoptr(GPtrArray) names = NULL;

    g_ptr_array_add(columns, catalog_column_new("ds", "string", NULL));
    g_ptr_array_add(columns, catalog_column_new("hr", "int", NULL));
    ck_assert(catalog_partition_filter_compile(filter, columns, predicate, NULL));
    names = names_of(predicate, -1);
    return names->len;
}

/* Ordinary rows: two keys, statistics of files, the descriptor shared. */
START_TEST(ten_thousand_partitions_are_narrow_listed_in_order_and_dropped)
{
    g_autoptr(CatalogStorage) storage = new_storage();
    g_autofree char *size = NULL;
    g_autofree char *left = NULL;
    g_autoptr(GPtrArray) names = NULL;
    Seen seen = {0, NULL};

    g_free(test_postgres_run("TRUNCATE skep.partitions"));
    for (guint batch = 0; batch < 10; batch++) {
        g_autoptr(GPtrArray) partitions = make_days(batch * 1000, 1000, storage);

        ck_assert_uint_eq(add(partitions, FALSE), 1000);
    }
    size = test_postgres_run("SELECT pg_total_relation_size('skep.partitions') / 10000");
    g_test_message("%s bytes for each partition", size);
    ck_assert_int_le(g_ascii_strtoll(size, NULL, 10), 300);
    ck_assert(store_partition_scan(store, &table, NULL, -1, count_rows, &seen, NULL));
    ck_assert_uint_eq(seen.rows, 10000);
    names = names_of(NULL, -1);
    ck_assert_uint_eq(names->len, 10000);
    for (guint i = 1; i < names->len; i++)
        ck_assert_int_lt(strcmp(names->pdata[i - 1], names->pdata[i]), 0);
    ck_assert_uint_eq(count_matches("ds = '2020-03-05'"), 24);
    ck_assert_uint_eq(count_matches("ds >= '2020-03-05' and ds < '2020-03-07' and hr < 6"), 12);
    ck_assert_uint_eq(count_matches("hr = 7 or hr = 8"), 834);
    g_ptr_array_add(names, NULL);
    for (guint i = 0; i < 10000; i += 1000) {
        g_autoptr(GPtrArray) dropped = NULL;
        g_autofree const char **batch = g_new0(const char *, 1001);
        gint64 missing;

        memcpy(batch, names->pdata + i, 1000 * sizeof(char *));
        ck_assert(store_partition_drop(store, &table, batch, FALSE, &missing, &dropped, NULL));
        ck_assert_uint_eq(dropped->len, 1000);
    }
    left = test_postgres_run("SELECT count(*) FROM skep.partitions");
    ck_assert_str_eq(left, "0");
}
END_TEST

START_TEST(a_listing_gives_the_first_so_many)
{
    g_autoptr(CatalogStorage) storage = new_storage();
    g_autoptr(GPtrArray) partitions = make_days(0, 30, storage);
    g_autoptr(GPtrArray) none = NULL;
    g_autoptr(GPtrArray) two = NULL;
    gint64 count = 0;

    add(partitions, FALSE);
    none = names_of(NULL, 0);
    ck_assert_uint_eq(none->len, 0);
    two = names_of(NULL, 2);
    ck_assert_uint_eq(two->len, 2);
    ck_assert_str_eq(two->pdata[1], "ds=2020-01-01/hr=01");
    ck_assert(store_partition_count(store, &table, NULL, 7, &count, NULL));
    ck_assert_int_eq(count, 7);
}
END_TEST

static const char *const plan_keys[] = {"ds", "hr", "lane", NULL};

static char *
explain(const char *filter, const char *type)
{
    g_autoptr(GPtrArray) columns = catalog_columns_new();
    g_autoptr(StorePartitionPredicate) predicate = store_partition_predicate_new();
    g_autofree char *condition = NULL;
    g_autoptr(GString) values = g_string_new("(ARRAY[");
    GString *sql;
    g_autofree char *statement = NULL;

    for (gsize i = 0; plan_keys[i] != NULL; i++)
        g_ptr_array_add(columns, catalog_column_new(plan_keys[i], type, NULL));
    ck_assert(catalog_partition_filter_compile(filter, columns, predicate, NULL));
    for (guint i = 0; i < predicate->values->len; i++)
        g_string_append_printf(values, "%s'%s'", i > 0 ? "," : "",
                               (const char *)predicate->values->pdata[i]);
    g_string_append(values, "]::text[])");
    condition = store_partition_predicate_sql(predicate);
    sql = g_string_new(condition);
    g_string_replace(sql, "$3", values->str, 0);
    statement =
        g_strdup_printf("CREATE OR REPLACE FUNCTION pg_temp.plan() RETURNS text LANGUAGE plpgsql AS"
                        " $f$ DECLARE line text; plan text := ''; BEGIN FOR line IN EXPLAIN"
                        " SELECT name FROM skep.partitions WHERE table_id = %" G_GINT64_FORMAT
                        " AND %s LOOP plan := plan || line || E'\\n'; END LOOP;"
                        " RETURN plan; END $f$; SELECT pg_temp.plan()",
                        table.id, sql->str);
    g_string_free(sql, TRUE);
    return test_postgres_run(statement);
}

START_TEST(equality_and_ranges_on_the_first_keys_use_their_indexes)
{
    static const struct {
        const char *type;
        const char *filter;
        const char *index;
    } cases[] = {
        {"string",    "ds = '2020-03-05'",                        "partitions_first_value_idx"  },
        {"string",    "ds > '2020-03-05' and ds < '2020-03-09'",  "partitions_first_value_idx"  },
        {"string",    "ds between '2020-03-05' and '2020-03-06'", "partitions_first_value_idx"  },
        {"string",    "(ds) in ('2020-03-05', '2020-03-09')",     "partitions_first_value_idx"  },
        {"string",    "ds = '2020-03-05' or ds = '2020-03-09'",   "partitions_first_value_idx"  },
        {"string",    "ds = '" DEFAULT_NAME "'",                  "partitions_first_value_idx"  },
        {"string",    "ds like '2020-03-05%'",                    "partitions_first_value_idx"  },
        {"date",      "ds between 2020-03-05 and 2020-03-06",     "partitions_first_value_idx"  },
        {"timestamp", "ds between 2020-03-05 and 2020-03-06",     "partitions_first_value_idx"  },
        {"int",       "ds = 5",                                   "partitions_first_number_idx" },
        {"int",       "ds > 5 and ds <= 9",                       "partitions_first_number_idx" },
        {"bigint",    "ds = 5 or ds = 7",                         "partitions_first_number_idx" },
        {"string",    "hr = 'b7'",                                "partitions_second_value_idx" },
        {"string",    "(hr) in ('b7', 'b9') and lane != 'x'",     "partitions_second_value_idx" },
        {"int",       "hr > 70 and hr < 72",                      "partitions_second_number_idx"},
        {"string",    "lane = 'c7'",                              "partitions_third_value_idx"  },
        {"int",       "lane = 7",                                 "partitions_third_number_idx" },
    };
    g_autoptr(CatalogStorage) storage = new_storage();
    g_autoptr(GPtrArray) partitions = make_days(0, 10000, storage);
    g_autoptr(GPtrArray) numbers = g_ptr_array_new_with_free_func(partition_free);

    for (int i = 0; i < 10000; i++) {
        gboolean is_number = i % 2 == 0;
        g_autofree char *number = g_strdup_printf("%d", i);
        g_autofree char *second = g_strdup_printf("%s%d", is_number ? "" : "b", i % 997);
        g_autofree char *third = g_strdup_printf("%s%d", is_number ? "" : "c", i % 1009);
        const char *values[] = {number, second, third, NULL};

        g_ptr_array_add(numbers, new_partition(plan_keys, values, storage));
    }
    add(partitions, FALSE);
    add(numbers, FALSE);
    g_free(test_postgres_run("ANALYZE skep.partitions"));
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *plan = explain(cases[i].filter, cases[i].type);

        ck_assert_msg(strstr(plan, cases[i].index) != NULL, "%s: %s", cases[i].filter, plan);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("store partitions");
    TCase *filters = tcase_create("filters");
    TCase *rows = tcase_create("rows");

    tcase_add_checked_fixture(filters, set_up, tear_down);
    tcase_add_checked_fixture(rows, set_up, tear_down);
    tcase_set_timeout(filters, 300);
    tcase_set_timeout(rows, 120);
    tcase_add_test(filters, random_filters_find_what_they_mean);
    tcase_add_test(filters, filters_of_a_new_seed_find_what_they_mean);
    tcase_add_test(filters, deep_and_wide_filters_are_answered);
    tcase_add_test(filters, equality_and_ranges_on_the_first_keys_use_their_indexes);
    tcase_add_test(rows, a_partition_comes_back_as_it_went_in);
    tcase_add_test(rows, what_follows_from_the_rest_is_not_stored_and_follows_a_change);
    tcase_add_test(rows, a_batch_is_added_whole_or_not_at_all);
    tcase_add_test(rows, a_table_that_is_gone_takes_no_partitions);
    tcase_add_test(rows, batches_are_altered_and_dropped_whole_or_not_at_all);
    tcase_add_test(rows, every_change_leaves_events_with_the_names);
    tcase_add_test(rows, ten_thousand_partitions_are_narrow_listed_in_order_and_dropped);
    tcase_add_test(rows, a_listing_gives_the_first_so_many);
    suite_add_tcase(suite, filters);
    suite_add_tcase(suite, rows);
    return test_postgres_run_suite(suite);
}
