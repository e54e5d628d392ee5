/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: each fact has the status, the type and the sentence that Iceberg REST clients act on.
 * Method: the contract is written out here once more, and every fact of the enum is held against
 * it. */
#include <check.h>

#include "doors/rest/rest_private.h"
#include "support/test_suite.h"

static const struct {
    SkepError fact;
    guint status;
    const char *type;
} contract[] = {
    {SKEP_ERROR_INVALID_ARGUMENT,     400, "BadRequestException"          },
    {SKEP_ERROR_INVALID_OBJECT,       400, "BadRequestException"          },
    {SKEP_ERROR_INVALID_OPERATION,    400, "IllegalArgumentException"     },
    {SKEP_ERROR_UNPROCESSABLE,        422, "UnprocessableEntityException" },
    {SKEP_ERROR_TOO_LARGE,            413, "PayloadTooLargeException"     },
    {SKEP_ERROR_UNAUTHENTICATED,      401, "NotAuthorizedException"       },
    {SKEP_ERROR_FORBIDDEN,            403, "ForbiddenException"           },
    {SKEP_ERROR_NO_SUCH_CATALOG,      404, "NoSuchWarehouseException"     },
    {SKEP_ERROR_NO_SUCH_NAMESPACE,    404, "NoSuchNamespaceException"     },
    {SKEP_ERROR_NO_SUCH_TABLE,        404, "NoSuchTableException"         },
    {SKEP_ERROR_NO_SUCH_VIEW,         404, "NoSuchViewException"          },
    {SKEP_ERROR_NO_SUCH_PARTITION,    404, "NoSuchObjectException"        },
    {SKEP_ERROR_NO_SUCH_LOCK,         404, "NoSuchObjectException"        },
    {SKEP_ERROR_NO_SUCH_TRANSACTION,  404, "NoSuchObjectException"        },
    {SKEP_ERROR_NO_SUCH_PLAN,         404, "NoSuchPlanIdException"        },
    {SKEP_ERROR_NO_SUCH_PLAN_TASK,    404, "NoSuchPlanTaskException"      },
    {SKEP_ERROR_NO_SUCH_FUNCTION,     404, "NoSuchFunctionException"      },
    {SKEP_ERROR_NO_SUCH_OBJECT,       404, "NoSuchObjectException"        },
    {SKEP_ERROR_NO_SUCH_FILE,         404, "NotFoundException"            },
    {SKEP_ERROR_ALREADY_EXISTS,       409, "AlreadyExistsException"       },
    {SKEP_ERROR_NAMESPACE_NOT_EMPTY,  409, "NamespaceNotEmptyException"   },
    {SKEP_ERROR_COMMIT_CONFLICT,      409, "CommitFailedException"        },
    {SKEP_ERROR_KEY_TAKEN,            503, "ServiceUnavailableException"  },
    {SKEP_ERROR_COMMIT_STATE_UNKNOWN, 500, "CommitStateUnknownException"  },
    {SKEP_ERROR_UNSUPPORTED,          406, "UnsupportedOperationException"},
    {SKEP_ERROR_UNAVAILABLE,          503, "ServiceUnavailableException"  },
    {SKEP_ERROR_INTERNAL,             500, "InternalServerError"          },
};

START_TEST(every_fact_has_its_status_and_type)
{
    ck_assert_uint_eq(G_N_ELEMENTS(contract), SKEP_ERROR_INTERNAL + 1);
    for (guint fact = 0; fact <= SKEP_ERROR_INTERNAL; fact++) {
        RestErrorWords words = rest_error_words(fact);
        ck_assert_uint_eq(contract[fact].fact, fact);
        ck_assert_uint_eq(words.status, contract[fact].status);
        ck_assert_str_eq(words.type, contract[fact].type);
    }
}
END_TEST

static void
assert_message(SkepError fact, const char *object, const char *expected)
{
    g_autoptr(GError) error = NULL;
    skep_fail(&error, fact, object, "what the catalog said");
    g_autofree char *message = rest_error_message(error);
    ck_assert_str_eq(message, expected);
}

START_TEST(sentences_are_those_that_clients_match_on)
{
    assert_message(SKEP_ERROR_NO_SUCH_NAMESPACE, "ns", "Namespace does not exist: ns");
    assert_message(SKEP_ERROR_NO_SUCH_TABLE, "ns.t", "Table does not exist: ns.t");
    assert_message(SKEP_ERROR_NO_SUCH_VIEW, "ns.v", "View does not exist: ns.v");
    assert_message(SKEP_ERROR_NO_SUCH_CATALOG, "lake", "Warehouse does not exist: lake");
    assert_message(SKEP_ERROR_NAMESPACE_NOT_EMPTY, "ns", "Namespace ns is not empty");
    assert_message(SKEP_ERROR_NO_SUCH_FILE, "file:///m.json",
                   "Failed to open input stream for file: file:///m.json");
}
END_TEST

START_TEST(other_facts_and_errors_without_object_keep_their_own_sentence)
{
    assert_message(SKEP_ERROR_COMMIT_CONFLICT, "ns.t", "what the catalog said");
    assert_message(SKEP_ERROR_ALREADY_EXISTS, "ns.t", "what the catalog said");
    assert_message(SKEP_ERROR_NO_SUCH_TABLE, NULL, "what the catalog said");
}
END_TEST

START_TEST(levels_of_a_nested_namespace_are_shown_with_dots)
{
    assert_message(SKEP_ERROR_NO_SUCH_NAMESPACE,
                   "a\x1f"
                   "b",
                   "Namespace does not exist: a.b");
}
END_TEST

START_TEST(only_errors_that_did_nothing_ask_to_be_sent_again)
{
    for (guint fact = 0; fact <= SKEP_ERROR_INTERNAL; fact++) {
        g_autoptr(RestRequest) request = rest_request_new("/v1/config");
        GError *error = NULL;
        skep_fail(&error, fact, NULL, "x");
        rest_reply_error(request, error);
        const char *retry = MHD_get_response_header(request->response, "Retry-After");
        ck_assert_msg((retry != NULL) ==
                          (fact == SKEP_ERROR_UNAVAILABLE || fact == SKEP_ERROR_KEY_TAKEN),
                      "%s", skep_error_fact_name(fact));
    }
}
END_TEST

START_TEST(health_is_ready_while_the_store_answered_lately)
{
    const gint64 now_us = 100 * G_USEC_PER_SEC;
    const gint64 grace_us = DOOR_STORE_GRACE_S * G_USEC_PER_SEC;
    DoorHealth health = {.doors_serve = TRUE, .store_answered_at_us = now_us - grace_us};
    ck_assert(door_health_is_ready(&health, now_us));
    ck_assert(!door_health_is_ready(&health, now_us + 1));
    health.store_answered_at_us = 0;
    ck_assert(!door_health_is_ready(&health, 1));
    health = (DoorHealth){.doors_serve = FALSE, .store_answered_at_us = now_us};
    ck_assert(!door_health_is_ready(&health, now_us));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("rest errors");
    TCase *tests = tcase_create("errors");
    tcase_add_test(tests, every_fact_has_its_status_and_type);
    tcase_add_test(tests, sentences_are_those_that_clients_match_on);
    tcase_add_test(tests, other_facts_and_errors_without_object_keep_their_own_sentence);
    tcase_add_test(tests, levels_of_a_nested_namespace_are_shown_with_dots);
    tcase_add_test(tests, only_errors_that_did_nothing_ask_to_be_sent_again);
    tcase_add_test(tests, health_is_ready_while_the_store_answered_lately);
    suite_add_tcase(suite, tests);
    return test_run_suite(suite);
}
