/*
 * cors.h - what the gateway says about other origins (the Fetch standard, "CORS protocol").
 */
#ifndef RK_GATEWAY_CORS_H
#define RK_GATEWAY_CORS_H

#include "gateway/answer.h"

/* Completes a 204: the answer to OPTIONS on a path that exists. No function runs. */
void rk_cors_preflight(struct rk_answer *answer);

/* Lets a page of any origin read this answer's status and request id, where the answer does not say
 * otherwise already. */
void rk_cors_open(struct rk_answer *answer);

#endif
