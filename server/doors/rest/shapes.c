/* SPDX-License-Identifier: Apache-2.0 */
/* The bodies of Skep's own part of the API, member by member, for the page that clients are
 * generated from. What a row of routes.c calls a body is found here. Caller: openapi.c. */
#include "rest_private.h"

#include <string.h>

#define TABLE_KIND "hive-table|hive-view|iceberg-table|iceberg-view"

static const RestField error_fields[] = {
    {"error", "ErrorModel", NULL},
};

static const RestField error_model_fields[] = {
    {"message", "string", "A sentence for a person"            },
    {"type",    "string", "The exception's name, for a program"},
    {"code",    "int32",  "The answer's status"                },
};

static const RestField health_fields[] = {
    {"status", "ok|unavailable", NULL},
};

static const RestField openapi_fields[] = {
    {"openapi",    "string", "The version of the form"},
    {"info",       "object", NULL                     },
    {"paths",      "object", NULL                     },
    {"components", "object", NULL                     },
};

static const RestField table_list_fields[] = {
    {"tables",          "[TableEntry]", "By name"                               },
    {"next-page-token", "string|null",  "For the next page; null after the last"},
};

static const RestField table_entry_fields[] = {
    {"name",  "string",   NULL                           },
    {"kind",  TABLE_KIND, NULL                           },
    {"type",  "string",   "Hive's name of the type"      },
    {"owner", "string?",  "The user or role that owns it"},
};

static const RestField table_fields[] = {
    {"catalog",                    "string",    NULL                                          },
    {"namespace",                  "[string]",  "Its levels"                                  },
    {"name",                       "string",    NULL                                          },
    {"kind",                       TABLE_KIND,  NULL                                          },
    {"type",                       "string?",   "Hive's name of the type"                     },
    {"id",                         "int64",     "The number that HMS clients see"             },
    {"uuid",                       "uuid?",     NULL                                          },
    {"version",                    "int64",     "Grows with every change of the table's entry"},
    {"owner",                      "string?",   NULL                                          },
    {"create-time-s",              "int64",     NULL                                          },
    {"last-access-time-s",         "int64",     NULL                                          },
    {"retention-s",                "int64",     NULL                                          },
    {"location",                   "string?",   NULL                                          },
    {"metadata-location",          "string?",   "Of Iceberg tables and views"                 },
    {"previous-metadata-location", "string?",   NULL                                          },
    {"current-snapshot-id",        "int64?",    NULL                                          },
    {"columns",                    "[Column]?", "In Hive's types"                             },
    {"storage",                    "Storage?",  NULL                                          },
    {"partition-keys",             "[Column]",  NULL                                          },
    {"view-original-text",         "string?",   NULL                                          },
    {"view-expanded-text",         "string?",   NULL                                          },
    {"parameters",                 "{string}",  NULL                                          },
};

static const RestField column_fields[] = {
    {"name",    "string?", NULL         },
    {"type",    "string?", "Hive's type"},
    {"comment", "string?", NULL         },
};

static const RestField storage_fields[] = {
    {"input-format",     "string?",  NULL                 },
    {"output-format",    "string?",  NULL                 },
    {"serde-name",       "string?",  NULL                 },
    {"serde-library",    "string?",  NULL                 },
    {"serde-parameters", "{string}", NULL                 },
    {"compressed",       "boolean",  NULL                 },
    {"bucket-count",     "int64",    "-1 or 0: no buckets"},
    {"bucket-columns",   "[string]", NULL                 },
    {"parameters",       "{string}", NULL                 },
};

static const RestField history_fields[] = {
    {"history", "[Commit]", "Newest first"},
};

static const RestField commit_fields[] = {
    {"version",            "int64",      "Of the table's entry, after the commit"        },
    {"committed-at",       "date-time?", NULL                                            },
    {"committed-at-ms",    "int64",      NULL                                            },
    {"metadata-location",  "string?",    NULL                                            },
    {"snapshot-id",        "int64?",     "The current snapshot after the commit"         },
    {"sequence-number",    "int64?",     NULL                                            },
    {"timestamp-ms",       "int64?",     "The snapshot's own time"                       },
    {"parent-snapshot-id", "int64?",     NULL                                            },
    {"operation",          "string?",    "append, overwrite, replace, delete"            },
    {"summary",            "object?",    "What the writer said of the snapshot, as it is"},
};

