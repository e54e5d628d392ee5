/* SPDX-License-Identifier: Apache-2.0 */
/* skepctl: the admin command, a client of the REST door. Everything is in commands.c and the files
 * of its nouns. */
#include <curl/curl.h>
#include <locale.h>

#include <glib.h>

#include "commands.h"

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    g_set_prgname("skepctl");
    curl_global_init(CURL_GLOBAL_DEFAULT);
    int status = cli_run(argc, argv);
    curl_global_cleanup();
    return status;
}
