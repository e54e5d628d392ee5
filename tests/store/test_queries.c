/* SPDX-License-Identifier: Apache-2.0 */
/* Every named query of server/store/ is one that PostgreSQL takes, with the parameters that its
 * comment declares, against a database that has just been migrated. And values come back as they
 * were sent. */
#include <check.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>
#include "store/all_sql.h"
#include "store/query.h"
#include "support/test_postgres.h"

static const guint32 TYPES[] = {20, 23, 21, 16, 25, 3802, 1009, 1016, 17, 701, 2950};
static const StoreQuery ECHO_ALL = {.name = "test_echo",
                                    .sql = "SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11",
                                    .param_types = TYPES,
                                    .param_count = G_N_ELEMENTS(TYPES),
                                    .reads_only = TRUE};

/* Goal: no query waits for its first caller to be found wrong. Method: prepare each, and ask for
 * its parameters. */
START_TEST(every_query_prepares_with_the_types_its_comment_declares)
{
    PGconn *link = PQconnectdb(test_postgres_uri());
    guint queries = 0;
    for (guint noun = 0; SQL_ALL[noun] != NULL; noun++) {
        for (guint i = 0; SQL_ALL[noun][i] != NULL; i++, queries++) {
            const StoreQuery *query = SQL_ALL[noun][i];
            PGresult *prepared = PQprepare(link, query->name, query->sql, (int)query->param_count,
                                           query->param_types);
            ck_assert_msg(PQresultStatus(prepared) == PGRES_COMMAND_OK, "%s: %s", query->name,
                          PQresultErrorMessage(prepared));
            PGresult *described = PQdescribePrepared(link, query->name);
            ck_assert_int_eq(PQnparams(described), (int)query->param_count);
            for (guint p = 0; p < query->param_count; p++) {
                ck_assert_uint_eq(PQparamtype(described, (int)p), query->param_types[p]);
            }
            /* sum(bigint) and the like are numeric, which no getter reads. */
            for (int c = 0; c < PQnfields(described); c++) {
                ck_assert_msg(PQftype(described, c) != 1700, "%s: column %d is numeric; cast it",
                              query->name, c);
            }
            PQclear(described);
            PQclear(prepared);
        }
    }
    PQfinish(link);
    ck_assert_uint_gt(queries, 10);
}
END_TEST

static StoreResult *
echo(Store *store, const StoreParam *params)
{
    StoreResult *result = NULL;
    GError *error = NULL;
    gboolean ok = store_query_one(store, &ECHO_ALL, params, G_N_ELEMENTS(TYPES), &result, &error);
    ck_assert_msg(ok, "%s", error != NULL ? error->message : "");
    return result;
}

START_TEST(values_of_every_kind_come_back_as_they_were_sent)
{
    g_autoptr(Store) store = test_postgres_open();
    g_autoptr(GHashTable) map = g_hash_table_new(g_str_hash, g_str_equal);
    g_hash_table_insert(map, (gpointer) "plain", (gpointer) "value");
    g_hash_table_insert(map, (gpointer) "quote\"back\\slash", (gpointer) "tab\tnewline\n\xc3\xa9");
    const char *texts[] = {"a", "", "\"{,}\\", NULL};
    gint64 integers[] = {G_MININT64, 0, G_MAXINT64};
    const guint8 bytes[] = {0, 1, 255};
    StoreParam params[] = {store_param_int64(G_MININT64),
                           store_param_int64(G_MININT32),
                           store_param_int64(G_MAXINT16),
                           store_param_bool(TRUE),
                           store_param_text("text \xe2\x82\xac"),
                           store_param_map(map),
                           store_param_text_array(texts),
                           store_param_int64_array(integers, 3),
                           store_param_bytes(bytes, sizeof bytes),
                           store_param_double(0.1),
                           store_param_text("00112233-4455-6677-8899-aabbccddeeff")};
    g_autoptr(StoreResult) result = echo(store, params);
    ck_assert(store_row_int64(result, 0, 0) == G_MININT64);
    ck_assert(store_row_int64(result, 0, 1) == G_MININT32);
    ck_assert(store_row_int64(result, 0, 2) == G_MAXINT16);
    ck_assert(store_row_bool(result, 0, 3));
    ck_assert_str_eq(store_row_text(result, 0, 4), "text \xe2\x82\xac");
    g_autoptr(GHashTable) back = store_row_map(result, 0, 5);
    ck_assert_uint_eq(g_hash_table_size(back), 2);
    ck_assert_str_eq(g_hash_table_lookup(back, "quote\"back\\slash"), "tab\tnewline\n\xc3\xa9");
    g_auto(GStrv) strv = store_row_text_array(result, 0, 6);
    ck_assert(g_strv_equal((const gchar *const *)strv, texts));
    g_autoptr(GArray) numbers = store_row_int64_array(result, 0, 7);
    ck_assert_mem_eq(numbers->data, integers, sizeof integers);
    gsize length = 0;
    ck_assert_mem_eq(store_row_bytes(result, 0, 8, &length), bytes, sizeof bytes);
    ck_assert_uint_eq(length, sizeof bytes);
    ck_assert(store_row_double(result, 0, 9) == 0.1);
    g_autofree char *uuid = store_row_text_copy(result, 0, 10);
    ck_assert_str_eq(uuid, "00112233-4455-6677-8899-aabbccddeeff");
}
END_TEST

