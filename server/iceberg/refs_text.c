/* SPDX-License-Identifier: Apache-2.0 */
/* Which bytes of a document's text are the document that snapshots=refs shows. Reads the text in
 * pieces and makes no tree, so that the memory it takes does not grow with the document. Caller:
 * the catalog, for loadTable. */
#include "iceberg_private.h"

#include <string.h>

#define PIECE_BYTES ((gsize)64 << 10)
/* No name or number that is looked for takes more, however it is escaped. */
#define WORD_BYTES_MAX 256

typedef struct {
    IcebergTextRead read;
    gpointer data;
    guint64 length;
    guint64 offset; /* in the text, of the piece */
    gsize filled;
    gsize at; /* in the piece */
    gboolean failed;
    GError *failure; /* of reading; the text's own faults have one message */
    char piece[PIECE_BYTES];
} Text;

typedef struct {
    Text *text;
    GHashTable *ids; /* of the snapshots that refs name */
    gboolean has_refs;
    gboolean has_current;
    gboolean has_snapshots;
    gboolean is_filtered;
    guint64 snapshots_at; /* where that member's value starts */
    GArray *kept;         /* IcebergTextRange; the last one is without an end while it grows */
} Filter;

/* --- the text, byte by byte --- */

static gboolean
text_fail(Text *text)
{
    text->failed = TRUE;
    return FALSE;
}

static guint64
text_position(const Text *text)
{
    return text->offset + text->at;
}

static void
text_seek(Text *text, guint64 position)
{
    text->offset = position;
    text->filled = 0;
    text->at = 0;
}

/* FALSE at the end of the text. */
static gboolean
text_fill(Text *text)
{
    guint64 position = text_position(text);
    gsize length = (gsize)MIN(PIECE_BYTES, text->length - position);

    if (text->failed || length == 0)
        return FALSE;
    if (!text->read(text->data, position, text->piece, length, &text->failure))
        return text_fail(text);
    text->offset = position;
    text->filled = length;
    text->at = 0;
    return TRUE;
}

/* The next byte, or -1 at the end. */
static inline int
text_peek(Text *text)
{
    return text->at < text->filled || text_fill(text) ? (guchar)text->piece[text->at] : -1;
}

