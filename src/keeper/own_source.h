/*
 * own_source.h - what functions' sources say about themselves: variables that they read, and whether they mint tokens.
 */
#ifndef RK_KEEPER_OWN_SOURCE_H
#define RK_KEEPER_OWN_SOURCE_H

#include "keeper/store.h"

#define RK_OWN_SOURCES 4096 /* that are remembered; direct-mapped by digest */
#define RK_OWN_NAMES 256

/* Which contents mint tokens: a content never changes, so that each is read once. */
struct rk_own_sources {
	struct {
		unsigned char digest[RK_VAULT_DIGEST_SIZE];
		bool is_known, mints;
	} v[RK_OWN_SOURCES];
};

/* Names of variables, each once, in the order in which they are met; borrowed from the sources. */
struct rk_own_names {
	struct {
		struct rk_str name;
		bool has_default; /* every reader names a value for when it is not set */
	} v[RK_OWN_NAMES];
	size_t n;
};

bool rk_own_source_mints(struct rk_str source); /* says AccessToken, outside of comments and strings */
/* False also when the content cannot be read. */
bool rk_own_sources_mints(struct rk_own_sources *sources, struct rk_store *store, struct rk_str digest);
void rk_own_names_add(struct rk_own_names *names, struct rk_str source);

#endif
