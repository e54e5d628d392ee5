/* SPDX-License-Identifier: Apache-2.0 */
/* The structure of a function from the catalog's record, for the files of this folder that send it.
 * Implemented in function.c. */
#pragma once

#include <hms_function_types.h>

#include "skep/function_types.h"

/* Transfer full. */
HmsFunction *thrift_encode_function(const CatalogFunction *function);
