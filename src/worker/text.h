/*
 * text.h - between UTF-8 (ours) and UTF-16 (JavaScript's strings).
 *
 * Malformed UTF-8 becomes U+FFFD, one for each maximal part, as the WHATWG Encoding Standard has it; a
 * lone surrogate becomes U+FFFD on the way out, or stays as three bytes in the WTF-8 form.
 */
#ifndef RK_WORKER_TEXT_H
#define RK_WORKER_TEXT_H

#include <JavaScriptCore/JavaScript.h>

#include "base/buf.h"

enum rk_text_form { RK_TEXT_UTF8, RK_TEXT_WTF8 };

/* Writes at most s.n units to dst, returns how many. *ret_ok (may be NULL): whether s was well-formed. */
size_t rk_text_widen(JSChar *dst, struct rk_str s, bool *ret_ok);

/* A new string, the caller's to release; NULL when memory is short. */
JSStringRef rk_text_new(struct rk_str s);
JSValueRef rk_text_value(JSContextRef ctx, struct rk_str s);

/* How many bytes the units take, and the units as bytes at the end of out (its ceiling holds). */
size_t rk_text_size(const JSChar *p, size_t n);
void rk_text_put(struct rk_buf *out, const JSChar *p, size_t n, enum rk_text_form form);
void rk_text_put_js(struct rk_buf *out, JSStringRef s, enum rk_text_form form);

/* Texts that come again and again (method, path, host), as values of the VM, ready made. */
#define RK_TEXT_KEPT 64
#define RK_TEXT_KEPT_MAX 96

struct rk_text_kept {
	struct rk_text_kept_row {
		JSValueRef value;
		size_t n;
		char p[RK_TEXT_KEPT_MAX];
	} rows[RK_TEXT_KEPT];
};

JSValueRef rk_text_kept_get(struct rk_text_kept *kept, JSContextRef ctx, struct rk_str s);
void rk_text_kept_done(struct rk_text_kept *kept, JSContextRef ctx);

#endif
