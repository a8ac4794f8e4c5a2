/*
 * api.c - one request through the API: who, where, with what, and the answer.
 */
#include "keeper/api.h"

#include <stdio.h>

#include "base/auto.h"
#include "base/secret.h"
#include "base/sid.h"
#include "keeper/api_json.h"
#include "keeper/api_routes.h"

enum rk_err
rk_api_new(struct rk_store *store, struct rk_str base_domain, const struct rk_api_ops *ops, void *arg,
    struct rk_api **ret_api)
{
	struct rk_api *api = calloc(1, sizeof *api);
	char *domain = rk_str_dup(base_domain);

	if (!api || !domain) {
		free(api);
		free(domain);
		return RK_NOMEM;
	}
	*api = (struct rk_api){ .store = store, .ops = *ops, .arg = arg, .base_domain = domain };
	*ret_api = api;
	return RK_OK;
}

void
rk_api_free(struct rk_api *api)
{
	if (!api)
		return;
	free(api->base_domain);
	free(api);
}

struct rk_str
rk_api_call_header(const struct rk_api_request *request, struct rk_str name, size_t *ret_count)
{
	struct rk_str found = { NULL, 0 };
	size_t n = 0;

	for (size_t i = 0; i < request->header_n; i++)
		if (rk_str_is_nocase(request->headers[i].name, name) && n++ == 0)
			found = request->headers[i].value;
	*ret_count = n;
	return n == 1 ? found : rk_str(NULL);
}

static bool
is_plain(struct rk_str s, const char *others)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!word && (c == '\0' || !strchr(others, c)))
			return false;
	}
	return true;
}

/*
 * Clients that reach us through the vendor's edge setting put "/<anything>.twilio.com" in front of the path. It is
 * no part of any route, and comes back in every URL of the answer.
 */
static void
strip_prefix(struct rk_api_call *call)
{
	struct rk_str path = call->path;
	size_t at = 0;

	if (rk_str_has_prefix(path, RK_STR("/v1/")) || rk_str_has_prefix(path, RK_STR("/2010-04-01/")))
		return;
	while (at < path.n) {
		size_t end = at + 1 + rk_str_index(rk_str_sub(path, at + 1, path.n), '/');
		struct rk_str prefix = rk_str_sub(path, 0, end);
		if (rk_str_has_suffix(prefix, RK_STR(".twilio.com")) && is_plain(prefix, "/.-_~")) {
			call->prefix = prefix;
			call->path = rk_str_sub(path, end, path.n);
			return;
		}
		at = end;
	}
}

enum rk_err
rk_api_call_parse_target(struct rk_api_call *call)
{
	struct rk_str query = call->request->target;
	size_t n;
	struct rk_str host = rk_api_call_header(call->request, RK_STR("Host"), &n);

	call->path = rk_str_take(&query, '?');
	call->host = host.n && host.n < 256 && is_plain(host, ".-_:[]") ? host : RK_STR("localhost");
	strip_prefix(call);
	return rk_api_form_parse(query, &call->arena, &call->query);
}

/* ---- the steps, in their order; each has answered when it returns false ---- */

/* How long an address has to wait that guessed too often. */
static bool
is_patient(struct rk_api_call *call)
{
	const struct rk_api_request *request = call->request;
	int64_t wait = rk_api_throttle_wait(&call->api->throttle, request->peer, request->now_ms);
	char seconds[24];

	if (!wait)
		return true;
	snprintf(seconds, sizeof seconds, "%lld", (long long)(wait + 999) / 1000);
	rk_api_put_header(call->response, "Retry-After", rk_str(seconds));
	rk_api_fail(
	    call, RK_API_TOO_MANY, "Too many wrong credentials from this address. Wait %s seconds.", seconds);
	return false;
}

/* A browser that hears of Basic asks for a password itself, and keeps the page waiting: a page names itself by X-Roomkey. */
static void
put_challenge(struct rk_api_call *call)
{
	size_t n;

	(void)rk_api_call_header(call->request, RK_STR("X-Roomkey"), &n);
	rk_api_put_header(call->response, "WWW-Authenticate",
	    n ? RK_STR("Session realm=\"Roomkey\"") : RK_STR("Basic realm=\"Roomkey\""));
}

bool
rk_api_call_authenticate(struct rk_api_call *call)
{
	const struct rk_api_request *request = call->request;
	struct rk_api_throttle *throttle = &call->api->throttle;
	size_t n;
	struct rk_str header = rk_api_call_header(request, RK_STR("Authorization"), &n);
	enum rk_err err;

	if (request->caller) {
		call->caller = *request->caller;
		return true;
	}
	if (!is_patient(call))
		return false;
	err = rk_api_auth_check(call->api->store, throttle, header, request->now_ms, &call->caller);
	if (err == RK_DENIED) {
		if (n) /* to send none is how clients ask for the scheme, and no guess */
			rk_api_throttle_count(throttle, request->peer, request->now_ms, true);
		put_challenge(call);
		rk_api_fail(call, RK_API_AUTHENTICATE, "Authenticate");
	} else if (err) {
		rk_api_fail_err(call, err, NULL);
	} else {
		rk_api_throttle_count(throttle, request->peer, request->now_ms, false);
	}
	return !err;
}

