/* SPDX-License-Identifier: Apache-2.0 */
/* Reads memory, processor time and open files of this process for the metrics. Caller: metrics.c.
 */
#include "process_metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "skep/metrics.h"

static Metric resident = METRIC_GAUGE("process_resident_memory_bytes", "Resident memory.");
static Metric cpu_seconds =
    METRIC_COUNTER("process_cpu_seconds_total", "User and system time spent.");
static Metric open_files = METRIC_GAUGE("process_open_fds", "Open file descriptors.");
static Metric files_max = METRIC_GAUGE("process_max_fds", "Limit of open file descriptors.");

static double
read_resident_bytes(void)
{
    g_autofree char *text = NULL;
    unsigned long pages = 0;
    if (!g_file_get_contents("/proc/self/statm", &text, NULL, NULL) ||
        sscanf(text, "%*u %lu", &pages) != 1)
        return 0;
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static double
count_open_files(void)
{
    g_autoptr(GDir) directory = g_dir_open("/proc/self/fd", 0, NULL);
    double count = 0;
    while (directory != NULL && g_dir_read_name(directory) != NULL)
        count++;
    return count;
}

static double
timeval_seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

void
process_metrics_collect(void)
{
    struct rusage usage;
    struct rlimit limit;
    metric_set(metric_series(&resident, NULL), read_resident_bytes());
    metric_set(metric_series(&open_files, NULL), count_open_files());
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        metric_set(metric_series(&cpu_seconds, NULL),
                   timeval_seconds(usage.ru_utime) + timeval_seconds(usage.ru_stime));
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        metric_set(metric_series(&files_max, NULL), (double)limit.rlim_cur);
}
