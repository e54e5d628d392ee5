/* SPDX-License-Identifier: Apache-2.0 */
/* skepctl fsck: asks for what is wrong with pointers and metadata files, namespace by namespace,
 * and has repaired what --repair names. Without --repair nothing is changed. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    const CliCall *call;
    cJSON
        *findings; /* of all namespaces, each with its namespace and, if repaired, what was done */
    guint left;    /* not repaired */
    gboolean failed;
} FsckRun;

static gboolean
fsck_wants_repair(const CliCall *call, const cJSON *finding)
{
    const cJSON *repair = json_find(finding, "repair");
    return json_is_string(repair) && call->repairs &&
           g_strv_contains((const char *const *)call->repairs, repair->valuestring);
}

static const char *
fsck_text(const cJSON *finding, const char *member)
{
    const cJSON *value = json_find(finding, member);
    return json_is_string(value) ? value->valuestring : "";
}

/* One at a time: what fails is told, and the rest goes on. */
static void
fsck_repair(FsckRun *run, const char *path, cJSON *finding)
{
    g_autoptr(cJSON) answer = NULL;
    CliRequest request = {.method = "POST", .path = path, .is_management = TRUE, .body = finding};
    if (!cli_request_send(run->call, &request, &answer)) {
        run->failed = TRUE;
        run->left++;
        return;
    }
    json_object_set_string(finding, "did", fsck_text(answer, "did"));
}

static void
fsck_print(const cJSON *finding)
{
    const char *did = fsck_text(finding, "did");
    const char *repair = fsck_text(finding, "repair");
    const char *target = fsck_text(finding, "target");
    printf("%s.%s: %s\n  %s\n", fsck_text(finding, "namespace"), fsck_text(finding, "name"),
           fsck_text(finding, "kind"), fsck_text(finding, "location"));
    printf("  %s\n", fsck_text(finding, "message"));
    if (*did)
        printf("  done: %s\n", did);
    else if (*repair)
        printf("  --repair %s would %s%s%s\n", repair,
               !strcmp(repair, "delete")     ? "delete it"
               : !strcmp(repair, "register") ? "register "
                                             : "point it to ",
               !strcmp(repair, "delete") ? "" : target,
               !strcmp(repair, "delete") || *target ? "" : "nothing: there is no file to point to");
}

static void
fsck_take(FsckRun *run, const char *namespace_name, const char *path, cJSON *findings)
{
    for (cJSON *finding = cJSON_DetachItemFromArray(findings, 0); finding;
         finding = cJSON_DetachItemFromArray(findings, 0)) {
        json_object_set_string(finding, "namespace", namespace_name);
        if (fsck_wants_repair(run->call, finding))
            fsck_repair(run, path, finding);
        else
            run->left++;
        if (!run->call->json)
            fsck_print(finding);
        json_array_append(run->findings, finding);
    }
}

static gboolean
fsck_namespace(FsckRun *run, const cJSON *levels)
{
    g_autofree char *name = cli_name_format(levels);
    g_auto(GStrv) parts = cli_name_split(name);
    g_autofree char *segment =
        cli_name_namespace_segment((const char *const *)parts, g_strv_length(parts));
    g_autofree char *path = g_strconcat("/namespaces/", segment, "/findings", NULL);
    g_autofree char *token = NULL;
    do {
        g_autofree char *escaped = token ? g_uri_escape_string(token, NULL, FALSE) : NULL;
        g_autofree char *page =
            g_strconcat(path, escaped ? "?pageToken=" : "", escaped ? escaped : "", NULL);
        g_autoptr(cJSON) answer = NULL;
        CliRequest request = {.method = "GET", .path = page, .is_management = TRUE};
        if (!cli_request_send(run->call, &request, &answer))
            return FALSE;
        fsck_take(run, name, path, (cJSON *)json_find(answer, "findings"));
        g_free(token);
        token = g_strdup(fsck_text(answer, "next-page-token"));
    } while (*token);
    return TRUE;
}

/* A namespace and those below it; parent NULL: all of them. */
static gboolean
fsck_below(FsckRun *run, const char *parent)
{
    g_autofree char *path =
        parent ? g_strconcat("/namespaces?parent=", parent, NULL) : g_strdup("/namespaces");
    g_autoptr(cJSON) answer = NULL;
    CliRequest request = {.method = "GET", .path = path};
    const cJSON *levels;
    if (!cli_request_send(run->call, &request, &answer))
        return FALSE;
    cJSON_ArrayForEach(levels, json_find(answer, "namespaces"))
    {
        g_autofree char *name = cli_name_format(levels);
        g_auto(GStrv) parts = cli_name_split(name);
        g_autofree char *segment =
            cli_name_namespace_segment((const char *const *)parts, g_strv_length(parts));
        if (!fsck_namespace(run, levels) || !fsck_below(run, segment))
            return FALSE;
    }
    return TRUE;
}

static gboolean
fsck_check_repairs(const CliCall *call)
{
    static const char *const known[] = {"rewind", "advance", "delete", "register", NULL};
    for (char **repair = call->repairs; repair && *repair; repair++)
        if (!g_strv_contains(known, *repair)) {
            cli_fail_usage("--repair takes rewind, advance, delete or register, not \"%s\"",
                           *repair);
            return FALSE;
        }
    return TRUE;
}

static int
fsck_run(const CliCall *call)
{
    g_autoptr(cJSON) findings = cJSON_CreateArray();
    FsckRun run = {.call = call, .findings = findings};
    if (!fsck_check_repairs(call))
        return CLI_USAGE;
    if (!fsck_below(&run, NULL))
        return CLI_FAILED;
    if (call->json)
        cli_output_json(findings);
    else if (!findings->child)
        puts("nothing found");
    return run.left || run.failed ? CLI_FAILED : CLI_DONE;
}

static const GOptionEntry *
fsck_options(CliCall *call)
{
    static GOptionEntry entries[2];
    entries[0] = (GOptionEntry){
        .long_name = "repair",
        .arg = G_OPTION_ARG_STRING_ARRAY,
        .arg_data = &call->repairs,
        .description = "Repair such findings: rewind, advance, delete or register; may be repeated",
        .arg_description = "HOW"};
    return entries;
}

const CliCommand cli_fsck_commands[] = {
    {"fsck", "",   "",   0, "compare pointers with the files that are there", fsck_options, fsck_run},
    {NULL,   NULL, NULL, 0, NULL,                                             NULL,         NULL    },
};
