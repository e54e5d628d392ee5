/* SPDX-License-Identifier: Apache-2.0 */
/* Tells ThreadSanitizer what GLib's locks order: GLib is not built with it, and its mutexes are
 * bare futexes, so that every access under one would be reported. Linked by `make tsan` alone,
 * which replaces the calls (--wrap). Nothing else is suppressed. */
#include <glib.h>

void __tsan_acquire(void *address);
void __tsan_release(void *address);

#define WRAPPED(result, name, parameters)                                                          \
    result __real_##name parameters;                                                               \
    result __wrap_##name parameters

WRAPPED(void, g_mutex_lock, (GMutex * mutex));
WRAPPED(void, g_mutex_unlock, (GMutex * mutex));
WRAPPED(void, g_cond_wait, (GCond * cond, GMutex *mutex));
WRAPPED(gboolean, g_cond_wait_until, (GCond * cond, GMutex *mutex, gint64 end_time));
WRAPPED(void, g_rw_lock_reader_lock, (GRWLock * lock));
WRAPPED(void, g_rw_lock_reader_unlock, (GRWLock * lock));
WRAPPED(void, g_rw_lock_writer_lock, (GRWLock * lock));
WRAPPED(void, g_rw_lock_writer_unlock, (GRWLock * lock));

void
__wrap_g_mutex_lock(GMutex *mutex)
{
    __real_g_mutex_lock(mutex);
    __tsan_acquire(mutex);
}

void
__wrap_g_mutex_unlock(GMutex *mutex)
{
    __tsan_release(mutex);
    __real_g_mutex_unlock(mutex);
}

void
__wrap_g_cond_wait(GCond *cond, GMutex *mutex)
{
    __tsan_release(mutex);
    __real_g_cond_wait(cond, mutex);
    __tsan_acquire(mutex);
}

gboolean
__wrap_g_cond_wait_until(GCond *cond, GMutex *mutex, gint64 end_time)
{
    gboolean woken;

    __tsan_release(mutex);
    woken = __real_g_cond_wait_until(cond, mutex, end_time);
    __tsan_acquire(mutex);
    return woken;
}

void
__wrap_g_rw_lock_reader_lock(GRWLock *lock)
{
    __real_g_rw_lock_reader_lock(lock);
    __tsan_acquire(lock);
}

void
__wrap_g_rw_lock_reader_unlock(GRWLock *lock)
{
    __tsan_release(lock);
    __real_g_rw_lock_reader_unlock(lock);
}

void
__wrap_g_rw_lock_writer_lock(GRWLock *lock)
{
    __real_g_rw_lock_writer_lock(lock);
    __tsan_acquire(lock);
}

void
__wrap_g_rw_lock_writer_unlock(GRWLock *lock)
{
    __tsan_release(lock);
    __real_g_rw_lock_writer_unlock(lock);
}