#define FINDING_KIND                                                                               \
    "pointer-missing|pointer-behind|file-unclaimed|file-foreign|log-missing|table-lost"

static const RestField finding_list_fields[] = {
    {"findings",        "[Finding]", "Of this page's tables; with the first page lost ones too"},
    {"next-page-token", "string?",   "For the next page; absent after the last"                },
};

static const RestField finding_fields[] = {
    {"kind",        FINDING_KIND, NULL                                                        },
    {"name",        "string",     "Of the table or view"                                      },
    {"location",    "string",     "The file or directory that it is about"                    },
    {"target",      "string?",    "The metadata file that a repair would point to"            },
    {"repair",      "string?",    "rewind, advance, delete or register; absent: there is none"},
    {"bytes",       "int64",      "Of the file; 0 when it is not there"                       },
    {"modified-ms", "int64",      "Of the file"                                               },
    {"message",     "string",     "A sentence for a person"                                   },
};

static const RestField finding_to_repair_fields[] = {
    {"kind",     FINDING_KIND, NULL                                                   },
    {"name",     "string",     "Of the table or view; of a lost table, its name to be"},
    {"location", "string",     "As it was found"                                      },
    {"target",   "string?",    "As it was found"                                      },
};

static const RestField repair_fields[] = {
    {"did", "string", "What was done, in words"},
};

#define STORAGE_ACCESS "none|static|vended|signed"
#define KEY_SOURCE     "given|file|environment|web-identity"

static const RestField warehouse_list_fields[] = {
    {"warehouses", "[Warehouse]", "By name"},
};

static const RestField warehouse_fields[] = {
    {"name",             "string",       "The catalog's"                                 },
    {"description",      "string?",      NULL                                            },
    {"location",         "string?",      "The root"                                      },
    {"allowed-prefixes", "[string]",     "Where else files may be"                       },
    {"storage",          "ObjectStore?", "Absent: a directory"                           },
    {"own",              "boolean",      "false: the server's own, from its settings"    },
    {"version",          "int64",        "Grows with every change; 0 of the server's own"},
};

static const RestField new_warehouse_fields[] = {
    {"name",             "string",             "The catalog's"                              },
    {"location",         "string",             "The root, file:///... or s3://bucket/prefix"},
    {"description",      "string?",            NULL                                         },
    {"allowed-prefixes", "[string]?",          "Where else files may be"                    },
    {"storage",          "ObjectStoreChange?", "For s3: locations, and needed there"        },
};

static const RestField warehouse_change_fields[] = {
    {"location",         "string?",            NULL                     },
    {"description",      "string|null?",       NULL                     },
    {"allowed-prefixes", "[string]?",          "All of them"            },
    {"storage",          "ObjectStoreChange?", "The members that change"},
};

#define STORE_FIELDS                                                                               \
    {"endpoint", "string?", "http(s)://host:port as the server reaches it; absent: AWS's own"},    \
        {"endpoint-external", "string?", "As clients reach it; absent: as endpoint"},              \
        {"sts-endpoint", "string?", "For AssumeRole; absent: as endpoint"},                        \
        {"region", "string?", NULL}, {"path-style", "boolean?", "http://host/bucket/key"},         \
        {"ca-file", "string?", "A PEM file of the server"},                                        \
        {"access", STORAGE_ACCESS "?", "What clients are given"},                                  \
        {"key-source", KEY_SOURCE "?", "Where the server's own keys come from"},                   \
        {"access-key-id", "string?", NULL}, {"key-file", "string?", "A file of the server"},       \
        {"key-profile", "string?", "Its section"}, {"role-arn", "string?", NULL},                  \
        {"token-file", "string?", "A file of the server"},                                         \
        {"timeout-s", "int64?", "Of one request to the store"},                                    \
    {                                                                                              \
        "key-lifetime-s", "int64?", "Of vended keys"                                               \
    }

