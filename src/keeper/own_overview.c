/*
 * own_overview.c - everything of an account at one glance: services, environments, what is open, and an hour's requests.
 */
#include <stdlib.h>

#include "keeper/own_version.h"

#define MINUTES 60
#define ROWS_MAX 20000 /* log rows that are counted; the youngest */

struct rates {
	struct {
		char environment[RK_SID_LEN + 1];
		int64_t requests, errors;
	} * v;
	size_t n, cap;
	int64_t from_us;
	int64_t requests[MINUTES], errors[MINUTES];
	int64_t last_date; /* of the page's last row */
	char last_sid[RK_SID_LEN + 1];
	size_t rows;
	enum rk_err err;
};

static size_t
slot_of(struct rates *r, struct rk_str environment)
{
	for (size_t i = 0; i < r->n; i++)
		if (rk_str_is(environment, rk_str(r->v[i].environment)))
			return i;
	if (r->n == r->cap) {
		size_t cap = r->cap ? 2 * r->cap : 16;
		void *more = realloc(r->v, cap * sizeof *r->v);
		if (!more) {
			r->err = RK_NOMEM;
			return r->n;
		}
		r->v = more;
		r->cap = cap;
	}
	memset(&r->v[r->n], 0, sizeof r->v[0]);
	memcpy(r->v[r->n].environment, environment.p, RK_SID_LEN);
	return r->n++;
}

static void
count_request(const void *row, void *arg)
{
	const struct rk_row_log *log = row;
	struct rates *r = arg;
	int64_t minute = (log->row.date_created - r->from_us) / 60000000;
	bool failed = log->status >= 500;
	size_t slot;

	r->rows++;
	r->last_date = log->row.date_created;
	memcpy(r->last_sid, log->row.sid, sizeof r->last_sid);
	if (minute < 0 || minute >= MINUTES || r->err)
		return;
	r->requests[minute]++;
	r->errors[minute] += failed;
	if (log->environment_sid.n != RK_SID_LEN)
		return;
	slot = slot_of(r, log->environment_sid);
	if (slot < r->n) {
		r->v[slot].requests++;
		r->v[slot].errors += failed;
	}
}

static enum rk_err
read_rates(struct rk_own_call *oc, struct rates *r)
{
	struct rk_query q = { .account = rk_str(oc->call.caller.account),
		.from = r->from_us,
		.newest_first = true,
		.filters = { { .field = "kind", .value = RK_STR("request") } } };
	char sid[RK_SID_LEN + 1];
	bool more = true;
	enum rk_err err = RK_OK;

	while (more && !err && !r->err && r->rows < ROWS_MAX) {
		q.after_date = r->last_date;
		memcpy(sid, r->last_sid, sizeof sid);
		q.after_sid = rk_str(sid);
		err = rk_store_list(oc->own->opts.store, RK_KIND_LOG, &q, count_request, r, &more);
	}
	return err ? err : r->err;
}

/* ---- services and environments ---- */

struct showing {
	struct rk_own_call *oc;
	struct rk_buf *out;
	struct rates *rates;
	enum rk_err err;
};

/* What anybody can call to get a token. */
static void
put_versions(struct showing *s, const struct rk_own_build *build)
{
	int64_t n[2] = { 0, 0 };

	rk_api_json_name(s->out, "open_functions");
	rk_buf_put_c(s->out, '[');
	for (size_t i = 0; i < build->n; i++) {
		const struct rk_own_version *v = &build->v[i];
		n[v->is_asset]++;
		if (v->is_asset || !rk_str_is(v->visibility, RK_STR("public")) ||
		    !rk_own_sources_mints(&s->oc->own->sources, s->oc->own->opts.store, v->digest))
			continue;
		if (s->out->p[s->out->n - 1] != '[')
			rk_buf_put_c(s->out, ',');
		rk_json_put_string(s->out, v->path);
	}
	rk_buf_put_c(s->out, ']');
	rk_api_json_number(s->out, "functions", n[0]);
	rk_api_json_number(s->out, "assets", n[1]);
}

static void
put_build(struct showing *s, const struct rk_row_environment *e)
{
	struct rk_query q = { .account = e->row.account_sid,
		.newest_first = true,
		.filters = { { .field = "environment_sid", .value = rk_str(e->row.sid) } } };
	struct rk_own_build build;
	struct rk_row_deployment d;
	enum rk_err err;

	err = rk_own_build_read(s->oc, e->build_sid, 0, &build);
	if (!err)
		put_versions(s, &build);
	else
		s->err = err;
	err = rk_store_find(s->oc->own->opts.store, RK_KIND_DEPLOYMENT, &q, &s->oc->call.arena, &d);
	if (!err)
		rk_api_json_date(s->out, "date_deployed", d.row.date_created);
	else
		rk_api_json_text(s->out, "date_deployed", rk_str(NULL));
	if (err && err != RK_NOT_FOUND)
		s->err = err;
}

