/* SPDX-License-Identifier: Apache-2.0 */
/* From a fact to the status, the exception's name and the sentence that Iceberg REST clients know:
 * the only place where the REST door decides that. Callers: arrival.c for every handler that
 * failed, idempotency.c for answers that are kept. */
#include "rest_private.h"

#include <stdarg.h>
#include <string.h>

RestErrorWords
rest_error_words(SkepError fact)
{
    switch (fact) {
    case SKEP_ERROR_INVALID_ARGUMENT:
    case SKEP_ERROR_INVALID_OBJECT:
        return (RestErrorWords){400, "BadRequestException"};
    /* Well-formed and not allowed: clients raise what they raise when they find it out themselves.
     */
    case SKEP_ERROR_INVALID_OPERATION:
        return (RestErrorWords){400, "IllegalArgumentException"};
    case SKEP_ERROR_UNPROCESSABLE:
        return (RestErrorWords){422, "UnprocessableEntityException"};
    case SKEP_ERROR_TOO_LARGE:
        return (RestErrorWords){413, "PayloadTooLargeException"};
    case SKEP_ERROR_UNAUTHENTICATED:
        return (RestErrorWords){401, "NotAuthorizedException"};
    case SKEP_ERROR_FORBIDDEN:
        return (RestErrorWords){403, "ForbiddenException"};
    case SKEP_ERROR_NO_SUCH_CATALOG:
        return (RestErrorWords){404, "NoSuchWarehouseException"};
    case SKEP_ERROR_NO_SUCH_NAMESPACE:
        return (RestErrorWords){404, "NoSuchNamespaceException"};
    case SKEP_ERROR_NO_SUCH_TABLE:
        return (RestErrorWords){404, "NoSuchTableException"};
    case SKEP_ERROR_NO_SUCH_VIEW:
        return (RestErrorWords){404, "NoSuchViewException"};
    case SKEP_ERROR_NO_SUCH_PLAN:
        return (RestErrorWords){404, "NoSuchPlanIdException"};
    case SKEP_ERROR_NO_SUCH_PLAN_TASK:
        return (RestErrorWords){404, "NoSuchPlanTaskException"};
    case SKEP_ERROR_NO_SUCH_FUNCTION:
        return (RestErrorWords){404, "NoSuchFunctionException"};
    case SKEP_ERROR_NO_SUCH_PARTITION:
    case SKEP_ERROR_NO_SUCH_LOCK:
    case SKEP_ERROR_NO_SUCH_TRANSACTION:
    case SKEP_ERROR_NO_SUCH_OBJECT:
        return (RestErrorWords){404, "NoSuchObjectException"};
    case SKEP_ERROR_NO_SUCH_FILE:
        return (RestErrorWords){404, "NotFoundException"};
    case SKEP_ERROR_ALREADY_EXISTS:
        return (RestErrorWords){409, "AlreadyExistsException"};
    case SKEP_ERROR_NAMESPACE_NOT_EMPTY:
        return (RestErrorWords){409, "NamespaceNotEmptyException"};
    case SKEP_ERROR_COMMIT_CONFLICT:
        return (RestErrorWords){409, "CommitFailedException"};
    /* In the end another answer takes its place: see idempotency.c. */
    case SKEP_ERROR_KEY_TAKEN:
        return (RestErrorWords){503, "ServiceUnavailableException"};
    case SKEP_ERROR_COMMIT_STATE_UNKNOWN:
        return (RestErrorWords){500, "CommitStateUnknownException"};
    case SKEP_ERROR_UNSUPPORTED:
        return (RestErrorWords){406, "UnsupportedOperationException"};
    case SKEP_ERROR_UNAVAILABLE:
        return (RestErrorWords){503, "ServiceUnavailableException"};
    case SKEP_ERROR_INTERNAL:
        return (RestErrorWords){500, "InternalServerError"};
    }
    g_assert_not_reached();
}