static gboolean
is_space(int c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int
text_peek_word(Text *text)
{
    while (is_space(text_peek(text)))
        text->at++;
    return text_peek(text);
}

/* Takes that byte, past white space. */
static gboolean
text_take(Text *text, char wanted)
{
    if (text_peek_word(text) != wanted)
        return text_fail(text);
    text->at++;
    return TRUE;
}

/* --- values --- */

/* From the opening quote to behind the closing one; what is between goes to `word`, NULL: nowhere.
 */
static gboolean
skip_string(Text *text, GString *word)
{
    gboolean escaped = FALSE;
    int c;

    if (!text_take(text, '"'))
        return FALSE;
    while ((c = text_peek(text)) != -1) {
        text->at++;
        if (c == '"' && !escaped)
            return TRUE;
        escaped = c == '\\' && !escaped;
        if (word && word->len < WORD_BYTES_MAX)
            g_string_append_c(word, (char)c);
    }
    return text_fail(text);
}

/* A number, or true, false or null. */
static gboolean
skip_literal(Text *text, GString *word)
{
    gsize length = 0;

    for (int c = text_peek(text); c != -1 && !strchr(",}] \t\r\n", c) && c; c = text_peek(text)) {
        text->at++;
        length++;
        if (word && word->len < WORD_BYTES_MAX)
            g_string_append_c(word, (char)c);
    }
    return length > 0 || text_fail(text);
}

/* Any value, by its brackets and strings. What is skipped is not judged: it is the document's. */
static gboolean
skip_value(Text *text)
{
    gsize depth = 0;

    do {
        int c = text_peek_word(text);

        if (c == '"') {
            if (!skip_string(text, NULL))
                return FALSE;
        } else if (c == '{' || c == '[') {
            depth++;
            text->at++;
        } else if (depth > 0 && (c == '}' || c == ']')) {
            depth--;
            text->at++;
        } else if (depth > 0 && (c == ',' || c == ':')) {
            text->at++;
        } else if (c == -1 || !skip_literal(text, NULL)) {
            return text_fail(text);
        }
    } while (depth > 0);
    return TRUE;
}

/* A name and its colon; NULL: a fault. Transfer full. */
static char *
read_name(Text *text)
{
    g_autoptr(GString) word = g_string_new("\"");
    g_autoptr(cJSON) name = NULL;

    if (!skip_string(text, word) || !text_take(text, ':'))
        return NULL;
    if (!strchr(word->str, '\\') || word->len >= WORD_BYTES_MAX)
        return g_strdup(word->str + 1);
    g_string_append_c(word, '"');
    name = json_parse(word->str, word->len, word->len, NULL);
    if (!json_is_string(name)) {
        text_fail(text);
        return NULL;
    }
    return g_strdup(name->valuestring);
}

/* A 64-bit integer, or (FALSE) another value, which is skipped. */
static gboolean
read_id(Text *text, gint64 *out_id)
{
    g_autoptr(GString) word = g_string_new(NULL);
    g_autoptr(cJSON) value = NULL;
    int c = text_peek_word(text);

    if (c == '"' || c == '{' || c == '[') {
        skip_value(text);
        return FALSE;
    }
    if (!skip_literal(text, word))
        return FALSE;
    value = json_parse(word->str, word->len, word->len, NULL);
    return json_value_int64(value, out_id);
}

/* Calls `take` for each member of an object with the text at its value, which it reads or skips. */
static gboolean
walk_object(Text *text,
            gboolean (*take)(Text *text, const char *name, gpointer data),
            gpointer data)
{
    if (!text_take(text, '{'))
        return FALSE;
    if (text_peek_word(text) == '}')
        return text_take(text, '}');
    for (;;) {
        g_autofree char *name = read_name(text);

        if (!name || !take(text, name, data))
            return FALSE;
        if (text_peek_word(text) != ',')
            return text_take(text, '}');
        text->at++;
    }
}

typedef struct {
    gint64 id;
    gboolean has_id;
    gboolean is_seen;
} SnapshotId;

static gboolean
take_snapshot_member(Text *text, const char *name, gpointer data)
{
    SnapshotId *found = data;

    if (strcmp(name, "snapshot-id") != 0)
        return skip_value(text);
    if (found->is_seen)
        return text_fail(text);
    found->is_seen = TRUE;
    found->has_id = read_id(text, &found->id);
    return !text->failed;
}

/* Reads past a value: the snapshot-id of an object. */
static gboolean
read_snapshot_id(Text *text, SnapshotId *out)
{
    *out = (SnapshotId){.has_id = FALSE};
    return text_peek_word(text) == '{' ? walk_object(text, take_snapshot_member, out)
                                       : skip_value(text);
}

/* --- the document --- */

static void
keep_from(Filter *filter, guint64 start)
{
    const IcebergTextRange range = {.start = start};

    g_array_append_val(filter->kept, range);
}

static void
keep_until(Filter *filter, guint64 end)
{
    IcebergTextRange *last = &g_array_index(filter->kept, IcebergTextRange, filter->kept->len - 1);

    last->length = end - last->start;
}

/* The elements that are kept, with the comma before each but the first. */
static gboolean
filter_elements(Filter *filter)
{
    Text *text = filter->text;
    gboolean has_kept = FALSE;
    guint64 comma = 0;

    for (;;) {
        int first = text_peek_word(text);
        guint64 start = text_position(text);
        SnapshotId found;

        if (first == -1 || !read_snapshot_id(text, &found))
            return text_fail(text);
        if (found.has_id && iceberg_ids_contain(filter->ids, found.id)) {
            keep_from(filter, has_kept ? comma : start);
            keep_until(filter, text_position(text));
            has_kept = TRUE;
        }
        if (text_peek_word(text) != ',')
            return TRUE;
        comma = text_position(text);
        text->at++;
    }
}

static gboolean
filter_snapshots(Filter *filter)
{
    Text *text = filter->text;

    filter->is_filtered = TRUE;
    if (text_peek_word(text) != '[')
        return skip_value(text);
    text->at++;
    keep_until(filter, text_position(text));
    if (text_peek_word(text) != ']' && !filter_elements(filter))
        return FALSE;
    keep_from(filter, text_position(text));
    return text_take(text, ']');
}

static gboolean
take_ref(Text *text, const char *name, gpointer data)
{
    Filter *filter = data;
    SnapshotId found;

    (void)name;
    if (!read_snapshot_id(text, &found))
        return FALSE;
    if (found.has_id)
        iceberg_ids_put(filter->ids, found.id, NULL);
    return TRUE;
}

/* Two readers of a member that is there twice may take either. */
static gboolean
is_first(Text *text, gboolean *seen)
{
    if (*seen)
        return text_fail(text);
    *seen = TRUE;
    return TRUE;
}

static gboolean
take_member(Text *text, const char *name, gpointer data)
{
    Filter *filter = data;
    gint64 id = 0;

    if (strcmp(name, "refs") == 0) {
        if (!is_first(text, &filter->has_refs))
            return FALSE;
        return text_peek_word(text) == '{' ? walk_object(text, take_ref, filter) : skip_value(text);
    }
    /* what main names, where a writer knew no refs */
    if (strcmp(name, "current-snapshot-id") == 0) {
        if (!is_first(text, &filter->has_current))
            return FALSE;
        if (read_id(text, &id) && id != ICEBERG_NO_SNAPSHOT)
            iceberg_ids_put(filter->ids, id, NULL);
        return !text->failed;
    }
    if (strcmp(name, "snapshots") != 0)
        return skip_value(text);
    if (!is_first(text, &filter->has_snapshots))
        return FALSE;
    text_peek_word(text);
    filter->snapshots_at = text_position(text);
    return filter->has_refs && filter->has_current ? filter_snapshots(filter) : skip_value(text);
}

static gboolean
filter_document(Filter *filter)
{
    Text *text = filter->text;

    keep_from(filter, 0);
    if (!walk_object(text, take_member, filter))
        return FALSE;
    if (text_peek_word(text) != -1)
        return text_fail(text);
    if (filter->has_snapshots && !filter->is_filtered) {
        text_seek(text, filter->snapshots_at);
        if (!filter_snapshots(filter))
            return FALSE;
    }
    keep_until(filter, text->length);
    return !text->failed;
}

GArray *
iceberg_table_refs_text(IcebergTextRead read, gpointer data, guint64 length, GError **error)
{
    g_autofree Text *text = g_new0(Text, 1);
    g_autoptr(GHashTable) ids = iceberg_ids_new();
    g_autoptr(GArray) kept = g_array_new(FALSE, FALSE, sizeof(IcebergTextRange));
    Filter filter = {.text = text, .ids = ids, .kept = kept};

    text->read = read;
    text->data = data;
    text->length = length;
    if (filter_document(&filter))
        return g_steal_pointer(&kept);
    if (text->failure)
        g_propagate_error(error, g_steal_pointer(&text->failure));
    else
        skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                  "The table metadata is not a JSON object that is understood");
    return NULL;
}
