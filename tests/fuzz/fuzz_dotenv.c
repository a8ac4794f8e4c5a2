/*
 * fuzz_dotenv.c - any text: names keep to their alphabet, values are no longer than the text.
 */
#include <stdint.h>
#include <stdlib.h>

#include "wire/dotenv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct check {
	size_t size;
	unsigned line;
};

static void
check_pair(struct rk_str name, struct rk_str value, unsigned line, void *arg)
{
	struct check *check = arg;

	if (name.n == 0 || line <= check->line || name.n + value.n >= check->size || !rk_str_is_utf8(value))
		abort();
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] >= 0x80 || name.p[i] <= ' ' || name.p[i] == '=')
			abort();
	check->line = line;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct check check = { size, 0 };
	enum rk_err err = rk_dotenv_each(rk_str_n(data, size), check_pair, &check);

	if (err != (rk_str_is_utf8(rk_str_n(data, size)) ? RK_OK : RK_INVALID))
		abort();
	return 0;
}
