/* SPDX-License-Identifier: Apache-2.0 */
/* Facts to exceptions: a list of classes for each fact, best first; a table of the methods that
 * Hive answers differently; and the wording of both. Raises nothing that a method does not declare.
 * Caller: dispatch.c. */
#include "errors.h"

#include <string.h>

/* What Hive does in its own way: for these methods and this fact, another class, other words, or
 * both. */
typedef struct {
    const char *methods; /* a name, or the beginning of names when it ends in `*` */
    SkepError fact;
    ThriftExceptionClass exception_class; /* THRIFT_NO_EXCEPTION: as for every method */
    const char *wording;                  /* %c catalog, %o object, %r the last of the error's own
                                             sentences; NULL: as for every method */
} ErrorRule;

#define NOT_FOUND_BY_FILTER "Specified catalog.database.table does not exist : %c.%o"
#define NOT_FOUND_TO_GET    "Unable to get partition because %c.%o does not exist"
#define NOT_FOUND_TO_MARK   "Table: %o is not found."
#define NOT_FOUND_TO_ADD    "Unable to add partitions because %c.%o does not exist"

/* The first rule that fits is the one. */
#define RULE(methods_, fact_, exception_class_, wording_)                                          \
    {                                                                                              \
        .methods = methods_, .fact = SKEP_ERROR_##fact_, .exception_class = exception_class_,      \
        .wording = wording_                                                                        \
    }
#define RULES_OF_CONSTRAINT(method)                                                                \
    RULE(method, NO_SUCH_TABLE, THRIFT_UNDECLARED_EXCEPTION, NULL),                                \
        RULE(method, NO_SUCH_CATALOG, THRIFT_UNDECLARED_EXCEPTION, NULL),                          \
        RULE(method, INVALID_OBJECT, THRIFT_UNDECLARED_EXCEPTION, NULL)
