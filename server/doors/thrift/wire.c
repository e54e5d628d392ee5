/* SPDX-License-Identifier: Apache-2.0 */
/* The scanner for messages of the binary protocol: a loop over an explicit stack of levels, so that
 * depth costs no machine stack, and over tokens that are understood whole or not at all, so that a
 * scan can stop and go on at any byte. Never allocates. Caller: connection_serve.c. */
#include "wire.h"

#include <string.h>
#include <thrift/c_glib/protocol/thrift_protocol.h>

enum { FRAME_HEADER_BYTES = 4 };

/* What a step of the scan did. */
typedef enum {
    STEP_DONE,  /* one token was understood */
    STEP_SHORT, /* the token's bytes are not all there */
    STEP_ENDED  /* the verdict is in scanner->verdict */
} Step;

void
wire_limits_init(WireLimits *limits)
{
    limits->message_bytes_max = 100 * 1024 * 1024;
    limits->depth_max = WIRE_DEPTH_MAX;
    limits->elements_max = 1000 * 1000;
}

void
wire_scanner_reset(WireScanner *scanner)
{
    /* The levels need no clearing: a level is written before `depth` reaches it. */
    memset(scanner, 0, G_STRUCT_OFFSET(WireScanner, levels));
    scanner->verdict = WIRE_INCOMPLETE;
}

gboolean
wire_type_is_valid(guint8 type)
{
    switch (type) {
    case T_BOOL:
    case T_BYTE:
    case T_DOUBLE:
    case T_I16:
    case T_I32:
    case T_I64:
    case T_STRING:
    case T_STRUCT:
    case T_MAP:
    case T_SET:
    case T_LIST:
        return TRUE;
    default:
        return FALSE;
    }
}

gsize
wire_type_bytes_min(guint8 type)
{
    switch (type) {
    case T_I16:
        return 2;
    case T_I32:
    case T_STRING:
        return 4;
    case T_I64:
    case T_DOUBLE:
        return 8;
    case T_MAP:
        return 6;
    case T_SET:
    case T_LIST:
        return 5;
    default:
        return 1;
    }
}

static gboolean
type_has_fixed_size(guint8 type)
{
    return type != T_STRING && type != T_STRUCT && type != T_MAP && type != T_SET && type != T_LIST;
}

static guint32
read_u32(const guint8 *bytes)
{
    guint32 big_endian;
    memcpy(&big_endian, bytes, sizeof big_endian);
    return GUINT32_FROM_BE(big_endian);
}

static Step
end_scan(WireScanner *scanner, WireVerdict verdict, const char *reason)
{
    scanner->verdict = verdict;
    scanner->reason = reason;
    return STEP_ENDED;
}

/* TRUE when the next `wanted` bytes are in the buffer. */
static gboolean
has(const WireScanner *scanner, gsize length, gsize wanted)
{
    return scanner->position <= length && length - scanner->position >= wanted;
}

/* Moves over `count` bytes, which need not have come yet. */
static Step
skip_bytes(WireScanner *scanner, guint64 count)
{
    if (count > scanner->end_max - scanner->position) {
        if (scanner->framing == WIRE_FRAMED)
            return end_scan(scanner, WIRE_INVALID, "a value is longer than its frame");
        return end_scan(scanner, WIRE_TOO_LARGE, "the message is longer than the limit");
    }
    scanner->position += (gsize)count;
    return STEP_DONE;
}

static Step
push_level(WireScanner *scanner, const WireLimits *limits, WireLevel level)
{
    if (scanner->depth >= MIN(limits->depth_max, WIRE_DEPTH_MAX))
        return end_scan(scanner, WIRE_TOO_LARGE, "the message is nested too deeply");
    scanner->levels[scanner->depth++] = level;
    return STEP_DONE;
}

static Step
scan_string(WireScanner *scanner, const guint8 *bytes, gsize length)
{
    if (!has(scanner, length, 4))
        return STEP_SHORT;
    guint32 size = read_u32(bytes + scanner->position);
    if (size > G_MAXINT32)
        return end_scan(scanner, WIRE_INVALID, "a string has a negative length");
    return skip_bytes(scanner, 4 + (guint64)size);
}

/* Opens a list, set or map whose element types and count are known. */
static Step
open_container(WireScanner *scanner, const WireLimits *limits, WireLevel level, gsize head_bytes)
{
    guint32 count = level.remaining;
    gboolean is_map = level.type == T_MAP;
    if (count > G_MAXINT32)
        return end_scan(scanner, WIRE_INVALID, "a container has a negative size");
    Step step = skip_bytes(scanner, head_bytes);
    /* An empty container's types mean nothing, and some writers leave them zero. */
    if (step != STEP_DONE || count == 0)
        return step;
    if (!wire_type_is_valid(level.first_type) || (is_map && !wire_type_is_valid(level.second_type)))
        return end_scan(scanner, WIRE_INVALID, "a container has elements of an unknown type");
    guint64 values = is_map ? (guint64)count * 2 : count;
    if (values > scanner->elements_left)
        return end_scan(scanner, WIRE_TOO_LARGE, "the message has too many elements");
    guint64 bytes_min = (guint64)count * wire_type_bytes_min(level.first_type);
    if (is_map)
        bytes_min += (guint64)count * wire_type_bytes_min(level.second_type);
    if (bytes_min > scanner->end_max - scanner->position)
        return end_scan(scanner, WIRE_TOO_LARGE, "a container has more elements than can follow");
    scanner->elements_left -= (guint)values;
    if (!is_map && type_has_fixed_size(level.first_type))
        return skip_bytes(scanner, bytes_min);
    level.remaining = (guint32)MIN(values, G_MAXUINT32);
    return push_level(scanner, limits, level);
}

