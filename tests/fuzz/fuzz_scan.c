/* Any bytes as a function's text: the reads it reports lie inside the text, line by line. */
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "keeper/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct rk_scan_read *read, void *arg)
{
	const struct rk_str *text = arg;
	unsigned line = 1;

	if (read->name.n == 0 || read->name.p < text->p || read->name.p + read->name.n > text->p + text->n)
		abort();
	for (const char *p = text->p; p < read->name.p; p++)
		line += *p == '\n';
	/* The line of a string is where its quote stands. */
	if (read->line != line)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rk_str text = rk_str_n(data, size);

	rk_scan_each(text, check, &text);
	return 0;
}
