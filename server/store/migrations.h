/* SPDX-License-Identifier: Apache-2.0 */
/* The list of migrations that is made at build time from migrations/ (migrations_to_c.awk). Plain
 * C, so that the generated source needs no library. Read by migrate.c. */
#pragma once

typedef struct {
    unsigned number; /* 1, 2, 3, ...; 0 ends the list */
    const char *name;
    const char *sql;
} StoreMigration;

extern const StoreMigration STORE_MIGRATIONS[];