static Step
scan_list(
    WireScanner *scanner, const WireLimits *limits, const guint8 *bytes, gsize length, guint8 type)
{
    if (!has(scanner, length, 5))
        return STEP_SHORT;
    const guint8 *head = bytes + scanner->position;
    WireLevel level = {.type = type, .first_type = head[0], .remaining = read_u32(head + 1)};
    return open_container(scanner, limits, level, 5);
}

static Step
scan_map(WireScanner *scanner, const WireLimits *limits, const guint8 *bytes, gsize length)
{
    if (!has(scanner, length, 6))
        return STEP_SHORT;
    const guint8 *head = bytes + scanner->position;
    WireLevel level = {.type = T_MAP,
                       .first_type = head[0],
                       .second_type = head[1],
                       .remaining = read_u32(head + 2)};
    return open_container(scanner, limits, level, 6);
}

static Step
scan_value(
    WireScanner *scanner, const WireLimits *limits, const guint8 *bytes, gsize length, guint8 type)
{
    switch (type) {
    case T_STRING:
        return scan_string(scanner, bytes, length);
    case T_STRUCT:
        return push_level(scanner, limits, (WireLevel){.type = T_STRUCT});
    case T_MAP:
        return scan_map(scanner, limits, bytes, length);
    case T_SET:
    case T_LIST:
        return scan_list(scanner, limits, bytes, length, type);
    default:
        return skip_bytes(scanner, wire_type_bytes_min(type));
    }
}

/* One field of a struct, head and (the head of) its value together. */
static Step
scan_field(WireScanner *scanner, const WireLimits *limits, const guint8 *bytes, gsize length)
{
    if (!has(scanner, length, 1))
        return STEP_SHORT;
    guint8 type = bytes[scanner->position];
    if (type == T_STOP) {
        scanner->depth--;
        return skip_bytes(scanner, 1);
    }
    if (!wire_type_is_valid(type))
        return end_scan(scanner, WIRE_INVALID, "a field has an unknown type");
    if (!has(scanner, length, 3))
        return STEP_SHORT;
    gsize field_at = scanner->position;
    Step step = skip_bytes(scanner, 3);
    if (step == STEP_DONE)
        step = scan_value(scanner, limits, bytes, length, type);
    if (step == STEP_SHORT)
        scanner->position = field_at;
    return step;
}

static Step
scan_element(WireScanner *scanner, const WireLimits *limits, const guint8 *bytes, gsize length)
{
    WireLevel *level = &scanner->levels[scanner->depth - 1];
    if (level->remaining == 0) {
        scanner->depth--;
        return STEP_DONE;
    }
    /* A map's entries are key, value, key, value: an even number left means that a key is next. */
    gboolean second = level->type == T_MAP && level->remaining % 2 == 1;
    Step step =
        scan_value(scanner, limits, bytes, length, second ? level->second_type : level->first_type);
    if (step == STEP_DONE)
        level->remaining--;
    return step;
}

/* What another protocol's first bytes look like. Five bytes are there. */
static const char *
name_foreign(const guint8 *bytes)
{
    static const char *const methods[] = {"GET ", "POST", "PUT ", "HEAD", "DELE",
                                          "OPTI", "PATC", "CONN", "PRI "};
    for (gsize i = 0; i < G_N_ELEMENTS(methods); i++) {
        if (memcmp(bytes, methods[i], 4) == 0)
            return "http";
    }
    if (bytes[0] == 0x16 && bytes[1] == 0x03)
        return "tls";
    if (bytes[0] == 0x82 || bytes[4] == 0x82)
        return "compact";
    if (bytes[0] == 0x01 && bytes[1] == 0 && bytes[2] == 0 && bytes[3] == 0)
        return "sasl";
    return "unknown";
}

static gboolean
starts_a_name(guint8 byte)
{
    return g_ascii_isalpha((char)byte) || byte == '_';
}

static Step
begin_frame(WireScanner *scanner, const WireLimits *limits, const guint8 *bytes)
{
    guint32 size = read_u32(bytes);
    const char *foreign = name_foreign(bytes);
    if (size > limits->message_bytes_max - FRAME_HEADER_BYTES) {
        /* A length that no client would mean is more likely another protocol's first word. */
        if (strcmp(foreign, "unknown") != 0 || size > G_MAXINT32)
            return end_scan(scanner, WIRE_FOREIGN, foreign);
        scanner->oversized = TRUE;
    }
    scanner->framing = WIRE_FRAMED;
    scanner->end_max = FRAME_HEADER_BYTES + (gsize)size;
    scanner->position = FRAME_HEADER_BYTES;
    return STEP_DONE;
}