static bool
authorize(struct rk_api_call *call)
{
	if (call->caller.power == RK_API_POWER_NONE)
		rk_api_fail(call, RK_API_FORBIDDEN, "A restricted key opens nothing of this API.");
	else if (call->caller.reads_only && !rk_str_is(call->request->method, RK_STR("GET")))
		rk_api_fail(call, RK_API_FORBIDDEN, "A reader changes nothing.");
	else
		return true;
	return false;
}

/* We give out no entity tags: whoever names one has a row in mind that is another (RFC 9110, section 13.1.1). */
static bool
check_conditions(struct rk_api_call *call)
{
	size_t n;
	struct rk_str tag = rk_api_call_header(call->request, RK_STR("If-Match"), &n);

	if (n == 0 || rk_str_is(tag, RK_STR("*")))
		return true;
	rk_api_fail(call, RK_API_PRECONDITION, "If-Match names a tag that this resource does not have.");
	return false;
}

static bool
parse_body(struct rk_api_call *call)
{
	size_t n;
	struct rk_str type = rk_api_call_header(call->request, RK_STR("Content-Type"), &n);
	enum rk_err err = RK_OK;

	if (!rk_str_is(call->request->method, RK_STR("POST")))
		return true;
	if (call->request->body.n > RK_API_BODY_MAX)
		err = RK_TOO_LARGE;
	else
		err = n > 1 ? RK_INVALID
			    : rk_api_form_parse_body(type, call->request->body, &call->arena, &call->form);
	if (err == RK_UNSUPPORTED)
		rk_api_fail(call, RK_API_MEDIA_TYPE,
		    "The body must be application/x-www-form-urlencoded or multipart/form-data.");
	else if (err == RK_TOO_LARGE)
		rk_api_fail(call, RK_API_TOO_LARGE, "The body is larger than the limit.");
	else if (err == RK_INVALID)
		rk_api_fail(
		    call, RK_API_PARAMETER, "The body is not of the form that its Content-Type says.");
	else if (err)
		rk_api_fail_err(call, err, NULL);
	return !err;
}

static void
run(struct rk_api_call *call)
{
	enum rk_err err = rk_api_call_parse_target(call);

	if (err) {
		rk_api_fail(call, RK_API_PARAMETER, "The query is longer than the limit.");
		return;
	}
	if (rk_api_call_authenticate(call) && authorize(call) && rk_api_route(call) &&
	    check_conditions(call) && parse_body(call))
		call->route->handler(call);
}

static void
start_response(const struct rk_api_request *request, struct rk_api_response *response)
{
	*response = (struct rk_api_response){ .status = 500, .body = RK_BUF(RK_API_BODY_MAX) };
	if (rk_sid_is(request->request_id, "RQ"))
		memcpy(response->request_id, request->request_id.p, RK_SID_LEN);
	else
		rk_sid_make(response->request_id, "RQ");
	rk_api_put_header(response, "X-Request-Id", rk_str(response->request_id));
	rk_api_put_header(response, "Twilio-Request-Id", rk_str(response->request_id));
}

void
rk_api_call_start(struct rk_api *api, const struct rk_api_request *request, struct rk_api_response *response,
    struct rk_api_call *ret_call)
{
	*ret_call = (struct rk_api_call){ .api = api, .request = request, .response = response };
	start_response(request, response);
	rk_arena_init(&ret_call->arena, 0);
}

void
rk_api_call_end(struct rk_api_call *call)
{
	struct rk_api_response *response = call->response;

	if (rk_buf_end(&response->body) != RK_OK)
		rk_api_fail_err(call, RK_INTERNAL, NULL);
	if (response->body.n) {
		rk_api_put_header(response, "Content-Type", RK_STR("application/json"));
		rk_api_put_header(response, "Cache-Control", RK_STR("no-store"));
	}
	rk_arena_done(&call->arena);
}

void
rk_api_handle(struct rk_api *api, const struct rk_api_request *request, struct rk_api_response *ret_response)
{
	struct rk_api_call call;

	rk_api_call_start(api, request, ret_response, &call);
	run(&call);
	rk_api_call_end(&call);
}

void
rk_api_response_done(struct rk_api_response *response)
{
	rk_buf_wipe(&response->body);
}
