/* SPDX-License-Identifier: Apache-2.0 */
/* From PostgreSQL's SQLSTATE and constraint names to facts of skep/error.h, and to what may be done
 * next. Sentences here are for clients and never carry PostgreSQL's own text, which goes into the
 * detail. */
#include "store/sqlstate.h"

#include <string.h>

typedef struct {
    const char *constraint;
    const char *parent; /* the table that a foreign key points to; NULL for other constraints */
    SkepError fact;
    SkepError fact_of_delete; /* when the statement deletes from `parent` */
    const char *sentence;
    const char *sentence_of_delete;
} ConstraintFact;

#define EXISTS(constraint, sentence)                                                               \
    {                                                                                              \
        constraint, NULL, SKEP_ERROR_ALREADY_EXISTS, SKEP_ERROR_ALREADY_EXISTS, sentence, sentence \
    }

static const ConstraintFact CONSTRAINTS[] = {
    EXISTS("catalogs_name_key", "A catalog of this name exists already"),
    EXISTS("namespaces_name_key", "A namespace of this name exists already"),
    EXISTS("tables_name_key", "A table or view of this name exists already"),
    EXISTS("functions_name_key", "A function of this name exists already"),
    EXISTS("roles_name_key", "A role of this name exists already"),
    EXISTS("role_members_pkey", "The principal holds the role already"),
    EXISTS("privileges_grant_key", "The privilege is granted already"),
    EXISTS("constraints_column_key", "The constraint has this column already"),
    EXISTS("schemas_name_key", "A schema of this name exists already"),
    EXISTS("schema_versions_version_key", "The schema has this version already"),
    EXISTS("serdes_pkey", "A serialiser of this name exists already"),
    EXISTS("resource_plans_name_key", "A resource plan of this name exists already"),
    EXISTS("resource_plans_active_key", "Another resource plan is active already"),
    EXISTS("acid_tables_name_key", "The table has write ids already"),
    {"transactions_pkey",             NULL,               SKEP_ERROR_UNAVAILABLE,       SKEP_ERROR_UNAVAILABLE,
                                                                 "A transaction was opened too slowly; try again",
                                                                 "A transaction was opened too slowly; try again"                                                                                                                                                        },
    {"partition_marks_table_fkey",    "skep.tables",      SKEP_ERROR_NO_SUCH_TABLE,
                                                                 SKEP_ERROR_INVALID_OPERATION,                                                                                    "The table does not exist",                   "The table is in use"                    },
    EXISTS("data_connectors_name_key", "A data connector of this name exists already"),
    EXISTS("scheduled_queries_name_key", "A scheduled query of this name exists already"),
    EXISTS("partitions_pkey", "A partition with these values exists already"),
    {"commits_pkey",                  NULL,               SKEP_ERROR_COMMIT_CONFLICT,   SKEP_ERROR_COMMIT_CONFLICT,
                                                                 "The table was changed by another commit",                                                                                                                     "The table was changed by another commit"},
    {"namespaces_catalog_fkey",       "skep.catalogs",    SKEP_ERROR_NO_SUCH_CATALOG,
                                                                 SKEP_ERROR_INVALID_OPERATION,                                                                                    "The catalog does not exist",                 "The catalog is not empty"               },
    {"namespaces_parent_fkey",        "skep.namespaces",  SKEP_ERROR_NO_SUCH_NAMESPACE,
                                                                 SKEP_ERROR_NAMESPACE_NOT_EMPTY,                                                                                  "The parent namespace does not exist",
                                                                 "One or more namespaces exist."                                                                                                                                                                         },
    {"tables_namespace_fkey",         "skep.namespaces",  SKEP_ERROR_NO_SUCH_NAMESPACE,
                                                                 SKEP_ERROR_NAMESPACE_NOT_EMPTY,                                                                                  "The namespace does not exist",               "One or more tables exist."              },
    {"functions_namespace_fkey",      "skep.namespaces",  SKEP_ERROR_NO_SUCH_NAMESPACE,
                                                                 SKEP_ERROR_NAMESPACE_NOT_EMPTY,                                                                                  "The namespace does not exist",
                                                                 "One or more functions exist."                                                                                                                                                                          },
    {"udfs_namespace_fkey",           "skep.namespaces",  SKEP_ERROR_NO_SUCH_NAMESPACE,
                                                                 SKEP_ERROR_NAMESPACE_NOT_EMPTY,                                                                                  "The namespace does not exist",
                                                                 "One or more functions exist."                                                                                                                                                                          },
    {"schemas_namespace_fkey",        "skep.namespaces",  SKEP_ERROR_NO_SUCH_NAMESPACE,
                                                                 SKEP_ERROR_NAMESPACE_NOT_EMPTY,                                                                                  "The namespace does not exist",               "One or more schemas exist."             },
    {"schema_versions_schema_fkey",   "skep.schemas",     SKEP_ERROR_NO_SUCH_OBJECT,
                                                                 SKEP_ERROR_INVALID_OPERATION,                                                                                    "The schema does not exist",                  "The schema has versions"                },
    {"procedures_namespace_fkey",     "skep.namespaces",  SKEP_ERROR_NO_SUCH_NAMESPACE,
                                                                 SKEP_ERROR_NAMESPACE_NOT_EMPTY,                                                                                  "The namespace does not exist",
                                                                 "One or more stored procedures exist."                                                                                                                                                                  },
    {"packages_namespace_fkey",       "skep.namespaces",  SKEP_ERROR_NO_SUCH_NAMESPACE,
                                                                 SKEP_ERROR_NAMESPACE_NOT_EMPTY,                                                                                  "The namespace does not exist",               "One or more packages exist."            },
    {"refs_table_fkey",               "skep.tables",      SKEP_ERROR_NO_SUCH_TABLE,     SKEP_ERROR_INVALID_OPERATION,
                                                                 "The table does not exist",                                                                                                                                    "The table is in use"                    },
    {"commits_table_fkey",            "skep.tables",      SKEP_ERROR_NO_SUCH_TABLE,     SKEP_ERROR_INVALID_OPERATION,
                                                                 "The table does not exist",                                                                                                                                    "The table is in use"                    },
    {"table_reports_table_fkey",      "skep.tables",      SKEP_ERROR_NO_SUCH_TABLE,
                                                                 SKEP_ERROR_INVALID_OPERATION,                                                                                    "The table does not exist",                   "The table is in use"                    },
    {"partitions_table_fkey",         "skep.tables",      SKEP_ERROR_NO_SUCH_TABLE,     SKEP_ERROR_INVALID_OPERATION,
                                                                 "The table does not exist",                                                                                                                                    "The table is in use"                    },
    {"role_members_role_fkey",        "skep.roles",       SKEP_ERROR_NO_SUCH_OBJECT,
                                                                 SKEP_ERROR_INVALID_OPERATION,                                                                                    "The role does not exist",                    "The role is in use"                     },
    {"role_members_member_fkey",      "skep.roles",       SKEP_ERROR_NO_SUCH_OBJECT,
                                                                 SKEP_ERROR_INVALID_OPERATION,                                                                                    "The role does not exist",                    "The role is in use"                     },
    {"privileges_role_fkey",          "skep.roles",       SKEP_ERROR_NO_SUCH_OBJECT,    SKEP_ERROR_INVALID_OPERATION,
                                                                 "The role does not exist",                                                                                                                                     "The role is in use"                     },
    {"privileges_namespace_fkey",     "skep.namespaces",  SKEP_ERROR_NO_SUCH_NAMESPACE,
                                                                 SKEP_ERROR_NAMESPACE_NOT_EMPTY,                                                                                  "The namespace does not exist",               "Privileges on it exist."                },
    {"privileges_table_fkey",         "skep.tables",      SKEP_ERROR_NO_SUCH_TABLE,     SKEP_ERROR_INVALID_OPERATION,
                                                                 "The table does not exist",                                                                                                                                    "The table is in use"                    },
    {"constraints_table_fkey",        "skep.tables",      SKEP_ERROR_NO_SUCH_TABLE,
                                                                 SKEP_ERROR_INVALID_OPERATION,                                                                                    "The table does not exist",                   "The table is in use"                    },
    {"constraints_parent_fkey",       "skep.tables",      SKEP_ERROR_NO_SUCH_TABLE,
                                                                 SKEP_ERROR_INVALID_OPERATION,                                                                                    "The parent table does not exist",            "The table is in use"                    },
    {"write_ids_table_fkey",          "skep.acid_tables", SKEP_ERROR_NO_SUCH_TABLE,
                                                                 SKEP_ERROR_INVALID_OPERATION,                                                                                    "The table was dropped while it was written",
                                                                 "The table is in use"                                                                                                                                                                                   },
    {"transaction_writes_table_fkey", "skep.acid_tables", SKEP_ERROR_NO_SUCH_TABLE,
                                                                 SKEP_ERROR_INVALID_OPERATION,                                                                                    "The table was dropped while it was written",
                                                                 "The table is in use"                                                                                                                                                                                   },
    {"transaction_files_table_fkey",  "skep.acid_tables", SKEP_ERROR_NO_SUCH_TABLE,
                                                                 SKEP_ERROR_INVALID_OPERATION,                                                                                    "The table was dropped while it was written",
                                                                 "The table is in use"                                                                                                                                                                                   },
    {"transaction_reads_table_fkey",  "skep.acid_tables", SKEP_ERROR_NO_SUCH_TABLE,
                                                                 SKEP_ERROR_INVALID_OPERATION,                                                                                    "The table was dropped while it was written",
                                                                 "The table is in use"                                                                                                                                                                                   },
    {"compactions_table_fkey",        "skep.acid_tables", SKEP_ERROR_NO_SUCH_TABLE,
                                                                 SKEP_ERROR_INVALID_OPERATION,                                                                                    "The table was dropped while it was written",
                                                                 "The table is in use"                                                                                                                                                                                   },
    {"compaction_metrics_table_fkey", "skep.acid_tables", SKEP_ERROR_NO_SUCH_TABLE,
                                                                 SKEP_ERROR_INVALID_OPERATION,                                                                                    "The table was dropped while it was written",
                                                                 "The table is in use"                                                                                                                                                                                   },
    {"lock_components_lock_fkey",     "skep.locks",       SKEP_ERROR_NO_SUCH_LOCK,
                                                                 SKEP_ERROR_INVALID_OPERATION,                                                                                    "The lock does not exist",                    "The lock is in use"                     },
};

