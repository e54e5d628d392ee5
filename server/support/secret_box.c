/* SPDX-License-Identifier: Apache-2.0 */
/* A sealed secret is a random nonce of 12 bytes, the cipher text and a tag of 16 bytes. See
 * secret_box.h. Caller: the catalog's warehouses. */
#include "skep/secret_box.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#include "skep/error.h"

enum { KEY_BYTES = 32, NONCE_BYTES = 12, TAG_BYTES = 16, ID_DIGITS = 16, KEYS_MAX = 64 };

typedef struct {
    char id[ID_DIGITS + 1];
    guint8 bytes[KEY_BYTES];
} SecretKey;

struct SecretKeys {
    char *file;
    guint count;
    SecretKey keys[KEYS_MAX];
};

typedef EVP_CIPHER_CTX CipherContext;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CipherContext, EVP_CIPHER_CTX_free)

void
secret_text_free(char *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
    g_free(text);
}

/* --- keys --- */

static gboolean
read_hex(const char *line, guint8 bytes[KEY_BYTES])
{
    if (strlen(line) != KEY_BYTES * 2)
        return FALSE;
    for (gsize i = 0; i < KEY_BYTES; i++) {
        int high = g_ascii_xdigit_value(line[2 * i]), low = g_ascii_xdigit_value(line[2 * i + 1]);

        if (high < 0 || low < 0)
            return FALSE;
        bytes[i] = (guint8)(high << 4 | low);
    }
    return TRUE;
}

static gboolean
read_base64(const char *line, guint8 bytes[KEY_BYTES])
{
    gsize length = 0;
    guint8 *decoded = g_base64_decode(line, &length);
    g_autofree char *again = g_base64_encode(decoded, length);
    gboolean is_key = length == KEY_BYTES && strcmp(again, line) == 0;

    if (is_key)
        memcpy(bytes, decoded, KEY_BYTES);
    explicit_bzero(decoded, length);
    explicit_bzero(again, strlen(again));
    g_free(decoded);
    return is_key;
}

/* A key's name is made from it and cannot be turned back. */
static void
name_key(SecretKey *key)
{
    static const char purpose[] = "skep secrets key";
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);

    g_checksum_update(checksum, (const guchar *)purpose, sizeof purpose);
    g_checksum_update(checksum, key->bytes, KEY_BYTES);
    g_strlcpy(key->id, g_checksum_get_string(checksum), sizeof key->id);
}

static gboolean
add_key(SecretKeys *keys, const char *line, guint number, GError **error)
{
    SecretKey *key = &keys->keys[keys->count];

    if (keys->count == KEYS_MAX)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, keys->file, "%s has more than %d keys",
                         keys->file, KEYS_MAX);
    if (!read_hex(line, key->bytes) && !read_base64(line, key->bytes))
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, keys->file,
                         "%s, line %u: not a key; one is 32 bytes as base64 or hexadecimal, as "
                         "`skepd secrets-key` prints it",
                         keys->file, number);
    name_key(key);
    keys->count++;
    return TRUE;
}

SecretKeys *
secret_keys_load(const char *file, GError **error)
{
    g_autoptr(SecretKeys) keys = g_new0(SecretKeys, 1);
    char *content = NULL;
    gboolean good = TRUE;
    guint number = 0;

    keys->file = g_strdup(file);
    if (!g_file_get_contents(file, &content, NULL, error))
        return NULL;
    for (char *line = content, *next; good && line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        number++;
        g_strstrip(line);
        if (*line != '\0' && *line != '#')
            good = add_key(keys, line, number, error);
        explicit_bzero(line, strlen(line));
    }
    g_free(content);
    if (!good)
        return NULL;
    if (keys->count == 0)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, file, "%s holds no key", file);
    return g_steal_pointer(&keys);
}

void
secret_keys_free(SecretKeys *keys)
{
    if (!keys)
        return;
    g_free(keys->file);
    explicit_bzero(keys, sizeof *keys);
    g_free(keys);
}

char *
secret_keys_new_text(void)
{
    guint8 bytes[KEY_BYTES];
    char *text;

    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return NULL;
    text = g_base64_encode(bytes, sizeof bytes);
    explicit_bzero(bytes, sizeof bytes);
    return text;
}

const char *
secret_keys_sealing_id(const SecretKeys *keys)
{
    return keys->keys[0].id;
}

static const SecretKey *
find_key(const SecretKeys *keys, const char *id)
{
    for (guint i = 0; i < keys->count; i++) {
        if (strcmp(keys->keys[i].id, id) == 0)
            return &keys->keys[i];
    }
    return NULL;
}

/* --- boxes --- */

GBytes *
secret_keys_seal(const SecretKeys *keys, const char *owner, const char *text, GError **error)
{
    g_autoptr(CipherContext) context = EVP_CIPHER_CTX_new();
    gsize length = strlen(text);
    guint8 *sealed = g_malloc(NONCE_BYTES + length + TAG_BYTES);
    guint8 *body = sealed + NONCE_BYTES;
    int out = 0, rest = 0;
    gboolean good =
        context && length < G_MAXINT && RAND_bytes(sealed, NONCE_BYTES) == 1 &&
        EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, keys->keys[0].bytes, sealed) == 1 &&
        EVP_EncryptUpdate(context, NULL, &out, (const guint8 *)owner, (int)strlen(owner)) == 1 &&
        EVP_EncryptUpdate(context, body, &out, (const guint8 *)text, (int)length) == 1 &&
        EVP_EncryptFinal_ex(context, body + out, &rest) == 1 &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, body + length) == 1;

    if (!good) {
        g_free(sealed);
        return skep_fail_null(error, SKEP_ERROR_INTERNAL, owner, "A secret could not be sealed");
    }
    return g_bytes_new_take(sealed, NONCE_BYTES + length + TAG_BYTES);
}

char *
secret_keys_open(
    const SecretKeys *keys, const char *key_id, const char *owner, GBytes *sealed, GError **error)
{
    g_autoptr(CipherContext) context = EVP_CIPHER_CTX_new();
    const SecretKey *key = find_key(keys, key_id);
    gsize size;
    const guint8 *bytes = g_bytes_get_data(sealed, &size);
    gsize length = size < NONCE_BYTES + TAG_BYTES ? 0 : size - NONCE_BYTES - TAG_BYTES;
    guint8 tag[TAG_BYTES];
    char *text;
    int out = 0, rest = 0;

    if (!key)
        return skep_fail_null(error, SKEP_ERROR_UNAVAILABLE, owner,
                              "The secrets of %s were sealed with the key %s, which "
                              "secrets_key_file does not hold",
                              owner, key_id);
    text = g_malloc0(length + 1);
    if (size >= NONCE_BYTES + TAG_BYTES)
        memcpy(tag, bytes + NONCE_BYTES + length, TAG_BYTES);
    if (context && size >= NONCE_BYTES + TAG_BYTES &&
        EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, key->bytes, bytes) == 1 &&
        EVP_DecryptUpdate(context, NULL, &out, (const guint8 *)owner, (int)strlen(owner)) == 1 &&
        EVP_DecryptUpdate(context, (guint8 *)text, &out, bytes + NONCE_BYTES, (int)length) == 1 &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, tag) == 1 &&
        EVP_DecryptFinal_ex(context, (guint8 *)text + out, &rest) == 1)
        return text;
    explicit_bzero(text, length);
    g_free(text);
    return skep_fail_null(error, SKEP_ERROR_INTERNAL, owner,
                          "The secrets of %s are not what was sealed for it", owner);
}
