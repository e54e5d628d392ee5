/* SPDX-License-Identifier: Apache-2.0 */
/* The six structures of constraints to and from the catalog's one record. Callers: constraint.c,
 * table.c. Any thread. */
#pragma once

#include <glib.h>

#include "skep/constraint_types.h"

/* Lists as requests carry them, each of which may be NULL. */
typedef struct {
    const GPtrArray *primary_keys; /* list<SQLPrimaryKey>, and so on */
    const GPtrArray *foreign_keys;
    const GPtrArray *uniques;
    const GPtrArray *not_nulls;
    const GPtrArray *defaults;
    const GPtrArray *checks;
} ThriftConstraintLists;

/* CatalogConstraint*, the kinds in this order. Names of databases may carry their catalog. */
GPtrArray *thrift_decode_constraints(const ThriftConstraintLists *lists);

/* Appends the structure of the record's kind. */
void thrift_encode_constraint(const CatalogConstraint *constraint, GPtrArray *out);
