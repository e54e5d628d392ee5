/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about data connectors, in the released form (_req) and the one before it. Decodes, calls
 * the catalog, encodes; the rules are in server/catalog/data_connector.c. Caller: dispatch.c. */
#include "bindings.h"
#include "decode.h"
#include "encode.h"
#include "reply.h"

#include <hms_data_connector_types.h>

#include "skep/catalog_data_connector.h"

static CatalogDataConnector *
decode_connector(const HmsDataConnector *in)
{
    CatalogDataConnector *connector = catalog_data_connector_new();
    gboolean has_owner_type = in->__isset_ownerType && in->ownerType >= HMS_PRINCIPAL_TYPE_USER &&
                              in->ownerType <= HMS_PRINCIPAL_TYPE_GROUP;
    connector->name = g_strdup(in->name);
    connector->connector_type = g_strdup(in->type);
    connector->url = g_strdup(in->url);
    connector->description = g_strdup(in->description);
    g_hash_table_unref(connector->parameters);
    connector->parameters = thrift_decode_map(in->parameters);
    connector->owner_name = g_strdup(in->ownerName);
    connector->owner_type = has_owner_type ? (gint32)in->ownerType : 0;
    return connector;
}

static HmsDataConnector *
encode_connector(const CatalogDataConnector *connector)
{
    HmsDataConnector *out = g_object_new(HMS_TYPE_DATA_CONNECTOR, NULL);
    out->name = g_strdup(connector->name);
    out->type = g_strdup(connector->connector_type);
    out->url = g_strdup(connector->url);
    out->__isset_name = out->__isset_type = out->__isset_url = TRUE;
    out->description = g_strdup(connector->description);
    out->__isset_description = connector->description != NULL;
    g_hash_table_unref(out->parameters);
    out->parameters = thrift_encode_map(connector->parameters);
    out->__isset_parameters = TRUE;
    out->ownerName = g_strdup(connector->owner_name);
    out->__isset_ownerName = connector->owner_name != NULL;
    out->ownerType = (HmsPrincipalType)connector->owner_type;
    out->__isset_ownerType = connector->owner_type != 0;
    out->createTime = (gint32)connector->created_s;
    out->__isset_createTime = TRUE;
    return out;
}

static gboolean
connector_create(ThriftCall *call, const HmsDataConnector *in, GError **error)
{
    g_autoptr(CatalogDataConnector) connector = decode_connector(in);
    return catalog_data_connector_create(call->catalog, &call->caller, connector, error);
}

static gboolean
connector_alter(ThriftCall *call, const char *name, const HmsDataConnector *in, GError **error)
{
    g_autoptr(CatalogDataConnector) connector = decode_connector(in);
    if (!in->__isset_parameters)
        g_clear_pointer(&connector->parameters, g_hash_table_unref);
    gboolean done = catalog_data_connector_alter(call->catalog, name, connector, error);
    if (connector->parameters == NULL)
        connector->parameters = catalog_map_new();
    return done;
}

gboolean
thrift_create_dataconnector_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsDataConnectorsCreateDataconnectorReqArgs *in = args;
    return connector_create(call, in->connectorReq->connector, error);
}

gboolean
thrift_create_dataconnector(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    return connector_create(call, ((HmsDataConnectorsCreateDataconnectorArgs *)args)->connector,
                            error);
}

gboolean
thrift_get_dataconnector_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsDataConnectorsGetDataconnectorReqArgs *in = args;
    HmsDataConnectorsGetDataconnectorReqResult *out = result;
    g_autoptr(CatalogDataConnector) connector =
        catalog_data_connector_find(call->catalog, in->request->connectorName, error);
    return connector != NULL && THRIFT_REPLY_OBJECT(out, encode_connector(connector));
}

gboolean
thrift_get_dataconnectors(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)args;
    HmsDataConnectorsGetDataconnectorsResult *out = result;
    g_autoptr(GPtrArray) names = catalog_data_connector_list(call->catalog, error);
    return names != NULL && THRIFT_REPLY_ARRAY(out, thrift_encode_strings(names));
}

gboolean
thrift_alter_dataconnector_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsAlterDataConnectorRequest *request =
        ((HmsDataConnectorsAlterDataconnectorReqArgs *)args)->alterReq;
    return connector_alter(call, request->connectorName, request->newConnector, error);
}

gboolean
thrift_alter_dataconnector(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsDataConnectorsAlterDataconnectorArgs *in = args;
    return connector_alter(call, in->name, in->connector, error);
}

gboolean
thrift_drop_dataconnector_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsDropDataConnectorRequest *request =
        ((HmsDataConnectorsDropDataconnectorReqArgs *)args)->dropDcReq;
    return catalog_data_connector_drop(call->catalog, request->connectorName, request->ifNotExists,
                                       error);
}

gboolean
thrift_drop_dataconnector(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsDataConnectorsDropDataconnectorArgs *in = args;
    return catalog_data_connector_drop(call->catalog, in->name, in->ifNotExists, error);
}
