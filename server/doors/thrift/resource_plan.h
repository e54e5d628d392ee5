/* SPDX-License-Identifier: Apache-2.0 */
/* Structures of workload management that several methods answer with. Callers: resource_plan.c,
 * resource_plan_content.c. */
#pragma once

#include <hms_resource_plan_types.h>

#include "skep/catalog_resource_plan.h"

HmsWMTrigger *thrift_encode_trigger(const CatalogResourcePlan *plan, const CatalogTrigger *trigger);
