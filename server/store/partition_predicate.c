/* SPDX-License-Identifier: Apache-2.0 */
/* From a partition predicate to the text of a WHERE condition. The text is put together from the
 * fixed pieces of this file and numbers alone; values stay in one text[] parameter, $3 of the
 * statements in partition.sql. No piece can fail on a row, whatever text is stored in it. Caller:
 * partition.c. */
#include "store/partition_private.h"

#define DEFAULT_VALUES "('', '__HIVE_DEFAULT_PARTITION__')"

/* A day that exists: 31, 30 or 28 days by month, and 29 February in leap years. */
#define DAY_OF_MONTH                                                                               \
    "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"                  \
    "|02-(0[1-9]|1[0-9]|2[0-8])"
#define LEAP_YEAR "[0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00"
#define DAY       "([0-9]{4}-(" DAY_OF_MONTH ")|(" LEAP_YEAR ")-02-29)"
#define TIME      "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?"

/* The pieces below have @ where the value of the partition goes. */
/* Exactly the expression of partitions_first_number_idx, or that index is not found. */
#define NUMBER_OF                                                                                  \
    "CASE WHEN @ ~ '^-?[0-9]{1,18}$' OR (@ ~ '^-?[0-9]{19}$'"                                      \
    " AND (ltrim(@, '-') <= '9223372036854775807' OR @ = '-9223372036854775808'))"                 \
    " THEN @::bigint END"
#define MOMENT_OF                                                                                  \
    "CASE WHEN @ ~ '^" DAY " " TIME                                                                \
    "$' THEN rpad(CASE WHEN length(@) = 19 THEN @ || '.' ELSE @ END, 29, '0')"                     \
    " WHEN @ ~ '^" DAY "$' THEN @ || ' 00:00:00.000000000' END"

StorePartitionPredicate *
store_partition_predicate_new(void)
{
    StorePartitionPredicate *predicate = g_new0(StorePartitionPredicate, 1);

    predicate->steps = g_array_new(FALSE, FALSE, sizeof(StorePartitionStep));
    predicate->values = g_ptr_array_new_with_free_func(g_free);
    return predicate;
}

void
store_partition_predicate_free(StorePartitionPredicate *predicate)
{
    if (predicate == NULL)
        return;
    g_array_unref(predicate->steps);
    g_ptr_array_unref(predicate->values);
    g_free(predicate);
}

void
store_partition_predicate_add_group(StorePartitionPredicate *predicate,
                                    StorePartitionStepKind kind,
                                    guint count)
{
    StorePartitionStep step = {.kind = kind, .count = count};

    g_array_append_val(predicate->steps, step);
}

void
store_partition_predicate_add_test(StorePartitionPredicate *predicate,
                                   guint key,
                                   StorePartitionType type,
                                   StorePartitionComparison comparison,
                                   const char *const *values,
                                   guint count)
{
    StorePartitionStep step = {.kind = STORE_PARTITION_STEP_TEST,
                               .key = key,
                               .type = type,
                               .comparison = comparison,
                               .first_value = predicate->values->len,
                               .count = count};

    for (guint i = 0; i < count; i++)
        g_ptr_array_add(predicate->values, g_strdup(values[i]));
    g_array_append_val(predicate->steps, step);
}

void
store_partition_predicate_add_names(StorePartitionPredicate *predicate, const char *const *names)
{
    StorePartitionStep step = {.kind = STORE_PARTITION_STEP_NAMES,
                               .first_value = predicate->values->len};

    for (; names[step.count] != NULL; step.count++)
        g_ptr_array_add(predicate->values, g_strdup(names[step.count]));
    g_array_append_val(predicate->steps, step);
}

/* The piece with the value of key number `key` in place of each @. */
static void
append_piece(GString *sql, const char *piece, guint key)
{
    for (; *piece != '\0'; piece++) {
        if (*piece == '@')
            g_string_append_printf(sql, "key_values[%u]", key + 1);
        else
            g_string_append_c(sql, *piece);
    }
}

static const char *
piece_of_type(StorePartitionType type)
{
    switch (type) {
    case STORE_PARTITION_TEXT:
    case STORE_PARTITION_DATE:
        return "@";
    case STORE_PARTITION_INTEGER:
        return NUMBER_OF;
    case STORE_PARTITION_TIMESTAMP:
        return MOMENT_OF;
    }
    return "@";
}

static const char *
piece_of_comparison(StorePartitionComparison comparison)
{
    switch (comparison) {
    case STORE_PARTITION_EQUAL:
        return " = ";
    case STORE_PARTITION_NOT_EQUAL:
        return " <> ";
    case STORE_PARTITION_LESS:
        return " < ";
    case STORE_PARTITION_LESS_OR_EQUAL:
        return " <= ";
    case STORE_PARTITION_GREATER:
        return " > ";
    case STORE_PARTITION_GREATER_OR_EQUAL:
        return " >= ";
    case STORE_PARTITION_LIKE:
        return " LIKE ";
    case STORE_PARTITION_IN:
        return " = ANY ";
    case STORE_PARTITION_NOT_IN:
        return " <> ALL ";
    case STORE_PARTITION_IS_DEFAULT:
        return " IN " DEFAULT_VALUES;
    case STORE_PARTITION_IS_NOT_DEFAULT:
        return " NOT IN " DEFAULT_VALUES;
    }
    return " = ";
}

