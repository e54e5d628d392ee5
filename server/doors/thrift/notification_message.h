/* SPDX-License-Identifier: Apache-2.0 */
/* The message of an event in Hive's format `json-0.2`: JSON with the members of its type, in which
 * the objects are text in Thrift's JSON protocol. Caller: notification.c. Any thread. */
#pragma once

#include "skep/event_types.h"

#define NOTIFICATION_MESSAGE_FORMAT "json-0.2"

/* An event of an older version, which recorded no objects, gets a message without them. Transfer
 * full.
 */
char *thrift_notification_message(const CatalogEvent *event, GError **error);
