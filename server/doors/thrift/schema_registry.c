/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about registered schemas, their versions and serialisers. Decodes, calls the catalog,
 * encodes; the rules are in server/catalog/schema_registry.c. Caller: dispatch.c. */
#include "bindings.h"
#include "decode.h"
#include "encode.h"
#include "reply.h"

#include <hms_schema_registry_types.h>

#include "skep/catalog_schema_registry.h"

/* The name of a schema; `out_name` borrows from `decoded`. */
static gboolean
decode_name(ThriftCall *call,
            const HmsISchemaName *in,
            ThriftName *decoded,
            CatalogSchemaName *out_name,
            GError **error)
{
    if (!thrift_decode_table_name(in->dbName, in->catName, in->schemaName, decoded, error))
        return FALSE;
    thrift_call_set_catalog(call, decoded->catalog);
    *out_name = (CatalogSchemaName){decoded->catalog, decoded->database, decoded->table};
    return TRUE;
}

static HmsISchemaName *
encode_name(const CatalogSchemaVersion *version)
{
    HmsISchemaName *out = g_object_new(HMS_TYPE_I_SCHEMA_NAME, NULL);
    out->catName = g_strdup(version->catalog);
    out->dbName = g_strdup(version->namespace_name);
    out->schemaName = g_strdup(version->schema_name);
    out->__isset_catName = out->__isset_dbName = out->__isset_schemaName = TRUE;
    return out;
}

/* --- schemas --- */

static CatalogSchema *
decode_schema(const HmsISchema *in)
{
    CatalogSchema *schema = catalog_schema_new();
    schema->schema_type = in->__isset_schemaType ? (gint32)in->schemaType : 0;
    schema->compatibility = in->__isset_compatibility ? (gint32)in->compatibility : 0;
    schema->validation = in->__isset_validationLevel ? (gint32)in->validationLevel : 0;
    schema->can_evolve = in->canEvolve;
    schema->group = g_strdup(in->schemaGroup);
    schema->description = g_strdup(in->description);
    return schema;
}

gboolean
thrift_create_ischema(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsISchema *in = ((HmsSchemaRegistryCreateIschemaArgs *)args)->schema;
    g_autoptr(CatalogSchema) schema = decode_schema(in);
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_database_name(in->dbName, in->catName, &name, error))
        return FALSE;
    thrift_call_set_catalog(call, name.catalog);
    schema->catalog = g_steal_pointer(&name.catalog);
    schema->namespace_name = g_steal_pointer(&name.database);
    schema->name = g_strdup(in->name);
    return catalog_schema_create(call->catalog, schema, error);
}