static const ErrorRule error_rules[] = {
    RULE("create_table*", NO_SUCH_NAMESPACE, THRIFT_INVALID_OBJECT_EXCEPTION, NULL),
    RULE("create_table*", ALREADY_EXISTS, THRIFT_NO_EXCEPTION, "Table %c.%o already exists"),
    RULE("create_table*", INVALID_ARGUMENT, THRIFT_META_EXCEPTION, NULL),
    RULE("create_table*", FORBIDDEN, THRIFT_META_EXCEPTION, NULL),
    RULE("drop_database*", INVALID_OPERATION, THRIFT_META_EXCEPTION, NULL),
    RULE("translate_table_dryrun", NO_SUCH_NAMESPACE, THRIFT_INVALID_OBJECT_EXCEPTION, NULL),
    RULE("create_database*", ALREADY_EXISTS, THRIFT_NO_EXCEPTION, "Database %o already exists"),
    RULE(
        "drop_database*", NAMESPACE_NOT_EMPTY, THRIFT_NO_EXCEPTION, "Database %o is not empty. %r"),
    RULE("create_function", INVALID_ARGUMENT, THRIFT_META_EXCEPTION, NULL),
    RULE("alter_function", INVALID_OBJECT, THRIFT_META_EXCEPTION, NULL),
    RULE("alter_function", NO_SUCH_OBJECT, THRIFT_META_EXCEPTION, NULL),
    RULE("alter_function", NO_SUCH_NAMESPACE, THRIFT_META_EXCEPTION, NULL),
    RULE("alter_function", ALREADY_EXISTS, THRIFT_META_EXCEPTION, NULL),
    RULE("create_function", NO_SUCH_NAMESPACE, THRIFT_NO_EXCEPTION, "There is no database %c.%o"),
    /* A new name that is taken, or that lies in a database which is not there. */
    RULE("alter_table*", ALREADY_EXISTS, THRIFT_NO_EXCEPTION, "new table %o already exists"),
    RULE("alter_table*",
         NO_SUCH_NAMESPACE,
         THRIFT_NO_EXCEPTION,
         "Unable to change partition or table. Object database %c.%o does not exist. "
         "Check metastore logs for detailed stack."),
    RULE("get_table_objects_by_name_req",
         NO_SUCH_NAMESPACE,
         THRIFT_UNKNOWN_DB_EXCEPTION,
         "Could not find database %c.%o: database %c.%o"),
    RULE("get_table_names_by_filter", NO_SUCH_NAMESPACE, THRIFT_UNKNOWN_DB_EXCEPTION, NULL),
    RULE("get_partition", NO_SUCH_TABLE, THRIFT_NO_EXCEPTION, NOT_FOUND_TO_GET),
    RULE("get_partition_req", NO_SUCH_TABLE, THRIFT_NO_EXCEPTION, NOT_FOUND_TO_GET),
    RULE("get_partition_with_auth", NO_SUCH_TABLE, THRIFT_NO_EXCEPTION, NOT_FOUND_TO_GET),
    RULE("get_partition_by_name", NO_SUCH_TABLE, THRIFT_NO_EXCEPTION, NOT_FOUND_TO_GET),
    RULE("add_partition*", NO_SUCH_TABLE, THRIFT_NO_EXCEPTION, NOT_FOUND_TO_ADD),
    RULE("append_partition*", NO_SUCH_TABLE, THRIFT_NO_EXCEPTION, NOT_FOUND_TO_ADD),
    RULE("add_partition*", INVALID_ARGUMENT, THRIFT_META_EXCEPTION, NULL),
    RULE("append_partition*", INVALID_ARGUMENT, THRIFT_META_EXCEPTION, NULL),
    RULE("add_partition*", FORBIDDEN, THRIFT_META_EXCEPTION, NULL),
    RULE("get_partitions_by_names*", INVALID_ARGUMENT, THRIFT_META_EXCEPTION, NULL),
    RULE("get_partition_values", NO_SUCH_TABLE, THRIFT_META_EXCEPTION, NULL),
    RULE("exchange_partition*", INVALID_ARGUMENT, THRIFT_META_EXCEPTION, NULL),
    RULE("exchange_partition*", ALREADY_EXISTS, THRIFT_META_EXCEPTION, NULL),
    RULE("get_partitions_by_filter*", NO_SUCH_TABLE, THRIFT_NO_EXCEPTION, NOT_FOUND_BY_FILTER),
    RULE("get_part_specs_by_filter", NO_SUCH_TABLE, THRIFT_NO_EXCEPTION, NOT_FOUND_BY_FILTER),
    RULE("get_num_partitions_by_filter", NO_SUCH_TABLE, THRIFT_NO_EXCEPTION, NOT_FOUND_BY_FILTER),
    RULE("get_table_statistics_req", NO_SUCH_TABLE, THRIFT_NO_EXCEPTION, NOT_FOUND_BY_FILTER),
    RULE("get_partitions_statistics_req", NO_SUCH_TABLE, THRIFT_NO_EXCEPTION, NOT_FOUND_BY_FILTER),
    RULE("get_aggr_stats_for", NO_SUCH_TABLE, THRIFT_NO_EXCEPTION, NOT_FOUND_BY_FILTER),
    RULE("markPartitionForEvent", NO_SUCH_TABLE, THRIFT_UNKNOWN_TABLE_EXCEPTION, NOT_FOUND_TO_MARK),
    RULE("markPartitionForEvent", INVALID_ARGUMENT, THRIFT_INVALID_PARTITION_EXCEPTION, NULL),
    RULE("isPartitionMarkedForEvent",
         NO_SUCH_TABLE,
         THRIFT_UNKNOWN_TABLE_EXCEPTION,
         NOT_FOUND_TO_MARK),
    RULE("isPartitionMarkedForEvent", INVALID_ARGUMENT, THRIFT_INVALID_PARTITION_EXCEPTION, NULL),
    /* Hive raises what these do not declare, and its clients expect the answer to that. */
    RULES_OF_CONSTRAINT("add_primary_key"),
    RULES_OF_CONSTRAINT("add_foreign_key"),
    RULES_OF_CONSTRAINT("add_unique_constraint"),
    RULES_OF_CONSTRAINT("add_not_null_constraint"),
    RULES_OF_CONSTRAINT("add_default_constraint"),
    RULES_OF_CONSTRAINT("add_check_constraint"),
    RULE("drop_constraint", NO_SUCH_OBJECT, THRIFT_UNDECLARED_EXCEPTION, NULL),
    RULE("scheduled_query_maintenance", INVALID_ARGUMENT, THRIFT_INVALID_INPUT_EXCEPTION, NULL),
    /* A column that the table does not have. */
    RULE("update_table_column_statistics*", NO_SUCH_OBJECT, THRIFT_META_EXCEPTION, NULL),
    RULE("update_partition_column_statistics*", NO_SUCH_OBJECT, THRIFT_META_EXCEPTION, NULL),
    RULE("set_aggr_stats_for", NO_SUCH_OBJECT, THRIFT_META_EXCEPTION, NULL),
};

