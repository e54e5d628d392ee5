/* SPDX-License-Identifier: Apache-2.0 */
/* Putting an answer into a generated result object, whose containers and structs are there, empty,
 * from the start. Callers: the method files of this folder. */
#pragma once

#include "dispatch.h"

/* The object or array becomes the result's own. Returns TRUE, the handler's own answer. */
#define THRIFT_REPLY_OBJECT(result, object)                                                        \
    (g_object_unref((result)->success), (result)->success = (object),                              \
     (result)->__isset_success = TRUE)
#define THRIFT_REPLY_ARRAY(result, array)                                                          \
    (g_ptr_array_unref((result)->success), (result)->success = (array),                            \
     (result)->__isset_success = TRUE)
/* Text, numbers and booleans. */
#define THRIFT_REPLY_VALUE(result, value)                                                          \
    ((result)->success = (value), (result)->__isset_success = TRUE)
