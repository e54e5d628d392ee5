/* SPDX-License-Identifier: Apache-2.0 */
/* Names of members of storage descriptors to sets of them. A name stands for the member and all
 * that lies in it. */
#include "storage_projection.h"

static const struct {
    const char *name;
    guint fields;
} stored_names[] = {
    {"sd.cols",                                  THRIFT_STORAGE_COLUMNS           },
    {"sd.cols.name",                             THRIFT_STORAGE_COLUMN_NAME       },
    {"sd.cols.type",                             THRIFT_STORAGE_COLUMN_TYPE       },
    {"sd.cols.comment",                          THRIFT_STORAGE_COLUMN_COMMENT    },
    {"sd.inputFormat",                           THRIFT_STORAGE_INPUT_FORMAT      },
    {"sd.outputFormat",                          THRIFT_STORAGE_OUTPUT_FORMAT     },
    {"sd.compressed",                            THRIFT_STORAGE_COMPRESSED        },
    {"sd.numBuckets",                            THRIFT_STORAGE_BUCKET_COUNT      },
    {"sd.serdeInfo",                             THRIFT_STORAGE_SERDE             },
    {"sd.serdeInfo.name",                        THRIFT_STORAGE_SERDE_NAME        },
    {"sd.serdeInfo.serializationLib",            THRIFT_STORAGE_SERDE_LIBRARY     },
    {"sd.serdeInfo.parameters",                  THRIFT_STORAGE_SERDE_PARAMETERS  },
    {"sd.serdeInfo.description",                 THRIFT_STORAGE_SERDE_DESCRIPTION },
    {"sd.serdeInfo.serializerClass",             THRIFT_STORAGE_SERDE_SERIALIZER  },
    {"sd.serdeInfo.deserializerClass",           THRIFT_STORAGE_SERDE_DESERIALIZER},
    {"sd.serdeInfo.serdeType",                   THRIFT_STORAGE_SERDE_TYPE        },
    {"sd.bucketCols",                            THRIFT_STORAGE_BUCKET_COLUMNS    },
    {"sd.sortCols",                              THRIFT_STORAGE_SORT              },
    {"sd.sortCols.col",                          THRIFT_STORAGE_SORT_COLUMN       },
    {"sd.sortCols.order",                        THRIFT_STORAGE_SORT_ORDER        },
    {"sd.parameters",                            THRIFT_STORAGE_PARAMETERS        },
    {"sd.skewedInfo",                            THRIFT_STORAGE_SKEW              },
    {"sd.skewedInfo.skewedColNames",             THRIFT_STORAGE_SKEW_COLUMNS      },
    {"sd.skewedInfo.skewedColValues",            THRIFT_STORAGE_SKEW_VALUES       },
    {"sd.skewedInfo.skewedColValueLocationMaps", THRIFT_STORAGE_SKEW_LOCATIONS    },
    {"sd.storedAsSubDirectories",                THRIFT_STORAGE_SUB_DIRECTORIES   },
};

guint
thrift_storage_projection_find(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(stored_names); i++)
        if (g_ascii_strcasecmp(stored_names[i].name, name) == 0)
            return stored_names[i].fields;
    return 0;
}
