/*
 * log.c - one line, one write(2), no allocation: usable from a sealed process.
 *
 * The time zone is read in rk_log_init(), because after the seal there is no
 * file to read it from.
 */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#define WORDS_MAX 2048
#define LINE_MAX_BYTES 4096

static struct {
	const char *role;
	enum rk_log_level level;
} logger = { "", RK_LOG_INFO };

void
rk_log_init(const char *role, enum rk_log_level level)
{
	tzset();
	logger.role = role;
	logger.level = level;
}

/* "10:15:02.123 warn  gateway: " */
static size_t
put_head(char *line, size_t size, enum rk_log_level level)
{
	static const char *const names[] = { "error", "warn ", "info ", "debug" };
	int64_t now = rk_clock_unix_ms();
	time_t seconds = (time_t)(now / 1000);
	struct tm tm = { 0 };
	int n;

	localtime_r(&seconds, &tm);
	n = snprintf(line, size, "%02d:%02d:%02d.%03d %s %s%s", tm.tm_hour, tm.tm_min, tm.tm_sec,
	    (int)(now % 1000), names[level], logger.role, *logger.role ? ": " : "");
	return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
}

/* ASCII controls, DEL, and the second byte of C1 controls (U+0080-U+009F), which terminals obey too. */
static bool
is_control(unsigned char c, unsigned char before)
{
	return c < 0x20 || c == 0x7f || (before == 0xc2 && c >= 0x80 && c < 0xa0);
}

static size_t
put_escaped(char *to, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	const char *named = c ? strchr("\nn\tt\rr", c) : NULL;

	to[0] = '\\';
	if (named) {
		to[1] = named[1];
		return 2;
	}
	to[1] = 'x';
	to[2] = hex[c >> 4];
	to[3] = hex[c & 15];
	return 4;
}

/* The words, escaped; cut with "..." when they do not fit. */
static size_t
put_words(char *line, size_t at, size_t size, const char *words, bool cut)
{
	unsigned char before = 0;

	for (const char *p = words; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (at + 4 + sizeof "...\n" > size) {
			cut = true;
			break;
		}
		if (is_control(c, before))
			at += put_escaped(line + at, c);
		else
			line[at++] = (char)c;
		before = c;
	}
	if (cut) {
		memcpy(line + at, "...", 3);
		at += 3;
	}
	return at;
}

static void
write_line(const char *line, size_t n)
{
	while (write(STDERR_FILENO, line, n) < 0 && errno == EINTR)
		;
}

void
rk_log(enum rk_log_level level, const char *fmt, ...)
{
	char words[WORDS_MAX], line[LINE_MAX_BYTES];
	size_t at;
	va_list args;
	int n;

	if (level > logger.level)
		return;
	va_start(args, fmt);
	n = vsnprintf(words, sizeof words, fmt, args);
	va_end(args);
	if (n < 0)
		return;
	at = put_head(line, sizeof line, level);
	at = put_words(line, at, sizeof line, words, (size_t)n >= sizeof words);
	line[at++] = '\n';
	write_line(line, at);
}
