/* SPDX-License-Identifier: Apache-2.0 */
/* The metadata module as a filter: one JSON object a line in, one a line out, so that other Iceberg
 * implementations can be asked the same. In: {"now": ms, "location": text} with {"base": document
 * or null, "updates": […]}, for a view with "view": true as well, or with {"create": createTable
 * request}, or {"base": document or null, "requirements": […]} alone. Out: {"metadata": document,
 * "changed": bool}, {"holds": true} or
 * {"error": fact, "message": text}. Caller: the tests beside it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "skep/error.h"
#include "skep/iceberg.h"

static gboolean
is_view(const cJSON *request)
{
    return cJSON_IsTrue(json_find(request, "view"));
}

/* *out stays NULL when there is no base. */
static gboolean
read_base(const cJSON *request, cJSON **out, GError **error)
{
    const cJSON *base = json_find_present(request, "base");
    g_autofree char *text = NULL;

    if (base == NULL)
        return TRUE;
    text = json_print_compact(base);
    *out = is_view(request) ? iceberg_view_parse(text, strlen(text), error)
                            : iceberg_table_parse(text, strlen(text), error);
    return *out != NULL;
}

static cJSON *
check_requirements(const cJSON *request, GError **error)
{
    const cJSON *requirements = json_find(request, "requirements");
    g_autoptr(cJSON) base = NULL;
    cJSON *answer;

    if (!read_base(request, &base, error) ||
        !(is_view(request) ? iceberg_view_check_requirements(base, requirements, error)
                           : iceberg_table_check_requirements(base, requirements, error)))
        return NULL;
    answer = cJSON_CreateObject();
    json_object_set_bool(answer, "holds", TRUE);
    return answer;
}

static cJSON *
apply_request(const cJSON *request, GError **error)
{
    const cJSON *updates = json_find(request, "updates");
    const cJSON *create = json_find_present(request, "create");
    const char *location = NULL;
    IcebergContext context = {0};
    g_auto(IcebergChange) change = {0};
    g_autoptr(cJSON) base = NULL;
    cJSON *metadata;
    cJSON *answer;

    if (json_find_present(request, "requirements") != NULL)
        return check_requirements(request, error);
    if (!json_get_int64(request, "now", &context.now_ms, error) ||
        !json_get_string(request, "location", &location, error) ||
        !read_base(request, &base, error))
        return NULL;
    context.base_location = location;
    if (create != NULL)
        metadata = iceberg_table_create(create, location, &context, error);
    else if (is_view(request))
        metadata = iceberg_view_apply(base, updates, &context, &change, error);
    else
        metadata = iceberg_table_apply(base, updates, &context, &change, error);
    if (metadata == NULL)
        return NULL;
    answer = cJSON_CreateObject();
    json_object_set_bool(answer, "changed", change.changed || create != NULL);
    json_object_set(answer, "metadata", metadata);
    return answer;
}

static cJSON *
answer_line(const char *line, gsize length)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(cJSON) request = json_parse_object(line, length, ICEBERG_METADATA_MAX_BYTES, &error);
    cJSON *answer = request != NULL ? apply_request(request, &error) : NULL;

    if (answer != NULL)
        return answer;
    answer = cJSON_CreateObject();
    json_object_set_string(answer, "error", skep_error_fact_name(skep_error_fact(error)));
    json_object_set_string(answer, "message", error->message);
    return answer;
}

int
main(void)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length;

    while ((length = getline(&line, &size, stdin)) > 0) {
        g_autoptr(cJSON) answer = answer_line(line, (gsize)length);
        g_autofree char *text = json_print_compact(answer);

        puts(text);
        fflush(stdout);
    }
    free(line);
    return EXIT_SUCCESS;
}