static void
append_values(GString *sql, const StorePartitionStep *step)
{
    gboolean is_list =
        step->comparison == STORE_PARTITION_IN || step->comparison == STORE_PARTITION_NOT_IN;
    const char *cast = step->type == STORE_PARTITION_INTEGER ? "::bigint" : "";

    if (is_list)
        g_string_append_printf(sql, "(($3[%u:%u])%s%s)", step->first_value + 1,
                               step->first_value + step->count, cast, *cast != '\0' ? "[]" : "");
    else
        g_string_append_printf(sql, "($3[%u])%s", step->first_value + 1, cast);
    if (step->comparison == STORE_PARTITION_LIKE)
        g_string_append(sql, " ESCAPE ''");
}

/* What the text of a moment must be besides, so that the index on texts can narrow the search: it
 * is a beginning of the filled-up form, and at least a day. */
static void
append_moment_bounds(GString *sql, const StorePartitionStep *step)
{
    StorePartitionComparison comparison = step->comparison;
    guint value = step->first_value + 1;

    if (comparison == STORE_PARTITION_EQUAL || comparison == STORE_PARTITION_GREATER ||
        comparison == STORE_PARTITION_GREATER_OR_EQUAL)
        g_string_append_printf(sql, " AND key_values[%u] >= left(($3[%u]), 10)", step->key + 1,
                               value);
    if (comparison == STORE_PARTITION_EQUAL || comparison == STORE_PARTITION_LESS ||
        comparison == STORE_PARTITION_LESS_OR_EQUAL)
        g_string_append_printf(sql, " AND key_values[%u] <= ($3[%u])", step->key + 1, value);
}

static void
append_test(GString *sql, const StorePartitionStep *step)
{
    gboolean matches_default =
        step->comparison == STORE_PARTITION_EQUAL || step->comparison == STORE_PARTITION_IN;

    g_string_append_c(sql, '(');
    if (step->comparison == STORE_PARTITION_IS_DEFAULT ||
        step->comparison == STORE_PARTITION_IS_NOT_DEFAULT) {
        append_piece(sql, "@", step->key);
        g_string_append(sql, piece_of_comparison(step->comparison));
    } else {
        append_piece(sql, piece_of_type(step->type), step->key);
        g_string_append(sql, piece_of_comparison(step->comparison));
        append_values(sql, step);
        if (step->type == STORE_PARTITION_TIMESTAMP)
            append_moment_bounds(sql, step);
        if (step->type == STORE_PARTITION_DATE)
            append_piece(sql, " AND @ ~ '^" DAY "$'", step->key);
        if (step->type == STORE_PARTITION_TEXT && !matches_default)
            append_piece(sql, " AND @ NOT IN " DEFAULT_VALUES, step->key);
    }
    g_string_append_c(sql, ')');
}

/* A group that is open: how many of its members are still to come, and what stands between them. */
typedef struct {
    guint left;
    const char *separator;
} OpenGroup;

static void
append_member_end(GString *sql, GArray *open)
{
    while (open->len > 0) {
        OpenGroup *group = &g_array_index(open, OpenGroup, open->len - 1);

        if (--group->left > 0) {
            g_string_append(sql, group->separator);
            return;
        }
        g_string_append_c(sql, ')');
        g_array_set_size(open, open->len - 1);
    }
}

char *
store_partition_predicate_sql(const StorePartitionPredicate *predicate)
{
    GString *sql = g_string_new(NULL);
    g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(OpenGroup));

    for (guint i = 0; i < predicate->steps->len; i++) {
        const StorePartitionStep *step = &g_array_index(predicate->steps, StorePartitionStep, i);

        switch (step->kind) {
        case STORE_PARTITION_STEP_ALL:
        case STORE_PARTITION_STEP_ANY: {
            gboolean all = step->kind == STORE_PARTITION_STEP_ALL;
            OpenGroup group = {step->count, all ? " AND " : " OR "};

            g_string_append_c(sql, '(');
            if (step->count > 0) {
                g_array_append_val(open, group);
                continue;
            }
            g_string_append(sql, all ? "TRUE)" : "FALSE)");
            break;
        }
        case STORE_PARTITION_STEP_TEST:
            append_test(sql, step);
            break;
        case STORE_PARTITION_STEP_NAMES:
            g_string_append_printf(sql, "(name = ANY ($3[%u:%u]))", step->first_value + 1,
                                   step->first_value + step->count);
            break;
        }
        append_member_end(sql, open);
    }
    return g_string_free(sql, FALSE);
}
