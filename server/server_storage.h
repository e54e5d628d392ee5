/* SPDX-License-Identifier: Apache-2.0 */
/* The object store of the default warehouse, from the settings s3_*. Caller: server.c. */
#pragma once

#include "skep/settings.h"
#include "skep/storage_types.h"

/* TRUE with *out_profile NULL: nothing names an object store. INVALID_ARGUMENT, with the setting's
 * name. */
gboolean
server_storage_profile(const Settings *settings, StorageProfile **out_profile, GError **error);
