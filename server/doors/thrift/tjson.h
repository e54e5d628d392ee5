/* SPDX-License-Identifier: Apache-2.0 */
/* TJsonWriter: Thrift's JSON protocol (TJSONProtocol), for the structs inside the messages of
 * events. It writes only, into a string, what generated code or the functions of put.h and encode.h
 * write to it. Begins and ends of structs and containers are not looked at: counts and field stops
 * say where they are, so that code that leaves the calls out, because the binary protocol needs
 * none, can be used as well. Caller: notification_message.c. Not thread safe. */
#pragma once

#include <thrift/c_glib/protocol/thrift_protocol.h>

#define TJSON_TYPE_WRITER    (tjson_writer_get_type())
#define TJSON_WRITER(object) G_TYPE_CHECK_INSTANCE_CAST(object, TJSON_TYPE_WRITER, TJsonWriter)
GType tjson_writer_get_type(void);

typedef struct {
    ThriftProtocol parent_instance;
    GString *text;
    GArray *levels;      /* TJsonLevel */
    ThriftType expected; /* of the next value; T_STOP: a field is to begin or a struct to end */
    gint16 field_id;     /* of a field whose header is not written yet; -1: none */
} TJsonWriter;

typedef struct {
    ThriftProtocolClass parent_class;
} TJsonWriterClass;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TJsonWriter, g_object_unref)

TJsonWriter *tjson_writer_new(void);

/* The text of the one struct that was written, and a new beginning. Transfer full. */
char *tjson_writer_steal(TJsonWriter *writer);
