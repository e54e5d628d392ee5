/* SPDX-License-Identifier: Apache-2.0 */
/* Decides, from bytes alone, whether a buffer holds one whole Thrift message of the binary
 * protocol, how long it is, or that it must be refused: before any of it is decoded and before any
 * memory is taken for it. Does not decode values and does no I/O. Caller: connection_serve.c. */
#pragma once

#include <glib.h>

/* Types that a struct or container can nest deeper than this are refused by limits, never by
 * memory. */
enum { WIRE_DEPTH_MAX = 64, WIRE_METHOD_BYTES_MAX = 1024 };

typedef struct {
    gsize message_bytes_max; /* a message with its frame header, and so also the longest string */
    guint depth_max;         /* structs and containers within one another, at most WIRE_DEPTH_MAX */
    guint elements_max; /* elements of all containers of one message (a map entry counts as two) */
} WireLimits;

/* 100 MiB, 64 levels, 1,000,000 elements. */
void wire_limits_init(WireLimits *limits);

typedef enum {
    WIRE_INCOMPLETE, /* a valid beginning: call again when more bytes have come */
    WIRE_COMPLETE,   /* scanner.length bytes are one message */
    WIRE_FOREIGN,    /* not this protocol; scanner.reason names what it looks like */
    WIRE_INVALID,    /* this protocol, and broken; scanner.reason says how */
    WIRE_TOO_LARGE   /* passes a limit; scanner.reason says which */
} WireVerdict;

typedef enum {
    WIRE_FRAMING_UNKNOWN,
    WIRE_UNFRAMED,
    WIRE_FRAMED /* each message follows its length in four bytes */
} WireFraming;

/* One struct or container that is being read. */
typedef struct {
    guint32 remaining; /* values of a container still to come; unused for a struct */
    guint8 type;
    guint8 first_type;  /* elements, or keys of a map */
    guint8 second_type; /* values of a map */
} WireLevel;

/* The state of a scan. Plain memory: copying it is allowed. */
typedef struct {
    WireFraming framing;
    WireVerdict verdict; /* what wire_scan returned last */
    gsize length;        /* of the whole message with its frame header; valid when complete */
    const char *reason;  /* static text; set with every verdict that refuses */

    /* The message's head; valid once head_known, also when the message is refused after its head.
     */
    gboolean head_known;
    gboolean strict;
    guint8 message_type;
    gint32 sequence_id;
    gsize method_offset;
    gsize method_length;

    /* Private. */
    gboolean oversized; /* the frame is too long: said once the head is known, for a reply to it */
    gsize position;     /* the next byte to be understood; may lie behind the buffer's end */
    gsize end_max;      /* no byte of the message can lie at or behind this offset */
    guint elements_left;
    guint depth;
    WireLevel levels[WIRE_DEPTH_MAX];
} WireScanner;

/* Begins a new message. */
void wire_scanner_reset(WireScanner *scanner);

/* Looks at `bytes`, the first `length` bytes that came since the message's first one. When more
 * bytes come, call again with all of them: the scan goes on where it stopped, so that a message
 * that arrives in pieces costs its length once. Reads nothing behind bytes + length. A verdict
 * other than WIRE_INCOMPLETE stays until wire_scanner_reset. */
WireVerdict
wire_scan(WireScanner *scanner, const WireLimits *limits, const guint8 *bytes, gsize length);

/* Whether a Thrift type may stand in a message. */
gboolean wire_type_is_valid(guint8 type);

/* The fewest bytes a value of a valid type takes. */
gsize wire_type_bytes_min(guint8 type);