gboolean
thrift_get_ischema(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    HmsSchemaRegistryGetIschemaResult *out = result;
    g_auto(ThriftName) decoded = {NULL};
    CatalogSchemaName name;
    if (!decode_name(call, ((HmsSchemaRegistryGetIschemaArgs *)args)->name, &decoded, &name, error))
        return FALSE;
    g_autoptr(CatalogSchema) schema = catalog_schema_find(call->catalog, &name, error);
    if (schema == NULL)
        return FALSE;
    out->success->schemaType = (HmsSchemaType)schema->schema_type;
    out->success->__isset_schemaType = schema->schema_type != 0;
    out->success->name = g_steal_pointer(&schema->name);
    out->success->catName = g_steal_pointer(&schema->catalog);
    out->success->dbName = g_steal_pointer(&schema->namespace_name);
    out->success->__isset_name = out->success->__isset_catName = out->success->__isset_dbName =
        TRUE;
    out->success->compatibility = (HmsSchemaCompatibility)schema->compatibility;
    out->success->__isset_compatibility = schema->compatibility != 0;
    out->success->validationLevel = (HmsSchemaValidation)schema->validation;
    out->success->__isset_validationLevel = schema->validation != 0;
    out->success->canEvolve = schema->can_evolve;
    out->success->__isset_canEvolve = TRUE;
    out->success->__isset_schemaGroup = schema->group != NULL;
    out->success->schemaGroup = g_steal_pointer(&schema->group);
    out->success->__isset_description = schema->description != NULL;
    out->success->description = g_steal_pointer(&schema->description);
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_alter_ischema(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsAlterISchemaRequest *request = ((HmsSchemaRegistryAlterIschemaArgs *)args)->rqst;
    g_autoptr(CatalogSchema) wanted = decode_schema(request->newSchema);
    g_auto(ThriftName) decoded = {NULL};
    CatalogSchemaName name;
    return decode_name(call, request->name, &decoded, &name, error) &&
           catalog_schema_alter(call->catalog, &name, wanted, error);
}

gboolean
thrift_drop_ischema(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    g_auto(ThriftName) decoded = {NULL};
    CatalogSchemaName name;
    return decode_name(call, ((HmsSchemaRegistryDropIschemaArgs *)args)->name, &decoded, &name,
                       error) &&
           catalog_schema_drop(call->catalog, &name, error);
}

/* --- serialisers --- */

static CatalogSerde *
decode_serde(const HmsSerDeInfo *in)
{
    CatalogSerde *serde = catalog_serde_new();
    serde->name = g_strdup(in->name);
    serde->library = g_strdup(in->serializationLib);
    g_hash_table_unref(serde->parameters);
    serde->parameters = thrift_decode_map(in->parameters);
    serde->description = g_strdup(in->description);
    serde->serializer = g_strdup(in->serializerClass);
    serde->deserializer = g_strdup(in->deserializerClass);
    serde->serde_type = in->__isset_serdeType ? (gint32)in->serdeType : 0;
    return serde;
}

static HmsSerDeInfo *
encode_serde(const CatalogSerde *serde)
{
    HmsSerDeInfo *out = g_object_new(HMS_TYPE_SER_DE_INFO, NULL);
    out->name = g_strdup(serde->name);
    out->__isset_name = serde->name != NULL;
    out->serializationLib = g_strdup(serde->library);
    out->__isset_serializationLib = serde->library != NULL;
    g_hash_table_unref(out->parameters);
    out->parameters = thrift_encode_map(serde->parameters);
    out->__isset_parameters = TRUE;
    out->description = g_strdup(serde->description);
    out->__isset_description = serde->description != NULL;
    out->serializerClass = g_strdup(serde->serializer);
    out->__isset_serializerClass = serde->serializer != NULL;
    out->deserializerClass = g_strdup(serde->deserializer);
    out->__isset_deserializerClass = serde->deserializer != NULL;
    out->serdeType = (HmsSerdeType)serde->serde_type;
    out->__isset_serdeType = serde->serde_type != 0;
    return out;
}

gboolean
thrift_add_serde(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    g_autoptr(CatalogSerde) serde = decode_serde(((HmsSchemaRegistryAddSerdeArgs *)args)->serde);
    return catalog_serde_add(call->catalog, serde, error);
}

gboolean
thrift_get_serde(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsSchemaRegistryGetSerdeArgs *in = args;
    HmsSchemaRegistryGetSerdeResult *out = result;
    g_autoptr(CatalogSerde) serde = catalog_serde_find(call->catalog, in->rqst->serdeName, error);
    return serde != NULL && THRIFT_REPLY_OBJECT(out, encode_serde(serde));
}

/* --- versions --- */

static void
decode_schema_columns(const GPtrArray *fields, GPtrArray *out)
{
    for (guint i = 0; fields != NULL && i < fields->len; i++) {
        const HmsFieldSchema *field = g_ptr_array_index(fields, i);
        g_ptr_array_add(out, catalog_column_new(field->name, field->type, field->comment));
    }
}

static HmsFieldSchema *
encode_column(const CatalogColumn *column)
{
    HmsFieldSchema *out = g_object_new(HMS_TYPE_FIELD_SCHEMA, NULL);
    out->name = g_strdup(column->name);
    out->__isset_name = TRUE;
    out->type = g_strdup(column->type);
    out->__isset_type = column->type != NULL;
    out->comment = g_strdup(column->comment);
    out->__isset_comment = column->comment != NULL;
    return out;
}

static HmsSchemaVersion *
encode_version(const CatalogSchemaVersion *version)
{
    HmsSchemaVersion *out = g_object_new(HMS_TYPE_SCHEMA_VERSION, NULL);
    g_object_unref(out->schema);
    out->schema = encode_name(version);
    out->__isset_schema = TRUE;
    out->version = version->version;
    out->__isset_version = TRUE;
    out->createdAt = version->created_at;
    out->__isset_createdAt = TRUE;
    for (guint i = 0; i < version->columns->len; i++)
        g_ptr_array_add(out->cols, encode_column(version->columns->pdata[i]));
    out->__isset_cols = TRUE;
    out->state = (HmsSchemaVersionState)version->state;
    out->__isset_state = version->state != 0;
    out->description = g_strdup(version->description);
    out->__isset_description = version->description != NULL;
    out->schemaText = g_strdup(version->text);
    out->__isset_schemaText = version->text != NULL;
    out->fingerprint = g_strdup(version->fingerprint);
    out->__isset_fingerprint = version->fingerprint != NULL;
    out->name = g_strdup(version->name);
    out->__isset_name = version->name != NULL;
    if (version->serde != NULL) {
        g_object_unref(out->serDe);
        out->serDe = encode_serde(version->serde);
        out->__isset_serDe = TRUE;
    }
    return out;
}

gboolean
thrift_add_schema_version(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsSchemaVersion *in = ((HmsSchemaRegistryAddSchemaVersionArgs *)args)->schemaVersion;
    g_autoptr(CatalogSchemaVersion) version = catalog_schema_version_new();
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_table_name(in->schema->dbName, in->schema->catName, in->schema->schemaName,
                                  &name, error))
        return FALSE;
    thrift_call_set_catalog(call, name.catalog);
    version->catalog = g_steal_pointer(&name.catalog);
    version->namespace_name = g_steal_pointer(&name.database);
    version->schema_name = g_steal_pointer(&name.table);
    version->version = in->version;
    version->created_at = in->createdAt;
    version->state = in->__isset_state ? (gint32)in->state : 0;
    version->description = g_strdup(in->description);
    version->text = g_strdup(in->schemaText);
    version->fingerprint = g_strdup(in->fingerprint);
    version->name = g_strdup(in->name);
    decode_schema_columns(in->cols, version->columns);
    version->serde = in->__isset_serDe ? decode_serde(in->serDe) : NULL;
    return catalog_schema_version_add(call->catalog, version, error);
}

