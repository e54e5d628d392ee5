/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets at rest: sealed with AES-256-GCM under a key from a file that is not in the database.
 * What is sealed for one owner cannot be opened as another's. Implemented in
 * server/support/secret_box.c; any thread. */
#pragma once

#include <glib.h>

typedef struct SecretKeys SecretKeys;

/* A file with a key a line: 32 bytes as base64 or as hexadecimal digits; empty lines and lines that
 * begin with '#' do not count. The first seals, all of them open. INVALID_ARGUMENT: no key, or a
 * line that is none (which is told by its number alone). */
SecretKeys *secret_keys_load(const char *file, GError **error);
void secret_keys_free(SecretKeys *keys); /* overwrites them */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SecretKeys, secret_keys_free)

/* A new key in the file's form, without a line end. NULL: the system gives no random bytes.
 * Transfer full. */
char *secret_keys_new_text(void);

/* The name of the key that seals: 16 hexadecimal digits that tell nothing of the key. Owned by
 * `keys`. */
const char *secret_keys_sealing_id(const SecretKeys *keys);

/* `owner` must be the same text when it is opened. Transfer full. */
GBytes *
secret_keys_seal(const SecretKeys *keys, const char *owner, const char *text, GError **error);
/* UNAVAILABLE: no key of that id; INTERNAL: not what was sealed for this owner. Transfer full; the
 * caller overwrites it. */
char *secret_keys_open(
    const SecretKeys *keys, const char *key_id, const char *owner, GBytes *sealed, GError **error);

/* Overwrites and frees; NULL is fine. */
void secret_text_free(char *text);
