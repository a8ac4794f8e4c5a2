/*
 * api_call.h - one request on its way through the API: what the routes' handlers are given.
 */
#ifndef RK_KEEPER_API_CALL_H
#define RK_KEEPER_API_CALL_H

#include "keeper/api.h"
#include "keeper/api_auth.h"
#include "keeper/api_form.h"

#define RK_API_BODY_MAX (66u * 1024u * 1024u)

struct rk_api {
	struct rk_store *store;
	struct rk_api_ops ops;
	void *arg;
	char *base_domain;
	struct rk_api_throttle throttle;
};

struct rk_api_call;

/* A kind of row as the API shows it. */
struct rk_api_resource {
	enum rk_kind kind;
	const char *noun; /* "Service", for messages and the audit */
	const char *key;  /* the list's name, "services" */
	bool newest_first;
	bool secrets; /* its sealed fields are shown */
	void (*put)(struct rk_api_call *call, struct rk_buf *out, const void *row); /* one JSON object */
};

typedef void rk_api_handler(struct rk_api_call *call);

struct rk_api_route {
	const char *method, *path;
	rk_api_handler *handler;
	const struct rk_api_resource *resource;
};

struct rk_api_call {
	struct rk_api *api;
	const struct rk_api_request *request;
	struct rk_api_response *response;
	struct rk_arena arena; /* everything of this request */
	struct rk_api_caller caller;
	const struct rk_api_route *route;
	struct rk_str host;   /* for URLs */
	struct rk_str prefix; /* "/x.twilio.com", which no route knows; or empty */
	struct rk_str path;   /* raw, without prefix and query */
	struct rk_api_form query, form;
	struct rk_filter filters[RK_STORE_FILTERS]; /* the owners named by the path, as conditions */
	size_t filter_n;
	struct rk_str sid; /* the row named by the path ({sid}) */
};

/*
 * The parts of rk_api_handle that our own API (own.h) has in common: an answer with its request ID; who calls; the
 * end, which gives the arena back. authenticate has answered when it returns false.
 */
void rk_api_call_start(struct rk_api *api, const struct rk_api_request *request,
    struct rk_api_response *response, struct rk_api_call *ret_call);
RK_CHECKED enum rk_err rk_api_call_parse_target(struct rk_api_call *call); /* host, prefix, path, query */
RK_CHECKED bool rk_api_call_authenticate(struct rk_api_call *call);
void rk_api_call_end(struct rk_api_call *call);
/* The value of a header that is there once; p == NULL otherwise, and *ret_count says how often it is. */
struct rk_str rk_api_call_header(const struct rk_api_request *request, struct rk_str name, size_t *ret_count);

/* The SID of an owner named by the path ("service_sid"); empty when the path names none. */
struct rk_str rk_api_call_owner(const struct rk_api_call *call, const char *field);

#endif
