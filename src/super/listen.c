#include "super/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"

#define BACKLOG 4096

struct place {
	const char *host;
	long *port;
	const char *flags; /* what begins the names of its settings */
	unsigned sockets;
	bool is_ours; /* the port, for the other purpose */
};

static struct place
place_of(enum rk_listen_on on, struct rk_conf *conf)
{
	if (on == RK_LISTEN_ON_ADMIN)
		return (struct place){ conf->admin_host, &conf->admin_port, "admin-", 1,
			conf->admin_port != 0 && conf->admin_port == conf->port };
	return (struct place){ conf->host, &conf->port, "", (unsigned)conf->gateways, false };
}

static enum rk_err
refuse_address(const struct place *place, enum rk_err err, const char *reason, struct rk_why *why)
{
	char todo[128];

	snprintf(todo, sizeof(todo), "Give an address of this machine with --%shost, such as 127.0.0.1.",
	    place->flags);
	return rk_why(why, err, "RK-302", todo, "Nothing can listen on %.200s port %ld: %s.", place->host,
	    *place->port, reason);
}

static enum rk_err
resolve(const struct place *place, struct addrinfo **ret_found, struct rk_why *why)
{
	struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
	};
	char port[16];
	int rc;

	/* "localhost" without asking a resolver, and never its second address. */
	const char *host = strcmp(place->host, "localhost") == 0 ? "127.0.0.1" : place->host;

	snprintf(port, sizeof(port), "%ld", *place->port);
	rc = getaddrinfo(host[0] ? host : NULL, port, &hints, ret_found);
	return rc == 0 ? RK_OK : refuse_address(place, RK_INVALID, gai_strerror(rc), why);
}

static enum rk_err
refuse(const struct place *place, int number, struct rk_why *why)
{
	char todo[128];

	if (number == EADDRINUSE && place->is_ours)
		return rk_why(why, RK_EXISTS, "RK-304",
		    "Choose another one with --admin-port N, or for functions with --port N.",
		    "Port %ld is the one that functions answer on.", *place->port);
	if (number == EADDRINUSE) {
		snprintf(todo, sizeof(todo),
		    "End the other program, or choose a port with --%sport N (0 takes a free one).",
		    place->flags);
		return rk_why(why, RK_EXISTS, "RK-301", todo,
		    "Port %ld on %.200s is in use by another program.", *place->port, place->host);
	}
	if (number == EACCES) {
		snprintf(todo, sizeof(todo), "Choose a port above 1023 with --%sport N.", place->flags);
		return rk_why(
		    why, RK_DENIED, "RK-303", todo, "This user may not listen on port %ld.", *place->port);
	}
	return refuse_address(place, RK_IO, strerror(number), why);
}

static int
bind_one(const struct addrinfo *at, bool shared)
{
	int on = 1, saved;
	int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (shared)
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
	if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/* The port that the kernel chose, in the address for the other sockets and in conf. */
static void
learn_port(int fd, struct addrinfo *at, const struct place *place)
{
	socklen_t size = at->ai_addrlen;

	/* The port lies at the same place in both families. */
	if (getsockname(fd, at->ai_addr, &size) == 0)
		*place->port = ntohs(((struct sockaddr_in *)(void *)at->ai_addr)->sin_port);
}

/*
 * Sockets that share a port would also share it with another Roomkey of this user, unseen. So
 * the port is first taken alone.
 */
static enum rk_err
take_alone(struct addrinfo *at, const struct place *place, struct rk_why *why)
{
	int fd = bind_one(at, false);

	if (fd < 0)
		return refuse(place, errno, why);
	learn_port(fd, at, place);
	close(fd);
	return RK_OK;
}

static void
name_listener(struct rk_listen *listen, const struct place *place)
{
	static const char *const local[] = { "", "127.0.0.1", "::1", "0.0.0.0", "::" };
	const char *host = place->host;

	for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++)
		if (strcmp(host, local[i]) == 0)
			host = "localhost";
	snprintf(listen->name, sizeof(listen->name), strchr(host, ':') ? "[%.250s]:%ld" : "%.250s:%ld", host,
	    *place->port);
}

static void
auto_addrinfo(struct addrinfo **found)
{
	if (*found)
		freeaddrinfo(*found);
}

enum rk_err
rk_listen_open(struct rk_listen *ret_listen, enum rk_listen_on on, struct rk_conf *conf, struct rk_why *why)
{
	RK_AUTO(auto_addrinfo) struct addrinfo *found = NULL;
	struct place place = place_of(on, conf);
	struct rk_listen listen = { .count = 0 };
	enum rk_err err = resolve(&place, &found, why);
	bool shared = place.sockets > 1;

	if (!err && shared)
		err = take_alone(found, &place, why);
	while (!err && listen.count < place.sockets && listen.count < RK_LISTEN_MAX) {
		int fd = bind_one(found, shared);

		if (fd < 0)
			err = refuse(&place, errno, why);
		else
			listen.fds[listen.count++] = fd;
		if (!err && listen.count == 1)
			learn_port(fd, found, &place);
	}
	if (err) {
		rk_listen_close(&listen);
		return err;
	}
	name_listener(&listen, &place);
	*ret_listen = listen;
	return RK_OK;
}

void
rk_listen_close(struct rk_listen *listen)
{
	while (listen->count > 0)
		close(listen->fds[--listen->count]);
}
