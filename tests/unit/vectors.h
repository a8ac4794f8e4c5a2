/*
 * vectors.h - reads a file of vectors: from the folder named by an environment variable, else from
 * its default relative to the project's root (where the tests run).
 */
#ifndef RK_TESTS_VECTORS_H
#define RK_TESTS_VECTORS_H

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"

/* Lone surrogates (\ud800 to \udfff), which no strict JSON reader takes, become the private characters U+E800
 * to U+EFFF; vectors_wtf8 turns them back. */
static inline void
vectors_hide_surrogates(char *text, size_t n)
{
	for (size_t i = 0; i + 6 <= n; i++) {
		if (text[i] != '\\')
			continue;
		if (text[i + 1] != 'u' || (text[i + 2] | 0x20) != 'd' || text[i + 3] < '8') {
			i++;
			continue;
		}
		if (strchr("89abAB", text[i + 3]) && i + 12 <= n && memcmp(text + i + 6, "\\ud", 3) == 0 &&
		    strchr("cdefCDEF", text[i + 9]))
			i += 11; /* a pair */
		else
			text[i + 2] = 'e';
	}
}

/* The same text with its surrogates as three bytes each (WTF-8); free() it. */
static inline char *
vectors_wtf8(struct rk_str s)
{
	char *p = (char *)malloc(s.n + 1);

	for (size_t i = 0; p && i < s.n; i++)
		p[i] = (unsigned char)s.p[i] == 0xee && i + 1 < s.n && (unsigned char)s.p[i + 1] >= 0xa0 ? (char)0xed : s.p[i];
	return p;
}

/* NULL when there is no such file; a file that is no JSON ends the test program. */
static inline struct rk_json *
vectors_open(const char *variable, const char *folder, const char *name)
{
	const char *from = getenv(variable);
	struct rk_buf text = RK_BUF(64u << 20);
	struct rk_json *root = NULL;
	struct rk_why why = { 0 };
	char path[PATH_MAX], chunk[65536];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", from ? from : folder, name);
	f = fopen(path, "rb");
	if (!f)
		return NULL;
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		rk_buf_put(&text, rk_str_n(chunk, n));
	fclose(f);
	vectors_hide_surrogates(text.p, text.n);
	if (rk_json_parse(rk_buf_str(&text), &root, &why) != RK_OK) {
		fprintf(stderr, "%s: %s\n", path, why.what);
		exit(1);
	}
	rk_buf_free(&text);
	return root;
}

/* A member's text; empty when it is absent or no text. */
static inline struct rk_str
vectors_text(const struct rk_json *object, const char *member)
{
	const struct rk_json *j = rk_json_get(object, member);

	return rk_json_is_string(j) ? rk_json_str(j) : rk_str(NULL);
}

static inline struct rk_json *
vectors_ours(const char *name)
{
	return vectors_open("RK_VECTORS", "../shared/vectors", name);
}

static inline struct rk_json *
vectors_external(const char *name)
{
	return vectors_open("RK_VECTORS_EXTERNAL", "../shared/vectors-external", name);
}

#endif
