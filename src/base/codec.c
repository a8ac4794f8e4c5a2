/*
 * codec.c - base64, base64url, hex, percent-encoding.
 *
 * Minting spends its time in base64url, so that one goes twelve bits at a time
 * through a table of two-character entries; the rest is written for reading.
 */
#include "base/codec.h"

/* clang-format off */
#define ROW(a) \
	P(a,'A') P(a,'B') P(a,'C') P(a,'D') P(a,'E') P(a,'F') P(a,'G') P(a,'H') \
	P(a,'I') P(a,'J') P(a,'K') P(a,'L') P(a,'M') P(a,'N') P(a,'O') P(a,'P') \
	P(a,'Q') P(a,'R') P(a,'S') P(a,'T') P(a,'U') P(a,'V') P(a,'W') P(a,'X') \
	P(a,'Y') P(a,'Z') P(a,'a') P(a,'b') P(a,'c') P(a,'d') P(a,'e') P(a,'f') \
	P(a,'g') P(a,'h') P(a,'i') P(a,'j') P(a,'k') P(a,'l') P(a,'m') P(a,'n') \
	P(a,'o') P(a,'p') P(a,'q') P(a,'r') P(a,'s') P(a,'t') P(a,'u') P(a,'v') \
	P(a,'w') P(a,'x') P(a,'y') P(a,'z') P(a,'0') P(a,'1') P(a,'2') P(a,'3') \
	P(a,'4') P(a,'5') P(a,'6') P(a,'7') P(a,'8') P(a,'9') P(a,'-') P(a,'_')
#define P(a, b) { a, b },

/* pairs[v] spells the twelve bits of v; pairs[v][1] the low six. */
static const char pairs[4096][2] = {
	ROW('A') ROW('B') ROW('C') ROW('D') ROW('E') ROW('F') ROW('G') ROW('H')
	ROW('I') ROW('J') ROW('K') ROW('L') ROW('M') ROW('N') ROW('O') ROW('P')
	ROW('Q') ROW('R') ROW('S') ROW('T') ROW('U') ROW('V') ROW('W') ROW('X')
	ROW('Y') ROW('Z') ROW('a') ROW('b') ROW('c') ROW('d') ROW('e') ROW('f')
	ROW('g') ROW('h') ROW('i') ROW('j') ROW('k') ROW('l') ROW('m') ROW('n')
	ROW('o') ROW('p') ROW('q') ROW('r') ROW('s') ROW('t') ROW('u') ROW('v')
	ROW('w') ROW('x') ROW('y') ROW('z') ROW('0') ROW('1') ROW('2') ROW('3')
	ROW('4') ROW('5') ROW('6') ROW('7') ROW('8') ROW('9') ROW('-') ROW('_')
};
/* clang-format on */

static const char hex_digits[] = "0123456789abcdef";

/* The one to two bytes that are left after whole threes. */
static size_t
write_tail(char *dst, const unsigned char *p, size_t left)
{
	unsigned v;

	if (left == 0)
		return 0;
	v = (unsigned)p[0] << 16 | (left == 2 ? (unsigned)p[1] << 8 : 0);
	memcpy(dst, pairs[v >> 12], 2);
	if (left == 1)
		return 2;
	dst[2] = pairs[v >> 6 & 63][1];
	return 3;
}

size_t
rk_codec_write_base64url(char *dst, const void *src, size_t n)
{
	const unsigned char *p = src;
	char *at = dst;

	for (; n >= 8; p += 6, n -= 6, at += 8) { /* reads eight bytes, uses six */
		uint64_t v;

		memcpy(&v, p, 8);
		v = __builtin_bswap64(v);
		memcpy(at, pairs[v >> 52], 2);
		memcpy(at + 2, pairs[v >> 40 & 4095], 2);
		memcpy(at + 4, pairs[v >> 28 & 4095], 2);
		memcpy(at + 6, pairs[v >> 16 & 4095], 2);
	}
	for (; n >= 3; p += 3, n -= 3, at += 4) {
		unsigned v = (unsigned)p[0] << 16 | (unsigned)p[1] << 8 | p[2];

		memcpy(at, pairs[v >> 12], 2);
		memcpy(at + 2, pairs[v & 4095], 2);
	}
	return (size_t)(at - dst) + write_tail(at, p, n);
}

void
rk_codec_put_base64url(struct rk_buf *out, struct rk_str in)
{
	size_t n = in.n / 3 * 4 + (in.n % 3 * 4 + 2) / 3;

	if (n && rk_buf_reserve(out, n))
		out->n += rk_codec_write_base64url(out->p + out->n, in.p, in.n);
}

