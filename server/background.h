/* SPDX-License-Identifier: Apache-2.0 */
/* The threads that nobody asked for: one that looks whether the database answers, and one for each
 * length of duty (skep/catalog_duty.h). Caller: server.c. */
#pragma once

#include "skep/catalog.h"

typedef struct Background Background;

typedef struct {
    void (*answered)(gpointer data);              /* the database has answered */
    void (*overdue)(guint duties, gpointer data); /* so many duties are overdue now; every 10 s */
    gpointer data;
} BackgroundListener;

/* Called from the first thread. Borrows catalog; copies listener. */
Background *background_start(Catalog *catalog, const BackgroundListener *listener);
/* What is under way ends at its next batch. Accepts NULL. */
void background_stop(Background *background);
