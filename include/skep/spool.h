/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that wait on a disk instead of in memory: files without a name, which end with the process,
 * and one limit on all of them together. Knows nothing of what the bytes mean. Callers: the Thrift
 * door, for answers that are long or that a client is slow to take; the catalog, for long metadata
 * documents, which the REST door sends from there. */
#pragma once

#include <glib.h>
#include <sys/types.h>

/* Where spools lie, and how much all of them may take. */
typedef struct SpoolRoom SpoolRoom;

/* `directory` NULL: the first of $TMPDIR, /var/tmp and /tmp in which a file can be made. Nothing is
 * made before the first spool; a directory that takes no file is said then. Transfer full. */
SpoolRoom *spool_room_new(const char *directory, guint64 bytes_max);
/* Every spool must be freed. Accepts NULL. */
void spool_room_free(SpoolRoom *room);
/* Bytes that all spools take now. Any thread. */
guint64 spool_room_used(const SpoolRoom *room);

/* One file. One thread at a time; its room may be shared by many threads. When nothing is written
 * any more, each thread may read it that has a reference. */
typedef struct Spool Spool;

/* UNAVAILABLE when no file can be made. Transfer full. */
Spool *spool_new(SpoolRoom *room, GError **error);
/* Another reference, ended by spool_free. */
Spool *spool_ref(Spool *spool);
/* With the last reference, gives the bytes back to the room. Accepts NULL. */
void spool_free(Spool *spool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Spool, spool_free)

guint64 spool_length(const Spool *spool);

/* Appends. UNAVAILABLE, with nothing appended, when the room or the disk is full. */
gboolean spool_append(Spool *spool, const void *bytes, gsize length, GError **error);

/* Writes over, or reads, bytes that are there: offset + length <= spool_length. UNAVAILABLE when
 * the disk fails. */
gboolean spool_patch(Spool *spool, guint64 offset, const void *bytes, gsize length, GError **error);
gboolean spool_read(const Spool *spool, guint64 offset, void *bytes, gsize length, GError **error);
/* All of it, in memory. Transfer full. */
GBytes *spool_read_all(const Spool *spool, GError **error);

/* All of it as memory that is read from the disk where it is looked at. What was looked at is
 * resident until spool_map_rest gives it back to the system. Nothing may be written any more, and
 * the bytes outlive the spool's last reference. Transfer full. */
GBytes *spool_map(const Spool *spool, GError **error);
void spool_map_rest(GBytes *map);

/* Throws away what lies behind the first `length` bytes. */
void spool_truncate(Spool *spool, guint64 length);

/* Sends up to `length_max` bytes from *offset on to a socket without taking them into memory, and
 * moves *offset. Returns how many, or -1 with errno, as sendfile(2) does: a program that calls it
 * ignores SIGPIPE. What was sent must not be changed afterwards: the system may not have copied it
 * yet. */
gssize spool_send(const Spool *spool, int socket, guint64 *offset, gsize length_max);
