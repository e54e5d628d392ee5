/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: never two holders of locks that exclude one another, whatever races. Method: sixteen
 * threads that take what they can get and watch one another. */
#include <string.h>

#include "store/lock_fixture.h"

/* Who holds what, as the threads believe it: objects 0 to 2 are tables, 3 is the whole database. */
typedef struct {
    GMutex mutex;
    gint readers[4];
    gint writers[4];
    gint granted;
    gint violations;
} Holders;

static gboolean
overlap(int a, int b)
{
    return a == b || a == 3 || b == 3;
}

static void
enter(Holders *holders, int object, gboolean is_writer)
{
    g_mutex_lock(&holders->mutex);
    for (int other = 0; other < 4; other++) {
        if (overlap(object, other) &&
            (holders->writers[other] > 0 || (is_writer && holders->readers[other] > 0)))
            holders->violations++;
    }
    (is_writer ? holders->writers : holders->readers)[object]++;
    holders->granted++;
    g_mutex_unlock(&holders->mutex);
}

static void
leave(Holders *holders, int object, gboolean is_writer)
{
    g_mutex_lock(&holders->mutex);
    (is_writer ? holders->writers : holders->readers)[object]--;
    g_mutex_unlock(&holders->mutex);
}

typedef struct {
    Holders *holders;
    guint32 seed;
    gboolean one_table; /* all exclusive on it */
    int rounds;
} Fighter;

static void
fight_once(Fighter *fighter, GRand *random)
{
    static const char *const objects[] = {"race.a", "race.b", "race.c", "race"};
    int object = fighter->one_table ? 0 : g_rand_int_range(random, 0, 4);
    gboolean is_writer = fighter->one_table || g_rand_boolean(random);
    CatalogLockRequest request = new_request();
    CatalogLockState state = CATALOG_LOCK_ABORT;
    gint64 id;

    add_component(&request, is_writer ? CATALOG_LOCK_EXCLUSIVE : CATALOG_LOCK_SHARED_READ,
                  objects[object]);
    id = acquire(&request, &state);
    while (state == CATALOG_LOCK_WAITING) {
        g_usleep((gulong)g_rand_int_range(random, 500, 4000));
        state = check(id);
    }
    ck_assert_int_eq(state, CATALOG_LOCK_ACQUIRED);
    enter(fighter->holders, object, is_writer);
    g_usleep((gulong)g_rand_int_range(random, 0, 1500));
    leave(fighter->holders, object, is_writer);
    release(id);
}

static gpointer
fight(gpointer data)
{
    Fighter *fighter = data;
    g_autoptr(GRand) random = g_rand_new_with_seed(fighter->seed);

    for (int round = 0; round < fighter->rounds; round++)
        fight_once(fighter, random);
    return NULL;
}

static void
run_race(gboolean one_table, int rounds)
{
    Holders holders = {0};
    Fighter fighters[THREADS];
    GThread *threads[THREADS];

    g_mutex_init(&holders.mutex);
    for (int i = 0; i < THREADS; i++) {
        fighters[i] = (Fighter){&holders, (guint32)i + 1, one_table, rounds};
        threads[i] = g_thread_new("fighter", fight, &fighters[i]);
    }
    for (int i = 0; i < THREADS; i++)
        g_thread_join(threads[i]);
    ck_assert_int_eq(holders.granted, THREADS * rounds);
    ck_assert_int_eq(holders.violations, 0);
    g_mutex_clear(&holders.mutex);
}

START_TEST(sixteen_that_want_one_table_have_it_one_at_a_time)
{
    run_race(TRUE, 6);
}
END_TEST

START_TEST(readers_and_writers_of_tables_and_their_database_never_meet)
{
    run_race(FALSE, 12);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("store locks at once");
    TCase *races = tcase_create("races");

    tcase_add_checked_fixture(races, set_up, tear_down);
    tcase_set_timeout(races, 300);
    tcase_add_test(races, sixteen_that_want_one_table_have_it_one_at_a_time);
    tcase_add_test(races, readers_and_writers_of_tables_and_their_database_never_meet);
    suite_add_tcase(suite, races);
    return test_postgres_run_suite(suite);
}
