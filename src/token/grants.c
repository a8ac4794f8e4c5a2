/*
 * grants.c - see roomkey/grants.h.
 */
#include <roomkey/grants.h>

#include "base/auto.h"
#include "base/json.h"
#include "token/ecma.h"

struct item {
	char *key;
	struct rk_buf value; /* JSON */
};

struct rk_grants {
	struct item items[RK_GRANTS_KEYS];
	size_t n;
	enum rk_err bad;    /* the first thing that went wrong */
	struct rk_buf text; /* what rk_grants_json lends */
};

struct rk_grants *
rk_grants_new(void)
{
	return (struct rk_grants *)calloc(1, sizeof(struct rk_grants));
}

void
rk_grants_clear(struct rk_grants *grants)
{
	for (size_t i = 0; i < grants->n; i++) {
		free(grants->items[i].key);
		rk_buf_free(&grants->items[i].value);
	}
	grants->n = 0;
	grants->bad = RK_OK;
	rk_buf_clear(&grants->text);
}

void
rk_grants_free(struct rk_grants *grants)
{
	if (!grants)
		return;
	rk_grants_clear(grants);
	rk_buf_free(&grants->text);
	free(grants);
}

/* ---- objects under way ------------------------------------------------------------ */

static struct rk_buf
object_begin(void)
{
	struct rk_buf b = RK_BUF(RK_GRANTS_MAX);

	rk_buf_put_c(&b, '{');
	return b;
}

static void
member(struct rk_buf *b, const char *name)
{
	if (b->n && b->p[b->n - 1] != '{')
		rk_buf_put_c(b, ',');
	rk_buf_put_c(b, '"');
	rk_buf_put(b, rk_str(name));
	rk_buf_lit(b, "\":");
}

/* A member whose value is text; none when it is empty. */
static void
text(struct rk_grants *grants, struct rk_buf *b, const char *name, struct rk_str value)
{
	if (value.n == 0)
		return;
	if (!rk_ecma_is_text(value)) {
		grants->bad = grants->bad ? grants->bad : RK_INVALID;
		return;
	}
	member(b, name);
	rk_json_put_string(b, value);
}

static struct item *
item_for(struct rk_grants *grants, struct rk_str key)
{
	struct item *item;

	for (size_t i = 0; i < grants->n; i++)
		if (rk_str_is(key, rk_str(grants->items[i].key)))
			return &grants->items[i];
	if (grants->n == RK_GRANTS_KEYS) {
		grants->bad = RK_TOO_LARGE;
		return NULL;
	}
	item = &grants->items[grants->n];
	item->key = rk_str_dup(key);
	if (!item->key) {
		grants->bad = RK_NOMEM;
		return NULL;
	}
	item->value = (struct rk_buf){ 0 };
	grants->n++;
	return item;
}

/* Takes the value over, in the place that the key had when it was there before. */
static void
put(struct rk_grants *grants, struct rk_str key, struct rk_buf *value)
{
	enum rk_err err = rk_buf_end(value);
	struct item *item;

	if (err && !grants->bad)
		grants->bad = err;
	item = grants->bad ? NULL : item_for(grants, key);
	if (!item) {
		rk_buf_free(value);
		return;
	}
	rk_buf_free(&item->value);
	item->value = *value;
}

static void
object_end(struct rk_grants *grants, const char *key, struct rk_buf *b)
{
	rk_buf_put_c(b, '}');
	put(grants, rk_str(key), b);
}

/* ---- the grants --------------------------------------------------------------------- */

void
rk_grants_add_video(struct rk_grants *grants, struct rk_str room)
{
	struct rk_buf b = object_begin();

	text(grants, &b, "room", room);
	object_end(grants, "video", &b);
}

