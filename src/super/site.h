/*
 * site.h - one site: which of its generations runs, and with how many workers.
 *
 * At most one generation is pending, one is live, and any number are old (super/deploy.h). A site on which nothing
 * runs is nothing but its number; its bundle is forgotten, and keeper is asked for it when somebody calls.
 */
#ifndef RK_SUPER_SITE_H
#define RK_SUPER_SITE_H

#include "super/deploy.h"

/* A bundle from keeper; owns fd. One that is not newer than what the site has is what a WAKE crossed: not needed. */
void rk_site_add(struct rk_site *site, struct rk_deploy_home *home, uint32_t generation, int fd);

/* Calls wait: a further worker, unless one is on its way or the site has all that it may. False: keeper must send the
 * bundle first. */
bool rk_site_wake(struct rk_site *site);

/* It is no more: its workers finish what they have, and end. */
void rk_site_drop(struct rk_site *site);

#endif
