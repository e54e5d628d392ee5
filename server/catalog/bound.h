/* SPDX-License-Identifier: Apache-2.0 */
/* How large a text or a map that only clients read may be. Callers: the nouns of this folder that
 * keep such values for them. */
#pragma once

#include <glib.h>

#define CATALOG_NOTE_BYTES_MAX (64 * 1024)        /* descriptions, classes, addresses */
#define CATALOG_BODY_BYTES_MAX (16 * 1024 * 1024) /* sources, payloads, documents */

/* TOO_LARGE when it is longer; `what` begins the sentence ("The description"). NULL is fine. */
gboolean catalog_bound_text(const char *what, const char *text, gsize bytes_max, GError **error);
/* The same for all keys and values of a map together. */
gboolean catalog_bound_map(const char *what, GHashTable *map, gsize bytes_max, GError **error);

/* A name folded and not empty, for something that is no database or table; `what` begins the
 * sentence. INVALID_OBJECT. Transfer full. */
char *catalog_bound_name(const char *what, const char *name, GError **error);
