#include "keeper/types.h"

#include <stdlib.h>

#define EXTENSION_MAX 16

static int
by_extension(const void *key, const void *row)
{
	return strcmp(key, ((const struct rk_type_row *)row)->extension);
}

/* As the original's library: a name without a dot is an extension as a whole. */
static struct rk_str
extension_of(struct rk_str file)
{
	size_t from = file.n;

	while (from > 0 && !strchr("./\\", file.p[from - 1] ? file.p[from - 1] : '.'))
		from--;
	return rk_str_sub(file, from, file.n);
}

struct rk_str
rk_types_get(struct rk_str file)
{
	struct rk_str extension = extension_of(file);
	char key[EXTENSION_MAX + 1];
	const struct rk_type_row *row = NULL;

	if (extension.n > 0 && extension.n <= EXTENSION_MAX) {
		for (size_t i = 0; i < extension.n; i++) {
			char c = extension.p[i];
			key[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
		}
		key[extension.n] = '\0';
		row = bsearch(key, rk_type_rows, rk_type_row_n, sizeof(*row), by_extension);
	}
	return row ? rk_str(row->type) : RK_STR("application/octet-stream");
}
