#include "worker/text.h"

#include <stdlib.h>

#include "base/auto.h"

#define ON_STACK 1024
#define REPLACEMENT 0xfffd

/* ---- UTF-8 to UTF-16 ---------------------------------------------------------- */

/* Copies ASCII as long as there is any, in pieces that compilers turn into vector code. */
static size_t
widen_ascii(JSChar *dst, const unsigned char *p, size_t n)
{
	size_t i = 0;

	for (; i + 16 <= n; i += 16) {
		unsigned char any = 0;

		for (size_t k = 0; k < 16; k++)
			any |= p[i + k];
		if (any & 0x80)
			break;
		for (size_t k = 0; k < 16; k++)
			dst[i + k] = p[i + k];
	}
	for (; i < n && p[i] < 0x80; i++)
		dst[i] = p[i];
	return i;
}

struct sequence {
	unsigned need;             /* bytes that follow the first */
	unsigned char least, most; /* of the second byte */
	uint32_t bits;             /* of the first byte */
};

/* RFC 3629 section 4: which second byte may follow which first. */
static bool
begin_sequence(unsigned char c, struct sequence *ret_seq)
{
	if (c >= 0xc2 && c <= 0xdf)
		*ret_seq = (struct sequence){ 1, 0x80, 0xbf, c & 0x1fu };
	else if (c >= 0xe0 && c <= 0xef)
		*ret_seq =
		    (struct sequence){ 2, c == 0xe0 ? 0xa0 : 0x80, c == 0xed ? 0x9f : 0xbf, c & 0x0fu };
	else if (c >= 0xf0 && c <= 0xf4)
		*ret_seq =
		    (struct sequence){ 3, c == 0xf0 ? 0x90 : 0x80, c == 0xf4 ? 0x8f : 0xbf, c & 0x07u };
	else
		return false;
	return true;
}

/* One code point at p; *ret_used bytes of it. REPLACEMENT with ok false for a malformed part. */
static uint32_t
take_point(const unsigned char *p, size_t n, size_t *ret_used, bool *ok)
{
	struct sequence seq;
	uint32_t point;
	size_t i = 1;

	*ret_used = 1;
	if (!begin_sequence(p[0], &seq)) {
		*ok = false;
		return REPLACEMENT;
	}
	point = seq.bits;
	for (; i <= seq.need && i < n; i++) {
		if (p[i] < (i == 1 ? seq.least : 0x80) || p[i] > (i == 1 ? seq.most : 0xbf))
			break;
		point = point << 6 | (p[i] & 0x3fu);
	}
	*ret_used = i;
	if (i <= seq.need) {
		*ok = false;
		return REPLACEMENT;
	}
	return point;
}

size_t
rk_text_widen(JSChar *dst, struct rk_str s, bool *ret_ok)
{
	const unsigned char *p = (const unsigned char *)s.p, *end = s.n ? p + s.n : p; /* an empty view may have no p */
	JSChar *at = dst;
	bool ok = true;
	size_t used;

	while (p < end) {
		used = widen_ascii(at, p, (size_t)(end - p));
		at += used;
		p += used;
		if (p == end)
			break;
		uint32_t point = take_point(p, (size_t)(end - p), &used, &ok);

		p += used;
		if (point >= 0x10000) {
			*at++ = (JSChar)(0xd800 + ((point - 0x10000) >> 10));
			point = 0xdc00 + (point & 0x3ff);
		}
		*at++ = (JSChar)point;
	}
	if (ret_ok)
		*ret_ok = ok;
	return (size_t)(at - dst);
}

JSStringRef
rk_text_new(struct rk_str s)
{
	JSChar small[ON_STACK];
	JSChar *big RK_AUTO(rk_auto_free) = NULL;

	if (s.n <= ON_STACK)
		return JSStringCreateWithCharacters(small, rk_text_widen(small, s, NULL));
	big = malloc(s.n * sizeof(*big));
	if (!big)
		return NULL;
	return JSStringCreateWithCharacters(big, rk_text_widen(big, s, NULL));
}

JSValueRef
rk_text_value(JSContextRef ctx, struct rk_str s)
{
	JSStringRef text = rk_text_new(s);
	JSValueRef value;

	if (!text)
		return JSValueMakeUndefined(ctx);
	value = JSValueMakeString(ctx, text);
	JSStringRelease(text);
	return value;
}

/* ---- UTF-16 to UTF-8 ---------------------------------------------------------- */

