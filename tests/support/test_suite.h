/* SPDX-License-Identifier: Apache-2.0 */
/* The end of every test program: what main returns. */
#pragma once

#include <check.h>

/* Runs the suite, frees it, and gives the exit status. CK_FORK=no keeps it in this process. */
int test_run_suite(Suite *suite);