typedef struct {
    const char *prefix; /* a whole SQLSTATE or its class */
    StoreOutcome outcome;
    SkepError fact;
    const char *sentence;
} StateFact;

/* The first row that fits counts, so whole codes stand before their class. */
static const StateFact STATES[] = {
    {"40001", STORE_OUTCOME_CONFLICT, SKEP_ERROR_UNAVAILABLE,
     "The change kept colliding with others; try again"                                                 },
    {"40P01", STORE_OUTCOME_CONFLICT, SKEP_ERROR_UNAVAILABLE,
     "The change kept colliding with others; try again"                                                 },
    {"40003", STORE_OUTCOME_LOST,     SKEP_ERROR_UNAVAILABLE,       "PostgreSQL went away"              },
    {"25006", STORE_OUTCOME_STALE,    SKEP_ERROR_UNAVAILABLE,
     "PostgreSQL takes no writes now (a standby, or read-only)"                                         },
    {"25P03", STORE_OUTCOME_LOST,     SKEP_ERROR_UNAVAILABLE,       "PostgreSQL closed the connection"  },
    {"26000", STORE_OUTCOME_STALE,    SKEP_ERROR_UNAVAILABLE,
     "PostgreSQL lost a prepared statement; try again"                                                  },
    {"42P05", STORE_OUTCOME_STALE,    SKEP_ERROR_UNAVAILABLE,
     "PostgreSQL knows a prepared statement already; try again"                                         },
    {"57014", STORE_OUTCOME_FAILED,   SKEP_ERROR_UNAVAILABLE,
     "The statement took too long and was cancelled"                                                    },
    {"57P",   STORE_OUTCOME_LOST,     SKEP_ERROR_UNAVAILABLE,       "PostgreSQL is being shut down"     },
    {"08",    STORE_OUTCOME_LOST,     SKEP_ERROR_UNAVAILABLE,       "The connection to PostgreSQL broke"},
    {"53",    STORE_OUTCOME_FAILED,   SKEP_ERROR_UNAVAILABLE,
     "PostgreSQL is out of memory, disk space or connections"                                           },
    {"55P03", STORE_OUTCOME_FAILED,   SKEP_ERROR_UNAVAILABLE,       "A row stayed locked for too long"  },
    {"58",    STORE_OUTCOME_FAILED,   SKEP_ERROR_UNAVAILABLE,
     "PostgreSQL met an error of its disk or system"                                                    },
    {"54",    STORE_OUTCOME_FAILED,   SKEP_ERROR_TOO_LARGE,
     "A name or value is larger than PostgreSQL can keep or index"                                      },
    {"22021", STORE_OUTCOME_FAILED,   SKEP_ERROR_INVALID_ARGUMENT,
     "A text is not valid UTF-8 or holds a NUL"                                                         },
    {"22P05", STORE_OUTCOME_FAILED,   SKEP_ERROR_INVALID_ARGUMENT,
     "A text holds a character that cannot be stored"                                                   },
    {"22",    STORE_OUTCOME_FAILED,   SKEP_ERROR_INVALID_ARGUMENT,
     "A value is out of range or not in the right form"                                                 },
    {"23502", STORE_OUTCOME_FAILED,   SKEP_ERROR_INVALID_OBJECT,    "A required value is missing"       },
    {"23514", STORE_OUTCOME_FAILED,   SKEP_ERROR_INVALID_OBJECT,
     "A value breaks a rule of the store"                                                               },
    {"23505", STORE_OUTCOME_FAILED,   SKEP_ERROR_ALREADY_EXISTS,    "The object exists already"         },
    {"23503", STORE_OUTCOME_FAILED,   SKEP_ERROR_INVALID_OPERATION,
     "Another object that this one needs is gone, or still needs this one"                              },
    {"42P01", STORE_OUTCOME_FAILED,   SKEP_ERROR_UNAVAILABLE,
     "The database has not been migrated; run: skepd migrate"                                           },
    {"3F000", STORE_OUTCOME_FAILED,   SKEP_ERROR_UNAVAILABLE,
     "The database has not been migrated; run: skepd migrate"                                           },
    {"42703", STORE_OUTCOME_FAILED,   SKEP_ERROR_UNAVAILABLE,
     "The database's schema is not this program's; run: skepd migrate"                                  },
    {"",      STORE_OUTCOME_FAILED,   SKEP_ERROR_INTERNAL,          "The store failed"                  },
};

