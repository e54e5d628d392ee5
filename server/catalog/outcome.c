/* SPDX-License-Identifier: Apache-2.0 */
/* See outcome.h. */
#include "outcome.h"

static gboolean
may_pass(const GError *failure)
{
    SkepError fact = skep_error_fact(failure);

    return fact == SKEP_ERROR_COMMIT_STATE_UNKNOWN || fact == SKEP_ERROR_UNAVAILABLE;
}

gboolean
catalog_outcome_settle(Catalog *catalog, CatalogAgainFunc again, gpointer data, GError **failure)
{
    gint64 deadline_us = g_get_monotonic_time() + CATALOG_RESOLVE_TIMEOUT_MS * (gint64)1000;

    if (skep_error_fact(*failure) != SKEP_ERROR_COMMIT_STATE_UNKNOWN)
        return FALSE;
    while (g_get_monotonic_time() < deadline_us) {
        GError *now = NULL;

        if (again(catalog, data, &now)) {
            g_clear_error(failure);
            return TRUE;
        }
        if (!may_pass(now)) {
            g_error_free(*failure);
            *failure = now;
            return FALSE;
        }
        g_error_free(now);
        g_usleep(CATALOG_RESOLVE_PAUSE_MS * 1000);
    }
    return FALSE;
}
