/* SPDX-License-Identifier: Apache-2.0 */
/* The keys that requests to an object store are signed with, from wherever a StorageProfile says:
 * given, a file that is read again when it changes, the environment, or a web identity token that
 * STS changes into keys, again before they expire. Callers: s3_client.c, sts.c, whoever gives keys
 * to clients. */
#pragma once

#include <glib.h>

#include "skep/storage_types.h"

typedef struct {
    char *access_key_id;
    char *secret_access_key;
    char *session_token; /* NULL: none */
    gint64 expires_at_s; /* since 1970; 0: never */
} S3Keys;

S3Keys *s3_keys_copy(const S3Keys *keys);
void s3_keys_free(S3Keys *keys); /* overwrites secrets */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(S3Keys, s3_keys_free)

typedef struct S3KeySource S3KeySource;

/* Reads nothing yet. Copies the profile. Thread safe. */
S3KeySource *s3_key_source_new(const StorageProfile *profile);
void s3_key_source_free(S3KeySource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(S3KeySource, s3_key_source_free)

/* Keys that are good now. Transfer full. FORBIDDEN: there are none, or STS refuses the token;
 * UNAVAILABLE: STS is away. */
S3Keys *s3_key_source_take(S3KeySource *source, GError **error);
/* The store says that the keys of the source have expired: the next take looks again. */
void s3_key_source_forget(S3KeySource *source);

/* One section of a file in the form of AWS's shared credentials. FORBIDDEN: not there or without a
 * key. For the file's text alone. Transfer full. */
S3Keys *s3_keys_parse_file(const char *text, const char *section, GError **error);
