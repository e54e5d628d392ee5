/* SPDX-License-Identifier: Apache-2.0 */
/* Privileges as parts of other records: those that come with a table when it is made, and those on
 * an object by principal. Callers: table.c, privilege.c, partition_privilege.c. Any thread. */
#pragma once

#include <glib.h>

#include <hms_table_types.h>

#include "skep/privilege_types.h"

/* CatalogPrivilege* on the table that `table` names, one for each grant of its set; empty without
 * one. */
GPtrArray *thrift_decode_table_privileges(const HmsTable *table);

/* Adds a privilege (NULL: none) to what a principal has; the principal is in the set afterwards. */
void thrift_privilege_set_add(HmsPrincipalPrivilegeSet *set,
                              gint32 principal_type,
                              const char *principal_name,
                              const CatalogPrivilege *privilege);
