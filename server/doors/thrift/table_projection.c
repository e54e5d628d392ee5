/* SPDX-License-Identifier: Apache-2.0 */
/* Names of members of tables to sets of them. Clients of Hive expect a whole table when they name a
 * list or a map: those are in tables of their own there, which a projection does not read. */
#include "table_projection.h"

#include "storage_projection.h"

#include "skep/error.h"

#define STORED_LISTS                                                                               \
    (THRIFT_STORAGE_COLUMNS | THRIFT_STORAGE_SERDE_PARAMETERS | THRIFT_STORAGE_BUCKET_COLUMNS |    \
     THRIFT_STORAGE_SORT | THRIFT_STORAGE_PARAMETERS | THRIFT_STORAGE_SKEW)

/* Members that are always sent, as numbers that are no objects in Hive's own. */
#define ALWAYS 0

static const struct {
    const char *name;
    guint fields; /* of ThriftTableField */
} own_names[] = {
    {"tableName",             THRIFT_TABLE_NAME         },
    {"dbName",                THRIFT_TABLE_DATABASE     },
    {"catName",               THRIFT_TABLE_CATALOG      },
    {"owner",                 THRIFT_TABLE_OWNER        },
    {"ownerType",             THRIFT_TABLE_OWNER_TYPE   },
    {"createTime",            ALWAYS                    },
    {"lastAccessTime",        ALWAYS                    },
    {"retention",             ALWAYS                    },
    {"viewOriginalText",      THRIFT_TABLE_ORIGINAL_TEXT},
    {"viewExpandedText",      THRIFT_TABLE_EXPANDED_TEXT},
    {"tableType",             THRIFT_TABLE_TYPE         },
    {"rewriteEnabled",        THRIFT_TABLE_REWRITE      },
    {"writeId",               THRIFT_TABLE_WRITE_ID     },
    {"id",                    THRIFT_TABLE_ID           },
    {"sd.location",           THRIFT_TABLE_LOCATION     },
    {"sd",                    THRIFT_TABLE_ALL          },
    {"parameters",            THRIFT_TABLE_ALL          },
    {"partitionKeys",         THRIFT_TABLE_ALL          },
    {"partitionKeys.name",    THRIFT_TABLE_ALL          },
    {"partitionKeys.type",    THRIFT_TABLE_ALL          },
    {"partitionKeys.comment", THRIFT_TABLE_ALL          },
};

static gboolean
view_add(ThriftTableView *view, const char *name)
{
    guint stored = thrift_storage_projection_find(name);
    view->storage_fields |= stored;
    if (stored != 0)
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(own_names); i++) {
        if (g_ascii_strcasecmp(own_names[i].name, name) == 0) {
            view->fields |= own_names[i].fields;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
is_text(const char *text)
{
    return text != NULL && *text != '\0';
}

gboolean
thrift_table_projection_parse(const HmsGetProjectionsSpec *projection,
                              ThriftTableView *out_view,
                              GError **error)
{
    ThriftTableView view = {.is_projected = TRUE};
    if (projection == NULL)
        return TRUE;
    if (is_text(projection->includeParamKeyPattern) || is_text(projection->excludeParamKeyPattern))
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                         "Parameters of tables cannot be chosen by a pattern of their keys");
    const GPtrArray *names = projection->fieldList;
    if (names == NULL || names->len == 0)
        return TRUE;
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        if (name == NULL || !view_add(&view, name))
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                             "Invalid field name %.100s: tables have no such member",
                             name != NULL ? name : "null");
    }
    if (view.fields != THRIFT_TABLE_ALL && (view.storage_fields & STORED_LISTS) == 0)
        *out_view = view;
    return TRUE;
}
