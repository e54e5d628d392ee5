/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding and encoding of constraints; see constraint_record.h. Five structures name their members
 * alike, hence the macros. */
#include "constraint_record.h"
#include "decode.h"

#include <hms_constraint_types.h>

/* The members that all structures have but foreign keys, which have most of them. */
#define DECODE_FLAGS(constraint, in)                                                               \
    ((constraint)->is_enabled = (in)->enable_cstr,                                                 \
     (constraint)->is_validated = (in)->validate_cstr,                                             \
     (constraint)->is_relied_on = (in)->rely_cstr)
#define DECODE_COLUMN(constraint, in, name_member)                                                 \
    (decode_table(constraint, (in)->catName, (in)->table_db, (in)->table_name),                    \
     (constraint)->column_name = g_strdup((in)->column_name),                                      \
     (constraint)->name = g_strdup((in)->name_member), DECODE_FLAGS(constraint, in))

static void
decode_table(CatalogConstraint *constraint,
             const char *catalog,
             const char *database,
             const char *table)
{
    g_auto(ThriftName) name = {NULL};
    thrift_decode_database_pattern(database, catalog, &name);
    constraint->catalog = g_steal_pointer(&name.catalog);
    constraint->namespace_name = g_steal_pointer(&name.database);
    constraint->table_name = g_strdup(table);
}

static void
decode_primary_key(CatalogConstraint *out, const HmsSQLPrimaryKey *in)
{
    DECODE_COLUMN(out, in, pk_name);
    out->key_seq = in->key_seq;
}

static void
decode_foreign_key(CatalogConstraint *out, const HmsSQLForeignKey *in)
{
    g_auto(ThriftName) parent = {NULL};
    decode_table(out, in->catName, in->fktable_db, in->fktable_name);
    DECODE_FLAGS(out, in);
    out->column_name = g_strdup(in->fkcolumn_name);
    out->name = g_strdup(in->fk_name);
    out->key_seq = in->key_seq;
    thrift_decode_database_pattern(in->pktable_db, in->catName, &parent);
    out->parent_namespace = g_steal_pointer(&parent.database);
    out->parent_table = g_strdup(in->pktable_name);
    out->parent_column = g_strdup(in->pkcolumn_name);
    out->parent_key_name = g_strdup(in->pk_name);
    out->update_rule = in->update_rule;
    out->delete_rule = in->delete_rule;
}

static void
decode_unique(CatalogConstraint *out, const HmsSQLUniqueConstraint *in)
{
    DECODE_COLUMN(out, in, uk_name);
    out->key_seq = in->key_seq;
}

static void
decode_one(CatalogConstraint *out, gconstpointer in)
{
    switch (out->kind) {
    case CATALOG_CONSTRAINT_PRIMARY_KEY:
        decode_primary_key(out, in);
        break;
    case CATALOG_CONSTRAINT_FOREIGN_KEY:
        decode_foreign_key(out, in);
        break;
    case CATALOG_CONSTRAINT_UNIQUE:
        decode_unique(out, in);
        break;
    case CATALOG_CONSTRAINT_NOT_NULL:
        DECODE_COLUMN(out, (const HmsSQLNotNullConstraint *)in, nn_name);
        break;
    case CATALOG_CONSTRAINT_DEFAULT:
        DECODE_COLUMN(out, (const HmsSQLDefaultConstraint *)in, dc_name);
        out->expression = g_strdup(((const HmsSQLDefaultConstraint *)in)->default_value);
        break;
    case CATALOG_CONSTRAINT_CHECK:
        DECODE_COLUMN(out, (const HmsSQLCheckConstraint *)in, dc_name);
        out->expression = g_strdup(((const HmsSQLCheckConstraint *)in)->check_expression);
        break;
    }
}

static void
append_decoded(GPtrArray *out, CatalogConstraintKind kind, const GPtrArray *list)
{
    for (guint i = 0; list != NULL && i < list->len; i++) {
        CatalogConstraint *constraint = catalog_constraint_new(kind);
        decode_one(constraint, g_ptr_array_index(list, i));
        g_ptr_array_add(out, constraint);
    }
}

GPtrArray *
thrift_decode_constraints(const ThriftConstraintLists *lists)
{
    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_constraint_free);
    append_decoded(out, CATALOG_CONSTRAINT_PRIMARY_KEY, lists->primary_keys);
    append_decoded(out, CATALOG_CONSTRAINT_FOREIGN_KEY, lists->foreign_keys);
    append_decoded(out, CATALOG_CONSTRAINT_UNIQUE, lists->uniques);
    append_decoded(out, CATALOG_CONSTRAINT_NOT_NULL, lists->not_nulls);
    append_decoded(out, CATALOG_CONSTRAINT_DEFAULT, lists->defaults);
    append_decoded(out, CATALOG_CONSTRAINT_CHECK, lists->checks);
    return out;
}