START_TEST(nulls_and_empty_values_are_told_apart)
{
    g_autoptr(Store) store = test_postgres_open();
    const char *none[] = {NULL};
    StoreParam params[G_N_ELEMENTS(TYPES)];
    for (guint i = 0; i < G_N_ELEMENTS(TYPES); i++) {
        params[i] = store_param_null();
    }
    g_autoptr(StoreResult) nulls = echo(store, params);
    for (guint i = 0; i < G_N_ELEMENTS(TYPES); i++) {
        ck_assert(store_row_is_null(nulls, 0, i));
    }
    ck_assert(store_row_int64_or(nulls, 0, 0, -1) == -1);
    ck_assert_ptr_null(store_row_text(nulls, 0, 4));
    ck_assert_ptr_null(store_row_text_array(nulls, 0, 6));
    g_autoptr(GHashTable) absent = store_row_map(nulls, 0, 5);
    ck_assert_uint_eq(g_hash_table_size(absent), 0);

    g_autoptr(GHashTable) empty = g_hash_table_new(g_str_hash, g_str_equal);
    params[4] = store_param_text("");
    params[5] = store_param_map(empty);
    params[6] = store_param_text_array(none);
    params[8] = store_param_bytes((const guint8 *)"", 0);
    g_autoptr(StoreResult) empties = echo(store, params);
    ck_assert_str_eq(store_row_text(empties, 0, 4), "");
    g_auto(GStrv) strv = store_row_text_array(empties, 0, 6);
    ck_assert_uint_eq(g_strv_length(strv), 0);
    ck_assert(!store_row_is_null(empties, 0, 5) && !store_row_is_null(empties, 0, 8));
}
END_TEST

START_TEST(text_that_is_not_utf8_is_an_invalid_argument)
{
    g_autoptr(Store) store = test_postgres_open();
    StoreParam params[G_N_ELEMENTS(TYPES)];
    for (guint i = 0; i < G_N_ELEMENTS(TYPES); i++) {
        params[i] = store_param_null();
    }
    const struct {
        guint index;
        StoreParam param;
    } bad[] = {
        {4, store_param_text("\xff\xfe") },
        {4, store_param_text_sized("a\0b", 3)},
        {5, store_param_json("{\"a\":\"\\u0000\"}")                             },
        {5, store_param_json("{")},
        {10, store_param_text("no uuid")                            },
        {1, store_param_int64(G_MAXINT64) },
    };
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(StoreResult) result = NULL;
        g_autoptr(GError) error = NULL;
        StoreParam kept = params[bad[i].index];
        params[bad[i].index] = bad[i].param;
        ck_assert(!store_query_one(store, &ECHO_ALL, STORE_PARAMS(params), &result, &error));
        ck_assert_msg(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_INVALID_ARGUMENT), "%u: %s", i,
                      error->message);
        params[bad[i].index] = kept;
    }
}
END_TEST

START_TEST(array_literals_are_read_back_by_postgres)
{
    static const guint32 text_type[] = {25};
    static const StoreQuery cast = {.name = "test_cast_array",
                                    .sql = "SELECT $1::text[]",
                                    .param_types = text_type,
                                    .param_count = 1,
                                    .reads_only = TRUE};
    g_autoptr(Store) store = test_postgres_open();
    const char *texts[] = {"plain", "", "a\"b\\c", "{,} NULL", "NULL", NULL};
    g_autofree char *literal = store_array_literal(texts);
    StoreParam params[] = {store_param_text(literal)};
    g_autoptr(StoreResult) result = NULL;
    ck_assert(store_query_one(store, &cast, STORE_PARAMS(params), &result, NULL));
    g_auto(GStrv) back = store_row_text_array(result, 0, 0);
    ck_assert(g_strv_equal((const gchar *const *)back, texts));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("store queries");
    TCase *tests = tcase_create("queries");
    tcase_add_test(tests, every_query_prepares_with_the_types_its_comment_declares);
    tcase_add_test(tests, values_of_every_kind_come_back_as_they_were_sent);
    tcase_add_test(tests, nulls_and_empty_values_are_told_apart);
    tcase_add_test(tests, text_that_is_not_utf8_is_an_invalid_argument);
    tcase_add_test(tests, array_literals_are_read_back_by_postgres);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
