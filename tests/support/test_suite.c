/* SPDX-License-Identifier: Apache-2.0 */
/* See test_suite.h. */
#include "support/test_suite.h"

#include <stdlib.h>

int
test_run_suite(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