static void
add_chat(struct rk_grants *grants, const char *key, const struct rk_grant_chat *chat)
{
	struct rk_buf b = object_begin();

	text(grants, &b, "service_sid", chat->service_sid);
	text(grants, &b, "endpoint_id", chat->endpoint_id);
	text(grants, &b, "deployment_role_sid", chat->deployment_role_sid);
	text(grants, &b, "push_credential_sid", chat->push_credential_sid);
	object_end(grants, key, &b);
}

void
rk_grants_add_chat(struct rk_grants *grants, const struct rk_grant_chat *chat)
{
	add_chat(grants, "chat", chat);
}

void
rk_grants_add_ip_messaging(struct rk_grants *grants, const struct rk_grant_chat *chat)
{
	add_chat(grants, "ip_messaging", chat);
}

void
rk_grants_add_sync(struct rk_grants *grants, struct rk_str service_sid, struct rk_str endpoint_id)
{
	struct rk_buf b = object_begin();

	text(grants, &b, "service_sid", service_sid);
	text(grants, &b, "endpoint_id", endpoint_id);
	object_end(grants, "data_sync", &b);
}

void
rk_grants_add_voice(struct rk_grants *grants, const struct rk_grant_voice *voice)
{
	struct rk_buf b = object_begin();

	if (voice->incoming_allow) {
		member(&b, "incoming");
		rk_buf_lit(&b, "{\"allow\":true}");
	}
	if (voice->outgoing_application_sid.n) {
		member(&b, "outgoing");
		rk_buf_put_c(&b, '{');
		text(grants, &b, "application_sid", voice->outgoing_application_sid);
		if (voice->outgoing_params.n) {
			member(&b, "params");
			rk_buf_put(&b, voice->outgoing_params);
		}
		rk_buf_put_c(&b, '}');
	}
	text(grants, &b, "push_credential_sid", voice->push_credential_sid);
	text(grants, &b, "endpoint_id", voice->endpoint_id);
	object_end(grants, "voice", &b);
}

void
rk_grants_add_task_router(
    struct rk_grants *grants, struct rk_str workspace_sid, struct rk_str worker_sid, struct rk_str role)
{
	struct rk_buf b = object_begin();

	text(grants, &b, "workspace_sid", workspace_sid);
	text(grants, &b, "worker_sid", worker_sid);
	text(grants, &b, "role", role);
	object_end(grants, "task_router", &b);
}

void
rk_grants_add_playback(struct rk_grants *grants, struct rk_str grant_json)
{
	rk_grants_add_json(grants, RK_STR("player"), grant_json.n ? grant_json : RK_STR("{}"));
}

void
rk_grants_add_rtc(struct rk_grants *grants, struct rk_str configuration_profile_sid)
{
	struct rk_buf b = object_begin();

	text(grants, &b, "configuration_profile_sid", configuration_profile_sid);
	object_end(grants, "rtc", &b);
}

void
rk_grants_add_json(struct rk_grants *grants, struct rk_str key, struct rk_str value_json)
{
	struct rk_buf b = RK_BUF(RK_GRANTS_MAX);

	if ((value_json.n == 0 || !rk_ecma_is_text(key) || rk_str_is(key, RK_STR("identity"))) &&
	    !grants->bad)
		grants->bad = RK_INVALID;
	rk_buf_put(&b, value_json);
	put(grants, key, &b);
}

enum rk_err
rk_grants_json(struct rk_grants *grants, struct rk_str *ret_json)
{
	struct rk_buf *b = &grants->text;
	enum rk_err err;

	if (grants->bad)
		return grants->bad;
	b->max = RK_GRANTS_MAX;
	rk_buf_clear(b);
	rk_buf_put_c(b, '{');
	for (size_t i = 0; i < grants->n; i++) {
		if (i)
			rk_buf_put_c(b, ',');
		rk_json_put_string(b, rk_str(grants->items[i].key));
		rk_buf_put_c(b, ':');
		rk_buf_put(b, rk_buf_str(&grants->items[i].value));
	}
	rk_buf_put_c(b, '}');
	err = rk_buf_end(b);
	if (!err)
		*ret_json = rk_buf_str(b);
	return err;
}
