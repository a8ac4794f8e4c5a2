/*
 * porch.c - signatures are checked with the environment's AUTH_TOKEN, or else the account's; assets come out of the
 * store.
 */
#include "keeper/porch.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/secret.h"

#define TOKEN_MAX 1024

static struct rk_verdict
refusal(uint16_t status, const char *code, const char *message, const char *todo)
{
	return (struct rk_verdict){ status, rk_str(code), rk_str(message), rk_str(todo) };
}

/* ---- signatures ------------------------------------------------------------------------ */

static void
take_value(const void *row, void *arg)
{
	rk_buf_put(arg, ((const struct rk_row_variable *)row)->value);
}

static void
take_token(const void *row, void *arg)
{
	rk_buf_put(arg, ((const struct rk_row_account *)row)->auth_token);
}

/* Twilio signs with the token of its own account, which people give as a variable; without one it is that of ours. */
static enum rk_err
get_token(struct rk_porch *porch, const struct rk_site *site, struct rk_buf *token)
{
	struct rk_query variable = { .account = site->account_sid,
		.limit = 1,
		.secrets = true,
		.filters = { { .field = "environment_sid", .value = site->environment_sid },
		    { .field = "key", .value = RK_STR("AUTH_TOKEN") } } };
	struct rk_query account = { .account = site->account_sid, .limit = 1, .secrets = true };
	bool more;
	enum rk_err err;

	if (!rk_buf_reserve(token, TOKEN_MAX))
		return RK_NOMEM;
	err = rk_store_list(porch->store, RK_KIND_VARIABLE, &variable, take_value, token, &more);
	if (!err && token->n == 0)
		err = rk_store_list(porch->store, RK_KIND_ACCOUNT, &account, take_token, token, &more);
	return err ? err : rk_buf_end(token);
}

/* public-url is the address of one site, the default one; the others are called by their own names. */
static struct rk_str
base_of(const struct rk_porch *porch, const struct rk_site *site)
{
	bool is_default = rk_str_is(site->environment_sid, rk_str(porch->conf->default_environment));

	return is_default ? rk_str(porch->conf->public_url) : RK_STR("");
}

static struct rk_verdict
check(struct rk_porch *porch, const struct rk_check *c)
{
	RK_AUTO(rk_buf_wipe) struct rk_buf token = RK_BUF(TOKEN_MAX);
	uint32_t generation;
	const struct rk_site *site = rk_estate_live(porch->estate, c->site, &generation);
	struct rk_verdict verdict;
	enum rk_err err;

	if (!site)
		return refusal(503, "RK-513", "The functions are not loaded yet.", "Try again in a moment.");
	err = get_token(porch, site, &token);
	if (err) {
		rk_error("RK-751: A signature could not be checked: %s.", rk_err_text(err));
		return refusal(500, "RK-751",
		    "The signature could not be checked: the store does not answer.",
		    "Try again in a moment.");
	}
	rk_door_judge(&porch->door, c, base_of(porch, site), rk_buf_str(&token),
	    "Set AUTH_TOKEN, the auth token of your Twilio account, in the environment's variables.",
	    &verdict);
	return verdict;
}

void
rk_porch_check(struct rk_porch *porch, struct rk_chan *chan, uint32_t id, struct rk_msg_view *view)
{
	struct rk_verdict verdict;
	struct rk_check c;

	if (rk_check_get(view, &c) != RK_OK)
		verdict = refusal(
		    500, "RK-500", "The request could not be checked.", "See the log of the gateway.");
	else
		verdict = check(porch, &c);
	rk_audience_send_verdict(chan, id, &verdict);
}

/* ---- assets ------------------------------------------------------------------------------ */

static const struct rk_site_file *
find_asset(const struct rk_porch *porch, struct rk_msg_view *view)
{
	uint32_t number = rk_msg_get_u32(view), asked = rk_msg_get_u32(view), asset = rk_msg_get_u32(view);
	uint32_t generation;
	const struct rk_site *site = rk_estate_live(porch->estate, number, &generation);

	if (!rk_msg_is_done(view) || !site || asked != generation || asset >= site->asset_n)
		return NULL;
	return &site->assets[asset];
}

void
rk_porch_open(struct rk_porch *porch, struct rk_chan *chan, uint32_t id, struct rk_msg_view *view)
{
	const struct rk_site_file *asset = find_asset(porch, view);
	struct rk_verdict verdict = { 0 }; /* other routes are live by now */
	uint64_t size;
	int fd;

	if (asset && asset->visibility == RK_PRIVATE) {
		verdict = refusal(404, "RK-404", "There is no asset at this path that may be fetched.",
		    "Make it public or protected.");
		asset = NULL;
	}
	enum rk_err err =
	    asset ? rk_stock_get(&porch->stock, porch->store, asset->digest, &fd, &size) : RK_OK;
	if (err) {
		rk_error("RK-751: An asset cannot be read: %s.", rk_err_text(err));
		verdict = refusal(500, "RK-751", "The asset at this path cannot be read from the store.",
		    "Look at the log of Roomkey, and at its disk.");
		asset = NULL;
	}
	if (asset)
		rk_audience_send_file(chan, id, fd, size, asset->mtime_ms);
	else
		rk_audience_send_verdict(chan, id, &verdict);
}

void
rk_porch_done(struct rk_porch *porch)
{
	rk_stock_done(&porch->stock);
}
