/*
 * syntax.h - a function's source as a CommonJS module, parsed once for all slots.
 *
 * The wrapper stands on the first line, so that lines hold; the columns of the first line are shifted by
 * RK_SYNTAX_SHIFT in stacks, and put right here in faults.
 */
#ifndef RK_WORKER_SYNTAX_H
#define RK_WORKER_SYNTAX_H

#include "base/buf.h"
#include "worker/jsc.h"

#define RK_SYNTAX_HEAD "(function (exports, require, module, __filename, __dirname) { "
#define RK_SYNTAX_SHIFT (sizeof(RK_SYNTAX_HEAD) - 1)

struct rk_syntax_fault {
	char message[512];
	uint32_t line, column; /* 1-based; column 0 when the engine's words do not tell */
	struct rk_str source;  /* the line itself, borrowed from the source */
};

/*
 * Parses one source. file is its relative name, which stacks will show. RK_INVALID: it does not parse, and
 * *ret_fault says where. A first line that begins with #! is a comment, a byte order mark is skipped.
 */
RK_CHECKED enum rk_err rk_syntax_parse(JSContextGroupRef group, struct rk_str file, struct rk_str source,
    JSScriptRef *ret_script, struct rk_syntax_fault *ret_fault);

#endif
