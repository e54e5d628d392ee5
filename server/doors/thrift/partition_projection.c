/* SPDX-License-Identifier: Apache-2.0 */
/* Names of members to sets of them. A name stands for the member and all that lies in it. */
#include "partition_projection.h"

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
#define STORED(name_, field_)                                                                      \
    {                                                                                              \
        .name = "sd." name_, .storage_fields = THRIFT_STORAGE_##field_                             \
    }
static const ProjectedName projected_names[] = {
    OWN("values", VALUES),
    OWN("dbName", DATABASE),
    OWN("tableName", TABLE),
    OWN("catName", CATALOG),
    OWN("createTime", CREATE_TIME),
    OWN("lastAccessTime", LAST_ACCESS_TIME),
    OWN("parameters", PARAMETERS),
    OWN("writeId", WRITE_ID),
    OWN("sd.location", LOCATION),
    {"sd", THRIFT_PARTITION_LOCATION, THRIFT_STORAGE_ALL},
    STORED("cols", COLUMNS),
    STORED("cols.name", COLUMN_NAME),
    STORED("cols.type", COLUMN_TYPE),
    STORED("cols.comment", COLUMN_COMMENT),
    STORED("inputFormat", INPUT_FORMAT),
    STORED("outputFormat", OUTPUT_FORMAT),
    STORED("compressed", COMPRESSED),
    STORED("numBuckets", BUCKET_COUNT),
    STORED("serdeInfo", SERDE),
    STORED("serdeInfo.name", SERDE_NAME),
    STORED("serdeInfo.serializationLib", SERDE_LIBRARY),
    STORED("serdeInfo.parameters", SERDE_PARAMETERS),
    STORED("serdeInfo.description", SERDE_DESCRIPTION),
    STORED("serdeInfo.serializerClass", SERDE_SERIALIZER),
    STORED("serdeInfo.deserializerClass", SERDE_DESERIALIZER),
    STORED("serdeInfo.serdeType", SERDE_TYPE),
    STORED("bucketCols", BUCKET_COLUMNS),
    STORED("sortCols", SORT),
    STORED("sortCols.col", SORT_COLUMN),
    STORED("sortCols.order", SORT_ORDER),
    STORED("parameters", PARAMETERS),
    STORED("skewedInfo", SKEW),
    STORED("skewedInfo.skewedColNames", SKEW_COLUMNS),
    STORED("skewedInfo.skewedColValues", SKEW_VALUES),
    STORED("skewedInfo.skewedColValueLocationMaps", SKEW_LOCATIONS),
    STORED("storedAsSubDirectories", SUB_DIRECTORIES),
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
        const ProjectedName *found = name != NULL ? projected_name_find(name) : NULL;
        if (found == NULL)
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                             "Invalid field name %s: partitions have no such member",
                             name != NULL ? name : "null");
        view->fields |= found->fields;
        view->storage_fields |= found->storage_fields;
    }
    return TRUE;
}
