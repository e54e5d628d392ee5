/* SPDX-License-Identifier: Apache-2.0 */
/* The lease of a transaction, for the locks that live on it. Implemented in acid_transaction.c. */
#pragma once

#include "catalog/catalog_private.h"

/* As catalog_transaction_heartbeat. */
gboolean catalog_transaction_renew(Catalog *catalog, gint64 id, GError **error);
/* One round of housekeeping: bounded; any replica. */
gboolean catalog_transaction_housekeep(Catalog *catalog, GError **error);
