/* SPDX-License-Identifier: Apache-2.0 */
/* Where keys come from. See s3_keys.h. */
#include "s3_keys.h"

#include <string.h>
#include <sys/stat.h>

#include "skep/error.h"
#include "sts.h"

/* Keys of STS are changed so long before they expire, as requests are still on their way. */
#define RENEW_BEFORE_S          300
#define WEB_IDENTITY_LIFETIME_S 3600

struct S3KeySource {
    StorageProfile *profile;
    HttpPool *http; /* WEB_IDENTITY; made when it is first needed */
    GMutex lock;
    S3Keys *kept;            /* of FILE and WEB_IDENTITY */
    struct timespec changed; /* FILE: when the file had been written that `kept` is from */
    ino_t inode;
};

static void
free_secret(char *secret)
{
    if (secret)
        explicit_bzero(secret, strlen(secret));
    g_free(secret);
}

S3Keys *
s3_keys_copy(const S3Keys *keys)
{
    S3Keys *copy = g_new0(S3Keys, 1);

    copy->access_key_id = g_strdup(keys->access_key_id);
    copy->secret_access_key = g_strdup(keys->secret_access_key);
    copy->session_token = g_strdup(keys->session_token);
    copy->expires_at_s = keys->expires_at_s;
    return copy;
}

void
s3_keys_free(S3Keys *keys)
{
    if (!keys)
        return;
    g_free(keys->access_key_id);
    free_secret(keys->secret_access_key);
    free_secret(keys->session_token);
    g_free(keys);
}

S3KeySource *
s3_key_source_new(const StorageProfile *profile)
{
    S3KeySource *source = g_new0(S3KeySource, 1);

    source->profile = storage_profile_copy(profile);
    g_mutex_init(&source->lock);
    return source;
}

void
s3_key_source_free(S3KeySource *source)
{
    if (!source)
        return;
    s3_keys_free(source->kept);
    http_pool_free(source->http);
    storage_profile_free(source->profile);
    g_mutex_clear(&source->lock);
    g_free(source);
}

void
s3_key_source_forget(S3KeySource *source)
{
    g_mutex_lock(&source->lock);
    g_clear_pointer(&source->kept, s3_keys_free);
    g_mutex_unlock(&source->lock);
}

static const char *
or_null(const char *text)
{
    return text && *text ? text : NULL;
}

static S3Keys *
make_keys(const char *id, const char *secret, const char *token, const char *where, GError **error)
{
    S3Keys *keys;

    if (!or_null(id) || !or_null(secret))
        return skep_fail_null(error, SKEP_ERROR_FORBIDDEN, NULL,
                              "%s no keys for the object store: both the access key's id and its "
                              "secret are needed",
                              where);
    keys = g_new0(S3Keys, 1);
    keys->access_key_id = g_strdup(id);
    keys->secret_access_key = g_strdup(secret);
    keys->session_token = g_strdup(or_null(token));
    return keys;
}

/* --- a file --------------------------------------------------------------------------------------
 */

/* "[name]" or "[profile name]" of a trimmed line; NULL: another line. Transfer full. */
static char *
section_name(const char *line)
{
    const char *end = *line == '[' ? strchr(line, ']') : NULL;
    g_autofree char *name = end ? g_strndup(line + 1, (gsize)(end - line - 1)) : NULL;

    if (!name)
        return NULL;
    g_strstrip(name);
    return g_strdup(g_str_has_prefix(name, "profile ") ? g_strchug(name + 8) : name);
}

/* Not GKeyFile's form: values may hold anything, and names may be in any case. */
S3Keys *
s3_keys_parse_file(const char *text, const char *section, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    const char *id = NULL, *secret = NULL, *token = NULL;
    gboolean inside = FALSE;
    g_autofree char *where = g_strdup_printf("Section [%s] of the file has", section);

    for (char **line = lines; *line; line++) {
        char *trimmed = g_strstrip(*line), *equals;
        g_autofree char *name = section_name(trimmed);

        if (name)
            inside = strcmp(name, section) == 0;
        equals = strchr(trimmed, '=');
        if (name || !inside || *trimmed == '#' || *trimmed == ';' || !equals)
            continue;
        *equals = '\0';
        g_strchomp(trimmed);
        if (g_ascii_strcasecmp(trimmed, "aws_access_key_id") == 0)
            id = g_strchug(equals + 1);
        else if (g_ascii_strcasecmp(trimmed, "aws_secret_access_key") == 0)
            secret = g_strchug(equals + 1);
        else if (g_ascii_strcasecmp(trimmed, "aws_session_token") == 0)
            token = g_strchug(equals + 1);
    }
    return make_keys(id, secret, token, where, error);
}