static gboolean
rule_covers(const ErrorRule *rule, const char *method_name, SkepError fact)
{
    if (rule->fact != fact)
        return FALSE;
    gsize length = strlen(rule->methods);
    if (rule->methods[length - 1] == '*')
        return strncmp(rule->methods, method_name, length - 1) == 0;
    return strcmp(rule->methods, method_name) == 0;
}

static const ErrorRule *
find_rule(const ThriftMethod *method, SkepError fact)
{
    for (gsize i = 0; i < G_N_ELEMENTS(error_rules); i++)
        if (rule_covers(&error_rules[i], method->name, fact))
            return &error_rules[i];
    return NULL;
}

/* Classes that say a fact, best first; unused places are THRIFT_NO_EXCEPTION. */
typedef struct {
    ThriftExceptionClass best_first[6];
} ErrorClasses;

#define CLASSES(...) ((ErrorClasses){{__VA_ARGS__}})

/* What a method declares differs by its age. Where it cannot say that a thing is missing, it says
 * that the operation or the object that needs the thing is invalid. */
#define MISSING(...)                                                                               \
    CLASSES(__VA_ARGS__, THRIFT_INVALID_OPERATION_EXCEPTION, THRIFT_INVALID_OBJECT_EXCEPTION)

static ErrorClasses
classes_of_fact(SkepError fact)
{
    switch (fact) {
    case SKEP_ERROR_INVALID_ARGUMENT:
    case SKEP_ERROR_UNPROCESSABLE:
        return CLASSES(THRIFT_INVALID_OBJECT_EXCEPTION);
    case SKEP_ERROR_INVALID_OBJECT:
        return CLASSES(THRIFT_INVALID_OBJECT_EXCEPTION, THRIFT_INVALID_OPERATION_EXCEPTION);
    case SKEP_ERROR_INVALID_OPERATION:
        return CLASSES(THRIFT_INVALID_OPERATION_EXCEPTION, THRIFT_TXN_OPEN_EXCEPTION,
                       THRIFT_TXN_ABORTED_EXCEPTION);
    case SKEP_ERROR_NO_SUCH_CATALOG:
    case SKEP_ERROR_NO_SUCH_NAMESPACE:
        return MISSING(THRIFT_NO_SUCH_OBJECT_EXCEPTION, THRIFT_UNKNOWN_DB_EXCEPTION);
    case SKEP_ERROR_NO_SUCH_TABLE:
    case SKEP_ERROR_NO_SUCH_VIEW:
        return MISSING(THRIFT_NO_SUCH_OBJECT_EXCEPTION, THRIFT_UNKNOWN_TABLE_EXCEPTION);
    case SKEP_ERROR_NO_SUCH_PARTITION:
        return MISSING(THRIFT_NO_SUCH_OBJECT_EXCEPTION, THRIFT_UNKNOWN_PARTITION_EXCEPTION,
                       THRIFT_INVALID_PARTITION_EXCEPTION);
    case SKEP_ERROR_NO_SUCH_PLAN:
    case SKEP_ERROR_NO_SUCH_PLAN_TASK:
    case SKEP_ERROR_NO_SUCH_FUNCTION:
    case SKEP_ERROR_NO_SUCH_OBJECT:
        return MISSING(THRIFT_NO_SUCH_OBJECT_EXCEPTION);
    case SKEP_ERROR_NO_SUCH_LOCK:
        return CLASSES(THRIFT_NO_SUCH_LOCK_EXCEPTION);
    case SKEP_ERROR_NO_SUCH_TRANSACTION:
        return CLASSES(THRIFT_NO_SUCH_TXN_EXCEPTION);
    case SKEP_ERROR_ALREADY_EXISTS:
        return CLASSES(THRIFT_ALREADY_EXISTS_EXCEPTION, THRIFT_INVALID_OPERATION_EXCEPTION,
                       THRIFT_INVALID_OBJECT_EXCEPTION);
    case SKEP_ERROR_NAMESPACE_NOT_EMPTY:
        return CLASSES(THRIFT_INVALID_OPERATION_EXCEPTION);
    case SKEP_ERROR_UNAUTHENTICATED:
    case SKEP_ERROR_FORBIDDEN:
        return CLASSES(THRIFT_CONFIG_VAL_SECURITY_EXCEPTION);
    case SKEP_ERROR_TOO_LARGE:
    case SKEP_ERROR_NO_SUCH_FILE:
    case SKEP_ERROR_COMMIT_CONFLICT: /* MetaException is where clients look for a lost swap */
    case SKEP_ERROR_KEY_TAKEN:
    case SKEP_ERROR_COMMIT_STATE_UNKNOWN:
    case SKEP_ERROR_UNSUPPORTED:
    case SKEP_ERROR_UNAVAILABLE:
    case SKEP_ERROR_INTERNAL:
        break;
    }
    return CLASSES(THRIFT_META_EXCEPTION);
}

