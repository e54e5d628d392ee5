/* SPDX-License-Identifier: Apache-2.0 */
/* The load of the benchmark: so many connections, each with a thread that sends one request after
 * another and reads the answer whole. Knows just enough of both protocols to count an answer as
 * good. Caller: bench/run.py.
 *
 *   load get_table   PORT CONNECTIONS REQUESTS NAMESPACE   table t0 through the Thrift door
 *   load load_table  PORT CONNECTIONS REQUESTS NAMESPACE   the same through the REST door
 *   load commit      PORT CONNECTIONS REQUESTS NAMESPACE   set-properties, connection i on table
 *                                                          t<i>
 *   load commit_one  PORT CONNECTIONS REQUESTS NAMESPACE   set-properties of its own, all on table
 *                                                          t0
 *   load append_one  PORT CONNECTIONS REQUESTS NAMESPACE   appends to main of table t0, each with a
 *                                                          load before it and a manifest list of
 * its own, again until it succeeds load replay      PORT CONNECTIONS REQUESTS PREFIX      the
 * Thrift frames in PREFIX.<i>.0 and PREFIX.<i>.1 by turns load hold        PORT CONNECTIONS SECONDS
 * idle Thrift connections
 *   load file        0    CONNECTIONS REQUESTS PREFIX      new metadata files in the directories
 *                                                          PREFIX.<i>, without any server
 *
 * REQUESTS is the sum over all connections. Prints one JSON line: operations per second,
 * percentiles in microseconds, and what share of the attempts succeeded. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_BYTES_MAX (8 << 20)

typedef struct Load Load;
typedef struct {
    const Load *load;
    int number;
    int socket;
    long requests;
    long attempts;
    double *micros; /* one for each request */
    char *answer;
    char *frames[2]; /* of replay, each with its length before it */
} Client;

struct Load {
    const char *mode;
    int port;
    const char *namespace_name;
    int (*request)(const Client *client, long serial, char *out, size_t size);
    int (*read_answer)(Client *client);
    /* One operation whole, when it is more than a request and its answer; NULL: it is not. */
    void (*operate)(Client *client, long serial);
};

static void
fail(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, errno ? strerror(errno) : "wrong answer");
    exit(1);
}

static double
now_micros(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static int
open_connection(int port)
{
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    int on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&address, sizeof address) < 0)
        fail("connect");
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return descriptor;
}

static size_t
read_some(Client *client, size_t have)
{
    if (have == ANSWER_BYTES_MAX)
        fail("answer too long");
    ssize_t got = read(client->socket, client->answer + have, ANSWER_BYTES_MAX - have);
    if (got <= 0)
        fail("read");
    return have + (size_t)got;
}

/* --- Thrift: framed binary protocol --- */

static size_t
put_int(char *out, uint32_t value)
{
    uint32_t wire = htonl(value);
    memcpy(out, &wire, 4);
    return 4;
}

static size_t
put_string_field(char *out, int id, const char *text)
{
    size_t length = strlen(text);
    out[0] = 11;
    out[1] = 0;
    out[2] = (char)id;
    put_int(out + 3, (uint32_t)length);
    memcpy(out + 7, text, length);
    return 7 + length;
}

static int
get_table_request(const Client *client, long serial, char *out, size_t size)
{
    (void)size;
    size_t at = 4;
    at += put_int(out + at, 0x80010001);
    at += put_int(out + at, 9);
    memcpy(out + at, "get_table", 9);
    at += 9;
    at += put_int(out + at, (uint32_t)serial);
    at += put_string_field(out + at, 1, client->load->namespace_name);
    at += put_string_field(out + at, 2, "t0");
    out[at++] = 0;
    put_int(out, (uint32_t)at - 4);
    return (int)at;
}

static int
thrift_read_answer(Client *client)
{
    size_t have = 0;
    while (have < 4)
        have = read_some(client, have);
    uint32_t wire;
    memcpy(&wire, client->answer, 4);
    size_t want = 4 + (size_t)ntohl(wire);
    while (have < want)
        have = read_some(client, have);
    /* reply (not exception), then the field `success` (struct, id 0) */
    size_t body = 4 + 4 + 4 + 9 + 4;
    return client->answer[7] == 2 && client->answer[body] == 12 && client->answer[body + 2] == 0;
}

/* --- REST --- */

static int
load_table_request(const Client *client, long serial, char *out, size_t size)
{
    (void)serial;
    return snprintf(out, size,
                    "GET /v1/namespaces/%s/tables/t0 HTTP/1.1\r\nHost: localhost\r\n\r\n",
                    client->load->namespace_name);
}