static gboolean
deletes_from(const StoreQuery *query, const char *table)
{
    if (query == NULL || table == NULL) {
        return FALSE;
    }
    g_autofree char *sql = g_ascii_strdown(query->sql, -1);
    g_autofree char *words = g_strconcat("delete from ", table, NULL);
    return strstr(sql, words) != NULL;
}

static const ConstraintFact *
find_constraint(const char *name)
{
    if (name == NULL) {
        return NULL;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(CONSTRAINTS); i++) {
        if (strcmp(CONSTRAINTS[i].constraint, name) == 0) {
            return &CONSTRAINTS[i];
        }
    }
    return NULL;
}

static const StateFact *
find_state(const char *sqlstate)
{
    for (gsize i = 0; i < G_N_ELEMENTS(STATES) - 1; i++) {
        if (g_str_has_prefix(sqlstate, STATES[i].prefix)) {
            return &STATES[i];
        }
    }
    return &STATES[G_N_ELEMENTS(STATES) - 1];
}

/* "cached plan must not change result type" has no SQLSTATE of its own, and its text may be
 * translated. */
static gboolean
is_stale_plan(const PGresult *result, const char *sqlstate)
{
    const char *function = PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION);
    return strcmp(sqlstate, "0A000") == 0 && g_strcmp0(function, "RevalidateCachedQuery") == 0;
}