/* Words of a fact that Hive has for every method, or NULL: the error's own. */
static const char *
wording_of_fact(SkepError fact)
{
    switch (fact) {
    case SKEP_ERROR_NO_SUCH_CATALOG:
        return "No catalog %o";
    case SKEP_ERROR_NO_SUCH_NAMESPACE:
        return "database %c.%o";
    case SKEP_ERROR_NO_SUCH_TABLE:
    case SKEP_ERROR_NO_SUCH_VIEW:
        return "%c.%o table not found";
    case SKEP_ERROR_INVALID_ARGUMENT:
    case SKEP_ERROR_INVALID_OBJECT:
    case SKEP_ERROR_INVALID_OPERATION:
    case SKEP_ERROR_UNPROCESSABLE:
    case SKEP_ERROR_TOO_LARGE:
    case SKEP_ERROR_UNAUTHENTICATED:
    case SKEP_ERROR_FORBIDDEN:
    case SKEP_ERROR_NO_SUCH_PARTITION:
    case SKEP_ERROR_NO_SUCH_LOCK:
    case SKEP_ERROR_NO_SUCH_TRANSACTION:
    case SKEP_ERROR_NO_SUCH_PLAN:
    case SKEP_ERROR_NO_SUCH_PLAN_TASK:
    case SKEP_ERROR_NO_SUCH_FUNCTION:
    case SKEP_ERROR_NO_SUCH_OBJECT:
    case SKEP_ERROR_NO_SUCH_FILE:
    case SKEP_ERROR_ALREADY_EXISTS:
    case SKEP_ERROR_NAMESPACE_NOT_EMPTY:
    case SKEP_ERROR_COMMIT_CONFLICT:
    case SKEP_ERROR_KEY_TAKEN:
    case SKEP_ERROR_COMMIT_STATE_UNKNOWN:
    case SKEP_ERROR_UNSUPPORTED:
    case SKEP_ERROR_UNAVAILABLE:
    case SKEP_ERROR_INTERNAL:
        break;
    }
    return NULL;
}

