/* SPDX-License-Identifier: Apache-2.0 */
/* Life cycle of the record of storage_types.h. */
#include "skep/storage_types.h"

#include <string.h>

StorageProfile *
storage_profile_new(void)
{
    StorageProfile *profile = g_new0(StorageProfile, 1);

    profile->region = g_strdup("us-east-1");
    profile->path_style = TRUE;
    profile->key_lifetime_s = 3600;
    profile->timeout_s = 10;
    return profile;
}

StorageProfile *
storage_profile_copy(const StorageProfile *profile)
{
    StorageProfile *copy;

    if (!profile)
        return NULL;
    copy = g_new(StorageProfile, 1);
    *copy = *profile;
    copy->endpoint = g_strdup(profile->endpoint);
    copy->endpoint_external = g_strdup(profile->endpoint_external);
    copy->sts_endpoint = g_strdup(profile->sts_endpoint);
    copy->region = g_strdup(profile->region);
    copy->ca_file = g_strdup(profile->ca_file);
    copy->access_key_id = g_strdup(profile->access_key_id);
    copy->secret_access_key = g_strdup(profile->secret_access_key);
    copy->session_token = g_strdup(profile->session_token);
    copy->key_file = g_strdup(profile->key_file);
    copy->key_profile = g_strdup(profile->key_profile);
    copy->role_arn = g_strdup(profile->role_arn);
    copy->token_file = g_strdup(profile->token_file);
    return copy;
}

static void
free_secret(char *secret)
{
    if (secret)
        explicit_bzero(secret, strlen(secret));
    g_free(secret);
}

void
storage_profile_free(StorageProfile *profile)
{
    if (!profile)
        return;
    g_free(profile->endpoint);
    g_free(profile->endpoint_external);
    g_free(profile->sts_endpoint);
    g_free(profile->region);
    g_free(profile->ca_file);
    g_free(profile->access_key_id);
    free_secret(profile->secret_access_key);
    free_secret(profile->session_token);
    g_free(profile->key_file);
    g_free(profile->key_profile);
    g_free(profile->role_arn);
    g_free(profile->token_file);
    g_free(profile);
}

StorageHeader *
storage_header_new(const char *name, const char *value)
{
    StorageHeader *header = g_new(StorageHeader, 1);
    header->name = g_strdup(name);
    header->value = g_strdup(value);
    return header;
}

void
storage_header_free(gpointer data)
{
    StorageHeader *header = data;
    if (!header)
        return;
    g_free(header->name);
    g_free(header->value);
    g_free(header);
}
