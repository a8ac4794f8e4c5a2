/*
 * mint.c - what one access token costs: with a kept key, beside libjwt and beside OpenSSL's EVP_MAC and
 * one-shot HMAC() over the same bytes, all in one run. Prints microseconds a call (the best of several
 * rounds, for the machine is not ours alone) and how many times the first line that is; JSON at the end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <jwt.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <roomkey/access.h>
#include <roomkey/grants.h>

#include "token/jws.h"

#define ACCOUNT "AC00000000000000000000000000000001"
#define KEY "SK00000000000000000000000000000002"
#define SECRET "abcdefghijklmnopqrstuvwxyz012345"
#define NOW 1700000000
#define ROUNDS 40

static volatile size_t sink;

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
fail(const char *what)
{
	fprintf(stderr, "mint: %s failed\n", what);
	exit(1);
}

struct ours {
	struct rk_access_key *key;
	struct rk_access_claims claims;
	long a_second; /* tokens of one second: they begin alike, and the key keeps that */
};

static void
mint_ours(void *arg, long i)
{
	struct ours *o = (struct ours *)arg;
	char token[RK_ACCESS_TYPICAL];
	size_t n;

	o->claims.now = NOW + i / o->a_second;
	if (rk_access_mint(o->key, &o->claims, token, sizeof(token), &n))
		fail("rk_access_mint");
	sink += n + (unsigned char)token[n - 1];
}

static void
lint_ours(void *arg, long i)
{
	struct ours *o = (struct ours *)arg;

	if (rk_access_lint(o->key, &o->claims, RK_LINT_REFUSE, NULL, NULL))
		fail("rk_access_lint");
	mint_ours(arg, i);
}

static void
mint_libjwt(void *arg, long i)
{
	char jti[64];
	jwt_t *jwt;
	char *out;

	snprintf(jti, sizeof(jti), "%s-%ld", KEY, NOW + i % 3600);
	if (jwt_new(&jwt) ||
	    jwt_set_alg(jwt, JWT_ALG_HS256, (const unsigned char *)SECRET, sizeof(SECRET) - 1) ||
	    jwt_add_header(jwt, "cty", "twilio-fpa;v=1") || jwt_add_grant(jwt, "jti", jti) ||
	    jwt_add_grants_json(
		jwt, "{\"grants\":{\"identity\":\"alice\",\"video\":{\"room\":\"DailyStandup\"}}}") ||
	    jwt_add_grant_int(jwt, "iat", NOW) || jwt_add_grant_int(jwt, "exp", NOW + 3600) ||
	    jwt_add_grant(jwt, "iss", KEY) || jwt_add_grant(jwt, "sub", ACCOUNT))
		fail("libjwt");
	out = jwt_encode_str(jwt);
	if (!out)
		fail("jwt_encode_str");
	sink += (unsigned char)out[0];
	free(out);
	jwt_free(jwt);
}

/* The bytes to be signed of our own token. */
struct input {
	char text[RK_ACCESS_TYPICAL];
	size_t n;
	EVP_MAC_CTX *ctx;
};

static void
mac_evp_kept(void *arg, long i)
{
	struct input *in = (struct input *)arg;
	EVP_MAC_CTX *copy = EVP_MAC_CTX_dup(in->ctx);
	unsigned char mac[64];
	size_t n;

	if (!copy || EVP_MAC_update(copy, (unsigned char *)in->text, in->n) != 1 ||
	    EVP_MAC_final(copy, mac, &n, sizeof(mac)) != 1)
		fail("EVP_MAC");
	EVP_MAC_CTX_free(copy);
	sink += mac[0];
}

static void
mac_one_shot(void *arg, long i)
{
	struct input *in = (struct input *)arg;
	unsigned char mac[64];
	unsigned n;

	if (!HMAC(EVP_sha256(), SECRET, sizeof(SECRET) - 1, (unsigned char *)in->text, in->n, mac, &n))
		fail("HMAC");
	sink += mac[0];
}

static void
prepare_input(struct input *in, struct ours *o)
{
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	OSSL_PARAM params[] = { OSSL_PARAM_utf8_string("digest", (char[]){ "SHA256" }, 6), OSSL_PARAM_END };

	if (rk_access_mint(o->key, &o->claims, in->text, sizeof(in->text), &in->n))
		fail("rk_access_mint");
	in->n -= 44; /* the dot and the signature */
	in->ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;
	if (!in->ctx || EVP_MAC_init(in->ctx, (const unsigned char *)SECRET, sizeof(SECRET) - 1, params) != 1)
		fail("EVP_MAC_init");
	EVP_MAC_free(mac);
}

/* Who runs, how often a round, and the best microseconds a call so far. */
struct runner {
	const char *name;
	void (*one)(void *arg, long i);
	void *arg;
	long times;
	double best;
};

/* The rounds go around all runners, so that a busy moment of the machine meets each of them. */
static void
measure(struct runner *runners, size_t n)
{
	for (int round = 0; round < ROUNDS; round++)
		for (struct runner *r = runners; r < runners + n; r++) {
			double from = seconds(), took;

			for (long i = 0; i < r->times; i++)
				r->one(r->arg, i);
			took = (seconds() - from) * 1e6 / (double)r->times;
			if (round == 0 || took < r->best)
				r->best = took;
		}
}

static void
prepare_ours(struct ours *o)
{
	*o = (struct ours){ .claims = RK_ACCESS_CLAIMS, .a_second = 1000 };
	if (rk_access_key_new(
		rk_str(ACCOUNT), rk_str(KEY), rk_str(SECRET), RK_ACCESS_HS256, rk_str(NULL), &o->key, NULL))
		fail("rk_access_key_new");
	o->claims.identity = rk_str("alice");
	o->claims.grants = rk_str("{\"video\":{\"room\":\"DailyStandup\"}}");
	o->claims.now = NOW;
}

int
main(void)
{
	struct ours many, alone;
	struct input in;
	struct runner runners[] = {
		{ "access token, HS256, kept key", mint_ours, &many, 20000, 0 },
		{ "libjwt, the same claims", mint_libjwt, NULL, 2000, 0 },
		{ "access token, each in a second of its own", mint_ours, &alone, 20000, 0 },
		{ "access token, with the lint before it", lint_ours, &many, 20000, 0 },
		{ "the MAC alone, EVP_MAC, kept state", mac_evp_kept, &in, 20000, 0 },
		{ "the MAC alone, HMAC() one-shot", mac_one_shot, &in, 10000, 0 },
	};
	double mint, libjwt;

	prepare_ours(&many);
	prepare_ours(&alone);
	alone.a_second = 1;
	prepare_input(&in, &many);
	measure(runners, sizeof(runners) / sizeof(runners[0]));
	for (size_t i = 0; i < sizeof(runners) / sizeof(runners[0]); i++)
		printf("%-42s %7.3f us  %5.1f\n", runners[i].name, runners[i].best,
		    runners[i].best / runners[0].best);
	mint = runners[0].best;
	libjwt = runners[1].best;
	printf("{\"mint_us\":%.3f,\"libjwt_us\":%.3f,\"mint_ratio\":%.1f,\"mint_alone_us\":%.3f,\"mint_lint_"
	       "us\":%.3f}\n",
	    mint, libjwt, libjwt / mint, runners[2].best, runners[3].best);
	EVP_MAC_CTX_free(in.ctx);
	rk_access_key_free(many.key);
	rk_access_key_free(alone.key);
	if (mint <= 0.8 && libjwt / mint >= 15)
		return 0;
	fprintf(stderr, "mint: the target is 0.8 us and 15 times\n");
	return 1;
}
