/*
 * fuzz_json5.c - whatever is taken as JSON5 comes out as JSON that the strict reader takes, but for names
 * given twice or with a NUL in them and numbers out of range.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/json.h"
#include "wire/json5.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rk_buf out = RK_BUF(8 * 1024 * 1024);
	struct rk_json5_fault fault = { 0 };
	struct rk_json *root = NULL;
	struct rk_why why = { 0 };
	enum rk_err err = rk_json5_put(&out, rk_str_n((const char *)data, size), &fault);

	if (err == RK_INVALID && (fault.line < 1 || fault.column < 1 || !fault.what))
		abort();
	if (err == RK_OK && rk_json_parse(rk_buf_str(&out), &root, &why) == RK_INVALID &&
	    !strstr(why.what, "duplicate") && !strstr(why.what, "NUL byte in object key") &&
	    !strstr(why.what, "too big") && !strstr(why.what, "overflow"))
		abort();
	rk_json_free(root);
	rk_buf_free(&out);
	return 0;
}
