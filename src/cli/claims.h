/*
 * claims.h - what a token says, for people and for programs.
 */
#ifndef RK_CLI_CLAIMS_H
#define RK_CLI_CLAIMS_H

#include <roomkey/verify.h>

#include "base/buf.h"
#include "cli/say.h"

/* One line a fact, blanks in front; nothing in it is obeyed by a terminal. */
void rk_claims_put_lines(struct rk_buf *out, const struct rk_access_facts *facts);

/* A JSON object: account_sid, key_sid, identity, region, grants, issued_at, not_before, expires_at,
 * null where the token says nothing. */
void rk_claims_put_json(struct rk_buf *out, const struct rk_access_facts *facts);

/* ,"vendor":{"code":20104,"text":"..."} or ,"vendor":null. */
void rk_claims_put_vendor(struct rk_buf *out, int code, const char *text);

/* Nothing could be said about a token: words, and when data was asked for {"<verdict>":null,"error":{...}}.
 * Returns RK_EXIT_REFUSED. */
int rk_claims_refuse(bool json, const char *verdict, const struct rk_why *why);

#endif