static int
put_post(const Client *client, int table, const char *body, char *out, size_t size)
{
    return snprintf(out, size,
                    "POST /v1/namespaces/%s/tables/t%d HTTP/1.1\r\nHost: localhost\r\n"
                    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                    client->load->namespace_name, table, strlen(body), body);
}

static int
commit_request(const Client *client, long serial, char *out, size_t size)
{
    char body[200];
    int is_one = !strcmp(client->load->mode, "commit_one");
    snprintf(body, sizeof body,
             "{\"requirements\":[],\"updates\":[{\"action\":\"set-properties\","
             "\"updates\":{\"serial%d\":\"%ld\"}}]}",
             client->number, serial);
    return put_post(client, is_one ? 0 : client->number, body, out, size);
}

static int
http_read_answer(Client *client)
{
    size_t have = 0;
    char *end = NULL;
    while (!end) {
        have = read_some(client, have);
        end = memmem(client->answer, have, "\r\n\r\n", 4);
    }
    size_t head = (size_t)(end - client->answer) + 4;
    *end = '\0';
    const char *length = strcasestr(client->answer, "\r\ncontent-length:");
    if (!length)
        fail("an answer without Content-Length");
    size_t want = head + strtoul(length + 17, NULL, 10);
    while (have < want)
        have = read_some(client, have);
    client->answer[have] = '\0';
    return !strncmp(client->answer, "HTTP/1.1 200", 12);
}

/* --- operations of several requests --- */

static int
exchange(Client *client, const char *request, int length)
{
    if (write(client->socket, request, (size_t)length) != length)
        fail("write");
    errno = 0;
    return client->load->read_answer(client);
}

/* The number behind a member's name in the answer's body; -1 when it is not there. */
static long long
find_number(const Client *client, const char *member)
{
    const char *body = client->answer + strlen(client->answer) + 1;
    const char *at = strstr(body, member);
    return at ? strtoll(at + strlen(member), NULL, 10) : -1;
}

/* --- appends: a manifest list is the one of the head and a block more --- */

/* clang-format off */
#define FIELD(name, id, type) \
    "{\"name\":\"" name "\",\"field-id\":" #id ",\"type\":\"" type "\"}"
static const char list_schema[] =
    "{\"type\":\"record\",\"name\":\"manifest_file\",\"fields\":["
    FIELD("manifest_path", 500, "string") ","
    FIELD("manifest_length", 501, "long") ","
    FIELD("partition_spec_id", 502, "int") ","
    FIELD("content", 517, "int") ","
    FIELD("sequence_number", 515, "long") ","
    FIELD("min_sequence_number", 516, "long") ","
    FIELD("added_snapshot_id", 503, "long") ","
    FIELD("added_files_count", 504, "int") ","
    FIELD("existing_files_count", 505, "int") ","
    FIELD("deleted_files_count", 506, "int") ","
    FIELD("added_rows_count", 512, "long") ","
    FIELD("existing_rows_count", 513, "long") ","
    FIELD("deleted_rows_count", 514, "long") "]}";
/* clang-format on */

enum { SYNC_BYTES = 16, ROW_BYTES_MAX = 512 };

static size_t
put_long(char *out, long long number)
{
    unsigned long long bits =
        ((unsigned long long)number << 1) ^ (unsigned long long)(number >> 63);
    size_t length = 0;
    do {
        out[length++] = (char)((bits & 0x7f) | (bits > 0x7f ? 0x80 : 0));
        bits >>= 7;
    } while (bits);
    return length;
}

static size_t
put_counted(char *out, const char *bytes, size_t count)
{
    size_t length = put_long(out, (long long)count);
    memcpy(out + length, bytes, count);
    return length + count;
}

static size_t
put_list_header(char *out)
{
    size_t length = 4;
    memcpy(out, "Obj\x01", 4);
    length += put_long(out + length, 3);
    length += put_counted(out + length, "avro.schema", 11);
    length += put_counted(out + length, list_schema, sizeof list_schema - 1);
    length += put_counted(out + length, "avro.codec", 10);
    length += put_counted(out + length, "deflate", 7);
    length += put_counted(out + length, "format-version", 14);
    length += put_counted(out + length, "2", 1);
    length += put_long(out + length, 0);
    memset(out + length, 's', SYNC_BYTES);
    return length + SYNC_BYTES;
}