/* Tells the framing from the first five bytes: a version word, or a frame's length and then the
 * beginning of a message, or the length of an old client's method name and then its first letter.
 */
static Step
scan_framing(WireScanner *scanner, const WireLimits *limits, const guint8 *bytes, gsize length)
{
    if (length < 5)
        return STEP_SHORT;
    gboolean versioned = bytes[0] == 0x80 && bytes[1] == 0x01;
    gboolean named = read_u32(bytes) <= WIRE_METHOD_BYTES_MAX && starts_a_name(bytes[4]);
    scanner->elements_left = limits->elements_max;
    if (versioned || named) {
        scanner->framing = WIRE_UNFRAMED;
        scanner->end_max = limits->message_bytes_max;
        return STEP_DONE;
    }
    gboolean tls = bytes[0] == 0x16 && bytes[1] == 0x03;
    if (!tls && (bytes[4] == 0x80 || bytes[4] == 0x00))
        return begin_frame(scanner, limits, bytes);
    return end_scan(scanner, WIRE_FOREIGN, name_foreign(bytes));
}

/* Version and type word, name, sequence id of a strict message; name, type, sequence id of an old
 * one. */
static Step
scan_head(WireScanner *scanner, const WireLimits *limits, const guint8 *bytes, gsize length)
{
    gsize start = scanner->position;
    if (!has(scanner, length, 8))
        return STEP_SHORT;
    guint32 word = read_u32(bytes + start);
    gboolean strict = (word & 0x80000000u) != 0;
    if (strict && (word & 0xffff0000u) != 0x80010000u)
        return end_scan(scanner, WIRE_FOREIGN, bytes[start] == 0x82 ? "compact" : "unknown");
    guint32 name_bytes = strict ? read_u32(bytes + start + 4) : word;
    if (name_bytes > G_MAXINT32)
        return end_scan(scanner, WIRE_INVALID, "the method's name has a negative length");
    if (name_bytes > WIRE_METHOD_BYTES_MAX)
        return end_scan(scanner, WIRE_TOO_LARGE, "the method's name is too long");
    gsize name_at = start + (strict ? 8 : 4);
    gsize head_bytes = (gsize)name_bytes + (strict ? 12 : 9);
    if (head_bytes > scanner->end_max - start)
        return end_scan(scanner, WIRE_INVALID, "the message is shorter than its head");
    if (!has(scanner, length, head_bytes))
        return STEP_SHORT;
    const guint8 *after_name = bytes + name_at + name_bytes;
    scanner->strict = strict;
    scanner->message_type = strict ? (guint8)(word & 0xff) : after_name[0];
    scanner->sequence_id = (gint32)read_u32(after_name + (strict ? 0 : 1));
    scanner->method_offset = name_at;
    scanner->method_length = name_bytes;
    scanner->head_known = TRUE;
    scanner->position = start + head_bytes;
    if (scanner->oversized)
        return end_scan(scanner, WIRE_TOO_LARGE, "the frame is longer than the limit");
    if (scanner->message_type != T_CALL && scanner->message_type != T_ONEWAY)
        return end_scan(scanner, WIRE_INVALID, "the message is not a call");
    return push_level(scanner, limits, (WireLevel){.type = T_STRUCT});
}

static Step
end_message(WireScanner *scanner)
{
    if (scanner->framing == WIRE_FRAMED && scanner->position != scanner->end_max)
        return end_scan(scanner, WIRE_INVALID, "the frame is longer than its message");
    scanner->length = scanner->position;
    scanner->verdict = WIRE_COMPLETE;
    return STEP_ENDED;
}

static Step
scan_token(WireScanner *scanner, const WireLimits *limits, const guint8 *bytes, gsize length)
{
    if (scanner->framing == WIRE_FRAMING_UNKNOWN)
        return scan_framing(scanner, limits, bytes, length);
    if (!scanner->head_known)
        return scan_head(scanner, limits, bytes, length);
    /* Bytes that were skipped before they came must come before anything is said of the message. */
    if (scanner->position > length)
        return STEP_SHORT;
    if (scanner->depth == 0)
        return end_message(scanner);
    if (scanner->levels[scanner->depth - 1].type == T_STRUCT)
        return scan_field(scanner, limits, bytes, length);
    return scan_element(scanner, limits, bytes, length);
}

WireVerdict
wire_scan(WireScanner *scanner, const WireLimits *limits, const guint8 *bytes, gsize length)
{
    if (scanner->verdict != WIRE_INCOMPLETE)
        return scanner->verdict;
    while (scan_token(scanner, limits, bytes, length) == STEP_DONE)
        continue;
    return scanner->verdict;
}
