/* SPDX-License-Identifier: Apache-2.0 */
/* The state of the running REST door, shared by its life (listener.c) and the way a request takes
 * through it (arrival.c). Handlers do not see it. */
#pragma once

#include "rest_private.h"

struct RestDoor {
    struct MHD_Daemon *daemon;
    guint16 port;
    RestDoorOptions options; /* its strings are not kept */
    Catalog *catalog;
    WorkerPool *pool;
    gssize bodies_bytes; /* atomic: kept now, of all requests */
    gint stopping;       /* atomic */

    GMutex lock; /* of what follows */
    GCond changed;
    guint arriving;      /* requests whose head is there and whose body is not */
    guint in_flight;     /* complete requests whose answer has not left */
    guint on_worker;     /* of these: suspended, so libmicrohttpd must not be stopped */
    gboolean closed;     /* nothing may be handed to a worker any more */
    gboolean is_awaited; /* somebody waits for one of the counts: the door is stopping */
};

/* Callbacks of libmicrohttpd; cls is the RestDoor. */
void *arrival_of_target(void *cls, const char *uri, struct MHD_Connection *connection);
enum MHD_Result arrival_of_request(void *cls,
                                   struct MHD_Connection *connection,
                                   const char *url,
                                   const char *method,
                                   const char *version,
                                   const char *upload_data,
                                   size_t *upload_data_size,
                                   void **con_cls);
void arrival_over(void *cls,
                  struct MHD_Connection *connection,
                  void **con_cls,
                  enum MHD_RequestTerminationCode why);
