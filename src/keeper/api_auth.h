/*
 * api_auth.h - who is calling: HTTP Basic (RFC 7617) by account SID and auth token, or key SID and secret.
 *
 * A wrong credential takes as long whether its account or key exists or not, and an
 * address that goes on guessing is made to wait.
 */
#ifndef RK_KEEPER_API_AUTH_H
#define RK_KEEPER_API_AUTH_H

#include "keeper/store.h"

#define RK_API_THROTTLE_PEERS 1024 /* addresses that are remembered */
#define RK_API_THROTTLE_TRIES 10   /* failures of one address in the window */
#define RK_API_THROTTLE_MS 60000   /* the window, and the wait */

struct rk_api_peer {
	unsigned char network[16]; /* IPv6 /64, or IPv4 as it is; zero: nobody */
	int64_t since_ms;          /* when the first of these failures was */
	unsigned failures;
};

struct rk_api_throttle {
	struct rk_api_peer peers[RK_API_THROTTLE_PEERS];
	char decoys[2]
		   [RK_SID_LEN + 1]; /* an account and a key that exist, looked up in place of unknown ones */
};

enum rk_api_power {
	RK_API_POWER_ALL,      /* the auth token, main keys */
	RK_API_POWER_STANDARD, /* everything but keys */
	RK_API_POWER_NONE,     /* restricted keys: they sign tokens, and open nothing here */
};

struct rk_api_caller {
	char account[RK_SID_LEN + 1];
	char actor[RK_SID_LEN + 1]; /* the account's SID, the key's, or the person's */
	enum rk_api_power power;
	bool reads_only;
};

/* Milliseconds that this address has to wait; 0: none. */
int64_t rk_api_throttle_wait(const struct rk_api_throttle *throttle, struct rk_str peer, int64_t now_ms);
void rk_api_throttle_count(struct rk_api_throttle *throttle, struct rk_str peer, int64_t now_ms, bool failed);

/* header: the value of Authorization. RK_DENIED for whatever is wrong with it; errors of the store as they are. */
RK_CHECKED enum rk_err rk_api_auth_check(struct rk_store *store, struct rk_api_throttle *throttle,
    struct rk_str header, int64_t now_ms, struct rk_api_caller *ret_caller);

#endif