/* The host of "http://x-1234.localhost:3000" with its port. */
static struct rk_str
host_of(struct rk_str url)
{
	for (size_t i = 0; i + 3 <= url.n; i++)
		if (memcmp(url.p + i, "://", 3) == 0)
			return rk_str_sub(url, i + 3, url.n);
	return url;
}

static void
put_rates(struct showing *s, struct rk_str environment)
{
	int64_t requests = 0, errors = 0;

	for (size_t i = 0; i < s->rates->n; i++)
		if (rk_str_is(environment, rk_str(s->rates->v[i].environment))) {
			requests = s->rates->v[i].requests;
			errors = s->rates->v[i].errors;
		}
	rk_api_json_number(s->out, "requests_1h", requests);
	rk_api_json_number(s->out, "errors_1h", errors);
}

static void
put_environment(const void *row, void *arg)
{
	const struct rk_row_environment *e = row;
	struct rk_buf url = RK_BUF(1024);
	struct showing *s = arg;

	rk_estate_put_url(s->oc->own->opts.estate, e->domain_label, &url);
	rk_buf_put(s->out, s->out->p[s->out->n - 1] == '[' ? RK_STR("{") : RK_STR(",{"));
	rk_api_json_text(s->out, "sid", rk_str(e->row.sid));
	rk_api_json_text(s->out, "unique_name", e->unique_name);
	rk_api_json_text(s->out, "domain_name", host_of(rk_buf_str(&url)));
	rk_api_json_text(s->out, "url", rk_buf_str(&url));
	rk_api_json_text(s->out, "build_sid", e->build_sid);
	put_build(s, e);
	put_rates(s, rk_str(e->row.sid));
	rk_buf_put_c(s->out, '}');
	rk_buf_free(&url);
}

static void
put_service(const void *row, void *arg)
{
	const struct rk_row_service *v = row;
	struct showing *s = arg;
	struct rk_query q = { .account = v->row.account_sid,
		.filters = { { .field = "service_sid", .value = rk_str(v->row.sid) } } };
	bool more = false;
	enum rk_err err;

	rk_buf_put(s->out, s->out->p[s->out->n - 1] == '[' ? RK_STR("{") : RK_STR(",{"));
	rk_api_json_text(s->out, "sid", rk_str(v->row.sid));
	rk_api_json_text(s->out, "unique_name", v->unique_name);
	rk_api_json_text(s->out, "friendly_name", v->friendly_name);
	rk_api_json_flag(s->out, "include_credentials", v->include_credentials);
	rk_api_json_name(s->out, "environments");
	rk_buf_put_c(s->out, '[');
	err = rk_store_list(s->oc->own->opts.store, RK_KIND_ENVIRONMENT, &q, put_environment, s, &more);
	rk_buf_lit(s->out, "]}");
	if (err)
		s->err = err;
}

static void
put_minutes(struct rk_buf *out, const char *name, const int64_t minutes[MINUTES])
{
	rk_api_json_name(out, name);
	rk_buf_put_c(out, '[');
	for (size_t i = 0; i < MINUTES; i++) {
		if (i)
			rk_buf_put_c(out, ',');
		rk_buf_put_i64(out, minutes[i]);
	}
	rk_buf_put_c(out, ']');
}

void
rk_own_overview_get(struct rk_own_call *oc)
{
	struct rates rates = { .from_us = (oc->call.request->now_ms - MINUTES * 60000ll) * 1000 };
	struct rk_query q = { .account = rk_str(oc->call.caller.account) };
	struct showing s = { oc, rk_own_open(oc), &rates, RK_OK };
	bool more = false;
	enum rk_err err = read_rates(oc, &rates);

	rk_buf_lit(s.out, "\"services\":[");
	if (!err)
		err = rk_store_list(oc->own->opts.store, RK_KIND_SERVICE, &q, put_service, &s, &more);
	rk_buf_put_c(s.out, ']');
	put_minutes(s.out, "requests", rates.requests);
	put_minutes(s.out, "errors", rates.errors);
	rk_api_json_flag(s.out, "is_partial", rates.rows >= ROWS_MAX);
	rk_own_close(oc, 200);
	if (err || s.err)
		rk_api_fail_err(&oc->call, err ? err : s.err, NULL);
	free(rates.v);
}
