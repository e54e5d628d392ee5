/* SPDX-License-Identifier: Apache-2.0 */
/* See failpoint.h. The file is read whenever a place is reached: slow, and for tests alone. */
#include "failpoint.h"

#ifdef SKEP_FAILPOINTS

#include <glib.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Of a server in a test, well above what it has open. */
#define DESCRIPTORS_MAX 4096

static GMutex mutex;
static char *content;       /* of the file, as it was last read */
static GHashTable *reached; /* place -> how often, with this content */

/* How often this place has been reached, this time included. With the mutex held. */
static guint
count_place(const char *place)
{
    guint times = GPOINTER_TO_UINT(g_hash_table_lookup(reached, place)) + 1;

    g_hash_table_insert(reached, g_strdup(place), GUINT_TO_POINTER(times));
    return times;
}

/* With the mutex held. */
static void
read_again(const char *file)
{
    g_autofree char *now = NULL;

    if (!g_file_get_contents(file, &now, NULL, NULL))
        now = g_strdup("");
    if (content && strcmp(content, now) == 0)
        return;
    g_free(content);
    content = g_steal_pointer(&now);
    g_clear_pointer(&reached, g_hash_table_unref);
    reached = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

/* The action for this place now, or NULL. Transfer full. */
static char *
find_action(const char *file, const char *place)
{
    g_auto(GStrv) lines = NULL;
    gsize length = strlen(place);
    char *action = NULL;
    guint times;

    g_mutex_lock(&mutex);
    read_again(file);
    times = count_place(place);
    lines = g_strsplit(content, "\n", -1);
    for (gsize i = 0; lines[i] && !action; i++) {
        char *at;

        if (!g_str_has_prefix(lines[i], place) || lines[i][length] != '=')
            continue;
        at = strchr(lines[i], '@');
        if (at && g_ascii_strtoull(at + 1, NULL, 10) != times)
            continue;
        action = at ? g_strndup(lines[i] + length + 1, (gsize)(at - lines[i]) - length - 1)
                    : g_strdup(lines[i] + length + 1);
    }
    g_mutex_unlock(&mutex);
    return action;
}

/* Whatever has a peer: PostgreSQL, clients, an object store. Nobody is told, as when a network
 * goes. */
static void
cut_connections(void)
{
    for (int descriptor = 3; descriptor < DESCRIPTORS_MAX; descriptor++) {
        struct sockaddr_storage peer;
        socklen_t length = sizeof peer;

        if (getpeername(descriptor, (struct sockaddr *)&peer, &length) == 0)
            shutdown(descriptor, SHUT_RDWR);
    }
}

void
failpoint_reach(const char *place)
{
    const char *file = g_getenv("SKEP_FAILPOINTS_FILE");
    g_autofree char *action = file ? find_action(file, place) : NULL;

    if (!action)
        return;
    if (strcmp(action, "crash") == 0)
        kill(getpid(), SIGKILL);
    else if (strcmp(action, "cut") == 0)
        cut_connections();
    else if (g_str_has_prefix(action, "hang:"))
        g_usleep(g_ascii_strtoull(action + strlen("hang:"), NULL, 10) * 1000);
    else
        g_error("%s: there is no action \"%s\" for failpoints", file, action);
}

#endif
