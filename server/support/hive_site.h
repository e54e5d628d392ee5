/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a Hive user's metastore-site.xml or hive-site.xml into Skep's own settings, so that a
 * metastore can be replaced with the file it had. Caller: settings.c. */
#pragma once

#include <glib.h>

/* Skep setting name -> text (both owned by the table) for all properties that apply. Keys are known
 * under their metastore.* and hive.metastore.* names. Each property that does not apply adds a line
 * to `notes`; all of them but the keys of a store, as they are written, go to `out_properties`
 * (char* -> char*).
 * INVALID_ARGUMENT: not XML of Hive's form, a database that is not PostgreSQL, a value that cannot
 * be read. */
GHashTable *
hive_site_read(const char *file, GPtrArray *notes, GHashTable *out_properties, GError **error);
