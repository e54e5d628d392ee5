/* SPDX-License-Identifier: Apache-2.0 */
/* How the two halves of FlatProtocol, protocol_read.c and protocol.c, meet. For those two files
 * alone. */
#pragma once

#include "protocol.h"

/* The first bytes of a strict message: this word, with the message's type in its last byte. */
#define FLAT_PROTOCOL_VERSION      0x80010000u
#define FLAT_PROTOCOL_VERSION_MASK 0xffff0000u

/* Fills in the class' functions that read. */
void flat_protocol_set_readers(ThriftProtocolClass *class);
