/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about the log of events. Decodes, calls the catalog, encodes; what a message holds is in
 * notification_message.c, the rules are in server/catalog/event.c. Caller: dispatch.c. */
#include "bindings.h"
#include "decode.h"
#include "notification_message.h"
#include "reply.h"

#include <string.h>

#include <hms_notification_types.h>

#include "skep/catalog_event.h"
#include "skep/error.h"

/* Of one answer. A client that gets fewer events than there are asks again from the last one. */
#define EVENTS_MAX        1000000
#define MESSAGE_BYTES_MAX (32u << 20)

gboolean
thrift_get_current_notification_event_id(ThriftCall *call,
                                         gpointer args,
                                         gpointer result,
                                         GError **error)
{
    (void)args;
    HmsNotificationsGetCurrentNotificationEventIdResult *out = result;
    gint64 last;
    if (!catalog_event_last(call->catalog, &last, error))
        return FALSE;
    out->success->eventId = last;
    out->__isset_success = TRUE;
    return TRUE;
}

/* --- reading --- */

static void
set_optional(gchar **member, gboolean *is_set, const char *text)
{
    *member = g_strdup(text);
    *is_set = text != NULL;
}

/* Clients of this door know nothing of nested namespaces: their separators become dots. */
static void
show_levels(char *name)
{
    if (name != NULL)
        g_strdelimit(name, (char[]){CATALOG_LEVEL_SEPARATOR, '\0'}, '.');
}

static void
show_names(CatalogEvent *event)
{
    show_levels(event->namespace_name);
    if (event->namespace_before != NULL)
        show_levels(event->namespace_before->name);
    if (event->namespace_ != NULL)
        show_levels(event->namespace_->name);
    if (event->table_before != NULL)
        show_levels(event->table_before->namespace_name);
    if (event->table != NULL)
        show_levels(event->table->namespace_name);
}

/* A table that was renamed is told of by its new name; the message has both. */
static HmsNotificationEvent *
event_encode(CatalogEvent *event, GError **error)
{
    show_names(event);
    char *message = thrift_notification_message(event, error);
    if (message == NULL)
        return NULL;
    HmsNotificationEvent *out = g_object_new(HMS_TYPE_NOTIFICATION_EVENT, NULL);
    gboolean is_alter = event->table_before != NULL && event->table != NULL;
    out->eventId = event->number;
    out->eventTime = (gint32)(event->occurred_ms / 1000);
    out->eventType = g_strdup(event->type);
    out->message = message;
    set_optional(&out->dbName, &out->__isset_dbName,
                 is_alter ? event->table->namespace_name : event->namespace_name);
    set_optional(&out->tableName, &out->__isset_tableName,
                 is_alter ? event->table->name : event->table_name);
    set_optional(&out->catName, &out->__isset_catName, event->catalog);
    set_optional(&out->messageFormat, &out->__isset_messageFormat, NOTIFICATION_MESSAGE_FORMAT);
    return out;
}

typedef struct {
    GPtrArray *events;
    gsize bytes;
} EventAnswer;

static gboolean
answer_take(CatalogEvent *event, gpointer data, GError **error)
{
    EventAnswer *answer = data;
    HmsNotificationEvent *encoded = event_encode(event, error);
    if (encoded == NULL)
        return FALSE;
    g_ptr_array_add(answer->events, encoded);
    answer->bytes += strlen(encoded->message);
    return answer->bytes < MESSAGE_BYTES_MAX;
}

/* NULL for an absent or empty list. */
static GStrv
list_decode(gboolean is_set, const GPtrArray *texts)
{
    return is_set && texts != NULL && texts->len > 0 ? thrift_decode_strv(texts) : NULL;
}

gboolean
thrift_get_next_notification(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsNotificationEventRequest *request =
        ((HmsNotificationsGetNextNotificationArgs *)args)->rqst;
    HmsNotificationsGetNextNotificationResult *out = result;
    g_auto(ThriftName) name = {NULL};
    g_auto(GStrv) skipped =
        list_decode(request->__isset_eventTypeSkipList, request->eventTypeSkipList);
    g_auto(GStrv) wanted = list_decode(request->__isset_eventTypeList, request->eventTypeList);
    g_auto(GStrv) tables = list_decode(request->__isset_tableNames, request->tableNames);
    thrift_decode_database_pattern(request->dbName, request->catName, &name);
    CatalogEventFilter filter = {.after = request->lastEvent,
                                 .catalog_name = name.catalog,
                                 .namespace_name = name.database,
                                 .table_names = (const char *const *)tables,
                                 .types_skipped = (const char *const *)skipped,
                                 .types = (const char *const *)wanted,
                                 .limit = request->__isset_maxEvents && request->maxEvents > 0
                                              ? MIN(request->maxEvents, EVENTS_MAX)
                                              : EVENTS_MAX};
    EventAnswer answer = {out->success->events, 0};
    return catalog_event_scan(call->catalog, &filter, answer_take, &answer, error) &&
           (out->__isset_success = TRUE);
}