static bool
is_pair(const JSChar *p, size_t n)
{
	return n >= 2 && (p[0] & 0xfc00) == 0xd800 && (p[1] & 0xfc00) == 0xdc00;
}

size_t
rk_text_size(const JSChar *p, size_t n)
{
	size_t size = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] < 0x80) {
			size++;
		} else if (p[i] < 0x800) {
			size += 2;
		} else if (is_pair(p + i, n - i)) {
			size += 4;
			i++;
		} else {
			size += 3;
		}
	}
	return size;
}

static size_t
narrow_ascii(char *dst, const JSChar *p, size_t n)
{
	size_t i = 0;

	for (; i + 16 <= n; i += 16) {
		JSChar any = 0;

		for (size_t k = 0; k < 16; k++)
			any |= p[i + k];
		if (any & 0xff80)
			break;
		for (size_t k = 0; k < 16; k++)
			dst[i + k] = (char)p[i + k];
	}
	for (; i < n && p[i] < 0x80; i++)
		dst[i] = (char)p[i];
	return i;
}

static char *
put_point(char *at, uint32_t point)
{
	if (point < 0x800) {
		*at++ = (char)(0xc0 | point >> 6);
	} else if (point < 0x10000) {
		*at++ = (char)(0xe0 | point >> 12);
		*at++ = (char)(0x80 | (point >> 6 & 0x3f));
	} else {
		*at++ = (char)(0xf0 | point >> 18);
		*at++ = (char)(0x80 | (point >> 12 & 0x3f));
		*at++ = (char)(0x80 | (point >> 6 & 0x3f));
	}
	*at++ = (char)(0x80 | (point & 0x3f));
	return at;
}

/* dst has rk_text_size(p, n) bytes. */
static void
narrow(char *dst, const JSChar *p, size_t n, enum rk_text_form form)
{
	size_t i = 0, used;
	uint32_t point;

	while (i < n) {
		used = narrow_ascii(dst, p + i, n - i);
		dst += used;
		i += used;
		if (i == n)
			break;
		if (is_pair(p + i, n - i)) {
			point = 0x10000u + ((p[i] & 0x3ffu) << 10) + (p[i + 1] & 0x3ffu);
			i += 2;
		} else {
			point = (p[i] & 0xf800) == 0xd800 && form == RK_TEXT_UTF8 ? REPLACEMENT : p[i];
			i++;
		}
		dst = put_point(dst, point);
	}
}

void
rk_text_put(struct rk_buf *out, const JSChar *p, size_t n, enum rk_text_form form)
{
	size_t size = rk_text_size(p, n);

	if (!rk_buf_reserve(out, size))
		return;
	narrow(out->p + out->n, p, n, form);
	out->n += size;
}

void
rk_text_put_js(struct rk_buf *out, JSStringRef s, enum rk_text_form form)
{
	rk_text_put(out, JSStringGetCharactersPtr(s), JSStringGetLength(s), form);
}

/* ---- kept values --------------------------------------------------------------- */

static struct rk_text_kept_row *
row_of(struct rk_text_kept *kept, struct rk_str s)
{
	uint32_t hash = 2166136261u ^ (uint32_t)s.n;

	for (size_t i = 0; i < s.n; i++)
		hash = (hash ^ (unsigned char)s.p[i]) * 16777619u;
	return &kept->rows[(hash ^ hash >> 16) % RK_TEXT_KEPT];
}

JSValueRef
rk_text_kept_get(struct rk_text_kept *kept, JSContextRef ctx, struct rk_str s)
{
	struct rk_text_kept_row *row;
	JSValueRef value;

	if (s.n > RK_TEXT_KEPT_MAX)
		return rk_text_value(ctx, s);
	row = row_of(kept, s);
	if (row->value && row->n == s.n && memcmp(row->p, s.n ? s.p : "", s.n) == 0)
		return row->value;
	value = rk_text_value(ctx, s);
	if (row->value)
		JSValueUnprotect(ctx, row->value);
	JSValueProtect(ctx, value);
	row->value = value;
	row->n = s.n;
	if (s.n)
		memcpy(row->p, s.p, s.n);
	return value;
}

void
rk_text_kept_done(struct rk_text_kept *kept, JSContextRef ctx)
{
	for (size_t i = 0; i < RK_TEXT_KEPT; i++)
		if (kept->rows[i].value)
			JSValueUnprotect(ctx, kept->rows[i].value);
	*kept = (struct rk_text_kept){ 0 };
}
