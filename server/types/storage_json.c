/* SPDX-License-Identifier: Apache-2.0 */
/* One table of the members of a profile. See storage_json.h. Callers: the catalog, the REST door,
 * the settings' warehouse. */
#include "skep/storage_json.h"

#include <string.h>

#include "skep/error.h"

enum {
    VALUE_BYTES_MAX = 4096,
    LIFETIME_MIN_S = 900,
    LIFETIME_MAX_S = 43200,
    TIMEOUT_MIN_S = 1,
    TIMEOUT_MAX_S = 300
};

typedef enum {
    MEMBER_TEXT,
    MEMBER_ADDRESS, /* http(s)://host[:port] */
    MEMBER_PATH,    /* absolute */
    MEMBER_SECRET,
    MEMBER_FLAG,
    MEMBER_LIFETIME,
    MEMBER_TIMEOUT,
    MEMBER_ACCESS,
    MEMBER_KEYS
} MemberKind;

typedef struct {
    const char *name;
    MemberKind kind;
    gsize offset;
} Member;

#define AT(member) offsetof(StorageProfile, member)

static const Member members[] = {
    {"endpoint",          MEMBER_ADDRESS,  AT(endpoint)         },
    {"endpoint-external", MEMBER_ADDRESS,  AT(endpoint_external)},
    {"sts-endpoint",      MEMBER_ADDRESS,  AT(sts_endpoint)     },
    {"region",            MEMBER_TEXT,     AT(region)           },
    {"path-style",        MEMBER_FLAG,     AT(path_style)       },
    {"ca-file",           MEMBER_PATH,     AT(ca_file)          },
    {"access",            MEMBER_ACCESS,   AT(access)           },
    {"key-source",        MEMBER_KEYS,     AT(key_source)       },
    {"access-key-id",     MEMBER_TEXT,     AT(access_key_id)    },
    {"secret-access-key", MEMBER_SECRET,   AT(secret_access_key)},
    {"session-token",     MEMBER_SECRET,   AT(session_token)    },
    {"key-file",          MEMBER_PATH,     AT(key_file)         },
    {"key-profile",       MEMBER_TEXT,     AT(key_profile)      },
    {"role-arn",          MEMBER_TEXT,     AT(role_arn)         },
    {"token-file",        MEMBER_PATH,     AT(token_file)       },
    {"key-lifetime-s",    MEMBER_LIFETIME, AT(key_lifetime_s)   },
    {"timeout-s",         MEMBER_TIMEOUT,  AT(timeout_s)        },
};

/* By their numbers in storage_types.h. */
static const char *const access_names[] = {"none", "static", "vended", "signed"};
static const char *const key_names[] = {"given", "file", "environment", "web-identity"};

static gboolean
find_name(const char *const *names, gsize count, const char *name, gint *out_index)
{
    for (gsize i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            *out_index = (gint)i;
            return TRUE;
        }
    }
    return FALSE;
}

/* --- changing --- */

/* A value is never told in an error: it may be a secret in the wrong place. */
static gboolean
fail_member(GError **error, const char *name, const char *why)
{
    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, name, "storage: %s %s", name, why);
}

static gboolean
text_is_plain(const char *text)
{
    for (const char *c = text; *c; c++) {
        if ((guchar)*c < 0x20 || *c == 0x7f)
            return FALSE;
    }
    return TRUE;
}

static gboolean
address_is_good(const char *text)
{
    g_autoptr(GUri) uri = g_uri_parse(text, G_URI_FLAGS_NONE, NULL);

    return uri &&
           (strcmp(g_uri_get_scheme(uri), "http") == 0 ||
            strcmp(g_uri_get_scheme(uri), "https") == 0) &&
           g_uri_get_host(uri) && *g_uri_get_host(uri) && !g_uri_get_userinfo(uri) &&
           !g_uri_get_query(uri) && !g_uri_get_fragment(uri) &&
           (*g_uri_get_path(uri) == '\0' || strcmp(g_uri_get_path(uri), "/") == 0);
}

static gboolean
set_text(char **slot, const Member *member, const cJSON *value, GError **error)
{
    const char *text;
    gsize length;

    if (!json_is_string(value))
        return fail_member(error, member->name, "must be a string");
    text = value->valuestring;
    length = strlen(text);
    if (length > VALUE_BYTES_MAX || !text_is_plain(text))
        return fail_member(error, member->name, "is too long or has control characters");
    if (length > 0 && member->kind == MEMBER_ADDRESS && !address_is_good(text))
        return fail_member(error, member->name, "must be http(s)://host or http(s)://host:port");
    if (length > 0 && member->kind == MEMBER_PATH && *text != '/')
        return fail_member(error, member->name, "must be an absolute path of the server");
    if (*slot)
        explicit_bzero(*slot, strlen(*slot));
    g_free(*slot);
    while (member->kind == MEMBER_ADDRESS && length > 0 && text[length - 1] == '/')
        length--;
    *slot = length > 0 ? g_strndup(text, length) : NULL;
    return TRUE;
}

static gboolean
set_choice(gint *slot, const Member *member, const cJSON *value, GError **error)
{
    gboolean is_access = member->kind == MEMBER_ACCESS;

    return (json_is_string(value) &&
            find_name(is_access ? access_names : key_names, 4, value->valuestring, slot)) ||
           fail_member(error, member->name,
                       is_access ? "is none, static, vended or signed"
                                 : "is given, file, environment or web-identity");
}

