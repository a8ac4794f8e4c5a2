/*
 * roomkey/grants.h - building the grants object of an access token.
 *
 * Each grant stands under its key, in the order of adding; the same key again
 * overwrites the value but keeps its first position. Empty fields are omitted, an empty
 * grant is {}. Adding fails silently and for good (memory, size, a text that is no
 * UTF-8): write freely, and ask once with rk_grants_json.
 */
#ifndef ROOMKEY_GRANTS_H
#define ROOMKEY_GRANTS_H

#include <stdbool.h>

#include <roomkey/err.h>
#include <roomkey/str.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The largest grants object, in bytes of JSON, and the most grants in one token. */
#define RK_GRANTS_MAX 65536
#define RK_GRANTS_KEYS 16

struct rk_grants;

/* NULL when memory is short. */
struct rk_grants *rk_grants_new(void);
void rk_grants_free(struct rk_grants *grants); /* NULL is fine */
void rk_grants_clear(struct rk_grants *grants);

/* video: {"room"} - empty room: every room (the lint warns). */
void rk_grants_add_video(struct rk_grants *grants, struct rk_str room);

/* chat (Conversations too), and ip_messaging, its name before 2018 (helper libraries 3.x). */
struct rk_grant_chat {
	struct rk_str service_sid; /* IS... */
	struct rk_str endpoint_id;
	struct rk_str deployment_role_sid; /* RL... */
	struct rk_str push_credential_sid; /* CR... */
};
void rk_grants_add_chat(struct rk_grants *grants, const struct rk_grant_chat *chat);
void rk_grants_add_ip_messaging(struct rk_grants *grants, const struct rk_grant_chat *chat);

/* data_sync: service_sid IS..., or "default". */
void rk_grants_add_sync(struct rk_grants *grants, struct rk_str service_sid, struct rk_str endpoint_id);

/* voice: incoming only when allowed; params only with an application. */
struct rk_grant_voice {
	bool incoming_allow;
	struct rk_str outgoing_application_sid; /* AP... */
	struct rk_str outgoing_params;          /* JSON text, put in as it is; empty: none */
	struct rk_str push_credential_sid;      /* CR... */
	struct rk_str endpoint_id;
};
void rk_grants_add_voice(struct rk_grants *grants, const struct rk_grant_voice *voice);

/* task_router: workspace WS..., worker WK..., role "worker" or "supervisor". */
void rk_grants_add_task_router(struct rk_grants *grants, struct rk_str workspace_sid, struct rk_str worker_sid,
    struct rk_str role);

/* player: the JSON text of a playback grant as the vendor's API answered it; empty: {}. */
void rk_grants_add_playback(struct rk_grants *grants, struct rk_str grant_json);

/* rtc, the Conversations of 2015 (helper libraries 3.x). */
void rk_grants_add_rtc(struct rk_grants *grants, struct rk_str configuration_profile_sid);

/* Any other: JSON text under a key that is UTF-8 and not "identity". */
void rk_grants_add_json(struct rk_grants *grants, struct rk_str key, struct rk_str value_json);

/*
 * The object, for rk_access_claims.grants: borrowed until the next call with these
 * grants. RK_NOMEM, RK_TOO_LARGE or RK_INVALID: what first went wrong while adding.
 */
RK_CHECKED enum rk_err rk_grants_json(struct rk_grants *grants, struct rk_str *ret_json);

#ifdef __cplusplus
}
#endif

#endif
