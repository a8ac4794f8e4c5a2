/*
 * admin_run.c - a function's request made inside ("Try it"), and its outcome as JSON.
 *
 * It goes the way of every request, so limits, routes and refusals are the same; only nobody is connected.
 */
#include "base/auto.h"
#include "base/codec.h"
#include "base/json.h"
#include "gateway/admin.h"

#define OUTCOME_MAX (128u * RK_MB)
#define FILE_MAX (6u * RK_MB) /* of an asset that is shown */

/* ---- the outcome ------------------------------------------------------------------- */

static void
put_fields(struct rk_buf *out, const struct rk_answer *a)
{
	bool first = true;

	for (uint32_t i = 0; i < a->count; i++) {
		if (a->fields[i].name.n == 0)
			continue;
		rk_buf_put(out, first ? RK_STR("[") : RK_STR(",["));
		rk_json_put_string(out, a->fields[i].name);
		rk_buf_put_c(out, ',');
		rk_json_put_string(out, a->fields[i].value);
		rk_buf_put_c(out, ']');
		first = false;
	}
}

/* False: it could not be read. A large file is shown in part. */
static bool
read_file(const struct rk_answer *a, struct rk_buf *out)
{
	uint64_t n = a->file_n < FILE_MAX ? a->file_n : FILE_MAX;

	while (out->n < n) {
		ssize_t some;

		if (!rk_buf_reserve(out, (size_t)n - out->n))
			return false;
		some = pread(a->file, out->p + out->n, (size_t)n - out->n, (off_t)(a->file_from + out->n));
		if (some <= 0)
			return false;
		out->n += (size_t)some;
	}
	return true;
}

static void
put_body(struct rk_buf *out, struct rk_str body)
{
	RK_AUTO(rk_buf_free) struct rk_buf text = RK_BUF(OUTCOME_MAX);
	bool is_text = rk_str_is_utf8(body);

	rk_buf_lit(out, "],\"body\":");
	if (is_text) {
		rk_json_put_string(out, body);
	} else {
		rk_codec_put_base64(&text, body);
		rk_json_put_string(out, rk_buf_str(&text));
	}
	rk_buf_put(out, is_text ? RK_STR(",\"base64\":false") : RK_STR(",\"base64\":true"));
}

static void
put_outcome(struct rk_buf *out, const struct rk_request *run, const struct rk_answer *a, struct rk_str body)
{
	rk_buf_lit(out, "{\"status\":");
	rk_buf_put_u64(out, a->status);
	rk_buf_lit(out, ",\"headers\":[");
	put_fields(out, a);
	put_body(out, rk_str_is(run->head.method, RK_STR("HEAD")) ? RK_STR("") : body);
	rk_buf_lit(out, ",\"took_us\":");
	rk_buf_put_u64(out, (uv_hrtime() - run->begun) / 1000);
	rk_buf_lit(out, ",\"request_id\":");
	rk_json_put_string(out, rk_request_id(run));
	rk_buf_lit(out, "}\n");
}

static void
on_outcome(struct rk_request *run, const struct rk_answer *a)
{
	struct rk_admin_request *r = run->sink_arg;
	RK_AUTO(rk_buf_free) struct rk_buf json = RK_BUF(OUTCOME_MAX), file = RK_BUF(FILE_MAX);
	bool has_file = a->file >= 0 && a->file_n > 0;
	struct rk_answer *mine = &r->admin->answer;

	if (has_file && !read_file(a, &file)) {
		rk_admin_fault(r, RK_FAULT_GONE);
		return;
	}
	put_outcome(&json, run, a, has_file ? rk_buf_str(&file) : a->body);
	if (rk_buf_end(&json) != RK_OK) {
		rk_admin_fault(r, RK_FAULT_INTERNAL);
		return;
	}
	rk_answer_start(mine, 200, rk_admin_id(r));
	rk_answer_put(mine, RK_STR("Content-Type"), RK_STR("application/json; charset=utf-8"));
	mine->body = rk_buf_str(&json);
	rk_admin_send(r);
}

/* ---- the run ------------------------------------------------------------------------- */

void
rk_admin_run(struct rk_admin_request *r, struct rk_str bytes)
{
	struct rk_msg_view v = { (const unsigned char *)bytes.p, (const unsigned char *)bytes.p + bytes.n,
		false };
	struct rk_admin_run run;

	if (rk_admin_run_get(&v, &run) == RK_OK)
		r->run = rk_request_run(r->admin->front, &run, on_outcome, r);
	if (!r->run)
		rk_admin_fault(r, RK_FAULT_INTERNAL);
}
