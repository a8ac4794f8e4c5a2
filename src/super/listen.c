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

static enum rk_err
resolve(const struct rk_conf *conf, struct addrinfo **ret_found, struct rk_why *why)
{
	struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
	};
	char port[16];
	int rc;

	/* "localhost" without asking a resolver, and never its second address. */
	const char *host = strcmp(conf->host, "localhost") == 0 ? "127.0.0.1" : conf->host;

	snprintf(port, sizeof(port), "%ld", conf->port);
	rc = getaddrinfo(host[0] ? host : NULL, port, &hints, ret_found);
	if (rc == 0)
		return RK_OK;
	return rk_why(why, RK_INVALID, "RK-302",
	    "Give an address of this machine with --host, such as 127.0.0.1.",
	    "The address %.200s is not known: %s.", conf->host, gai_strerror(rc));
}

static enum rk_err
refuse(const struct rk_conf *conf, int number, struct rk_why *why)
{
	if (number == EADDRINUSE)
		return rk_why(why, RK_EXISTS, "RK-301",
		    "End the other program, or choose a port with --port N (0 takes a free one).",
		    "Port %ld on %.200s is in use by another program.", conf->port, conf->host);
	if (number == EACCES)
		return rk_why(why, RK_DENIED, "RK-303", "Choose a port above 1023 with --port N.",
		    "This user may not listen on port %ld.", conf->port);
	return rk_why(why, RK_IO, "RK-302", "Give an address of this machine with --host, such as 127.0.0.1.",
	    "Nothing can listen on %.200s port %ld: %s.", conf->host, conf->port, strerror(number));
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
learn_port(int fd, struct addrinfo *at, struct rk_conf *conf)
{
	socklen_t size = at->ai_addrlen;

	/* The port lies at the same place in both families. */
	if (getsockname(fd, at->ai_addr, &size) == 0)
		conf->port = ntohs(((struct sockaddr_in *)(void *)at->ai_addr)->sin_port);
}

/*
 * Sockets that share a port would also share it with another Roomkey of this user, unseen. So
 * the port is first taken alone.
 */
static enum rk_err
take_alone(struct addrinfo *at, struct rk_conf *conf, struct rk_why *why)
{
	int fd = bind_one(at, false);

	if (fd < 0)
		return refuse(conf, errno, why);
	learn_port(fd, at, conf);
	close(fd);
	return RK_OK;
}

static void
name_listener(struct rk_listen *listen, const struct rk_conf *conf)
{
	static const char *const local[] = { "", "127.0.0.1", "::1", "0.0.0.0", "::" };
	const char *host = conf->host;

	for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++)
		if (strcmp(host, local[i]) == 0)
			host = "localhost";
	snprintf(listen->name, sizeof(listen->name), strchr(host, ':') ? "[%.250s]:%ld" : "%.250s:%ld", host,
	    conf->port);
}

static void
auto_addrinfo(struct addrinfo **found)
{
	if (*found)
		freeaddrinfo(*found);
}

enum rk_err
rk_listen_open(struct rk_listen *ret_listen, struct rk_conf *conf, struct rk_why *why)
{
	RK_AUTO(auto_addrinfo) struct addrinfo *found = NULL;
	struct rk_listen listen = { .count = 0 };
	enum rk_err err = resolve(conf, &found, why);
	bool shared = conf->gateways > 1;

	if (!err && shared)
		err = take_alone(found, conf, why);
	while (!err && listen.count < (unsigned)conf->gateways && listen.count < RK_LISTEN_MAX) {
		int fd = bind_one(found, shared);

		if (fd < 0)
			err = refuse(conf, errno, why);
		else
			listen.fds[listen.count++] = fd;
		if (!err && listen.count == 1)
			learn_port(fd, found, conf);
	}
	if (err) {
		rk_listen_close(&listen);
		return err;
	}
	name_listener(&listen, conf);
	*ret_listen = listen;
	return RK_OK;
}

void
rk_listen_close(struct rk_listen *listen)
{
	while (listen->count > 0)
		close(listen->fds[--listen->count]);
}
