/* SPDX-License-Identifier: Apache-2.0 */
/* schema/postgres.sql is what the migrations make. With SKEP_SCHEMA_WRITE set (make schema), writes
 * it instead. */
#include <string.h>
#include "support/test_postgres.h"

#define SCHEMA_FILE "schema/postgres.sql"

static const char HEAD[] = "-- The whole schema of Skep, as all migrations together make it. "
                           "Written by `make schema`, checked by\n"
                           "-- `make check`; to change it, add a migration.\n";

/* pg_dump's output without what differs between its versions: comments, settings and its own
 * commands. */
static char *
normalised(const char *dump)
{
    static const char *const skipped[] = {"--", "SET ", "SELECT pg_catalog.set_config", "\\"};
    g_auto(GStrv) lines = g_strsplit(dump, "\n", -1);
    GString *out = g_string_new(HEAD);
    gboolean is_after_blank = FALSE;
    for (guint i = 0; lines[i] != NULL; i++) {
        gboolean is_skipped = FALSE;
        for (guint s = 0; s < G_N_ELEMENTS(skipped); s++) {
            is_skipped = is_skipped || g_str_has_prefix(lines[i], skipped[s]);
        }
        if (is_skipped) {
            continue;
        }
        if (lines[i][0] == '\0') {
            is_after_blank = TRUE;
            continue;
        }
        g_string_append_printf(out, "%s%s\n", is_after_blank ? "\n" : "", lines[i]);
        is_after_blank = FALSE;
    }
    return g_string_free(out, FALSE);
}

static char *
dump_schema(void)
{
    g_autofree char *program = g_build_filename(test_postgres_programs(), "pg_dump", NULL);
    const char *argv[] = {program,      "--schema-only",   "--schema=skep",
                          "--no-owner", "--no-privileges", test_postgres_uri(),
                          NULL};
    g_autofree char *dump = NULL;
    g_autofree char *said = NULL;
    g_autoptr(GError) error = NULL;
    int status = 0;
    gboolean ok = g_spawn_sync(NULL, (gchar **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &dump,
                               &said, &status, &error);
    ck_assert_msg(ok && status == 0, "%s %s", error != NULL ? error->message : "", said);
    return normalised(dump);
}

START_TEST(the_schema_file_is_what_the_migrations_make)
{
    g_autofree char *made = dump_schema();
    if (g_getenv("SKEP_SCHEMA_WRITE") != NULL) {
        ck_assert(g_file_set_contents(SCHEMA_FILE, made, -1, NULL));
        return;
    }
    g_autofree char *kept = NULL;
    g_file_get_contents(SCHEMA_FILE, &kept, NULL, NULL);
    ck_assert_msg(g_strcmp0(kept, made) == 0,
                  "%s is not what the migrations make; run: make schema", SCHEMA_FILE);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("schema");
    TCase *tests = tcase_create("schema");
    tcase_add_test(tests, the_schema_file_is_what_the_migrations_make);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
