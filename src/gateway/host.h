/*
 * host.h - the host that a request means: of its target, its Host field, or a proxy's word.
 */
#ifndef RK_GATEWAY_HOST_H
#define RK_GATEWAY_HOST_H

#include "gateway/screen.h"

/* With its port, as it was sent. is_trusted: the peer is a proxy whose X-Forwarded-Host is believed. */
struct rk_str rk_host_get(const struct rk_head *head, bool is_trusted);

#endif
