/*
 * api_auth.c - who is calling.
 */
#include "keeper/api_auth.h"

#include <arpa/inet.h>

#include "base/codec.h"
#include "base/log.h"
#include "base/secret.h"

#define CREDENTIALS_MAX 512
#define LAST_USED_EVERY_US (60ll * 1000000) /* every use would be a write */

/* ---- making an address wait ---- */

/* Who may be assumed to be one and the same: an IPv4 address, or an IPv6 /64. Text that is neither is hashed. */
static void
name_network(struct rk_str peer, unsigned char ret_network[16])
{
	unsigned char digest[RK_VAULT_DIGEST_SIZE];
	char z[INET6_ADDRSTRLEN + 1] = "";
	struct in6_addr a;

	memset(ret_network, 0, 16);
	if (peer.n && peer.n < sizeof z)
		memcpy(z, peer.p, peer.n);
	if (inet_pton(AF_INET6, z, &a) == 1) {
		memcpy(ret_network, &a, IN6_IS_ADDR_V4MAPPED(&a) ? 16 : 8);
	} else if (inet_pton(AF_INET, z, ret_network + 12) == 1) {
		ret_network[10] = ret_network[11] = 0xff;
	} else {
		rk_vault_digest(peer, digest);
		memcpy(ret_network, digest, 16);
	}
	ret_network[15] |= ret_network[0] == 0 && ret_network[15] == 0; /* ::/64 is not nobody */
}

/* Where in the table an address belongs: one of four neighbours. */
static size_t
bucket(const unsigned char network[16])
{
	unsigned char digest[RK_VAULT_DIGEST_SIZE];

	rk_vault_digest(rk_str_n(network, 16), digest);
	return (size_t)(digest[0] | digest[1] << 8) % (RK_API_THROTTLE_PEERS / 4) * 4;
}

int64_t
rk_api_throttle_wait(const struct rk_api_throttle *throttle, struct rk_str peer, int64_t now_ms)
{
	unsigned char network[16];
	const struct rk_api_peer *p;

	name_network(peer, network);
	p = &throttle->peers[bucket(network)];
	for (int i = 0; i < 4; i++) {
		int64_t age = now_ms - p[i].since_ms;
		if (memcmp(p[i].network, network, 16) == 0 && p[i].failures >= RK_API_THROTTLE_TRIES &&
		    age >= 0 && age < RK_API_THROTTLE_MS)
			return RK_API_THROTTLE_MS - age;
	}
	return 0;
}

void
rk_api_throttle_count(struct rk_api_throttle *throttle, struct rk_str peer, int64_t now_ms, bool failed)
{
	unsigned char network[16];
	struct rk_api_peer *p, *slot;

	name_network(peer, network);
	p = slot = &throttle->peers[bucket(network)];
	for (int i = 0; i < 4; i++) {
		if (memcmp(p[i].network, network, 16) == 0) {
			slot = &p[i];
			break;
		}
		if (p[i].since_ms < slot->since_ms)
			slot = &p[i];
	}
	if (!failed) {
		if (memcmp(slot->network, network, 16) == 0)
			*slot = (struct rk_api_peer){ .since_ms = 0 };
		return;
	}
	if (memcmp(slot->network, network, 16) != 0 || now_ms - slot->since_ms >= RK_API_THROTTLE_MS ||
	    now_ms < slot->since_ms) {
		memcpy(slot->network, network, 16);
		slot->since_ms = now_ms;
		slot->failures = 0;
	}
	slot->failures++;
	if (slot->failures == RK_API_THROTTLE_TRIES)
		slot->since_ms = now_ms; /* the wait begins now */
}

/* ---- looking at credentials ---- */

/* Exactly one space after the scheme, then canonical base64 of "user:password". */
static enum rk_err
parse_basic(struct rk_str header, struct rk_buf *out, struct rk_str *ret_user, struct rk_str *ret_password)
{
	struct rk_str left = header, scheme = rk_str_take(&left, ' ');

	if (!rk_str_is_nocase(scheme, RK_STR("Basic")) || left.n > CREDENTIALS_MAX ||
	    rk_codec_get_base64(out, left) != RK_OK || rk_buf_end(out) != RK_OK)
		return RK_DENIED;
	left = rk_buf_str(out);
	if (rk_str_index(left, ':') == left.n)
		return RK_DENIED;
	*ret_user = rk_str_take(&left, ':');
	*ret_password = left;
	return RK_OK;
}

static enum rk_err
find_row(struct rk_store *store, enum rk_kind kind, struct rk_str sid, struct rk_arena *arena,
    union rk_row_any *ret_row)
{
	struct rk_query q = { .account = RK_EVERY_ACCOUNT, .limit = 1, .secrets = true };

	if (sid.n)
		q.filters[0] = (struct rk_filter){ .field = "sid", .value = sid };
	return rk_store_find(store, kind, &q, arena, ret_row);
}

/* The opened secret of a row that was looked up, as soon as it has served. */
static void
forget(enum rk_kind kind, union rk_row_any *row)
{
	struct rk_str *secret = kind == RK_KIND_KEY ? &row->key.secret : &row->account.auth_token;

	rk_secret_wipe((char *)(uintptr_t)secret->p, secret->n);
	*secret = rk_str(NULL);
}

/* A lookup that finds something, whose result is thrown away; one of any row when the decoy is gone. */
static void
look_up_decoy(
    struct rk_store *store, struct rk_api_throttle *throttle, enum rk_kind kind, struct rk_arena *arena)
{
	char *decoy = throttle->decoys[kind == RK_KIND_KEY];
	union rk_row_any row;