static gboolean
read_text(const char *path, const char *what, char **out_text, GError **error)
{
    g_autoptr(GError) failure = NULL;

    if (!path)
        return skep_fail(error, SKEP_ERROR_FORBIDDEN, NULL, "The file of %s is not set", what);
    if (!g_file_get_contents(path, out_text, NULL, &failure))
        return skep_fail(error, SKEP_ERROR_FORBIDDEN, NULL, "The file of %s cannot be read: %s",
                         what, failure->message);
    return TRUE;
}

static S3Keys *
take_from_file(S3KeySource *source, GError **error)
{
    const StorageProfile *profile = source->profile;
    const char *section = profile->key_profile ? profile->key_profile : "default";
    g_autofree char *text = NULL;
    struct stat status;

    if (profile->key_file && stat(profile->key_file, &status) == 0) {
        if (source->kept && status.st_ino == source->inode &&
            memcmp(&status.st_mtim, &source->changed, sizeof source->changed) == 0)
            return s3_keys_copy(source->kept);
        source->inode = status.st_ino;
        source->changed = status.st_mtim;
    }
    g_clear_pointer(&source->kept, s3_keys_free);
    if (!read_text(profile->key_file, "the object store's keys", &text, error))
        return NULL;
    source->kept = s3_keys_parse_file(text, section, error);
    explicit_bzero(text, strlen(text));
    return source->kept ? s3_keys_copy(source->kept) : NULL;
}

/* --- a web identity ------------------------------------------------------------------------------
 */

static S3Keys *
take_for_token(S3KeySource *source, GError **error)
{
    const StorageProfile *profile = source->profile;
    gint64 now_s = g_get_real_time() / G_USEC_PER_SEC;
    g_autofree char *token = NULL;
    g_autoptr(GError) failure = NULL;
    S3Keys *fresh = NULL;

    if (source->kept && source->kept->expires_at_s - RENEW_BEFORE_S > now_s)
        return s3_keys_copy(source->kept);
    if (!source->http)
        source->http = http_pool_new(profile->ca_file, NULL);
    if (read_text(profile->token_file, "the web identity token", &token, &failure)) {
        g_strstrip(token);
        fresh = sts_assume_role_with_web_identity(source->http, profile, token, "skep",
                                                  WEB_IDENTITY_LIFETIME_S, &failure);
        explicit_bzero(token, strlen(token));
    }
    if (fresh) {
        s3_keys_free(source->kept);
        source->kept = fresh;
    } else if (!source->kept || source->kept->expires_at_s <= now_s) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return NULL;
    } /* else those of before do until STS is back */
    return s3_keys_copy(source->kept);
}

static S3Keys *
take_from_environment(GError **error)
{
    return make_keys(g_getenv("AWS_ACCESS_KEY_ID"), g_getenv("AWS_SECRET_ACCESS_KEY"),
                     g_getenv("AWS_SESSION_TOKEN"),
                     "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of the environment hold", error);
}

S3Keys *
s3_key_source_take(S3KeySource *source, GError **error)
{
    const StorageProfile *profile = source->profile;
    S3Keys *keys = NULL;

    g_mutex_lock(&source->lock);
    switch (profile->key_source) {
    case STORAGE_KEYS_GIVEN:
        keys = make_keys(profile->access_key_id, profile->secret_access_key, profile->session_token,
                         "The warehouse has", error);
        break;
    case STORAGE_KEYS_FILE:
        keys = take_from_file(source, error);
        break;
    case STORAGE_KEYS_ENVIRONMENT:
        keys = take_from_environment(error);
        break;
    case STORAGE_KEYS_WEB_IDENTITY:
        keys = take_for_token(source, error);
        break;
    }
    g_mutex_unlock(&source->lock);
    return keys;
}
