/*
 * arena.c - blocks in a list, newest first; each is twice the size of the one before, up to a bound.
 */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>

#define ALIGN 16u
#define FIRST_BLOCK 4096u
#define LARGEST_STEP (256u * 1024u)

struct rk_arena_block {
	struct rk_arena_block *older;
	size_t size;
	_Alignas(ALIGN) char bytes[];
};

void
rk_arena_init(struct rk_arena *a, size_t max)
{
	*a = (struct rk_arena){ .max = max };
}

/* Frees every block that is newer than `keep`, which becomes the head. */
static void
free_down_to(struct rk_arena *a, struct rk_arena_block *keep)
{
	while (a->head != keep) {
		struct rk_arena_block *older = a->head->older;

		a->total -= a->head->size;
		free(a->head);
		a->head = older;
	}
	a->used = 0;
}

void
rk_arena_done(struct rk_arena *a)
{
	free_down_to(a, NULL);
}

void
rk_arena_clear(struct rk_arena *a)
{
	struct rk_arena_block *first = a->head;

	while (first && first->older)
		first = first->older;
	free_down_to(a, first);
}

/* The size of a new block that holds at least n bytes, or 0 when the ceiling forbids it. */
static size_t
block_size(const struct rk_arena *a, size_t n)
{
	size_t size = a->head ? a->head->size * 2 : FIRST_BLOCK;
	size_t left = a->max ? a->max - a->total : SIZE_MAX / 2;

	if (n > left)
		return 0;
	if (size > LARGEST_STEP)
		size = LARGEST_STEP;
	if (size > left)
		size = left;
	return size < n ? n : size;
}

static bool
add_block(struct rk_arena *a, size_t n)
{
	size_t size = block_size(a, n);
	struct rk_arena_block *block = size ? malloc(sizeof *block + size) : NULL;

	if (!block)
		return false;
	block->older = a->head;
	block->size = size;
	a->head = block;
	a->used = 0;
	a->total += size;
	return true;
}

/* n bytes, not zeroed. */
static char *
take(struct rk_arena *a, size_t n)
{
	char *p;

	if (n > SIZE_MAX / 2)
		return NULL;
	n = n ? (n + ALIGN - 1) & ~(size_t)(ALIGN - 1) : ALIGN;
	if ((!a->head || n > a->head->size - a->used) && !add_block(a, n))
		return NULL;
	p = a->head->bytes + a->used;
	a->used += n;
	return p;
}

void *
rk_arena_take(struct rk_arena *a, size_t n)
{
	char *p = take(a, n);

	return p ? memset(p, 0, n) : NULL;
}

struct rk_str
rk_arena_dup(struct rk_arena *a, struct rk_str s)
{
	char *p = take(a, s.n);

	if (!p)
		return (struct rk_str){ NULL, 0 };
	if (s.n)
		memcpy(p, s.p, s.n);
	return (struct rk_str){ p, s.n };
}

char *
rk_arena_z(struct rk_arena *a, struct rk_str s)
{
	char *z = s.n < SIZE_MAX / 2 ? take(a, s.n + 1) : NULL;

	if (!z)
		return NULL;
	if (s.n)
		memcpy(z, s.p, s.n);
	z[s.n] = '\0';
	return z;
}
