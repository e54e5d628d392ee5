/* SPDX-License-Identifier: Apache-2.0 */
/* Names of members to sets of them. A name stands for the member and all that lies in it. */
#include "partition_projection.h"

#include "storage_projection.h"

#include "skep/error.h"

typedef struct {
    const char *name;
    guint fields;         /* of ThriftPartitionField */
    guint storage_fields; /* of ThriftStorageField */
} ProjectedName;

#define OWN(name_, field_)                                                                         \
    {                                                                                              \
        .name = (name_), .fields = THRIFT_PARTITION_##field_                                       \
    }
static const ProjectedName projected_names[] = {
    OWN("values", VALUES),          OWN("dbName", DATABASE),
    OWN("tableName", TABLE),        OWN("catName", CATALOG),
    OWN("createTime", CREATE_TIME), OWN("lastAccessTime", LAST_ACCESS_TIME),
    OWN("parameters", PARAMETERS),  OWN("writeId", WRITE_ID),
    OWN("sd.location", LOCATION),   {"sd", THRIFT_PARTITION_LOCATION, THRIFT_STORAGE_ALL},
};

static const ProjectedName *
projected_name_find(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(projected_names); i++)
        if (g_ascii_strcasecmp(projected_names[i].name, name) == 0)
            return &projected_names[i];
    return NULL;
}

gboolean
thrift_partition_projection_parse(const GPtrArray *names, ThriftPartitionView *view, GError **error)
{
    if (names == NULL || names->len == 0)
        return TRUE;
    view->is_projected = TRUE;
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        const ProjectedName *own = name != NULL ? projected_name_find(name) : NULL;
        guint stored = name != NULL ? thrift_storage_projection_find(name) : 0;
        if (own == NULL && stored == 0)
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                             "Invalid field name %s: partitions have no such member",
                             name != NULL ? name : "null");
        view->fields |= own != NULL ? own->fields : 0;
        view->storage_fields |= own != NULL ? own->storage_fields : stored;
    }
    return TRUE;
}
