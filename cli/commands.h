/* SPDX-License-Identifier: Apache-2.0 */
/* Finds and runs the command that the arguments name. Caller: main.c, and the tests. */
#pragma once

/* Returns the exit status. */
int cli_run(int argc, char **argv);
