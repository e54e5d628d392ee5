/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of skepctl show one another. Exit status: 0 done, 1 failed (the server's or the
 * network's answer), 2 wrong usage. Answers go to stdout, everything else to stderr. */
#pragma once

#include <glib.h>

#include "skep/json.h"

enum { CLI_DONE = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

/* --- a call: what the user asked for --- */

/* Options of all commands together; each command's table of options decides which it takes. */
typedef struct {
    char *url;
    char *catalog; /* NULL: the default one */
    gboolean json;
    gint timeout_s;
    char *parent;
    char *location;
    char *comment;
    GStrv properties; /* key=value */
    GStrv removals;   /* keys */
    GStrv repairs;    /* of fsck */
    GStrv allowed;    /* prefixes of a warehouse */
    char *secret_file;
    char *token_file;
    gboolean skip_check;
    gint limit;
    char *state;    /* of tasks */
    char *new_name; /* of undrop */
    char *uuid;     /* of undrop */
    gboolean purge;
    gboolean cascade;
    gboolean replace; /* of functions */
    GStrv arguments;  /* what is left: names */
} CliCall;

typedef struct {
    const char *noun;
    const char *verb;      /* "": the noun is the whole command */
    const char *arguments; /* shown in help, "" for none */
    guint argument_count;  /* exactly so many */
    const char *help;
    const GOptionEntry *(*options)(CliCall *call); /* NULL: the common ones alone */
    int (*run)(const CliCall *call);
} CliCommand;

/* Ended by a row with noun NULL. */
extern const CliCommand cli_namespace_commands[];
extern const CliCommand cli_table_commands[];
extern const CliCommand cli_warehouse_commands[];
extern const CliCommand cli_fsck_commands[];
extern const CliCommand cli_task_commands[];
extern const CliCommand cli_function_commands[];

/* Of skepctl table (undrop.c). */
int cli_undrop_list(const CliCall *call);
int cli_undrop_run(const CliCall *call);
const GOptionEntry *cli_undrop_options(CliCall *call);

/* --- names (name.c) --- */

/* "a.b" -> levels; "\." is a dot within a level. NULL when a level is empty. Transfer full. */
GStrv cli_name_split(const char *name);
/* Levels as one path segment, joined by U+001F and percent-encoded. Transfer full. */
char *cli_name_namespace_segment(const char *const *levels, gsize count);
/* The other way, for printing: an array of strings as the REST API has it. Transfer full. */
char *cli_name_format(const cJSON *levels);

/* --- requests (request.c) --- */

/* Sends and waits. `path` follows /v1 (or is absolute with is_management). out_answer may be NULL;
 * it receives NULL when the answer has no body. On failure says why on stderr and returns FALSE. */
typedef struct {
    const char *method;
    const char *path; /* starts with '/', already encoded */
    gboolean is_management;
    const cJSON *body; /* NULL: none */
} CliRequest;
gboolean cli_request_send(const CliCall *call, const CliRequest *request, cJSON **out_answer);

/* --- output (output.c) --- */

/* A JSON document on one line. */
void cli_output_json(const cJSON *document);
/* Rows of text under a heading, columns lined up. Each row is a GStrv of as many cells as
 * `headings`. Control characters of cells are shown as '?', so that a name cannot move the cursor.
 */
void cli_output_table(const char *const *headings, const GPtrArray *rows);
/* Text of a member: strings as they are, numbers with their digits, everything else as JSON; absent
 * is "". Transfer full. */
char *cli_output_member_text(const cJSON *object, const char *member);
/* The same for a list of objects, of which these members (NULL-terminated) are the cells. */
void cli_output_members(const cJSON *list, const char *const *headings, const char *const *members);
/* "key  value" lines. */
void cli_output_pairs(const GPtrArray *rows);
/* A row for the above. Copies. */
GStrv cli_output_row(const char *first, ...) G_GNUC_NULL_TERMINATED;
int cli_fail_usage(const char *format, ...) G_GNUC_PRINTF(1, 2);
