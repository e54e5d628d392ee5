/* SPDX-License-Identifier: Apache-2.0 */
/* See server_storage.h. The rules of the members are those of every other warehouse. */
#include "server_storage.h"

#include <string.h>

#include "skep/storage_json.h"
#include "skep/warehouse.h"

static const char *
key_source(const Settings *settings)
{
    if (settings->s3_key_source)
        return settings->s3_key_source;
    if (settings->s3_access_key_id || settings->s3_secret_access_key)
        return "given";
    if (settings->s3_key_file)
        return "file";
    return settings->s3_token_file ? "web-identity" : "environment";
}

static gboolean
names_store(const Settings *settings)
{
    gboolean allowed = settings->allowed_locations && strstr(settings->allowed_locations, "s3");

    return allowed || settings->s3_endpoint || settings->s3_access_key_id ||
           settings->s3_key_file || settings->s3_token_file ||
           !warehouse_location_is_file(settings->warehouse) ||
           (settings->warehouse_external &&
            !warehouse_location_is_file(settings->warehouse_external));
}

gboolean
server_storage_profile(const Settings *settings, StorageProfile **out_profile, GError **error)
{
    const struct {
        const char *member;
        const char *text;
    } texts[] = {
        {"endpoint",          settings->s3_endpoint         },
        {"endpoint-external", settings->s3_endpoint_external},
        {"sts-endpoint",      settings->s3_sts_endpoint     },
        {"region",            settings->s3_region           },
        {"ca-file",           settings->s3_ca_file          },
        {"access",            settings->s3_access           },
        {"key-source",        key_source(settings)          },
        {"access-key-id",     settings->s3_access_key_id    },
        {"secret-access-key", settings->s3_secret_access_key},
        {"session-token",     settings->s3_session_token    },
        {"key-file",          settings->s3_key_file         },
        {"key-profile",       settings->s3_key_profile      },
        {"role-arn",          settings->s3_role_arn         },
        {"token-file",        settings->s3_token_file       },
    };
    g_autoptr(StorageProfile) profile = storage_profile_new();
    g_autoptr(cJSON) members = cJSON_CreateObject();

    *out_profile = NULL;
    if (!names_store(settings))
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (texts[i].text)
            json_object_set_string(members, texts[i].member, texts[i].text);
    }
    json_object_set_bool(members, "path-style", settings->s3_path_style);
    json_object_set_int64(members, "key-lifetime-s", settings->s3_key_lifetime_s);
    json_object_set_int64(members, "timeout-s", settings->s3_timeout_s);
    if (!storage_profile_change(profile, members, error) ||
        !storage_profile_check(profile, error)) {
        g_prefix_error(error, "settings s3_*: ");
        return FALSE;
    }
    *out_profile = g_steal_pointer(&profile);
    return TRUE;
}
