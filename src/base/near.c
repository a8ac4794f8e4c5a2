/*
 * near.c - edit distance (insert, delete, replace, swap of neighbours) over short words.
 */
#include "base/near.h"

#define WORD_MAX 40u

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Optimal string alignment over three rows. Both words are at most WORD_MAX bytes. */
static unsigned
distance(struct rk_str a, struct rk_str b)
{
	unsigned rows[3][WORD_MAX + 1];

	for (unsigned j = 0; j <= b.n; j++)
		rows[0][j] = j;
	for (unsigned i = 1; i <= a.n; i++) {
		unsigned *now = rows[i % 3], *up = rows[(i + 2) % 3], *up2 = rows[(i + 1) % 3];

		now[0] = i;
		for (unsigned j = 1; j <= b.n; j++) {
			unsigned cost = a.p[i - 1] != b.p[j - 1];

			now[j] = least(least(up[j] + 1, now[j - 1] + 1), up[j - 1] + cost);
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1])
				now[j] = least(now[j], up2[j - 2] + 1);
		}
	}
	return rows[a.n % 3][b.n];
}

void
rk_near_put(struct rk_near *near, const char *candidate)
{
	struct rk_str c = rk_str(candidate);
	unsigned d, far;

	if (near->word.n == 0 || near->word.n > WORD_MAX || c.n > WORD_MAX)
		return;
	far = 1 + (unsigned)near->word.n / 4;
	d = distance(near->word, c);
	/* The beginning of a longer word counts as near: "account" for "account-sid". */
	if (d > far && near->word.n >= 3 && rk_str_has_prefix(c, near->word))
		d = far;
	if (d <= far && d < c.n && (!near->best || d < near->distance)) {
		near->best = candidate;
		near->distance = d;
	}
}
