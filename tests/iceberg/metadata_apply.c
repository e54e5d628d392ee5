/* SPDX-License-Identifier: Apache-2.0 */
/* The metadata module as a filter: one JSON object a line in, one a line out, so that other Iceberg
 * implementations can be asked the same. In: {"base": document or null, "updates": […], "now": ms,
 * "location": text}. Out: {"metadata": document, "changed": bool} or {"error": fact, "message":
 * text}. Caller: the tests beside it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "skep/error.h"
#include "skep/iceberg.h"

static cJSON *
apply_request(const cJSON *request, GError **error)
{
    const cJSON *base_json = json_find_present(request, "base");
    const char *location = NULL;
    IcebergContext context = {0};
    g_auto(IcebergChange) change = {0};
    g_autoptr(cJSON) base = NULL;
    g_autofree char *text = NULL;
    cJSON *metadata;
    cJSON *answer;

    if (!json_get_int64(request, "now", &context.now_ms, error) ||
        !json_get_optional_string(request, "location", &location, error))
        return NULL;
    context.base_location = location;
    if (base_json != NULL) {
        text = json_print_compact(base_json);
        base = iceberg_table_parse(text, strlen(text), error);
        if (base == NULL)
            return NULL;
    }
    metadata = iceberg_table_apply(base, json_find(request, "updates"), &context, &change, error);
    if (metadata == NULL)
        return NULL;
    answer = cJSON_CreateObject();
    json_object_set_bool(answer, "changed", change.changed);
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
