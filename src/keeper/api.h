/*
 * api.h - the REST API: the vendor's Serverless v1, v2010 Keys and iam v1 Keys, over the store.
 *
 * A request goes in as facts and an answer comes out: nothing here knows a socket. One
 * struct rk_api belongs to one thread, as its store does.
 */
#ifndef RK_KEEPER_API_H
#define RK_KEEPER_API_H

#include "base/buf.h"
#include "keeper/api_auth.h"

#define RK_API_HEADERS_MAX 8
#define RK_API_CHANGED_MAX 16

struct rk_api;

/* Called after the store has the change, from within rk_api_handle. */
struct rk_api_ops {
	/* A build waits to be compiled. The answer comes later, by rk_api_build_done, never from within this call. An
	 * error fails the build. */
	enum rk_err (*compile)(const struct rk_row_build *build, void *arg);
	/* What this environment serves (build, variables, credentials) is another now, or the environment is gone. */
	void (*deployed)(struct rk_str account, struct rk_str environment, void *arg);
	/* The account has other API keys now; may be NULL. */
	void (*keys_changed)(struct rk_str account, void *arg);
};

struct rk_api_header {
	struct rk_str name, value;
};

struct rk_api_request {
	struct rk_str method; /* "GET" */
	struct rk_str target; /* raw, origin form, still percent-encoded, with its query */
	const struct rk_api_header *headers;
	size_t header_n;
	struct rk_str body;
	int64_t now_ms;           /* since 1970 */
	struct rk_str peer;       /* the caller's address as text, without a port */
	struct rk_str scheme;     /* "https"; empty: "http". For the URLs of the answer */
	struct rk_str request_id; /* RQ...; empty: one is made */
	const struct rk_api_caller *caller; /* who was recognised already, by a session; NULL: by Authorization */
};

struct rk_api_response {
	int status;
	struct rk_api_header
	    headers[RK_API_HEADERS_MAX]; /* values lie in `text`: never copy the struct; no Content-Length */
	size_t header_n;
	struct rk_buf body; /* may hold a new key's secret: wiped by done */
	char request_id[RK_SID_LEN + 1];
	char text[512]; /* values made for this answer */
	size_t text_n;
	/* The environments that serve something else by this request: the answer may be held until they do. Those over the
	 * limit are not named. */
	char changed[RK_API_CHANGED_MAX][RK_SID_LEN + 1];
	size_t changed_n;
};

/* The store is borrowed. base_domain: what follows an environment's label ("localhost"); copied. */
RK_CHECKED enum rk_err rk_api_new(struct rk_store *store, struct rk_str base_domain,
    const struct rk_api_ops *ops, void *arg, struct rk_api **ret_api);
void rk_api_free(struct rk_api *api); /* NULL is fine */

/* Always gives an answer; the caller ends it with rk_api_response_done. */
void rk_api_handle(
    struct rk_api *api, const struct rk_api_request *request, struct rk_api_response *ret_response);
void rk_api_response_done(struct rk_api_response *response);

/* How a compile ended; `text` says why not, for people (file:line:column). RK_NOT_FOUND for a build that is gone
 * or was not building. */
RK_CHECKED enum rk_err rk_api_build_done(
    struct rk_api *api, struct rk_str build, bool ok, struct rk_str text);

/* Once after a start: asks again for every build that was still building. */
RK_CHECKED enum rk_err rk_api_resume(struct rk_api *api);

/* The route table, for documentation and its test: false past the end. Path: "/v1/Services/{sid}". */
bool rk_api_get_route(size_t i, const char **ret_method, const char **ret_path);

#endif
