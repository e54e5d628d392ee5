/* SPDX-License-Identifier: Apache-2.0 */
/* From argv to one row of the command tables: options, help on every level, complaints about usage.
 */
#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "cli.h"

static const struct {
    const char *noun;
    const char *help;
    const CliCommand *commands;
} noun_rows[] = {
    {"namespace", "namespaces (databases)",                    cli_namespace_commands},
    {"table",     "tables and views",                          cli_table_commands    },
    {"function",  "functions in Iceberg's form",               cli_function_commands },
    {"warehouse", "where the files of each catalog are",       cli_warehouse_commands},
    {"task",      "what drops have left to the background",    cli_task_commands     },
    {"fsck",      "pointers against the files that are there", cli_fsck_commands     },
};

static const CliCommand *
commands_of_noun(const char *noun)
{
    for (gsize i = 0; i < G_N_ELEMENTS(noun_rows); i++)
        if (!strcmp(noun_rows[i].noun, noun))
            return noun_rows[i].commands;
    return NULL;
}

static void
commands_print_nouns(FILE *to)
{
    fputs("Usage: skepctl [OPTIONS] NOUN VERB [ARGUMENTS] [OPTIONS]\n       skepctl fsck "
          "[OPTIONS]\n\nNouns:\n",
          to);
    for (gsize i = 0; i < G_N_ELEMENTS(noun_rows); i++)
        fprintf(to, "  %-12s %s\n", noun_rows[i].noun, noun_rows[i].help);
    fputs("\nOptions of every command, before it or after it:\n"
          "  --url URL        the REST door [SKEPCTL_URL, else http://127.0.0.1:8181]\n"
          "  --catalog NAME   a catalog other than the default one\n"
          "  --json           one JSON document on stdout, for scripts\n"
          "  --timeout S      give up after S seconds [30]\n"
          "  --help           on every level: skepctl table --help, skepctl table drop --help\n"
          "\nA token, where the server asks for one: SKEPCTL_TOKEN or SKEPCTL_TOKEN_FILE.\n"
          "Exit status: 0 done, 1 failed, 2 wrong usage.\n",
          to);
}

static void
commands_print_verbs(const char *noun, const CliCommand *commands, FILE *to)
{
    fprintf(to, "Usage: skepctl %s VERB [ARGUMENTS] [OPTIONS]\n\nVerbs:\n", noun);
    for (const CliCommand *command = commands; command->noun; command++) {
        g_autofree char *left = g_strjoin(" ", command->verb, command->arguments, NULL);
        fprintf(to, "  %-26s %s\n", left, command->help);
    }
}

static void
call_clear(CliCall *call)
{
    g_free(call->url);
    g_free(call->catalog);
    g_free(call->parent);
    g_free(call->location);
    g_free(call->comment);
    g_free(call->state);
    g_free(call->new_name);
    g_free(call->uuid);
    g_strfreev(call->properties);
    g_strfreev(call->removals);
    g_strfreev(call->repairs);
    g_strfreev(call->allowed);
    g_free(call->secret_file);
    g_free(call->token_file);
    g_strfreev(call->arguments);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CliCall, call_clear)

static GOptionContext *
commands_option_context(const CliCommand *command, CliCall *call)
{
    const GOptionEntry common[] = {
        {"url",              0, 0, G_OPTION_ARG_STRING,       &call->url,       "The REST door",                 "URL" },
        {"catalog",          0, 0, G_OPTION_ARG_STRING,       &call->catalog,
         "A catalog other than the default one",                                                                 "NAME"},
        {"json",             0, 0, G_OPTION_ARG_NONE,         &call->json,      "One JSON document on stdout",   NULL  },
        {"timeout",          0, 0, G_OPTION_ARG_INT,          &call->timeout_s, "Give up after so many seconds", "S"   },
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &call->arguments, "",                              NULL  },
        {NULL,               0, 0, G_OPTION_ARG_NONE,         NULL,             NULL,                            NULL  },
    };
    g_autofree char *joined =
        g_strjoin(" ", command->noun, command->verb, command->arguments, NULL);
    const char *usage = g_strchomp(joined);
    GOptionContext *context = g_option_context_new(usage);
    g_option_context_set_summary(context, command->help);
    g_option_context_add_main_entries(context, common, NULL);
    if (command->options)
        g_option_context_add_main_entries(context, command->options(call), NULL);
    g_option_context_set_help_enabled(context, FALSE);
    return context;
}