/* One row in a block of its own, which deflate stores as it is. */
static size_t
put_list_block(char *out, const char *directory, long long id, long long sequence, const char *sync)
{
    char row[ROW_BYTES_MAX], path[ROW_BYTES_MAX - 100];
    const long long numbers[] = {7000, 0, 0, sequence, sequence, id, 1, 0, 0, 100, 0, 0};
    snprintf(path, sizeof path, "%s/metadata/%016llx-m0.avro", directory, (unsigned long long)id);
    size_t length = put_counted(row, path, strlen(path)), at;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        length += put_long(row + length, numbers[i]);
    at = put_long(out, 1);
    at += put_long(out + at, (long long)length + 5);
    out[at++] = 1;
    out[at++] = (char)(length & 0xff);
    out[at++] = (char)(length >> 8);
    out[at++] = (char)~(length & 0xff);
    out[at++] = (char)~(length >> 8);
    memcpy(out + at, row, length);
    memcpy(out + at + length, sync, SYNC_BYTES);
    return at + length + SYNC_BYTES;
}

/* The value of a member that is a file: location, the last of that name in the answer's body. */
static int
find_path(const Client *client, const char *member, char *out, size_t size)
{
    const char *at = NULL, *next = client->answer + strlen(client->answer) + 1;
    while ((next = strstr(next, member)))
        at = next += strlen(member);
    if (!at)
        return 0;
    at += strncmp(at, "file:", 5) ? 0 : 5;
    at += strncmp(at, "//", 2) ? 0 : 2;
    snprintf(out, size, "%.*s", (int)strcspn(at, "\""), at);
    return 1;
}

static void
write_list(
    const Client *client, const char *directory, long long id, long long sequence, const char *path)
{
    static _Thread_local char *list;
    char head[1024];
    size_t length;
    if (!list)
        list = malloc(ANSWER_BYTES_MAX);
    if (find_path(client, "\"manifest-list\":\"", head, sizeof head)) {
        FILE *file = fopen(head, "rb");
        length = file ? fread(list, 1, ANSWER_BYTES_MAX - 2 * ROW_BYTES_MAX, file) : 0;
        if (length < SYNC_BYTES)
            fail(head);
        fclose(file);
    } else {
        length = put_list_header(list);
    }
    length += put_list_block(list + length, directory, id, sequence, list + length - SYNC_BYTES);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(list, 1, length, file) != length || fclose(file))
        fail(path);
}

