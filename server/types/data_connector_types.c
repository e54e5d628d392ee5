/* SPDX-License-Identifier: Apache-2.0 */
/* New and free for the records of skep/data_connector_types.h. No rule lives here. Callers: every
 * layer. */
#include "skep/data_connector_types.h"

CatalogDataConnector *
catalog_data_connector_new(void)
{
    CatalogDataConnector *record = g_new0(CatalogDataConnector, 1);

    record->parameters = catalog_map_new();
    return record;
}

void
catalog_data_connector_free(CatalogDataConnector *record)
{
    if (!record)
        return;
    g_free(record->name);
    g_free(record->connector_type);
    g_free(record->url);
    g_free(record->description);
    g_hash_table_unref(record->parameters);
    g_free(record->owner_name);
    g_free(record);
}
