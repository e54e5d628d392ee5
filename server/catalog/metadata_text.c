/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of documents while they come, from a file or from a printed tree. See metadata_cache.h. */
#include "metadata_cache.h"

#include "skep/error.h"

void
metadata_text_init(MetadataText *text, SpoolRoom *room, const MetadataDocument *base)
{
    *text = (MetadataText){.room = room, .memory = g_byte_array_new(), .base = base};
}

void
metadata_text_clear(MetadataText *text)
{
    g_clear_pointer(&text->memory, g_byte_array_unref);
    g_clear_pointer(&text->spool, spool_free);
}

guint64
metadata_text_length(const MetadataText *text)
{
    return text->spool ? spool_length(text->spool) : text->memory->len;
}

static gboolean
move_to_spool(MetadataText *text, GError **error)
{
    text->spool = spool_new(text->room, error);
    if (!text->spool || !spool_append(text->spool, text->memory->data, text->memory->len, error))
        return FALSE;
    g_byte_array_unref(text->memory);
    text->memory = g_byte_array_new();
    return TRUE;
}

gboolean
metadata_text_take(const void *bytes, gsize length, gpointer data, GError **error)
{
    MetadataText *text = data;
    gsize total = text->memory->len + length;

    if (!text->spool && total > G_MAXUINT / 2)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL, "A document is too long for memory");
    if (!text->spool && (!text->room || total <= METADATA_MEMORY_BYTES)) {
        g_byte_array_append(text->memory, bytes, (guint)length);
        return TRUE;
    }
    if (!text->spool && !move_to_spool(text, error))
        return FALSE;
    if (text->base)
        metadata_document_rest(text->base);
    return spool_append(text->spool, bytes, length, error);
}

GBytes *
metadata_text_bytes(MetadataText *text, GError **error)
{
    GByteArray *memory;

    if (text->spool)
        return spool_map(text->spool, error);
    memory = text->memory;
    text->memory = g_byte_array_new();
    return g_byte_array_free_to_bytes(memory);
}