void
rk_codec_put_base64(struct rk_buf *out, struct rk_str in)
{
	size_t from = out->n;

	rk_codec_put_base64url(out, in);
	for (size_t i = from; i < out->n; i++)
		if (out->p[i] == '-')
			out->p[i] = '+';
		else if (out->p[i] == '_')
			out->p[i] = '/';
	if (in.n % 3)
		rk_buf_put(out, in.n % 3 == 1 ? RK_STR("==") : RK_STR("="));
}

/* The six bits of a character, or -1. The alphabets differ in their last two. */
static int
digit64(unsigned char c, char c62, char c63)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == (unsigned char)c62 ? 62 : c == (unsigned char)c63 ? 63 : -1;
}

/* Without padding. Spare bits must be zero: one text for one value. */
static enum rk_err
get_base64(struct rk_buf *out, struct rk_str in, char c62, char c63)
{
	unsigned bits = 0, have = 0;
	size_t from = out->n;

	if (in.n % 4 == 1)
		return RK_INVALID;
	if (!rk_buf_reserve(out, in.n / 4 * 3 + in.n % 4))
		return rk_buf_end(out);
	for (size_t i = 0; i < in.n; i++) {
		int digit = digit64((unsigned char)in.p[i], c62, c63);

		if (digit < 0)
			goto invalid;
		bits = bits << 6 | (unsigned)digit;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out->p[out->n++] = (char)(bits >> have);
			bits &= (1u << have) - 1;
		}
	}
	if (bits == 0)
		return RK_OK;
invalid:
	out->n = from;
	return RK_INVALID;
}

enum rk_err
rk_codec_get_base64url(struct rk_buf *out, struct rk_str in)
{
	return get_base64(out, in, '-', '_');
}

enum rk_err
rk_codec_get_base64(struct rk_buf *out, struct rk_str in)
{
	size_t padding = 0;

	if (in.n % 4)
		return RK_INVALID;
	while (padding < 2 && padding < in.n && in.p[in.n - 1 - padding] == '=')
		padding++;
	return get_base64(out, rk_str_sub(in, 0, in.n - padding), '+', '/');
}

void
rk_codec_put_hex(struct rk_buf *out, struct rk_str in)
{
	if (in.n > SIZE_MAX / 2 || !rk_buf_reserve(out, in.n * 2))
		return;
	for (size_t i = 0; i < in.n; i++) {
		out->p[out->n++] = hex_digits[(unsigned char)in.p[i] >> 4];
		out->p[out->n++] = hex_digits[in.p[i] & 15];
	}
}

static int
digit16(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte spelled by two hex digits, or -1. */
static int
hex_byte(const char *p)
{
	int high = digit16(p[0]), low = digit16(p[1]);

	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

enum rk_err
rk_codec_get_hex(struct rk_buf *out, struct rk_str in)
{
	size_t from = out->n;

	if (in.n % 2)
		return RK_INVALID;
	if (!rk_buf_reserve(out, in.n / 2))
		return rk_buf_end(out);
	for (size_t i = 0; i < in.n; i += 2) {
		int byte = hex_byte(in.p + i);

		if (byte < 0) {
			out->n = from;
			return RK_INVALID;
		}
		out->p[out->n++] = (char)byte;
	}
	return RK_OK;
}

/* RFC 3986 section 2.3 */
static bool
is_unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
	       c == '.' || c == '_' || c == '~';
}

void
rk_codec_put_percent(struct rk_buf *out, struct rk_str in)
{
	static const char upper[] = "0123456789ABCDEF";

	for (size_t i = 0; i < in.n; i++) {
		unsigned char c = (unsigned char)in.p[i];

		if (is_unreserved(c))
			rk_buf_put_c(out, (char)c);
		else
			rk_buf_put(out, rk_str_n((char[]){ '%', upper[c >> 4], upper[c & 15] }, 3));
	}
}

void
rk_codec_get_percent(struct rk_buf *out, struct rk_str in)
{
	if (!rk_buf_reserve(out, in.n))
		return;
	for (size_t i = 0; i < in.n; i++) {
		int byte = in.p[i] == '%' && in.n - i > 2 ? hex_byte(in.p + i + 1) : -1;

		out->p[out->n++] = byte < 0 ? in.p[i] : (char)byte;
		i += byte < 0 ? 0 : 2;
	}
}
