/* SPDX-License-Identifier: Apache-2.0 */
/* skepd's command line: serve (the default), migrate, wait-for-db, config. Reads the settings and
 * hands over to server.c. */
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server.h"
#include "skep/doors.h"
#include "skep/error.h"
#include "skep/log.h"
#include "skep/secret_box.h"
#include "skep/settings.h"

enum { EXIT_USAGE = 2, WAIT_FOR_DATABASE_DEFAULT_S = 60 };

typedef struct {
    char *config_file;
    char *hive_site_file;
    gboolean print_clients;
    gboolean dry_run;
    gboolean version;
    gint timeout_s;
    GStrv words;
} Arguments;

static void
arguments_clear(Arguments *arguments)
{
    g_free(arguments->config_file);
    g_free(arguments->hive_site_file);
    g_strfreev(arguments->words);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

/* Tells a failure that ends the program: one line for a person, the rest in the log. */
static int
tell_failure(const GError *error)
{
    const char *detail = skep_error_detail(error);
    fprintf(stderr, "skepd: %s%s%s%s\n", error->message, detail ? " (" : "", detail ? detail : "",
            detail ? ")" : "");
    return EXIT_FAILURE;
}

static int
run_serve(const Settings *settings, const Arguments *arguments, const sigset_t *signals)
{
    g_autoptr(GError) error = NULL;
    Server *server = server_open(settings, &error);
    if (!server)
        return tell_failure(error);
    if (!server_serve(server, &error)) {
        int status = tell_failure(error);
        server_stop(server);
        return status;
    }
    if (arguments->print_clients) {
        g_autofree char *hints = server_client_hints(server);
        fputs(hints, stdout);
        fflush(stdout);
    }
    int number = 0;
    sigwait(signals, &number);
    log_info("stopping", log_string("signal", strsignal(number)));
    if (!server_stop(server)) {
        log_failure("requests were still under way at the deadline; ending all the same");
        _Exit(EXIT_FAILURE);
    }
    return EXIT_SUCCESS;
}

static int
run_migrate(const Settings *settings, const Arguments *arguments, const sigset_t *signals)
{
    (void)signals;
    g_autoptr(GError) error = NULL;
    guint applied = 0;
    Server *server = server_open(settings, &error);
    if (!server)
        return tell_failure(error);
    int status = EXIT_SUCCESS;
    if (server_migrate(server, arguments->dry_run, &applied, &error))
        printf(arguments->dry_run ? "%u migrations would be applied\n" : "%u migrations applied\n",
               applied);
    else
        status = tell_failure(error);
    server_stop(server);
    return status;
}

static int
run_wait_for_database(const Settings *settings, const Arguments *arguments, const sigset_t *signals)
{
    (void)signals;
    g_autoptr(GError) error = NULL;
    Server *server = server_open(settings, &error);
    if (!server)
        return tell_failure(error);
    int status = EXIT_SUCCESS;
    if (!server_wait_for_database(server, arguments->timeout_s * 1000, &error))
        status = tell_failure(error);
    server_stop(server);
    return status;
}

static int
run_config(const Settings *settings, const Arguments *arguments, const sigset_t *signals)
{
    (void)settings, (void)arguments, (void)signals;
    g_autofree char *sample = settings_sample_text();
    fputs(sample, stdout);
    return EXIT_SUCCESS;
}

static int
run_secrets_key(const Settings *settings, const Arguments *arguments, const sigset_t *signals)
{
    (void)settings, (void)arguments, (void)signals;
    char *key = secret_keys_new_text();
    if (!key)
        return EXIT_FAILURE;
    puts(key);
    secret_text_free(key);
    return EXIT_SUCCESS;
}

static int
run_hms_api(const Settings *settings, const Arguments *arguments, const sigset_t *signals)
{
    (void)settings, (void)arguments, (void)signals;
    g_autofree char *page = thrift_methods_page();
    fputs(page, stdout);
    return EXIT_SUCCESS;
}

static int
run_rest_api(const Settings *settings, const Arguments *arguments, const sigset_t *signals)
{
    (void)settings, (void)arguments, (void)signals;
    g_autofree char *page = rest_routes_page();
    fputs(page, stdout);
    return EXIT_SUCCESS;
}

static int
run_management_api(const Settings *settings, const Arguments *arguments, const sigset_t *signals)
{
    (void)settings, (void)arguments, (void)signals;
    g_autofree char *page = rest_management_page();
    fputs(page, stdout);
    return EXIT_SUCCESS;
}

static const struct {
    const char *name;
    int (*run)(const Settings *settings, const Arguments *arguments, const sigset_t *signals);
} commands[] = {
    {"serve",          run_serve            },
    {"migrate",        run_migrate          },
    {"wait-for-db",    run_wait_for_database},
    {"config",         run_config           },
    {"secrets-key",    run_secrets_key      },
    {"hms-api",        run_hms_api          },
    {"rest-api",       run_rest_api         },
    {"management-api", run_management_api   },
};

static GOptionContext *
arguments_context(Arguments *arguments)
{
    const GOptionEntry entries[] = {
        {"config",           'c', 0, G_OPTION_ARG_FILENAME,     &arguments->config_file,    "Settings file",     "FILE"},
        {"hive-site",        0,   0, G_OPTION_ARG_FILENAME,     &arguments->hive_site_file,
         "Take what applies from a metastore-site.xml",                                                          "FILE"},
        {"print-clients",    0,   0, G_OPTION_ARG_NONE,         &arguments->print_clients,
         "serve: print what to paste into Trino, Spark and PyIceberg",                                           NULL  },
        {"dry-run",          0,   0, G_OPTION_ARG_NONE,         &arguments->dry_run,
         "migrate: only count what is missing",                                                                  NULL  },
        {"timeout",          0,   0, G_OPTION_ARG_INT,          &arguments->timeout_s,
         "wait-for-db: give up after so many seconds",                                                           "S"   },
        {"version",          0,   0, G_OPTION_ARG_NONE,         &arguments->version,        "Print the version", NULL  },
        {G_OPTION_REMAINING, 0,   0, G_OPTION_ARG_STRING_ARRAY, &arguments->words,          "",                  NULL  },
        {NULL,               0,   0, G_OPTION_ARG_NONE,         NULL,                       NULL,                NULL  },
    };
    g_autofree char *settings = settings_help_text();
    GOptionContext *context = g_option_context_new(
        "[serve|migrate|wait-for-db|config|secrets-key|hms-api|rest-api|management-api]");
    g_option_context_set_summary(context,
                                 "Hive Metastore and Iceberg REST catalog over one PostgreSQL.\n"
                                 "  serve        open the doors (the default)\n"
                                 "  migrate      bring the database to this program's schema\n"
                                 "  wait-for-db  wait until the database answers and is migrated\n"
                                 "  config       print a settings file with all defaults\n"
                                 "  secrets-key  print a new key for secrets_key_file\n"
                                 "  hms-api      print the methods of the Thrift door\n"
                                 "  management-api  print Skep's own routes as an OpenAPI page\n"
                                 "  rest-api     print the routes of the REST door");
    g_option_context_set_description(context, settings);
    g_option_context_add_main_entries(context, entries, NULL);
    return context;
}

/* Blocked before any thread starts, so that sigwait on the main thread alone sees them. */
static void
block_signals(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error of its write */
}

static Settings *
load_settings(const Arguments *arguments, GError **error)
{
    g_auto(GStrv) environment = g_get_environ();
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Settings) settings = settings_load(arguments->config_file, arguments->hive_site_file,
                                                 (const char *const *)environment, notes, error);
    if (!settings)
        return NULL;
    LogLevel level;
    if (!log_level_parse(settings->log_level, &level))
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, "log_level",
                              "log_level is debug, info, warning or error, not \"%s\"",
                              settings->log_level);
    log_set_level(level);
    for (guint i = 0; i < notes->len; i++)
        log_info("setting left out", log_string("note", g_ptr_array_index(notes, i)));
    return g_steal_pointer(&settings);
}

