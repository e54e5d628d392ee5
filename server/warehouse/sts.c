/* SPDX-License-Identifier: Apache-2.0 */
/* AssumeRole and AssumeRoleWithWebIdentity. See sts.h. */
#include "sts.h"

#include <string.h>

#include "endpoint.h"
#include "sigv4.h"
#include "skep/error.h"
#include "xml.h"

#define API_VERSION      "2011-06-15"
#define ANSWER_BYTES_MAX (256 * 1024)
#define FORM_TYPE        "application/x-www-form-urlencoded"

/* --- answers -------------------------------------------------------------------------------------
 */

static void
take_credential(const char *path, const char *text, gpointer data)
{
    S3Keys *keys = data;
    const char *name = strstr(path, "Credentials/");

    if (!name)
        return;
    name += strlen("Credentials/");
    if (strcmp(name, "AccessKeyId") == 0 && !keys->access_key_id)
        keys->access_key_id = g_strdup(text);
    else if (strcmp(name, "SecretAccessKey") == 0 && !keys->secret_access_key)
        keys->secret_access_key = g_strdup(text);
    else if (strcmp(name, "SessionToken") == 0 && !keys->session_token)
        keys->session_token = g_strdup(text);
    else if (strcmp(name, "Expiration") == 0) {
        g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
        g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, utc);

        keys->expires_at_s = time ? g_date_time_to_unix(time) : 0;
    }
}

S3Keys *
sts_parse_answer(const char *xml, gsize length, GError **error)
{
    g_autoptr(S3Keys) keys = g_new0(S3Keys, 1);

    if (!xml_read(xml, length, take_credential, keys, NULL) || !keys->access_key_id ||
        !keys->secret_access_key || !keys->session_token || keys->expires_at_s <= 0)
        return skep_fail_null(error, SKEP_ERROR_UNAVAILABLE, NULL,
                              "STS answered without keys, or without their expiry");
    return g_steal_pointer(&keys);
}

typedef struct {
    char *code;
    char *message;
} Refusal;

static void
take_refusal(const char *path, const char *text, gpointer data)
{
    Refusal *refusal = data;

    if ((strcmp(path, "Error/Code") == 0 || strcmp(path, "Code") == 0) && !refusal->code)
        refusal->code = g_strdup(text);
    else if ((strcmp(path, "Error/Message") == 0 || strcmp(path, "Message") == 0) &&
             !refusal->message)
        refusal->message = g_strdup(text);
}

static S3Keys *
fail_refused(const HttpAnswer *answer, const char *action, GError **error)
{
    Refusal refusal = {0};
    SkepError fact = SKEP_ERROR_FORBIDDEN;

    xml_read(answer->body->data, answer->body->len, take_refusal, &refusal, NULL);
    if (answer->status >= 500 || answer->status == 429)
        fact = SKEP_ERROR_UNAVAILABLE;
    else if (answer->status == 400 && g_strcmp0(refusal.code, "ExpiredTokenException") != 0)
        fact = SKEP_ERROR_INVALID_ARGUMENT;
    skep_fail(error, fact, NULL, "STS answers %s with %u %s%s%.300s", action, answer->status,
              refusal.code ? refusal.code : "", refusal.message && *refusal.message ? ": " : "",
              refusal.message ? refusal.message : "");
    g_free(refusal.code);
    g_free(refusal.message);
    return NULL;
}

/* --- requests ------------------------------------------------------------------------------------
 */

/* Escapes a space as %20 and never as '+', which Ceph 16 takes for itself. */
static GBytes *
make_form(const SigV4Pair *fields)
{
    char *form = sigv4_query(fields);

    return g_bytes_new_take(form, strlen(form));
}