	if (decoy[0] && find_row(store, kind, rk_str(decoy), arena, &row) == RK_OK) {
		forget(kind, &row);
	} else if (find_row(store, kind, rk_str(NULL), arena, &row) == RK_OK) {
		memcpy(decoy, row.row.sid, RK_SID_LEN + 1);
		forget(kind, &row);
	}
}

/* As long as the other way: one lookup that finds, one that does not. */
static enum rk_err
find_evenly(struct rk_store *store, struct rk_api_throttle *throttle, enum rk_kind kind, struct rk_str sid,
    struct rk_arena *arena, union rk_row_any *ret_row)
{
	char nobody[RK_SID_LEN + 1];
	union rk_row_any none;
	enum rk_err err = find_row(store, kind, sid, arena, ret_row);

	if (err == RK_NOT_FOUND) {
		look_up_decoy(store, throttle, kind, arena);
	} else {
		rk_sid_make(nobody, kind == RK_KIND_KEY ? "SK" : "AC");
		if (find_row(store, kind, rk_str(nobody), arena, &none) == RK_OK)
			return RK_INTERNAL;
	}
	return err;
}

/* Compares digests: the lengths of a secret and of a guess do not show. */
static bool
is_secret(struct rk_str secret, struct rk_str guess)
{
	unsigned char a[RK_VAULT_DIGEST_SIZE], b[RK_VAULT_DIGEST_SIZE];
	bool same;

	rk_vault_digest(secret, a);
	rk_vault_digest(guess, b);
	same = rk_secret_equal(rk_str_n(a, sizeof a), rk_str_n(b, sizeof b));
	rk_secret_wipe(a, sizeof a);
	rk_secret_wipe(b, sizeof b);
	return same && secret.n != 0;
}

/* What can be known without looking at the secret; decided after it was compared. */
static bool
may_sign_in(
    struct rk_store *store, enum rk_kind kind, const union rk_row_any *row, struct rk_api_caller *caller)
{
	struct rk_arena arena;
	union rk_row_any account;
	bool open = kind == RK_KIND_ACCOUNT && !row->account.disabled;

	rk_arena_init(&arena, 0);
	if (kind == RK_KIND_KEY)
		open = !row->key.disabled &&
		       rk_store_get(store, RK_KIND_ACCOUNT, row->row.account_sid, row->row.account_sid,
			   &arena, &account) == RK_OK &&
		       !account.account.disabled;
	rk_arena_done(&arena);
	caller->power = RK_API_POWER_ALL;
	if (kind == RK_KIND_KEY && rk_str_is(row->key.type, RK_STR("restricted")))
		caller->power = RK_API_POWER_NONE;
	else if (kind == RK_KIND_KEY && !rk_str_is(row->key.type, RK_STR("main")))
		caller->power = RK_API_POWER_STANDARD;
	return open;
}

/* Says when a key was last used, about once a minute. It is a note: a store that cannot be written refuses nobody. */
static void
note_use(struct rk_store *store, const union rk_row_any *row, int64_t now_ms)
{
	if (now_ms * 1000 - row->key.last_used < LAST_USED_EVERY_US)
		return;
	if (rk_store_touch(store, RK_KIND_KEY, row->row.account_sid, rk_str(row->row.sid), now_ms * 1000) != RK_OK)
		rk_debug("the last use of a key could not be noted");
}

static enum rk_err
check(struct rk_store *store, struct rk_api_throttle *throttle, struct rk_str user, struct rk_str password,
    int64_t now_ms, struct rk_api_caller *caller)
{
	enum rk_kind kind = rk_str_has_prefix(user, RK_STR("SK")) ? RK_KIND_KEY : RK_KIND_ACCOUNT;
	struct rk_str secret = { NULL, 0 };
	union rk_row_any row = { .row = { .sid = "" } };
	struct rk_arena arena;
	enum rk_err err;
	bool same;

	rk_arena_init(&arena, 0);
	err = find_evenly(store, throttle, kind, user.n ? user : RK_STR("AC"), &arena, &row);
	if (!err)
		secret = kind == RK_KIND_KEY ? row.key.secret : row.account.auth_token;
	same = is_secret(secret, password);
	if (!err)
		forget(kind, &row);
	if (err == RK_NOT_FOUND || (!err && (!same || !may_sign_in(store, kind, &row, caller))))
		err = RK_DENIED;
	if (!err) {
		memcpy(caller->actor, row.row.sid, sizeof caller->actor);
		memcpy(caller->account, row.row.account_sid.p, RK_SID_LEN);
		if (kind == RK_KIND_KEY)
			note_use(store, &row, now_ms);
	}
	rk_arena_done(&arena);
	return err;
}

enum rk_err
rk_api_auth_check(struct rk_store *store, struct rk_api_throttle *throttle, struct rk_str header,
    int64_t now_ms, struct rk_api_caller *ret_caller)
{
	struct rk_buf plain = RK_BUF(CREDENTIALS_MAX);
	struct rk_api_caller caller = { .power = RK_API_POWER_NONE };
	struct rk_str user, password;
	enum rk_err err;

	if (!rk_buf_reserve(&plain, CREDENTIALS_MAX))
		return RK_NOMEM;
	err = parse_basic(header, &plain, &user, &password);
	if (!err)
		err = check(store, throttle, user, password, now_ms, &caller);
	rk_buf_wipe(&plain);
	if (!err)
		*ret_caller = caller;
	return err;
}
