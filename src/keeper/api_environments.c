/*
 * api_environments.c - environments.
 */
#include <stdio.h>

#include "keeper/api_json.h"
#include "keeper/api_routes.h"
#include "keeper/api_rows.h"
#include "keeper/platform.h"

#define UNIQUE_NAME_MAX 100
#define SUFFIX_MAX 16
#define ENVIRONMENTS_MAX 100 /* of one service; fewer than RK_STORE_PAGE_MAX */

static void
put_environment(struct rk_api_call *call, struct rk_buf *out, const void *row)
{
	const struct rk_row_environment *e = row;
	char domain[320], at[128];

	snprintf(domain, sizeof domain, "%.*s.%s", RK_FMT(e->domain_label), call->api->base_domain);
	snprintf(at, sizeof at, "/Services/%.*s/Environments/%s", RK_FMT(e->service_sid), e->row.sid);
	rk_buf_put_c(out, '{');
	rk_api_json_head(out, &e->row, e->service_sid, false);
	rk_api_json_text(out, "build_sid", e->build_sid);
	rk_api_json_text(out, "unique_name", e->unique_name);
	rk_api_json_text(out, "domain_suffix", e->domain_suffix);
	rk_api_json_text(out, "domain_name", rk_str(domain));
	rk_api_json_url(call, out, "url", "%s", at);
	rk_api_json_name(out, "links");
	rk_buf_put_c(out, '{');
	rk_api_json_url(call, out, "variables", "%s/Variables", at);
	rk_api_json_url(call, out, "deployments", "%s/Deployments", at);
	rk_api_json_url(call, out, "logs", "%s/Logs", at);
	rk_buf_lit(out, "}}");
}

const struct rk_api_resource rk_api_environments = {
	.kind = RK_KIND_ENVIRONMENT, .noun = "Environment", .key = "environments", .put = put_environment
};

/* Part of a host name, which is looked up in small letters (RFC 1035, section 2.3.1). An empty one counts as none. */
static bool
take_suffix(struct rk_api_call *call, struct rk_str *ret_suffix)
{
	struct rk_str suffix = { NULL, 0 };
	bool ok = true;

	if (!rk_api_take_text(call, "DomainSuffix", RK_API_MAY_BE_EMPTY, SUFFIX_MAX, &suffix))
		return false;
	for (size_t i = 0; i < suffix.n; i++) {
		char c = suffix.p[i];
		bool edge = i == 0 || i == suffix.n - 1;
		ok = ok && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && !edge));
	}
	if (!ok)
		rk_api_fail(call, RK_API_PARAMETER,
		    "DomainSuffix may hold small letters, digits, and '-' between them only.");
	else if (suffix.n)
		*ret_suffix = suffix;
	return ok;
}

static void
count(const void *row, void *arg)
{
	(*(unsigned *)arg)++;
}

static bool
has_room(struct rk_api_call *call, struct rk_str service)
{
	struct rk_query q = { .account = rk_str(call->caller.account),
		.filters = { { .field = "service_sid", .value = service } } };
	unsigned n = 0;
	bool more = false;
	enum rk_err err = rk_store_list(call->api->store, RK_KIND_ENVIRONMENT, &q, count, &n, &more);

	if (err && err != RK_NOT_FOUND) {
		rk_api_fail_err(call, err, NULL);
		return false;
	}
	if (n >= ENVIRONMENTS_MAX)
		rk_api_fail(
		    call, RK_API_PARAMETER, "A service has at most %d environments.", ENVIRONMENTS_MAX);
	return n < ENVIRONMENTS_MAX;
}

void
rk_api_environment_create(struct rk_api_call *call)
{
	struct rk_row_environment e = { .row.account_sid = rk_str(call->caller.account),
		.service_sid = rk_api_call_owner(call, "service_sid") };
	char label[RK_PLATFORM_LABEL_SIZE];
	struct rk_why why = { .code = "" };
	enum rk_err err;

	if (!rk_api_take_name(call, "UniqueName", RK_API_REQUIRED, UNIQUE_NAME_MAX, &e.unique_name) ||
	    !take_suffix(call, &e.domain_suffix) || !has_room(call, e.service_sid) || !rk_api_begin(call))
		return;
	err = rk_platform_create_environment(call->api->store, &e, label, &why);
	if (err == RK_EXISTS)
		snprintf(why.what, sizeof why.what,
		    "Environment with unique name '%.*s' or domain suffix '%.*s' already exists.",
		    RK_FMT(e.unique_name), RK_FMT(e.domain_suffix));
	if (rk_api_settle(call, err, &why, "create", rk_str(e.row.sid)))
		rk_api_show(call, 201, &e);
}