static int
commands_run(const CliCommand *command, GStrv words)
{
    g_auto(CliCall) call = {.timeout_s = 30};
    g_autoptr(GOptionContext) context = commands_option_context(command, &call);
    for (char **word = words; *word && strcmp(*word, "--"); word++)
        if (!strcmp(*word, "--help") || !strcmp(*word, "-h")) {
            g_autofree char *help = g_option_context_get_help(context, TRUE, NULL);
            fputs(help, stdout);
            return CLI_DONE;
        }
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) arguments = g_strdupv(words);
    if (!g_option_context_parse_strv(context, &arguments, &error))
        return cli_fail_usage("%s (skepctl %s %s --help)", error->message, command->noun,
                              command->verb);
    guint given = call.arguments ? g_strv_length(call.arguments) : 0;
    if (given != command->argument_count)
        return cli_fail_usage("usage: skepctl %s %s %s", command->noun, command->verb,
                              command->arguments);
    if (call.timeout_s < 1)
        return cli_fail_usage("--timeout takes seconds, from 1 on");
    for (guint i = 0; i < given; i++)
        if (!g_utf8_validate(call.arguments[i], -1, NULL))
            return cli_fail_usage("names are UTF-8");
    if (!call.url) {
        const char *url = g_getenv("SKEPCTL_URL");
        call.url = g_strdup(url ? url : "http://127.0.0.1:8181");
    }
    return command->run(&call);
}

/* `words` begin with the last word of the command's name, where the parser wants the program's. */
static int
commands_run_from(const CliCommand *command, char **words)
{
    g_auto(GStrv) copy = g_strdupv(words);
    g_free(copy[0]);
    copy[0] = g_strdup("skepctl");
    return commands_run(command, copy);
}

static gboolean
word_asks_for_help(const char *word)
{
    return !strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help");
}

/* An option of every command: how many words it is, 0 for any other word. */
static int
common_option_words(const char *word)
{
    static const char *const with_value[] = {"--url", "--catalog", "--timeout"};

    if (!strcmp(word, "--json"))
        return 1;
    for (gsize i = 0; i < G_N_ELEMENTS(with_value); i++)
        if (g_str_has_prefix(word, with_value[i])) {
            const char *rest = word + strlen(with_value[i]);

            if (*rest == '\0' || *rest == '=')
                return *rest ? 1 : 2;
        }
    return 0;
}

/* The words with the options that stand before the command put behind its name, where they are
 * looked for. The array alone is to be freed. */
static GPtrArray *
commands_order_words(int argc, char **argv)
{
    GPtrArray *words = g_ptr_array_new();
    const CliCommand *commands;
    int first = 1;
    int rest;

    for (int count = 1; first < argc && count > 0; first += count)
        count = common_option_words(argv[first]);
    first = MIN(first, argc);
    rest = first;
    g_ptr_array_add(words, argv[0]);
    commands = first < argc ? commands_of_noun(argv[first]) : NULL;
    for (int names = commands && *commands->verb ? 2 : 1; names > 0 && rest < argc; names--)
        g_ptr_array_add(words, argv[rest++]);
    for (int i = 1; i < first; i++)
        g_ptr_array_add(words, argv[i]);
    for (; rest < argc; rest++)
        g_ptr_array_add(words, argv[rest]);
    g_ptr_array_add(words, NULL);
    return words;
}

static int
commands_run_words(int argc, char **argv)
{
    if (argc < 2) {
        commands_print_nouns(stderr);
        return CLI_USAGE;
    }
    if (word_asks_for_help(argv[1])) {
        commands_print_nouns(stdout);
        return CLI_DONE;
    }
    if (!strcmp(argv[1], "--version")) {
        puts("skepctl " SKEP_VERSION);
        return CLI_DONE;
    }
    const CliCommand *commands = commands_of_noun(argv[1]);
    if (!commands)
        return cli_fail_usage("there is no \"%s\" (skepctl --help lists what there is)", argv[1]);
    if (!*commands->verb)
        return commands_run_from(commands, argv + 1);
    if (argc < 3) {
        commands_print_verbs(argv[1], commands, stderr);
        return CLI_USAGE;
    }
    if (word_asks_for_help(argv[2])) {
        commands_print_verbs(argv[1], commands, stdout);
        return CLI_DONE;
    }
    for (const CliCommand *command = commands; command->noun; command++)
        if (!strcmp(command->verb, argv[2]))
            return commands_run_from(command, argv + 2);
    return cli_fail_usage("skepctl %s knows no \"%s\" (skepctl %s --help)", argv[1], argv[2],
                          argv[1]);
}

int
cli_run(int argc, char **argv)
{
    g_autoptr(GPtrArray) words = commands_order_words(argc, argv);

    return commands_run_words((int)words->len - 1, (char **)words->pdata);
}
