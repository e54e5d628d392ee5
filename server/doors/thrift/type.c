/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about named types. Decodes, calls the catalog, encodes; the rules are in
 * server/catalog/type.c. Caller: dispatch.c. */
#include "bindings.h"
#include "decode.h"
#include "reply.h"

#include <hms_type_types.h>

#include "skep/catalog_type.h"

static CatalogNamedType *
type_decode(const HmsType *in, GError **error)
{
    g_autoptr(CatalogNamedType) type = catalog_named_type_new(
        in->name, in->__isset_type1 ? in->type1 : NULL, in->__isset_type2 ? in->type2 : NULL);
    if (in->__isset_fields) {
        type->fields = thrift_decode_columns(in->fields, error);
        if (type->fields == NULL)
            return NULL;
    }
    return g_steal_pointer(&type);
}

static HmsFieldSchema *
field_encode(const CatalogColumn *field)
{
    HmsFieldSchema *out = g_object_new(HMS_TYPE_FIELD_SCHEMA, NULL);
    out->name = g_strdup(field->name);
    out->__isset_name = TRUE;
    out->type = g_strdup(field->type);
    out->__isset_type = TRUE;
    out->comment = g_strdup(field->comment);
    out->__isset_comment = field->comment != NULL;
    return out;
}

static HmsType *
type_encode(const CatalogNamedType *type)
{
    HmsType *out = g_object_new(HMS_TYPE_TYPE, NULL);
    out->name = g_strdup(type->name);
    out->__isset_name = TRUE;
    out->type1 = g_strdup(type->type1);
    out->__isset_type1 = type->type1 != NULL;
    out->type2 = g_strdup(type->type2);
    out->__isset_type2 = type->type2 != NULL;
    out->__isset_fields = type->fields != NULL;
    for (guint i = 0; type->fields != NULL && i < type->fields->len; i++)
        g_ptr_array_add(out->fields, field_encode(g_ptr_array_index(type->fields, i)));
    return out;
}

gboolean
thrift_create_type(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsTypeRegistryCreateTypeArgs *in = args;
    HmsTypeRegistryCreateTypeResult *out = result;
    g_autoptr(CatalogNamedType) wanted = type_decode(in->type, error);
    return wanted != NULL && catalog_type_create(call->catalog, wanted, error) &&
           THRIFT_REPLY_VALUE(out, TRUE);
}

gboolean
thrift_get_type(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsTypeRegistryGetTypeArgs *in = args;
    HmsTypeRegistryGetTypeResult *out = result;
    g_autoptr(CatalogNamedType) found = catalog_type_find(call->catalog, in->name, error);
    return found != NULL && THRIFT_REPLY_OBJECT(out, type_encode(found));
}

gboolean
thrift_get_type_all(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsTypeRegistryGetTypeAllArgs *in = args;
    HmsTypeRegistryGetTypeAllResult *out = result;
    g_autoptr(GPtrArray) found = catalog_type_list(call->catalog, in->name, error);
    if (found == NULL)
        return FALSE;
    for (guint i = 0; i < found->len; i++) {
        const CatalogNamedType *type = g_ptr_array_index(found, i);
        g_hash_table_replace(out->success, g_strdup(type->name), type_encode(type));
    }
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_drop_type(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsTypeRegistryDropTypeArgs *in = args;
    HmsTypeRegistryDropTypeResult *out = result;
    return catalog_type_drop(call->catalog, in->type, error) && THRIFT_REPLY_VALUE(out, TRUE);
}