/* Whether trying again may help, or nobody knows what has happened. */
static gboolean
fact_is_passing(SkepError fact)
{
    return fact == SKEP_ERROR_UNAVAILABLE || fact == SKEP_ERROR_INTERNAL ||
           fact == SKEP_ERROR_COMMIT_STATE_UNKNOWN;
}

static const ThriftDeclaredException *
find_declared(const ThriftMethod *method, ThriftExceptionClass exception_class)
{
    for (guint i = 0; i < method->exception_count; i++)
        if (method->exceptions[i].exception_class == exception_class)
            return &method->exceptions[i];
    return NULL;
}

const ThriftDeclaredException *
thrift_error_exception(const ThriftMethod *method, SkepError fact)
{
    const ErrorRule *rule = find_rule(method, fact);
    if (rule != NULL && rule->exception_class == THRIFT_UNDECLARED_EXCEPTION)
        return NULL;
    const ThriftDeclaredException *declared =
        rule != NULL ? find_declared(method, rule->exception_class) : NULL;
    ErrorClasses classes = classes_of_fact(fact);
    for (gsize i = 0; declared == NULL && i < G_N_ELEMENTS(classes.best_first); i++)
        declared = find_declared(method, classes.best_first[i]);
    if (declared == NULL)
        declared = find_declared(method, THRIFT_META_EXCEPTION);
    if (declared == NULL && method->exception_count > 0 && !fact_is_passing(fact))
        declared = &method->exceptions[0];
    return declared;
}

/* The last sentence; empty when there is one alone. */
static const char *
rest_of_message(const char *message)
{
    const char *end = g_strrstr(message, ". ");
    return end != NULL ? end + 2 : "";
}

/* Fills in a wording: %c catalog, %o object, %r the last sentence of the message. */
static char *
format_wording(const char *wording, const char *catalog_name, const char *object, const char *rest)
{
    GString *text = g_string_new(NULL);
    for (const char *at = wording; *at != '\0'; at++) {
        if (*at != '%')
            g_string_append_c(text, *at);
        else if (*++at == 'c')
            g_string_append(text, catalog_name);
        else
            g_string_append(text, *at == 'o' ? object : rest);
    }
    return g_string_free(text, FALSE);
}

char *
thrift_error_message(const ThriftMethod *method, const char *catalog_name, const GError *error)
{
    SkepError fact = skep_error_fact(error);
    const char *object = skep_error_object(error);
    const ErrorRule *rule = find_rule(method, fact);
    const char *wording =
        rule != NULL && rule->wording != NULL ? rule->wording : wording_of_fact(fact);
    if (wording == NULL || object == NULL)
        return g_utf8_make_valid(error->message, -1);
    g_autofree char *text = format_wording(wording, catalog_name != NULL ? catalog_name : "hive",
                                           object, rest_of_message(error->message));
    return g_utf8_make_valid(text, -1);
}

gboolean
thrift_error_raise(const ThriftMethod *method,
                   const char *catalog_name,
                   const GError *error,
                   gpointer result)
{
    const ThriftDeclaredException *declared =
        thrift_error_exception(method, skep_error_fact(error));
    if (declared == NULL)
        return FALSE;
    g_autofree char *message = thrift_error_message(method, catalog_name, error);
    G_STRUCT_MEMBER(gpointer, result, declared->value_offset) =
        g_object_new(declared->type(), "message", message, NULL);
    G_STRUCT_MEMBER(gboolean, result, declared->isset_offset) = TRUE;
    return TRUE;
}
