/* SPDX-License-Identifier: Apache-2.0 */
/* The steps, in order; each needs the one before. See warehouse_check.h. */
#include "warehouse_check.h"

#include <string.h>

#include "skep/error.h"
#include "skep/warehouse_access.h"

/* Names with an underscore in front are no data to any engine. */
#define PROBE_DIRECTORY "_skep_check"

typedef struct {
    Warehouse *warehouse;
    char *directory;
    char *location;
    GBytes *content;
} Probe;

static void
probe_clear(Probe *probe)
{
    g_clear_pointer(&probe->directory, g_free);
    g_clear_pointer(&probe->location, g_free);
    g_clear_pointer(&probe->content, g_bytes_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Probe, probe_clear)

static gboolean
step_write(Probe *probe, GError **error)
{
    return warehouse_directory_make(probe->warehouse, probe->directory, FALSE, error) &&
           warehouse_file_write_new(probe->warehouse, probe->location, probe->content, error);
}

static gboolean
step_read(Probe *probe, GError **error)
{
    g_autoptr(GBytes) read = warehouse_file_read(probe->warehouse, probe->location, error);

    if (!read)
        return FALSE;
    return g_bytes_equal(read, probe->content) ||
           skep_fail(error, SKEP_ERROR_INTERNAL, probe->location,
                     "what was read is not what was written");
}

typedef struct {
    const char *location;
    gboolean found;
} Search;

static gboolean
take_entry(const WarehouseEntry *entry, gpointer data, GError **error)
{
    Search *search = data;

    (void)error;
    search->found |= warehouse_location_equal(entry->location, search->location);
    return TRUE;
}

static gboolean
step_list(Probe *probe, GError **error)
{
    Search search = {.location = probe->location};

    if (!warehouse_directory_list(probe->warehouse, probe->directory, take_entry, &search, error))
        return FALSE;
    return search.found || skep_fail(error, SKEP_ERROR_INTERNAL, probe->location,
                                     "what was written is not in the listing");
}

static gboolean
step_delete(Probe *probe, GError **error)
{
    gboolean exists = TRUE;

    if (!warehouse_file_delete(probe->warehouse, probe->location, error) ||
        !warehouse_file_exists(probe->warehouse, probe->location, &exists, error))
        return FALSE;
    warehouse_directory_remove_empty(probe->warehouse, probe->directory, NULL);
    return !exists || skep_fail(error, SKEP_ERROR_INTERNAL, probe->location,
                                "what was deleted is still there");
}

/* Keys for one table must be none for the table beside it. */
static gboolean
step_keys(Probe *probe, GError **error)
{
    return warehouse_access_check_narrow(warehouse_access(probe->warehouse),
                                         warehouse_root(probe->warehouse), error);
}

static gboolean
makes_keys(const Warehouse *warehouse)
{
    const StorageProfile *storage = warehouse_storage(warehouse);

    return storage && (storage->access == STORAGE_ACCESS_VENDED ||
                       (storage->access == STORAGE_ACCESS_SIGNED && storage->role_arn));
}

static const struct {
    const char *name;
    gboolean (*run)(Probe *probe, GError **error);
    gboolean (*applies)(const Warehouse *warehouse); /* NULL: always */
} steps[] = {
    {"write",  step_write,  NULL      },
    {"read",   step_read,   NULL      },
    {"list",   step_list,   NULL      },
    {"delete", step_delete, NULL      },
    {"keys",   step_keys,   makes_keys},
};

static void
step_free(gpointer memory)
{
    CatalogWarehouseStep *step = memory;

    g_free(step->problem);
    g_free(step);
}

/* After a failure the file may be there: it goes if it can. */
GPtrArray *
warehouse_check_steps(Warehouse *warehouse)
{
    g_autofree char *name = g_uuid_string_random();
    g_auto(Probe) probe = {.warehouse = warehouse};
    GPtrArray *list = g_ptr_array_new_with_free_func(step_free);
    gboolean failed = FALSE;

    probe.directory = g_strconcat(warehouse_root(warehouse), "/" PROBE_DIRECTORY, NULL);
    probe.location = g_strconcat(probe.directory, "/", name, NULL);
    probe.content = g_bytes_new(name, strlen(name));
    for (gsize i = 0; i < G_N_ELEMENTS(steps) && !failed; i++) {
        CatalogWarehouseStep *step;
        g_autoptr(GError) problem = NULL;

        if (steps[i].applies && !steps[i].applies(warehouse))
            continue;
        step = g_new0(CatalogWarehouseStep, 1);
        step->step = steps[i].name;
        failed = !steps[i].run(&probe, &problem);
        if (failed)
            step->problem = g_strdup(problem->message);
        g_ptr_array_add(list, step);
    }
    if (failed)
        warehouse_file_delete(warehouse, probe.location, NULL);
    return list;
}

gboolean
warehouse_check_all(Warehouse *warehouse, const char *name, GError **error)
{
    g_autoptr(GPtrArray) list = warehouse_check_steps(warehouse);
    g_autoptr(GString) problems = g_string_new(NULL);

    for (guint i = 0; i < list->len; i++) {
        const CatalogWarehouseStep *step = list->pdata[i];

        if (step->problem)
            g_string_append_printf(problems, "; %s: %s", step->step, step->problem);
    }
    return problems->len == 0 ||
           skep_fail(error, SKEP_ERROR_UNPROCESSABLE, name,
                     "Warehouse %s does not work (skip-check stores it all the same)%s", name,
                     problems->str);
}
