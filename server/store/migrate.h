/* SPDX-License-Identifier: Apache-2.0 */
/* store_migrate with a list of the caller's own; for tests. */
#pragma once

#include "skep/store.h"
#include "store/migrations.h"

gboolean store_migrate_list(Store *store,
                            const StoreMigration *migrations,
                            gboolean dry_run,
                            guint *out_applied,
                            GError **error);