char *
rest_error_message(const GError *error)
{
    const char *before = "";
    const char *after = "";
    switch (skep_error_fact(error)) {
    case SKEP_ERROR_NO_SUCH_CATALOG:
        before = "Warehouse does not exist: ";
        break;
    case SKEP_ERROR_NO_SUCH_NAMESPACE:
        before = "Namespace does not exist: ";
        break;
    case SKEP_ERROR_NO_SUCH_TABLE:
        before = "Table does not exist: ";
        break;
    case SKEP_ERROR_NO_SUCH_VIEW:
        before = "View does not exist: ";
        break;
    case SKEP_ERROR_NO_SUCH_FILE:
        before = "Failed to open input stream for file: ";
        break;
    case SKEP_ERROR_NAMESPACE_NOT_EMPTY:
        before = "Namespace ";
        after = " is not empty";
        break;
    case SKEP_ERROR_INVALID_ARGUMENT:
    case SKEP_ERROR_INVALID_OBJECT:
    case SKEP_ERROR_INVALID_OPERATION:
    case SKEP_ERROR_UNPROCESSABLE:
    case SKEP_ERROR_TOO_LARGE:
    case SKEP_ERROR_UNAUTHENTICATED:
    case SKEP_ERROR_FORBIDDEN:
    case SKEP_ERROR_NO_SUCH_PARTITION:
    case SKEP_ERROR_NO_SUCH_LOCK:
    case SKEP_ERROR_NO_SUCH_TRANSACTION:
    case SKEP_ERROR_NO_SUCH_PLAN:
    case SKEP_ERROR_NO_SUCH_PLAN_TASK:
    case SKEP_ERROR_NO_SUCH_FUNCTION:
    case SKEP_ERROR_NO_SUCH_OBJECT:
    case SKEP_ERROR_ALREADY_EXISTS: /* the catalog alone knows what it is that has the name */
    case SKEP_ERROR_COMMIT_CONFLICT:
    case SKEP_ERROR_KEY_TAKEN:
    case SKEP_ERROR_COMMIT_STATE_UNKNOWN:
    case SKEP_ERROR_UNSUPPORTED:
    case SKEP_ERROR_UNAVAILABLE:
    case SKEP_ERROR_INTERNAL:
        break;
    }
    const char *object = skep_error_object(error);
    char *message =
        *before && object ? g_strconcat(before, object, after, NULL) : g_strdup(error->message);
    /* The levels of a nested namespace are shown as clients write them. */
    return g_strdelimit(message, (char[]){CATALOG_LEVEL_SEPARATOR, '\0'}, '.');
}

static GString *
error_print(RestErrorWords words, const char *message)
{
    GString *body = g_string_new("{\"error\":{\"message\":");
    g_autofree char *valid = g_utf8_make_valid(message, -1);
    json_print_append_string(valid, body);
    g_string_append_printf(body, ",\"type\":\"%s\",\"code\":%u}}", words.type, words.status);
    return body;
}

char *
rest_error_body(const GError *error)
{
    g_autofree char *message = rest_error_message(error);
    return g_string_free(error_print(rest_error_words(skep_error_fact(error)), message), FALSE);
}

void
rest_reply_error(RestRequest *request, GError *error)
{
    RestErrorWords words = rest_error_words(skep_error_fact(error));
    g_autofree char *message = rest_error_message(error);
    rest_reply_json(request, words.status, error_print(words, message));
    /* UNAVAILABLE says that nothing was done, so clients may send it again; an unknown outcome
     * never gets this header, because then even a POST is sent twice. */
    if (words.status == 503)
        rest_reply_header(request, "Retry-After", "1");
    g_clear_error(&request->failure);
    request->failure = error;
}

void
rest_reply_refusal(RestRequest *request, guint status, const char *type, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    rest_reply_json(request, status, error_print((RestErrorWords){status, type}, message));
}
