/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: every path of the specification finds its one operation, with a catalog's prefix and
 * without. Method: methods and targets in, the operation's name and the placeholders out. */
#include <check.h>
#include <string.h>

#include "doors/rest/rest_private.h"
#include "support/test_suite.h"

/* Keeps the target alive as long as the match, which borrows from it. */
typedef struct {
    RestTarget target;
    RestMatch match;
} Found;

static void
found_clear(Found *found)
{
    rest_target_clear(&found->target);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Found, found_clear)

static void
find(const char *method, const char *raw, Found *out_found)
{
    ck_assert(rest_target_parse(raw, &out_found->target, NULL));
    rest_route_match(rest_method_parse(method), out_found->target.segments, &out_found->match);
}

static void
assert_operation(const char *method, const char *raw, const char *operation)
{
    g_auto(Found) found = {
        {NULL, NULL},
        {NULL   }
    };
    find(method, raw, &found);
    ck_assert_msg(found.match.route != NULL, "no route for %s %s", method, raw);
    ck_assert_str_eq(found.match.route->operation, operation);
}

START_TEST(every_route_is_found_by_its_own_path)
{
    gsize n = 0;
    const RestRoute *routes = rest_routes(&n);
    for (gsize i = 0; i < n; i++) {
        const char *method = rest_method_name(routes[i].method);
        g_autoptr(GString) path = g_string_new(routes[i].path);
        g_string_replace(path, "{prefix}/", "", 0);
        assert_operation(method, path->str, routes[i].operation);
        assert_operation(method, routes[i].path, routes[i].operation);
        g_string_prepend(path, "/iceberg");
        assert_operation(method, path->str, routes[i].operation);
    }
}
END_TEST

START_TEST(placeholders_are_filled_with_and_without_a_prefix)
{
    g_auto(Found) plain = {
        {NULL, NULL},
        {NULL   }
    };
    find("GET", "/v1/namespaces/n/tables/t", &plain);
    ck_assert_ptr_null(plain.match.places.prefix);
    ck_assert_str_eq(plain.match.places.namespace_name, "n");
    ck_assert_str_eq(plain.match.places.table, "t");
    ck_assert_ptr_null(plain.match.places.view);

    g_auto(Found) prefixed = {
        {NULL, NULL},
        {NULL   }
    };
    find("GET", "/v1/lake/namespaces/n/views/v", &prefixed);
    ck_assert_str_eq(prefixed.match.places.prefix, "lake");
    ck_assert_str_eq(prefixed.match.places.namespace_name, "n");
    ck_assert_str_eq(prefixed.match.places.view, "v");
}
END_TEST

START_TEST(names_equal_to_words_of_the_api_are_names)
{
    g_auto(Found) found = {
        {NULL, NULL},
        {NULL   }
    };
    find("GET", "/v1/namespaces/namespaces/tables/tables", &found);
    ck_assert_str_eq(found.match.route->operation, "loadTable");
    ck_assert_str_eq(found.match.places.namespace_name, "namespaces");
    ck_assert_str_eq(found.match.places.table, "tables");
    assert_operation("POST", "/v1/namespaces/tables/tables/rename", "updateTable");
}
END_TEST

START_TEST(a_known_path_with_another_verb_says_which_are_allowed)
{
    g_auto(Found) found = {
        {NULL, NULL},
        {NULL   }
    };
    find("DELETE", "/v1/namespaces", &found);
    ck_assert_ptr_null(found.match.route);
    ck_assert_uint_eq(found.match.allowed, REST_METHOD_GET | REST_METHOD_POST);

    g_auto(Found) other = {
        {NULL, NULL},
        {NULL   }
    };
    find("PATCH", "/v1/namespaces/n/tables/t", &other);
    ck_assert_ptr_null(other.match.route);
    ck_assert_uint_eq(other.match.allowed,
                      REST_METHOD_GET | REST_METHOD_HEAD | REST_METHOD_POST | REST_METHOD_DELETE);
}
END_TEST

START_TEST(unknown_paths_match_nothing)
{
    const char *const paths[] = {"/",
                                 "/v1",
                                 "/v2/config",
                                 "/v1/x/config",
                                 "/v1/config/",
                                 "/v1/namespaces/n/tables/t/x",
                                 "/v1/a/b/namespaces",
                                 "/management/v1/namespaces"};
    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_auto(Found) found = {
            {NULL, NULL},
            {NULL   }
        };
        find("GET", paths[i], &found);
        ck_assert_msg(found.match.allowed == 0, "%s matched", paths[i]);
    }
}
END_TEST

START_TEST(no_two_routes_share_method_and_path)
{
    gsize n = 0;
    const RestRoute *routes = rest_routes(&n);
    for (gsize i = 0; i < n; i++)
        for (gsize j = i + 1; j < n; j++)
            ck_assert_msg(routes[i].method != routes[j].method ||
                              strcmp(routes[i].path, routes[j].path) != 0,
                          "%s twice", routes[i].path);
}
END_TEST

/* A client that is told of the one asks for the other: what the specification has is advertised,
 * Skep's own is not, nor is the token route, which gives none, nor where old clients have requests
 * signed by themselves. */
START_TEST(routes_of_the_specification_and_no_others_are_advertised)
{
    gsize n = 0, views = 0;
    const RestRoute *routes = rest_routes(&n);
    for (gsize i = 0; i < n; i++) {
        gboolean is_specified = g_str_has_prefix(routes[i].path, "/v1/") &&
                                strcmp(routes[i].path, "/v1/oauth/tokens") != 0 &&
                                !g_str_has_suffix(routes[i].path, "/aws/s3/sign");
        gboolean is_advertised = (routes[i].flags & REST_ROUTE_ADVERTISED) != 0;
        views += strstr(routes[i].path, "/views") != NULL;
        ck_assert_msg(is_specified == is_advertised, "%s", routes[i].path);
    }
    ck_assert_uint_gt(views, 0);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("rest routes");
    TCase *tests = tcase_create("routes");
    tcase_add_test(tests, every_route_is_found_by_its_own_path);
    tcase_add_test(tests, placeholders_are_filled_with_and_without_a_prefix);
    tcase_add_test(tests, names_equal_to_words_of_the_api_are_names);
    tcase_add_test(tests, a_known_path_with_another_verb_says_which_are_allowed);
    tcase_add_test(tests, unknown_paths_match_nothing);
    tcase_add_test(tests, no_two_routes_share_method_and_path);
    tcase_add_test(tests, routes_of_the_specification_and_no_others_are_advertised);
    suite_add_tcase(suite, tests);
    return test_run_suite(suite);
}