static int
append_request(const Client *client, long serial, char *out, size_t size)
{
    char body[2048], parent[32] = "null", member[64] = "", directory[512], path[700];
    long long id = (client->number + 1) * 1000000LL + serial;
    long long current = find_number(client, "\"current-snapshot-id\":");
    long long sequence = find_number(client, "\"last-sequence-number\":") + 1;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (current > 0) {
        snprintf(parent, sizeof parent, "%lld", current);
        snprintf(member, sizeof member, "\"parent-snapshot-id\":%lld,", current);
    }
    if (!find_path(client, "\"location\":\"", directory, sizeof directory))
        fail("a table without a location");
    snprintf(path, sizeof path, "%s/metadata/snap-%lld-%lld.avro", directory, id, sequence);
    write_list(client, directory, id, sequence, path);
    snprintf(body, sizeof body,
             "{\"requirements\":[{\"type\":\"assert-ref-snapshot-id\",\"ref\":\"main\","
             "\"snapshot-id\":%s}],\"updates\":[{\"action\":\"add-snapshot\",\"snapshot\":{"
             "\"snapshot-id\":%lld,%s\"sequence-number\":%lld,\"timestamp-ms\":%lld,"
             "\"manifest-list\":\"file://%s\",\"summary\":{\"operation\":"
             "\"append\",\"added-records\":\"100\",\"total-records\":\"0\"},\"schema-id\":0}},{"
             "\"action\":\"set-snapshot-ref\",\"ref-name\":"
             "\"main\",\"type\":\"branch\",\"snapshot-id\":%lld}]}",
             parent, id, member, sequence, (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000,
             path, id);
    return put_post(client, 0, body, out, size);
}

static void
append_operate(Client *client, long serial)
{
    char request[4096];
    do {
        if (!exchange(client, request, load_table_request(client, 0, request, sizeof request)))
            fail(client->answer);
        client->attempts++;
        if (exchange(client, request, append_request(client, serial, request, sizeof request)))
            return;
    } while (!strncmp(client->answer, "HTTP/1.1 409", 12));
    fail(client->answer);
}

static char *
read_frame(const char *prefix, int number, int turn)
{
    char path[4096], *frame = malloc(1 << 16);
    snprintf(path, sizeof path, "%s.%d.%d", prefix, number, turn);
    FILE *file = fopen(path, "rb");
    if (!file || fread(frame, 1, 1 << 16, file) < 4)
        fail(path);
    fclose(file);
    return frame;
}

/* A reply without a field is a success of a void method. */
static int
void_read_answer(Client *client)
{
    size_t have = 0;
    while (have < 4)
        have = read_some(client, have);
    uint32_t wire, name;
    memcpy(&wire, client->answer, 4);
    size_t want = 4 + (size_t)ntohl(wire);
    while (have < want)
        have = read_some(client, have);
    memcpy(&name, client->answer + 8, 4);
    return client->answer[7] == 2 && client->answer[16 + ntohl(name)] == 0;
}

static void
replay_operate(Client *client, long serial)
{
    const char *prefix = client->load->namespace_name;
    char **frame = &client->frames[serial % 2];
    uint32_t wire;
    if (!*frame)
        *frame = read_frame(prefix, client->number, (int)(serial % 2));
    memcpy(&wire, *frame, 4);
    client->attempts++;
    if (!exchange(client, *frame, 4 + (int)ntohl(wire)))
        fail("an alter was refused");
}

/* A file as the server publishes it: complete, then named, then synced with its directory. */
#define FILE_BYTES 16384

static void
file_operate(Client *client, long serial)
{
    static const char content[FILE_BYTES];
    char directory[4096], path[4200], final[4200];
    snprintf(directory, sizeof directory, "%s.%d", client->load->namespace_name, client->number);
    snprintf(path, sizeof path, "%s/%ld.tmp", directory, serial);
    snprintf(final, sizeof final, "%s/%ld.json", directory, serial);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (file < 0 || write(file, content, FILE_BYTES) != FILE_BYTES || rename(path, final) != 0)
        fail(path);
    int above = open(directory, O_RDONLY | O_DIRECTORY);
    if (fsync(file) != 0 || above < 0 || fsync(above) != 0)
        fail(final);
    close(above);
    close(file);
    client->attempts++;
}

/* --- the run --- */

static void *
client_run(void *data)
{
    Client *client = data;
    char request[1024];
    for (long serial = 0; serial < client->requests; serial++) {
        double start = now_micros();
        if (client->load->operate) {
            client->load->operate(client, serial);
        } else {
            int length = client->load->request(client, serial, request, sizeof request);
            client->attempts++;
            if (!exchange(client, request, length))
                fail(client->answer + 4);
        }
        client->micros[serial] = now_micros() - start;
    }
    return NULL;
}

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void
run_clients(const Load *load, int connections, long requests)
{
    Client *clients = calloc((size_t)connections, sizeof *clients);
    pthread_t *threads = calloc((size_t)connections, sizeof *threads);
    long each = requests / connections;
    double *micros = calloc((size_t)(each * connections), sizeof *micros);
    for (int i = 0; i < connections; i++)
        clients[i] = (Client){
            load,
            i,
            load->port ? open_connection(load->port) : -1,
            each,
            0,
            micros + i * each,
            malloc(ANSWER_BYTES_MAX + 1),
            {NULL, NULL}
        };
    double start = now_micros();
    for (int i = 0; i < connections; i++)
        pthread_create(&threads[i], NULL, client_run, &clients[i]);
    for (int i = 0; i < connections; i++)
        pthread_join(threads[i], NULL);
    double seconds = (now_micros() - start) / 1e6;
    long count = each * connections;
    long attempts = 0;
    for (int i = 0; i < connections; i++)
        attempts += clients[i].attempts;
    qsort(micros, (size_t)count, sizeof *micros, compare_doubles);
    printf("{\"per_second\": %.0f, \"p50_us\": %.0f, \"p99_us\": %.0f, \"succeeded\": %.4f}\n",
           count / seconds, micros[count / 2], micros[count * 99 / 100],
           (double)count / (double)attempts);
}

static void
hold(int port, int connections, int seconds)
{
    struct rlimit limit = {(rlim_t)connections + 64, (rlim_t)connections + 64};
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
        fail("setrlimit");
    for (int i = 0; i < connections; i++)
        open_connection(port);
    puts("held");
    fflush(stdout);
    sleep((unsigned)seconds);
}

int
main(int argc, char **argv)
{
    if (argc < 5)
        return 2;
    Load load = {argv[1],          atoi(argv[2]), argc > 5 ? argv[5] : "", load_table_request,
                 http_read_answer, NULL};
    if (!strcmp(load.mode, "hold")) {
        hold(load.port, atoi(argv[3]), atoi(argv[4]));
        return 0;
    }
    if (!strcmp(load.mode, "get_table")) {
        load.request = get_table_request;
        load.read_answer = thrift_read_answer;
    } else if (!strcmp(load.mode, "replay")) {
        load.operate = replay_operate;
        load.read_answer = void_read_answer;
    } else if (!strcmp(load.mode, "file")) {
        load.operate = file_operate;
    } else if (!strcmp(load.mode, "append_one")) {
        load.operate = append_operate;
    } else if (strncmp(load.mode, "commit", 6) == 0) {
        load.request = commit_request;
    }
    run_clients(&load, atoi(argv[3]), atol(argv[4]));
    return 0;
}