gboolean
thrift_get_schema_version(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsSchemaRegistryGetSchemaVersionArgs *in = args;
    HmsSchemaRegistryGetSchemaVersionResult *out = result;
    g_auto(ThriftName) decoded = {NULL};
    CatalogSchemaName name;
    if (!decode_name(call, in->schemaVersion->schema, &decoded, &name, error))
        return FALSE;
    g_autoptr(CatalogSchemaVersion) version =
        catalog_schema_version_find(call->catalog, &name, in->schemaVersion->version, error);
    return version != NULL && THRIFT_REPLY_OBJECT(out, encode_version(version));
}

gboolean
thrift_get_schema_latest_version(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsSchemaRegistryGetSchemaLatestVersionArgs *in = args;
    HmsSchemaRegistryGetSchemaLatestVersionResult *out = result;
    g_auto(ThriftName) decoded = {NULL};
    CatalogSchemaName name;
    if (!decode_name(call, in->schemaName, &decoded, &name, error))
        return FALSE;
    g_autoptr(CatalogSchemaVersion) version =
        catalog_schema_version_latest(call->catalog, &name, error);
    return version != NULL && THRIFT_REPLY_OBJECT(out, encode_version(version));
}

gboolean
thrift_get_schema_all_versions(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsSchemaRegistryGetSchemaAllVersionsArgs *in = args;
    HmsSchemaRegistryGetSchemaAllVersionsResult *out = result;
    g_auto(ThriftName) decoded = {NULL};
    CatalogSchemaName name;
    if (!decode_name(call, in->schemaName, &decoded, &name, error))
        return FALSE;
    g_autoptr(GPtrArray) versions = catalog_schema_version_list(call->catalog, &name, error);
    for (guint i = 0; versions != NULL && i < versions->len; i++)
        g_ptr_array_add(out->success, encode_version(versions->pdata[i]));
    return versions != NULL && (out->__isset_success = TRUE);
}

gboolean
thrift_get_schemas_by_cols(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsFindSchemasByColsRqst *request = ((HmsSchemaRegistryGetSchemasByColsArgs *)args)->rqst;
    HmsSchemaRegistryGetSchemasByColsResult *out = result;
    g_autoptr(GPtrArray) versions = catalog_schema_version_search(
        call->catalog, request->colName, request->colNamespace, request->type, error);
    if (versions == NULL)
        return FALSE;
    for (guint i = 0; i < versions->len; i++) {
        const CatalogSchemaVersion *version = versions->pdata[i];
        HmsSchemaVersionDescriptor *one = g_object_new(HMS_TYPE_SCHEMA_VERSION_DESCRIPTOR, NULL);
        g_object_unref(one->schema);
        one->schema = encode_name(version);
        one->version = version->version;
        one->__isset_schema = one->__isset_version = TRUE;
        g_ptr_array_add(out->success->schemaVersions, one);
    }
    out->success->__isset_schemaVersions = TRUE;
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_set_schema_version_state(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsSetSchemaVersionStateRequest *request =
        ((HmsSchemaRegistrySetSchemaVersionStateArgs *)args)->rqst;
    g_auto(ThriftName) decoded = {NULL};
    CatalogSchemaName name;
    gint32 state = request->__isset_state ? (gint32)request->state : 0;
    return decode_name(call, request->schemaVersion->schema, &decoded, &name, error) &&
           catalog_schema_version_set_state(call->catalog, &name, request->schemaVersion->version,
                                            state, error);
}

gboolean
thrift_map_schema_version_to_serde(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsMapSchemaVersionToSerdeRequest *request =
        ((HmsSchemaRegistryMapSchemaVersionToSerdeArgs *)args)->rqst;
    g_auto(ThriftName) decoded = {NULL};
    CatalogSchemaName name;
    return decode_name(call, request->schemaVersion->schema, &decoded, &name, error) &&
           catalog_schema_version_set_serde(call->catalog, &name, request->schemaVersion->version,
                                            request->serdeName, error);
}

gboolean
thrift_drop_schema_version(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsSchemaRegistryDropSchemaVersionArgs *in = args;
    g_auto(ThriftName) decoded = {NULL};
    CatalogSchemaName name;
    return decode_name(call, in->schemaVersion->schema, &decoded, &name, error) &&
           catalog_schema_version_drop(call->catalog, &name, in->schemaVersion->version, error);
}
