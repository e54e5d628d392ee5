/* SPDX-License-Identifier: Apache-2.0 */
/* What of Hive's configuration this server knows: the keys that clients ask for, and those that
 * they may set for their own connection. Callers: the methods in configuration.c, table_alter.c,
 * partition_text.c. */
#pragma once

#include "dispatch.h"

/* FALSE unless the connection has turned the check of changed column types off. */
gboolean thrift_configuration_allows_incompatible_columns(const ThriftSession *session);
/* What values of new partitions must match; may be empty, transfer full. */
char *thrift_configuration_partition_pattern(const ThriftCall *call);