static gboolean
set_member(StorageProfile *profile, const Member *member, const cJSON *value, GError **error)
{
    gpointer slot = (char *)profile + member->offset;

    switch (member->kind) {
    case MEMBER_TEXT:
    case MEMBER_ADDRESS:
    case MEMBER_PATH:
    case MEMBER_SECRET:
        return set_text(slot, member, value, error);
    case MEMBER_FLAG:
        if (!cJSON_IsBool(value))
            return fail_member(error, member->name, "must be true or false");
        *(gboolean *)slot = cJSON_IsTrue(value);
        return TRUE;
    case MEMBER_LIFETIME:
        return (json_value_int64(value, slot) && *(gint64 *)slot >= LIFETIME_MIN_S &&
                *(gint64 *)slot <= LIFETIME_MAX_S) ||
               fail_member(error, member->name, "is a whole number from 900 to 43200");
    case MEMBER_TIMEOUT:
        return (json_value_int64(value, slot) && *(gint64 *)slot >= TIMEOUT_MIN_S &&
                *(gint64 *)slot <= TIMEOUT_MAX_S) ||
               fail_member(error, member->name, "is a whole number from 1 to 300");
    case MEMBER_ACCESS:
    case MEMBER_KEYS:
        return set_choice(slot, member, value, error);
    }
    g_assert_not_reached();
}

static void
reset_member(StorageProfile *profile, const Member *member)
{
    g_autoptr(StorageProfile) fresh = storage_profile_new();
    gpointer slot = (char *)profile + member->offset;
    gpointer initial = (char *)fresh + member->offset;

    switch (member->kind) {
    case MEMBER_TEXT:
    case MEMBER_ADDRESS:
    case MEMBER_PATH:
    case MEMBER_SECRET: {
        char *old = *(char **)slot;

        *(char **)slot = *(char **)initial;
        *(char **)initial = old; /* freed, and a secret overwritten, with `fresh` */
        return;
    }
    case MEMBER_LIFETIME:
    case MEMBER_TIMEOUT:
        *(gint64 *)slot = *(gint64 *)initial;
        return;
    case MEMBER_FLAG:
    case MEMBER_ACCESS:
    case MEMBER_KEYS:
        *(gint *)slot = *(gint *)initial;
        return;
    }
}

gboolean
storage_profile_change(StorageProfile *profile, const cJSON *change, GError **error)
{
    const cJSON *value;

    cJSON_ArrayForEach(value, change)
    {
        const Member *member = NULL;

        for (gsize i = 0; i < G_N_ELEMENTS(members) && !member; i++) {
            if (strcmp(members[i].name, value->string) == 0)
                member = &members[i];
        }
        if (!member)
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                             "storage: there is no member %.100s", value->string);
        if (json_is_null(value))
            reset_member(profile, member);
        else if (!set_member(profile, member, value, error))
            return FALSE;
    }
    return TRUE;
}

/* --- checking --- */

gboolean
storage_profile_check(const StorageProfile *profile, GError **error)
{
    if (!profile->region)
        return fail_member(error, "region", "may not be empty; us-east-1 suits stores without one");
    switch (profile->key_source) {
    case STORAGE_KEYS_GIVEN:
        if (!profile->access_key_id || !profile->secret_access_key)
            return fail_member(error, "key-source",
                               "given needs access-key-id and secret-access-key");
        break;
    case STORAGE_KEYS_FILE:
        if (!profile->key_file)
            return fail_member(error, "key-source", "file needs key-file");
        break;
    case STORAGE_KEYS_ENVIRONMENT:
        break;
    case STORAGE_KEYS_WEB_IDENTITY:
        if (!profile->token_file || !profile->role_arn)
            return fail_member(error, "key-source", "web-identity needs token-file and role-arn");
        break;
    }
    return TRUE;
}

/* --- printing --- */

static cJSON *
print_members(const StorageProfile *profile, gboolean secrets)
{
    cJSON *object = cJSON_CreateObject();

    for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
        const Member *member = &members[i];
        const void *slot = (const char *)profile + member->offset;

        if ((member->kind == MEMBER_SECRET) != secrets)
            continue;
        switch (member->kind) {
        case MEMBER_TEXT:
        case MEMBER_ADDRESS:
        case MEMBER_PATH:
        case MEMBER_SECRET:
            if (*(char *const *)slot)
                json_object_set_string(object, member->name, *(char *const *)slot);
            break;
        case MEMBER_FLAG:
            json_object_set_bool(object, member->name, *(const gboolean *)slot);
            break;
        case MEMBER_LIFETIME:
        case MEMBER_TIMEOUT:
            json_object_set_int64(object, member->name, *(const gint64 *)slot);
            break;
        case MEMBER_ACCESS:
            json_object_set_string(object, member->name, access_names[profile->access]);
            break;
        case MEMBER_KEYS:
            json_object_set_string(object, member->name, key_names[profile->key_source]);
            break;
        }
    }
    return object;
}

cJSON *
storage_profile_print(const StorageProfile *profile)
{
    return print_members(profile, FALSE);
}

cJSON *
storage_profile_print_secrets(const StorageProfile *profile)
{
    return profile->secret_access_key || profile->session_token ? print_members(profile, TRUE)
                                                                : NULL;
}
