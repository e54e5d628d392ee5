// SPDX-License-Identifier: Apache-2.0
// The log of events, and the calls by which clients add to it.

include "compaction.thrift"

namespace c_glib Hms

enum EventRequestType {
  INSERT = 1,
  UPDATE = 2,
  DELETE = 3
}

struct NotificationEvent {
  1: required i64 eventId
  2: required i32 eventTime
  3: required string eventType
  4: optional string dbName
  5: optional string tableName
  6: required string message
  7: optional string messageFormat
  8: optional string catName
}

struct NotificationEventRequest {
  1: required i64 lastEvent
  2: optional i32 maxEvents
  3: optional list<string> eventTypeSkipList
  4: optional string catName
  5: optional string dbName
  6: optional list<string> tableNames
  7: optional list<string> eventTypeList
}

struct NotificationEventResponse {
  1: required list<NotificationEvent> events
}

struct CurrentNotificationEventId {
  1: required i64 eventId
}

struct NotificationEventsCountRequest {
  1: required i64 fromEventId
  2: required string dbName
  3: optional string catName
  4: optional i64 toEventId
  5: optional i64 limit
  6: optional list<string> tableNames
}

struct NotificationEventsCountResponse {
  1: required i64 eventsCount
}

// In 2.3 field 1 is the list of added files and field 2 their checksums; field 2 keeps its wire
// type, so the checksums of such a client read as file names.
struct InsertEventRequestData {
  1: optional bool replace
  2: required list<string> filesAdded
  3: optional list<string> filesAddedChecksum
  4: optional list<string> subDirectoryList
  5: optional list<string> partitionVal
}

union FireEventRequestData {
  1: InsertEventRequestData insertData
  2: list<InsertEventRequestData> insertDatas
  3: bool refreshEvent
}

struct FireEventRequest {
  1: required bool successful
  2: required FireEventRequestData data
  3: optional string dbName
  4: optional string tableName
  5: optional list<string> partitionVals
  6: optional string catName
  7: optional map<string, string> tblParams
  8: optional list<list<string>> batchPartitionValsForRefresh
}

struct FireEventResponse {
  1: list<i64> eventIds
}

struct WriteNotificationLogRequest {
  1: required i64 txnId
  2: required i64 writeId
  3: required string db
  4: required string table
  5: required InsertEventRequestData fileInfo
  6: optional list<string> partitionVals
}

struct WriteNotificationLogResponse {}

struct WriteNotificationLogBatchRequest {
  1: required string catalog
  2: required string db
  3: required string table
  4: required list<WriteNotificationLogRequest> requestList
}

struct WriteNotificationLogBatchResponse {}

service Notifications extends compaction.Compactions {
  // Read.
  /** Events after a number, in their order. */
  NotificationEventResponse get_next_notification(1: NotificationEventRequest rqst)
  /** Number of the last event. */
  CurrentNotificationEventId get_current_notificationEventId()
  /** How many events there are after a number. */
  NotificationEventsCountResponse get_notification_events_count(
      1: NotificationEventsCountRequest rqst) (since = "3.0")

  // Add.
  /** Writes an INSERT event for files that a client has put into a table. */
  FireEventResponse fire_listener_event(1: FireEventRequest rqst) (callers = "Spark")
  /** Notes the files that a transaction wrote, for the event at its commit. */
  WriteNotificationLogResponse add_write_notification_log(1: WriteNotificationLogRequest rqst)
      (since = "4.0")
  /** As add_write_notification_log, for several partitions. */
  WriteNotificationLogBatchResponse add_write_notification_log_in_batch(
      1: WriteNotificationLogBatchRequest rqst) (since = "4.0")
}