static const RestField object_store_fields[] = {
    STORE_FIELDS,
    {"secret", "set|unset", "Whether there is a secret access key; it is never answered"},
};

static const RestField object_store_change_fields[] = {
    STORE_FIELDS,
    {"secret-access-key", "string?", "Sealed before it is stored"},
    {"session-token",     "string?", "Sealed before it is stored"},
};

static const RestField warehouse_check_fields[] = {
    {"works", "boolean",         NULL                                                  },
    {"steps", "[WarehouseStep]", "In order; what hangs on one that failed is not tried"},
};

static const RestField warehouse_step_fields[] = {
    {"step",    "string",
     "write, read, list, delete; keys: those for a table are none for its sibling"},
    {"problem", "string?", "Absent: none"                                         },
};

static const RestField report_list_fields[] = {
    {"reports",         "[Report]",    "Newest first"                           },
    {"next-page-token", "string|null", "For the older ones; null after the last"},
};

static const RestField report_fields[] = {
    {"id",             "int64",      "Grows with time"                         },
    {"report-type",    "string",     "scan-report, commit-report"              },
    {"received-at",    "date-time?", NULL                                      },
    {"received-at-ms", "int64",      NULL                                      },
    {"snapshot-id",    "int64?",     "That was read or made"                   },
    {"operation",      "string?",    "Of a commit"                             },
    {"report",         "object",     "The report itself, as the client sent it"},
};

static const RestField dropped_list_fields[] = {
    {"dropped", "[Dropped]", "The last dropped first"},
};

static const RestField dropped_fields[] = {
    {"name",              "string",                     NULL                             },
    {"kind",              "iceberg-table|iceberg-view", NULL                             },
    {"uuid",              "uuid",                       NULL                             },
    {"location",          "string?",                    NULL                             },
    {"metadata-location", "string?",                    NULL                             },
    {"dropped-ms",        "int64",                      NULL                             },
    {"expires-ms",        "int64",                      "Until when it can be taken back"},
};

static const RestField undrop_fields[] = {
    {"name",     "string",  "That it had"                                                     },
    {"new-name", "string?", "When another has that by now"                                    },
    {"uuid",     "string?", "Which of several that had the name; absent: the last dropped one"},
};

#define TASK_STATE "waiting|running|done|failed|cancelled"

static const RestField task_list_fields[] = {
    {"tasks", "[Task]", "The newest first"},
};

static const RestField task_fields[] = {
    {"id",                "int64",    NULL                                              },
    {"kind",              "string",   "purge_table or delete_directory"                 },
    {"state",             TASK_STATE, NULL                                              },
    {"catalog",           "string",   NULL                                              },
    {"namespace",         "[string]", "Its levels"                                      },
    {"table",             "string",   "As it was called when it was dropped"            },
    {"table-uuid",        "uuid",     NULL                                              },
    {"location",          "string?",  NULL                                              },
    {"metadata-location", "string?",  NULL                                              },
    {"created-ms",        "int64",    NULL                                              },
    {"due-ms",            "int64",    "Not before this time it is tried again"          },
    {"finished-ms",       "int64?",   NULL                                              },
    {"attempts",          "int64",    NULL                                              },
    {"failures",          "int64",    "Since it was last begun anew"                    },
    {"files-found",       "int64",    NULL                                              },
    {"files-deleted",     "int64",    NULL                                              },
    {"files-left",        "int64",    "Outside the warehouse, or another table's"       },
    {"error",             "string?",  "Of the last attempt"                             },
    {"server",            "string?",  "Host, process and run that is at it, or was last"},
};

static const RestField duty_list_fields[] = {
    {"duties", "[Duty]", "By name"},
};