/* Large requests come to any worker. With the C library's own choice each worker keeps what its
 * largest one took, and the limits grow with what is freed: 110 MiB after sixteen batches of 1,000
 * partitions. Few arenas, and limits that stay, give it back: 37 MiB after the same, at the same
 * speed. */
static void
bound_memory(void)
{
    mallopt(M_ARENA_MAX, 2);
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    mallopt(M_TRIM_THRESHOLD, 256 * 1024);
}

int
main(int argc, char **argv)
{
    bound_memory();
    setlocale(LC_ALL, "C.UTF-8");
    sigset_t signals;
    block_signals(&signals);
    log_take_over_glib();
    g_auto(Arguments) arguments = {.timeout_s = WAIT_FOR_DATABASE_DEFAULT_S};
    g_autoptr(GOptionContext) context = arguments_context(&arguments);
    g_autoptr(GError) error = NULL;
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fprintf(stderr, "skepd: %s (skepd --help)\n", error->message);
        return EXIT_USAGE;
    }
    if (arguments.version) {
        puts("skepd " SKEP_VERSION);
        return EXIT_SUCCESS;
    }
    const char *name = arguments.words ? arguments.words[0] : "serve";
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (strcmp(commands[i].name, name) || (arguments.words && arguments.words[1]))
            continue;
        g_autoptr(Settings) settings = load_settings(&arguments, &error);
        if (!settings) {
            tell_failure(error);
            return EXIT_USAGE;
        }
        return commands[i].run(settings, &arguments, &signals);
    }
    fprintf(stderr, "skepd: there is no command \"%s\" (skepd --help)\n", name);
    return EXIT_USAGE;
}
