/*
 * client.h - one HTTP request, and its answer. The only file of the command that opens sockets is client.c.
 */
#ifndef RK_CLI_CLIENT_H
#define RK_CLI_CLIENT_H

#include "base/buf.h"

#define RK_CLIENT_HEADERS 64

struct rk_client_request {
	const char *url; /* http or https; sent as it is written */
	const char *method;
	const char *headers[RK_CLIENT_HEADERS]; /* "Name: value" */
	size_t header_count;
	struct rk_str body;
	const char *ca; /* file of the authorities that may vouch for the server; NULL: the system's */

	/* Takes an answer below 400 as it comes, however long that lasts; false ends it, which is no error. NULL: the
	 * body is gathered. */
	bool (*piece)(struct rk_str piece, void *arg);
	void *arg;
};

/* Zero it, but for the ceilings of the two buffers. */
struct rk_client_answer {
	long status;
	struct rk_buf head; /* status line and headers, as they came */
	struct rk_buf body;
};

/*
 * Waits for the whole answer. No redirect is followed. RK_GONE: nobody answers there, or not to the end.
 * RK_INVALID: no URL of HTTP. RK_TIMEOUT, RK_TOO_LARGE, RK_NOMEM. The reason is in why.
 */
RK_CHECKED enum rk_err rk_client_send(
    const struct rk_client_request *request, struct rk_client_answer *answer, struct rk_why *why);

void rk_client_answer_done(struct rk_client_answer *answer);

#endif
