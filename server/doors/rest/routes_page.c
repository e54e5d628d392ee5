/* SPDX-License-Identifier: Apache-2.0 */
/* The page of all routes, docs/rest-api.md, out of the table that serves them. Caller: skepd's
 * command rest-api. */
#include <string.h>

#include "rest_private.h"

static const char page_head[] =
    "<!-- Written by `make docs` from the table of routes: change server/doors/rest/routes.c "
    "instead. -->\n"
    "# The REST door\n\n"
    "The Iceberg REST catalog API, under `/v1` and `/iceberg/v1` alike; `{prefix}` is a catalog's "
    "name "
    "and may be left out\nfor the default one, `hive`. Every route may also answer 400 (the "
    "request "
    "makes no sense), 413 (too large), 503 with\n`Retry-After` (nothing was done: PostgreSQL is "
    "away, or "
    "too many requests wait) and 500. An error's body is\n"
    "`{\"error\": {\"message\", \"type\", \"code\"}}`. Only what is no HTTP request as far as it "
    "can be read is answered by\nlibmicrohttpd itself, with the right status, a sentence in HTML, "
    "and the end of the connection: a head of more than\n32 kB (414, 431), a request line, header, "
    "Content-Length or chunk that is malformed (400, 413), another version of HTTP\n(505).\n\n"
    "Changes but createView take an `Idempotency-Key` (a UUID): repeated with it they are made "
    "once\nand answered alike; 422 when the key came with another request.\n\n";

static void
append_route(GString *page, const RestRoute *route)
{
    g_string_append_printf(page, "| `%s %s` | %s | %s |\n", rest_method_name(route->method),
                           route->path, route->does, route->answers);
}

static void
append_table(GString *page, gboolean is_specified)
{
    gsize count = 0;
    const RestRoute *routes = rest_routes(&count);
    g_string_append(page, "| Route | What it does | Answers |\n|---|---|---|\n");
    for (gsize i = 0; i < count; i++)
        if (rest_route_is_specified(&routes[i]) == is_specified)
            append_route(page, &routes[i]);
}

char *
rest_routes_page(void)
{
    GString *page = g_string_new(page_head);
    g_string_append(page, "## The specification's\n\n");
    append_table(page, TRUE);
    g_string_append(
        page, "\n## Skep's own\n\nTheir parameters and bodies are in `management-api.json`, "
              "an OpenAPI 3 page, which the server\nserves as well. A parameter after `?` may be "
              "left out.\n\n");
    append_table(page, FALSE);
    return g_string_free(page, FALSE);
}
