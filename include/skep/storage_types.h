/* SPDX-License-Identifier: Apache-2.0 */
/* How the object store of a warehouse is reached, and what its clients are given. A plain record
 * that the warehouse, the catalog and the store speak; implemented in server/types/storage_types.c.
 * Secrets are in memory alone here: whoever stores one encrypts it, and nobody logs or answers it.
 */
#pragma once

#include <glib.h>

/* What clients are given for the files of a table. */
typedef enum {
    STORAGE_ACCESS_NONE = 0, /* nothing: they bring their own keys */
    STORAGE_ACCESS_STATIC =
        1, /* the warehouse's own keys; for stores without STS whose users are trusted */
    STORAGE_ACCESS_VENDED = 2, /* short-lived keys for one table's prefix, by STS AssumeRole */
    STORAGE_ACCESS_SIGNED = 3  /* signatures, a request at a time */
} StorageAccess;

/* Where the server's own keys come from. */
typedef enum {
    STORAGE_KEYS_GIVEN = 0, /* access_key_id and secret_access_key below */
    STORAGE_KEYS_FILE =
        1, /* a file in the form of AWS's shared credentials, read again when it changes */
    STORAGE_KEYS_ENVIRONMENT = 2, /* AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN */
    STORAGE_KEYS_WEB_IDENTITY = 3 /* AssumeRoleWithWebIdentity with a token file and role_arn */
} StorageKeySource;

typedef struct {
    char *endpoint;          /* http(s)://host[:port] as the server reaches it; NULL: AWS's own */
    char *endpoint_external; /* as clients reach it; NULL: endpoint */
    char *sts_endpoint;      /* NULL: endpoint */
    char *region;            /* never NULL; "us-east-1" where the store has none */
    gboolean path_style;     /* http://host/bucket/key; else http://bucket.host/key */
    char *ca_file;           /* PEM, for the server's own requests; NULL: the system's */
    StorageAccess access;
    StorageKeySource key_source;
    char *access_key_id;     /* GIVEN */
    char *secret_access_key; /* GIVEN; secret */
    char *session_token;     /* GIVEN, may be NULL; secret */
    char *key_file;          /* FILE: absolute path */
    char *key_profile;       /* FILE: its section; NULL: "default" */
    char *role_arn;          /* VENDED: the role that STS assumes; WEB_IDENTITY: its role */
    char *token_file;        /* WEB_IDENTITY: absolute path */
    gint64 key_lifetime_s;   /* of vended keys, 900 to 43200; 3600 */
    gint64 timeout_s;        /* a request on which nothing moves for so long is given up; 10 */
} StorageProfile;

StorageProfile *
storage_profile_new(void); /* region, path_style, key_lifetime_s and timeout_s set */
StorageProfile *storage_profile_copy(const StorageProfile *profile);
void storage_profile_free(StorageProfile *profile); /* overwrites secrets */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StorageProfile, storage_profile_free)

/* --- one request of a client to its object store --- */

typedef struct {
    char *name;
    char *value;
} StorageHeader;
StorageHeader *storage_header_new(const char *name, const char *value);
void storage_header_free(gpointer header);

typedef struct {
    const char *method;
    const char *uri;          /* whole, as it is sent */
    const GPtrArray *headers; /* StorageHeader* */
    const char *body;         /* of a batch deletion; NULL: not shown */
} StorageSignRequest;