static char **
sign_form(const StorageProfile *profile, const S3Keys *signer, const char *host, GBytes *form)
{
    gsize length;
    const void *bytes = g_bytes_get_data(form, &length);
    g_autofree char *hash = sigv4_sha256(bytes, length);
    SigV4Pair type[] = {
        {"Content-Type", FORM_TYPE},
        {NULL,           NULL     }
    };
    SigV4Request request = {
        .method = "POST",
        .host = host,
        .path = "/",
        .headers = type,
        .payload_sha256 = hash,
        .service = "sts",
        .region = profile->region,
        .time_s = g_get_real_time() / G_USEC_PER_SEC,
        .access_key_id = signer->access_key_id,
        .secret_access_key = signer->secret_access_key,
        .session_token = signer->session_token,
    };

    return sigv4_sign(&request);
}

/* signer NULL: unsigned. */
static S3Keys *
ask(HttpPool *pool,
    const StorageProfile *profile,
    const S3Keys *signer,
    const SigV4Pair *fields,
    GError **error)
{
    g_auto(StorageEndpoint) endpoint = {0};
    g_autoptr(GBytes) form = make_form(fields);
    g_autoptr(GPtrArray) headers = g_ptr_array_new();
    g_auto(GStrv) signature = NULL;
    g_autofree char *url = NULL;
    g_autoptr(HttpAnswer) answer = NULL;
    HttpRequest request = {.method = "POST", .body = form, .answer_bytes_max = ANSWER_BYTES_MAX};

    if (!storage_endpoint_parse_sts(profile, &endpoint, error))
        return NULL;
    url = g_strdup_printf("%s://%s/", endpoint.scheme, endpoint.host);
    g_ptr_array_add(headers, (char *)"Content-Type: " FORM_TYPE);
    if (signer)
        signature = sign_form(profile, signer, endpoint.host, form);
    for (char **header = signature; header && *header; header++)
        g_ptr_array_add(headers, *header);
    g_ptr_array_add(headers, NULL);
    request.url = url;
    request.headers = (const char *const *)headers->pdata;
    answer = http_perform(pool, &request, error);
    if (!answer)
        return NULL;
    if (answer->status != 200)
        return fail_refused(answer, fields[0].value, error);
    return sts_parse_answer((const char *)answer->body->data, answer->body->len, error);
}

static gboolean
check_role(const StorageProfile *profile, GError **error)
{
    return profile->role_arn || skep_fail(error, SKEP_ERROR_FORBIDDEN, NULL,
                                          "Keys that expire need a role, and none is set");
}

S3Keys *
sts_assume_role(HttpPool *pool,
                const StorageProfile *profile,
                const S3Keys *signer,
                const char *policy,
                const char *session_name,
                gint64 lifetime_s,
                GError **error)
{
    g_autofree char *lifetime = g_strdup_printf("%" G_GINT64_FORMAT, lifetime_s);
    SigV4Pair fields[] = {
        {"Action",                 "AssumeRole"     },
        {"Version",                API_VERSION      },
        {"RoleArn",                profile->role_arn},
        {"RoleSessionName",        session_name     },
        {"DurationSeconds",        lifetime         },
        {policy ? "Policy" : NULL, policy           },
        {NULL,                     NULL             }
    };

    return check_role(profile, error) ? ask(pool, profile, signer, fields, error) : NULL;
}

S3Keys *
sts_assume_role_with_web_identity(HttpPool *pool,
                                  const StorageProfile *profile,
                                  const char *token,
                                  const char *session_name,
                                  gint64 lifetime_s,
                                  GError **error)
{
    g_autofree char *lifetime = g_strdup_printf("%" G_GINT64_FORMAT, lifetime_s);
    SigV4Pair fields[] = {
        {"Action",           "AssumeRoleWithWebIdentity"},
        {"Version",          API_VERSION                },
        {"RoleArn",          profile->role_arn          },
        {"RoleSessionName",  session_name               },
        {"DurationSeconds",  lifetime                   },
        {"WebIdentityToken", token                      },
        {NULL,               NULL                       }
    };

    return check_role(profile, error) ? ask(pool, profile, NULL, fields, error) : NULL;
}
