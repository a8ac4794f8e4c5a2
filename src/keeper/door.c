#include "keeper/door.h"

#include <roomkey/signature.h>

#include "base/auto.h"
#include "base/clock.h"
#include "keeper/assets.h"

#define URL_MAX 32768u

static void
refuse(struct rk_verdict *verdict, uint16_t status, const char *code, const char *message, const char *todo)
{
	*verdict = (struct rk_verdict){ status, rk_str(code), rk_str(message), rk_str(todo) };
}

/* ---- signatures -------------------------------------------------------------------- */

/* The base as the person set it who gave Twilio the URL, or as the request seems to have been made. */
static void
put_url(struct rk_buf *out, struct rk_str base, const struct rk_check *c)
{
	while (rk_str_has_suffix(base, RK_STR("/")))
		base.n--;
	if (base.n > 0) {
		rk_buf_put(out, base);
	} else {
		rk_buf_put(out, c->scheme);
		rk_buf_lit(out, "://");
		rk_buf_put(out, c->host);
	}
	rk_buf_put(out, c->target);
}

static bool
may_explain(struct rk_door *door)
{
	uint64_t second = rk_clock_mono_ms() / 1000;

	if (second != door->second) {
		door->second = second;
		door->explained = 0;
	}
	return door->explained++ < RK_DOOR_EXPLAINS;
}

static void
judge(struct rk_door *door, const struct rk_check *c, struct rk_str url, struct rk_str token,
    struct rk_verdict *ret_verdict)
{
	struct rk_signature_request request = { .auth_token = token,
		.header = c->has_signature ? rk_str_n(c->signature.p ? c->signature.p : "", c->signature.n)
					   : (struct rk_str){ 0 },
		.url = url,
		.content_type = c->type,
		.body = c->body,
		.origin = c->origin,
		.seen_host = c->seen_host,
		.forwarded_host = c->forwarded_host };
	struct rk_why *why = may_explain(door) ? &door->why : NULL;
	enum rk_err err = rk_signature_judge(&request, why);

	if (err == RK_OK)
		*ret_verdict = (struct rk_verdict){ 0 };
	else if (err == RK_NOMEM)
		refuse(ret_verdict, 500, "RK-500", "The signature could not be checked: out of memory.",
		    "Give the machine more memory.");
	else if (why)
		refuse(ret_verdict, 403, why->code, why->what, why->todo);
	else
		refuse(ret_verdict, 403, "RK-403", "The request's signature does not hold.",
		    "Ask again later for the likely cause: too many requests are refused just now.");
}

void
rk_door_judge(struct rk_door *door, const struct rk_check *check, struct rk_str base, struct rk_str token,
    const char *todo, struct rk_verdict *ret_verdict)
{
	RK_AUTO(rk_buf_free) struct rk_buf url = RK_BUF(URL_MAX);

	put_url(&url, base, check);
	if (rk_buf_end(&url) != RK_OK)
		refuse(ret_verdict, 403, "RK-403", "The request's URL is too long for a signature.",
		    "Ask for a shorter one.");
	else if (token.n == 0)
		refuse(ret_verdict, 500, "RK-516",
		    "This path is protected, and there is no AUTH_TOKEN to check its signature with.", todo);
	else
		judge(door, check, rk_buf_str(&url), token, ret_verdict);
}

static void
check(struct rk_door *door, const struct rk_check *c, struct rk_verdict *ret_verdict)
{
	const struct rk_variable *token = rk_variables_get(&door->project->variables, RK_STR("AUTH_TOKEN"));

	rk_door_judge(door, c, rk_str(door->conf->public_url),
	    token ? rk_str_n(token->value.p, token->value.n) : RK_STR(""),
	    "Add AUTH_TOKEN, the auth token of your Twilio account, to the project's variables.",
	    ret_verdict);
}

void
rk_door_check(struct rk_door *door, struct rk_msg_view *view, struct rk_verdict *ret_verdict)
{
	struct rk_check c;

	if (rk_check_get(view, &c) != RK_OK)
		refuse(ret_verdict, 500, "RK-500", "The request could not be checked.",
		    "See the log of the gateway.");
	else if (!door->project)
		refuse(ret_verdict, 503, "RK-513", "The functions are not loaded yet.",
		    "Try again in a moment.");
	else
		check(door, &c, ret_verdict);
}

/* ---- assets -------------------------------------------------------------------------- */

/* Whatever is no file in the folder is not there, for a client. */
static void
refuse_file(enum rk_err err, struct rk_verdict *ret_verdict)
{
	if (err == RK_NOT_FOUND || err == RK_REFUSED || err == RK_INVALID)
		refuse(ret_verdict, 404, "RK-404", "The asset at this path is not there any more.",
		    "Put the file back in its place.");
	else
		refuse(ret_verdict, 500, "RK-517", "The asset at this path cannot be read.",
		    "Let the user who runs Roomkey read its file.");
}

bool
rk_door_open(
    struct rk_door *door, struct rk_msg_view *view, struct rk_file *ret_file, struct rk_verdict *ret_verdict)
{
	uint32_t site = rk_msg_get_u32(view), generation = rk_msg_get_u32(view),
		 number = rk_msg_get_u32(view);
	const struct rk_project *p = door->project;

	*ret_verdict = (struct rk_verdict){ 0 };
	if (!rk_msg_is_done(view))
		refuse(ret_verdict, 500, "RK-500", "The asset could not be asked for.",
		    "See the log of the gateway.");
	if (ret_verdict->status || !p || site != RK_SITE_DEV || generation != door->generation ||
	    number >= p->asset_n)
		return false;
	if (p->assets[number].visibility == RK_PRIVATE) {
		refuse_file(RK_NOT_FOUND, ret_verdict);
		return false;
	}
	enum rk_err err = rk_assets_open(door->folder, p, &p->assets[number], ret_file);
	if (err != RK_OK)
		refuse_file(err, ret_verdict);
	return err == RK_OK;
}
