/* SPDX-License-Identifier: Apache-2.0 */
/* The s3: backend of the warehouse: the same acts as warehouse_local_*, on objects. There are no
 * directories: what lies below one is what has its name and a slash in front. Caller: warehouse.c.
 */
#pragma once

#include "s3_client.h"
#include "warehouse_private.h"

gboolean warehouse_object_stream(S3Client *client,
                                 const WarehouseLocation *location,
                                 WarehouseSink sink,
                                 gpointer data,
                                 GError **error);
gboolean warehouse_object_write_new(S3Client *client,
                                    const WarehouseLocation *location,
                                    GBytes *content,
                                    GError **error);
/* An object of that name, or one below it. */
gboolean warehouse_object_exists(S3Client *client,
                                 const WarehouseLocation *location,
                                 gboolean *out_exists,
                                 GError **error);
gboolean
warehouse_object_delete(S3Client *client, const WarehouseLocation *location, GError **error);
/* WarehouseLocation*; in batches. */
gboolean warehouse_objects_delete(S3Client *client, const GPtrArray *locations, GError **error);
/* Everything below; what cannot be deleted is told after the rest has been tried. */
gboolean warehouse_object_directory_delete(S3Client *client,
                                           const WarehouseLocation *location,
                                           GError **error);
/* UNSUPPORTED unless there is nothing to move: objects would have to be copied one by one. */
gboolean
warehouse_object_directory_move(S3Client *client, const WarehouseLocation *from, GError **error);
/* `text`: the location as it was written, which the entries' begin with. */
gboolean warehouse_object_directory_list(S3Client *client,
                                         const WarehouseLocation *location,
                                         const char *text,
                                         WarehouseEntryFunc func,
                                         gpointer data,
                                         GError **error);
