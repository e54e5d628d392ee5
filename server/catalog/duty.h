/* SPDX-License-Identifier: Apache-2.0 */
/* What a duty is given when its turn has come. To add one: a function of this kind, and its row in
 * the table of duty.c. */
#pragma once

#include "catalog_private.h"

typedef struct CatalogDutyTurn CatalogDutyTurn;

/* Does what has come up. Another server may be at the same in spite of the lease (one that was
 * suspended and has come back), so it must do no harm twice. */
typedef gboolean (*CatalogDutyFunc)(Catalog *catalog, CatalogDutyTurn *turn, GError **error);

/* To be asked between the parts of longer work, each a few seconds at most; renews the lease.
 * FALSE: another server has the duty or this one stops, so the function should return, with
 * success. */
gboolean catalog_duty_goes_on(CatalogDutyTurn *turn);

/* One batch of a clean-up: large enough to keep up, small enough to be over at once. */
#define CATALOG_DUTY_BATCH 1000
