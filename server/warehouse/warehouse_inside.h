/* SPDX-License-Identifier: Apache-2.0 */
/* What warehouse.c and warehouse_directory.c share: the warehouse itself, and the way into it. */
#pragma once

#include "s3_client.h"
#include "skep/warehouse_access.h"
#include "warehouse_private.h"

struct Warehouse {
    gint references; /* atomic */
    guint64 serial;
    char *root;          /* without a trailing slash */
    char *external_root; /* the same; equal to root when there is none of its own */
    char *trash_directory;
    GStrv allowed_prefixes;
    WarehouseLocation *root_location;
    GPtrArray *prefixes; /* WarehouseLocation*, the roots first */
    gboolean allow_any_file_location;
    gsize file_bytes_max;
    StorageProfile *storage; /* NULL: s3: is not served */
    S3Client *objects;       /* NULL with it, as is: */
    WarehouseAccess *access;
};

/* The longest allowed prefix that holds the location; NULL: none. */
const WarehouseLocation *warehouse_find_prefix(const Warehouse *warehouse,
                                               const WarehouseLocation *location);
/* One checked location on its way to a backend; *local is meaningful for files only and points into
 * what is returned. `objects` may be NULL for one of an object store. */
WarehouseLocation *warehouse_enter(const Warehouse *warehouse,
                                   const char *text,
                                   WarehouseLocalPath *local,
                                   GError **error);
/* The same, UNSUPPORTED when nothing serves it. */
WarehouseLocation *warehouse_enter_served(const Warehouse *warehouse,
                                          const char *text,
                                          WarehouseLocalPath *local,
                                          GError **error);
