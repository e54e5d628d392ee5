/* SPDX-License-Identifier: Apache-2.0 */
/* Opens the listening socket of a door, and says when the server as a whole is ready. Knows no
 * protocol. Callers: the listeners of both doors and of the management port. */
#include "skep/doors.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "skep/error.h"

/* "host:port" apart; *out_host is "" for every address. */
static gboolean
listen_address_split(const char *address, char **out_host, char **out_port)
{
    const char *colon = strrchr(address, ':');
    guint64 port = 0;
    if (!colon || !g_ascii_string_to_unsigned(colon + 1, 10, 0, G_MAXUINT16, &port, NULL))
        return FALSE;
    const char *host = address;
    gsize length = (gsize)(colon - address);
    if (length >= 2 && host[0] == '[' && host[length - 1] == ']') {
        host++;
        length -= 2;
    } else if (memchr(host, ':', length)) {
        return FALSE;
    }
    if (length == 1 && *host == '*')
        length = 0;
    *out_host = g_strndup(host, length);
    *out_port = g_strdup(colon + 1);
    return TRUE;
}

static guint16
listen_socket_port(int descriptor)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } name;
    socklen_t length = sizeof name;
    if (getsockname(descriptor, &name.any, &length) != 0)
        return 0;
    return g_ntohs(name.any.sa_family == AF_INET6 ? name.v6.sin6_port : name.v4.sin_port);
}

/* -1 with errno. */
static int
listen_socket_open(const struct addrinfo *at, gboolean every_address, int backlog)
{
    int descriptor = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return -1;
    int on = 1, v6_only = !every_address;
    if (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        (at->ai_family != AF_INET6 ||
         setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &v6_only, sizeof v6_only) == 0) &&
        bind(descriptor, at->ai_addr, at->ai_addrlen) == 0 && listen(descriptor, backlog) == 0)
        return descriptor;
    int why = errno;
    close(descriptor);
    errno = why;
    return -1;
}

/* Tries the addresses of one family (AF_UNSPEC: all), in order; -1 with errno. */
static int
listen_first_of(const struct addrinfo *addresses, int family, gboolean every_address, int backlog)
{
    int why = EADDRNOTAVAIL;
    for (const struct addrinfo *at = addresses; at; at = at->ai_next) {
        if (family != AF_UNSPEC && at->ai_family != family)
            continue;
        int descriptor = listen_socket_open(at, every_address, backlog);
        if (descriptor >= 0)
            return descriptor;
        why = errno;
        if (why == EADDRINUSE)
            break; /* another family of the same name would only hide that the port is taken */
    }
    errno = why;
    return -1;
}

int
doors_listen(
    const char *address, const char *setting, int backlog, guint16 *out_port, GError **error)
{
    g_autofree char *host = NULL;
    g_autofree char *port = NULL;
    if (!listen_address_split(address, &host, &port)) {
        skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, address,
                  "%s: \"%s\" is not host:port (as 0.0.0.0:8181, [::1]:8181 or :8181)", setting,
                  address);
        return -1;
    }
    const struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
                                   .ai_socktype = SOCK_STREAM};
    struct addrinfo *addresses = NULL;
    int failure = getaddrinfo(*host ? host : NULL, port, &hints, &addresses);
    if (failure != 0) {
        skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, address,
                  "%s: the address %s cannot be resolved: %s", setting, address,
                  gai_strerror(failure));
        return -1;
    }
    /* One socket serves both families of "every address"; a name such as localhost means IPv4
     * first, because that is what clients that know one family only try. */
    int descriptor = listen_first_of(addresses, *host ? AF_INET : AF_INET6, !*host, backlog);
    if (descriptor < 0 && errno != EADDRINUSE)
        descriptor = listen_first_of(addresses, AF_UNSPEC, !*host, backlog);
    int why = errno;
    freeaddrinfo(addresses);
    if (descriptor < 0) {
        skep_fail(error, SKEP_ERROR_UNAVAILABLE, address,
                  "cannot listen on %s: %s. Stop what uses it, or set %s to another host:port",
                  address, g_strerror(why), setting);
        return -1;
    }
    *out_port = listen_socket_port(descriptor);
    return descriptor;
}

gboolean
door_health_is_ready(const DoorHealth *health, gint64 now_us)
{
    return health->doors_serve && health->store_answered_at_us != 0 &&
           now_us - health->store_answered_at_us <= DOOR_STORE_GRACE_S * G_USEC_PER_SEC;
}