#define ENCODE_TEXT(out, member, text)                                                             \
    ((out)->member = g_strdup(text), (out)->__isset_##member = (text) != NULL)
#define ENCODE_NUMBER(out, member, number)                                                         \
    ((out)->member = (number), (out)->__isset_##member = TRUE)
#define ENCODE_FLAGS(out, constraint)                                                              \
    (ENCODE_NUMBER(out, enable_cstr, (constraint)->is_enabled),                                    \
     ENCODE_NUMBER(out, validate_cstr, (constraint)->is_validated),                                \
     ENCODE_NUMBER(out, rely_cstr, (constraint)->is_relied_on),                                    \
     ENCODE_TEXT(out, catName, (constraint)->catalog))
/* An empty name is none: a check of the whole table. */
#define COLUMN_OR_NULL(constraint)                                                                 \
    (g_strcmp0((constraint)->column_name, "") != 0 ? (constraint)->column_name : NULL)
#define ENCODE_COLUMN(out, constraint, name_member)                                                \
    (ENCODE_TEXT(out, table_db, (constraint)->namespace_name),                                     \
     ENCODE_TEXT(out, table_name, (constraint)->table_name),                                       \
     ENCODE_TEXT(out, column_name, COLUMN_OR_NULL(constraint)),                                    \
     ENCODE_TEXT(out, name_member, (constraint)->name), ENCODE_FLAGS(out, constraint))

static gpointer
encode_primary_key(const CatalogConstraint *constraint)
{
    HmsSQLPrimaryKey *out = g_object_new(HMS_TYPE_S_Q_L_PRIMARY_KEY, NULL);
    ENCODE_COLUMN(out, constraint, pk_name);
    ENCODE_NUMBER(out, key_seq, constraint->key_seq);
    return out;
}

static gpointer
encode_foreign_key(const CatalogConstraint *constraint)
{
    HmsSQLForeignKey *out = g_object_new(HMS_TYPE_S_Q_L_FOREIGN_KEY, NULL);
    ENCODE_TEXT(out, pktable_db, constraint->parent_namespace);
    ENCODE_TEXT(out, pktable_name, constraint->parent_table);
    ENCODE_TEXT(out, pkcolumn_name, constraint->parent_column);
    ENCODE_TEXT(out, pk_name, constraint->parent_key_name);
    ENCODE_TEXT(out, fktable_db, constraint->namespace_name);
    ENCODE_TEXT(out, fktable_name, constraint->table_name);
    ENCODE_TEXT(out, fkcolumn_name, constraint->column_name);
    ENCODE_TEXT(out, fk_name, constraint->name);
    ENCODE_NUMBER(out, key_seq, constraint->key_seq);
    ENCODE_NUMBER(out, update_rule, constraint->update_rule);
    ENCODE_NUMBER(out, delete_rule, constraint->delete_rule);
    ENCODE_FLAGS(out, constraint);
    return out;
}

static gpointer
encode_unique(const CatalogConstraint *constraint)
{
    HmsSQLUniqueConstraint *out = g_object_new(HMS_TYPE_S_Q_L_UNIQUE_CONSTRAINT, NULL);
    ENCODE_COLUMN(out, constraint, uk_name);
    ENCODE_NUMBER(out, key_seq, constraint->key_seq);
    return out;
}

static gpointer
encode_not_null(const CatalogConstraint *constraint)
{
    HmsSQLNotNullConstraint *out = g_object_new(HMS_TYPE_S_Q_L_NOT_NULL_CONSTRAINT, NULL);
    ENCODE_COLUMN(out, constraint, nn_name);
    return out;
}

static gpointer
encode_default(const CatalogConstraint *constraint)
{
    HmsSQLDefaultConstraint *out = g_object_new(HMS_TYPE_S_Q_L_DEFAULT_CONSTRAINT, NULL);
    ENCODE_COLUMN(out, constraint, dc_name);
    ENCODE_TEXT(out, default_value, constraint->expression);
    return out;
}

static gpointer
encode_check(const CatalogConstraint *constraint)
{
    HmsSQLCheckConstraint *out = g_object_new(HMS_TYPE_S_Q_L_CHECK_CONSTRAINT, NULL);
    ENCODE_COLUMN(out, constraint, dc_name);
    ENCODE_TEXT(out, check_expression, constraint->expression);
    return out;
}

void
thrift_encode_constraint(const CatalogConstraint *constraint, GPtrArray *out)
{
    gpointer encoded = NULL;
    switch (constraint->kind) {
    case CATALOG_CONSTRAINT_PRIMARY_KEY:
        encoded = encode_primary_key(constraint);
        break;
    case CATALOG_CONSTRAINT_FOREIGN_KEY:
        encoded = encode_foreign_key(constraint);
        break;
    case CATALOG_CONSTRAINT_UNIQUE:
        encoded = encode_unique(constraint);
        break;
    case CATALOG_CONSTRAINT_NOT_NULL:
        encoded = encode_not_null(constraint);
        break;
    case CATALOG_CONSTRAINT_DEFAULT:
        encoded = encode_default(constraint);
        break;
    case CATALOG_CONSTRAINT_CHECK:
        encoded = encode_check(constraint);
        break;
    }
    if (encoded != NULL)
        g_ptr_array_add(out, encoded);
}
