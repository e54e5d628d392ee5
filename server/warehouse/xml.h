/* SPDX-License-Identifier: Apache-2.0 */
/* XML answers of object stores, element by element. Callers: the S3 client, sts.c. */
#pragma once

#include <glib.h>

/* Called at the end of each element. `path` names it and what it is in, without the outermost
 * element: "Contents/Key"; that of the outermost is "". `text` is what stood directly in it. */
typedef void (*XmlElementFunc)(const char *path, const char *text, gpointer data);

/* FALSE: not well-formed, or too deep. Elements before the fault have been told. *out_root, when
 * wanted, is the outermost element's name (g_free); NULL when there is none. */
gboolean
xml_read(const void *xml, gsize length, XmlElementFunc told, gpointer data, char **out_root);
