/*
 * claims.c - what a token says, as lines and as JSON.
 */
#include "cli/claims.h"

#include "base/json.h"
#include "cli/say.h"
#include "cli/when.h"

#define REFUSAL_MAX 8192

static void
put_line(struct rk_buf *out, const char *name, struct rk_str value)
{
	rk_buf_printf(out, "  %-11s", name);
	rk_say_put_visible(out, value);
	rk_buf_put_c(out, '\n');
}

static void
put_moment_line(struct rk_buf *out, const char *name, bool has, double seconds)
{
	if (!has)
		return;
	rk_buf_printf(out, "  %-11s", name);
	rk_when_put(out, seconds);
	rk_buf_put_c(out, '\n');
}

void
rk_claims_put_lines(struct rk_buf *out, const struct rk_access_facts *facts)
{
	put_line(out, "account", facts->account_sid);
	put_line(out, "key", facts->key_sid);
	if (facts->region.n > 0)
		put_line(out, "region", facts->region);
	put_line(out, "identity", facts->has_identity ? facts->identity : RK_STR("(none)"));
	put_line(out, "grants", facts->grants);
	put_moment_line(out, "issued", facts->has_iat, facts->iat);
	put_moment_line(out, "not before", facts->has_nbf, facts->nbf);
	put_moment_line(out, "expires", facts->has_exp, facts->exp);
}

static void
put_text(struct rk_buf *out, const char *name, bool has, struct rk_str value)
{
	rk_buf_printf(out, "\"%s\":", name);
	if (has)
		rk_json_put_string(out, value);
	else
		rk_buf_lit(out, "null");
	rk_buf_put_c(out, ',');
}

static void
put_moment(struct rk_buf *out, const char *name, bool has, double seconds)
{
	rk_buf_printf(out, ",\"%s\":", name);
	if (!has) {
		rk_buf_lit(out, "null");
		return;
	}
	rk_buf_put_c(out, '"');
	rk_when_put(out, seconds);
	rk_buf_put_c(out, '"');
}

void
rk_claims_put_json(struct rk_buf *out, const struct rk_access_facts *facts)
{
	rk_buf_put_c(out, '{');
	put_text(out, "account_sid", facts->account_sid.n > 0, facts->account_sid);
	put_text(out, "key_sid", facts->key_sid.n > 0, facts->key_sid);
	put_text(out, "identity", facts->has_identity, facts->identity);
	put_text(out, "region", facts->region.n > 0, facts->region);
	rk_buf_lit(out, "\"grants\":");
	rk_buf_put(out, facts->grants);
	put_moment(out, "issued_at", facts->has_iat, facts->iat);
	put_moment(out, "not_before", facts->has_nbf, facts->nbf);
	put_moment(out, "expires_at", facts->has_exp, facts->exp);
	rk_buf_put_c(out, '}');
}

void
rk_claims_put_vendor(struct rk_buf *out, int code, const char *text)
{
	if (code == 0) {
		rk_buf_lit(out, ",\"vendor\":null");
		return;
	}
	rk_buf_printf(out, ",\"vendor\":{\"code\":%d,\"text\":", code);
	rk_json_put_string(out, rk_str(text));
	rk_buf_put_c(out, '}');
}

int
rk_claims_refuse(bool json, const char *verdict, const struct rk_why *why)
{
	struct rk_buf out = RK_BUF(REFUSAL_MAX);

	rk_say_why(why, RK_EXIT_REFUSED);
	if (!json)
		return RK_EXIT_REFUSED;
	rk_buf_printf(&out, "{\"%s\":null,\"error\":", verdict);
	rk_say_put_why(&out, why);
	rk_buf_lit(&out, "}\n");
	return rk_say_data(&out, RK_EXIT_REFUSED);
}