/* Hive counts in the default catalog when none is named, and "*" is any database. */
gboolean
thrift_get_notification_events_count(ThriftCall *call,
                                     gpointer args,
                                     gpointer result,
                                     GError **error)
{
    const HmsNotificationEventsCountRequest *request =
        ((HmsNotificationsGetNotificationEventsCountArgs *)args)->rqst;
    HmsNotificationsGetNotificationEventsCountResult *out = result;
    g_auto(ThriftName) name = {NULL};
    g_auto(GStrv) tables = list_decode(request->__isset_tableNames, request->tableNames);
    gboolean is_any = g_strcmp0(request->dbName, "*") == 0;
    if (request->__isset_limit && request->limit <= 0) {
        out->__isset_success = TRUE;
        return TRUE;
    }
    thrift_decode_database_pattern(is_any ? NULL : request->dbName, request->catName, &name);
    CatalogEventFilter filter = {
        .after = request->fromEventId,
        .last = request->__isset_toEventId ? MAX(request->toEventId, -1) : 0,
        .catalog_name = name.catalog != NULL ? name.catalog : CATALOG_DEFAULT_NAME,
        .namespace_name = name.database,
        .table_names = (const char *const *)tables,
        .limit = request->__isset_limit ? request->limit : 0};
    return catalog_event_count(call->catalog, &filter, &out->success->eventsCount, error) &&
           (out->__isset_success = TRUE);
}

/* --- what clients tell of --- */

/* A notice with what it borrows from. */
typedef struct {
    GArray *notices;  /* CatalogEventNotice */
    GPtrArray *lists; /* GStrv */
} Notices;

static void
notices_clear(Notices *notices)
{
    g_array_unref(notices->notices);
    g_ptr_array_unref(notices->lists);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Notices, notices_clear)

static void
notices_init(Notices *notices)
{
    notices->notices = g_array_new(FALSE, FALSE, sizeof(CatalogEventNotice));
    notices->lists = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
}

static const char *const *
notices_keep(Notices *notices, gboolean is_set, const GPtrArray *texts)
{
    GStrv list = list_decode(is_set, texts);
    if (list != NULL)
        g_ptr_array_add(notices->lists, list);
    return (const char *const *)list;
}

static gboolean
names_a_path(const char *const *files)
{
    for (gsize i = 0; files != NULL && files[i] != NULL; i++)
        if (strchr(files[i], '/') != NULL)
            return TRUE;
    return FALSE;
}

/* Clients of 2.3 have the checksums where later ones have the files, and the files where later ones
 * have `replace`: there, what has no path in it is no file. */
static void
notices_add_insert(Notices *notices,
                   const HmsInsertEventRequestData *data,
                   gboolean has_values,
                   const GPtrArray *values)
{
    CatalogEventNotice notice = {
        .values = notices_keep(notices, has_values, values),
        .files = notices_keep(notices, TRUE, data->filesAdded),
        .checksums =
            notices_keep(notices, data->__isset_filesAddedChecksum, data->filesAddedChecksum),
        .sub_directories =
            notices_keep(notices, data->__isset_subDirectoryList, data->subDirectoryList),
        .replace = data->__isset_replace && data->replace};
    if (!data->__isset_replace && !names_a_path(notice.files)) {
        notice.checksums = notice.files;
        notice.files = NULL;
    }
    g_array_append_val(notices->notices, notice);
}

static void
notices_add_refresh(Notices *notices,
                    gboolean refresh,
                    gboolean has_values,
                    const GPtrArray *values)
{
    CatalogEventNotice notice = {.values = notices_keep(notices, has_values, values),
                                 .refresh = refresh};
    g_array_append_val(notices->notices, notice);
}

/* The type of the event. */
static const char *
notices_take(Notices *notices, const HmsFireEventRequest *request, GError **error)
{
    const HmsFireEventRequestData *data = request->data;
    if (data->__isset_insertData) {
        notices_add_insert(notices, data->insertData, request->__isset_partitionVals,
                           request->partitionVals);
        return "INSERT";
    }
    if (data->__isset_insertDatas) {
        for (guint i = 0; i < data->insertDatas->len; i++) {
            const HmsInsertEventRequestData *each = g_ptr_array_index(data->insertDatas, i);
            notices_add_insert(notices, each, each->__isset_partitionVal, each->partitionVal);
        }
        return "INSERT";
    }
    if (!data->__isset_refreshEvent)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "The event's data is of no kind that is known");
    gboolean is_batch = request->__isset_batchPartitionValsForRefresh &&
                        request->batchPartitionValsForRefresh->len > 0;
    if (!is_batch)
        notices_add_refresh(notices, data->refreshEvent, request->__isset_partitionVals,
                            request->partitionVals);
    for (guint i = 0; is_batch && i < request->batchPartitionValsForRefresh->len; i++)
        notices_add_refresh(notices, data->refreshEvent, TRUE,
                            g_ptr_array_index(request->batchPartitionValsForRefresh, i));
    return "RELOAD";
}

gboolean
thrift_fire_listener_event(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsFireEventRequest *request = ((HmsNotificationsFireListenerEventArgs *)args)->rqst;
    HmsNotificationsFireListenerEventResult *out = result;
    g_auto(ThriftName) name = {NULL};
    g_auto(Notices) notices = {NULL};
    g_autoptr(GArray) numbers = NULL;
    notices_init(&notices);
    if (!thrift_decode_table_name(request->dbName, request->catName, request->tableName, &name,
                                  error))
        return FALSE;
    thrift_call_set_catalog(call, name.catalog);
    const char *type = notices_take(&notices, request, error);
    if (type == NULL ||
        !catalog_event_tell(call->catalog, type, name.catalog, name.database, name.table,
                            (const CatalogEventNotice *)(gpointer)notices.notices->data,
                            notices.notices->len, &numbers, error))
        return FALSE;
    g_array_unref(out->success->eventIds);
    out->success->eventIds = g_steal_pointer(&numbers);
    out->success->__isset_eventIds = TRUE;
    out->__isset_success = TRUE;
    return TRUE;
}
