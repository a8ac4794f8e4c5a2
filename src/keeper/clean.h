/*
 * clean.h - text of strangers on a terminal: control characters, which could steer it, as \xNN.
 */
#ifndef RK_KEEPER_CLEAN_H
#define RK_KEEPER_CLEAN_H

#include "base/buf.h"

void rk_clean_put(struct rk_buf *out, struct rk_str text);
/* A line of source: tabs stay, other controls become one '?', so that columns keep their place. */
void rk_clean_put_line(struct rk_buf *out, struct rk_str line);

/* How many columns rk_clean_put fills, every character one wide. */
size_t rk_clean_width(struct rk_str text);

/* Letters, digits, '_', '-', '.' only: needs no quotes in a shell. */
bool rk_clean_is_word(struct rk_str text);

#endif