static void
set_error(GError **error,
          SkepError fact,
          const char *sentence,
          const char *sqlstate,
          const PGresult *result,
          const StoreQuery *query)
{
    g_autofree char *text = g_strdup(PQresultErrorMessage(result));
    g_autofree char *detail =
        g_strdup_printf("SQLSTATE %s in %s: %s", sqlstate[0] != '\0' ? sqlstate : "(none)",
                        query != NULL ? query->name : "(no query)", g_strchomp(text));
    GError *made = NULL;
    skep_fail(&made, fact, NULL, "%s", sentence);
    skep_error_set_detail(made, detail);
    g_propagate_error(error, made);
}

StoreOutcome
store_sqlstate_read(const PGresult *result, const StoreQuery *query, GError **error)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (sqlstate == NULL) {
        /* libpq made this result itself: there was no answer. */
        set_error(error, SKEP_ERROR_UNAVAILABLE, "The connection to PostgreSQL broke", "", result,
                  query);
        return STORE_OUTCOME_LOST;
    }
    if (is_stale_plan(result, sqlstate)) {
        set_error(error, SKEP_ERROR_UNAVAILABLE,
                  "The database's schema has just changed; try again", sqlstate, result, query);
        return STORE_OUTCOME_STALE;
    }
    const ConstraintFact *constraint =
        g_str_has_prefix(sqlstate, "23")
            ? find_constraint(PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME))
            : NULL;
    if (constraint != NULL) {
        gboolean deleting = deletes_from(query, constraint->parent);
        set_error(error, deleting ? constraint->fact_of_delete : constraint->fact,
                  deleting ? constraint->sentence_of_delete : constraint->sentence, sqlstate,
                  result, query);
        return STORE_OUTCOME_FAILED;
    }
    const StateFact *state = find_state(sqlstate);
    set_error(error, state->fact, state->sentence, sqlstate, result, query);
    return state->outcome;
}

gboolean
store_sqlstate_is_prepared_mismatch(const PGresult *result)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return g_strcmp0(sqlstate, "26000") == 0 || g_strcmp0(sqlstate, "42P05") == 0;
}