static const RestField duty_fields[] = {
    {"name",        "string",  NULL                                              },
    {"interval-ms", "int64",   NULL                                              },
    {"server",      "string?", "Host, process and run that is at it, or was last"},
    {"under-way",   "boolean", NULL                                              },
    {"started-ms",  "int64?",  NULL                                              },
    {"success-ms",  "int64",   "When it last went well"                          },
    {"failures",    "int64",   "Since then"                                      },
    {"overdue-ms",  "int64",   "Beyond what a restart or a failover explains"    },
    {"error",       "string?", "Of the last run"                                 },
};

static const RestField function_to_register_fields[] = {
    {"name",     "string",   NULL                                                               },
    {"metadata", "object",   "The document, as Iceberg's UDF format has it (version 1)"         },
    {"replace",  "boolean?", "Whether it may be the next state of a function with the same uuid"},
};

#define SHAPE(name, does, fields)                                                                  \
    {                                                                                              \
        name, does, fields, G_N_ELEMENTS(fields)                                                   \
    }

/* clang-format off */
static const RestShape shapes[] = {
    SHAPE("Error", "Every answer from 400 on", error_fields),
    SHAPE("ErrorModel", "What went wrong", error_model_fields),
    SHAPE("Health", "Whether requests are served", health_fields),
    SHAPE("OpenApi", "This page", openapi_fields),
    SHAPE("TableList", "A page of a namespace's tables and views", table_list_fields),
    SHAPE("TableEntry", "A table or view in a list", table_entry_fields),
    SHAPE("Table", "A table or view as it is stored", table_fields),
    SHAPE("Column", "A column of a table", column_fields),
    SHAPE("Storage", "How Hive reads the files", storage_fields),
    SHAPE("History", "Commits of a table", history_fields),
    SHAPE("Commit", "One commit", commit_fields),
    SHAPE("FindingList", "What is wrong with a page of tables", finding_list_fields),
    SHAPE("Finding", "A pointer and files that do not fit together", finding_fields),
    SHAPE("FindingToRepair", "One finding, to be repaired if it is still so", finding_to_repair_fields),
    SHAPE("Repair", "What a repair did", repair_fields),
    SHAPE("WarehouseList", "All warehouses", warehouse_list_fields),
    SHAPE("Warehouse", "Where the files of a catalog are", warehouse_fields),
    SHAPE("NewWarehouse", "A warehouse to be made", new_warehouse_fields),
    SHAPE("WarehouseChange", "What of a warehouse changes", warehouse_change_fields),
    SHAPE("ObjectStore", "How an object store is reached", object_store_fields),
    SHAPE("ObjectStoreChange", "The same with its secrets, to be set", object_store_change_fields),
    SHAPE("WarehouseCheck", "Whether a warehouse works", warehouse_check_fields),
    SHAPE("WarehouseStep", "What was tried", warehouse_step_fields),
    SHAPE("DroppedList", "What can be taken back", dropped_list_fields),
    SHAPE("Dropped", "A table or view that was dropped, or was taken back", dropped_fields),
    SHAPE("Undrop", "Which dropped table is wanted back", undrop_fields),
    SHAPE("TaskList", "Work that drops have left", task_list_fields),
    SHAPE("Task", "Work that outlives its request", task_fields),
    SHAPE("DutyList", "Background work", duty_list_fields),
    SHAPE("Duty", "One kind of background work", duty_fields),
    SHAPE("FunctionToRegister", "A function in Iceberg's form", function_to_register_fields),
    SHAPE("ReportList", "A page of clients' reports", report_list_fields),
    SHAPE("Report", "A client's report of a scan or commit", report_fields),
};
/* clang-format on */

const RestShape *
rest_shapes(gsize *out_n)
{
    *out_n = G_N_ELEMENTS(shapes);
    return shapes;
}

const RestShape *
rest_shape_find(const char *name, gsize length)
{
    for (gsize i = 0; i < G_N_ELEMENTS(shapes); i++)
        if (strlen(shapes[i].name) == length && !memcmp(shapes[i].name, name, length))
            return &shapes[i];
    return NULL;
}
