/*
 * Time zones: reads a TZif file (RFC 9636) and answers what the clocks showed.
 *
 * A file is a list of instants at which the offset changes, and a rule for
 * the years behind.  Everything here asks for the span of equal offset around
 * an instant: in the list by binary search, behind it by the rule.
 */
#include "engine/base/zone.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/base/buf.h"
#include "engine/base/civil.h"
#include "engine/base/file.h"
#include "engine/base/zone_rule.h"

#define NAME_MOST 64
#define FILE_MOST 262144 /* the largest of tzdata is under 4 KiB */
#define TYPE_SIZE 6

/* Changes of the rule that are worked out in advance: some 150 years. */
#define WORKED_OUT 300

/* RFC 9636, 3.2: offsets stay between -25 and 26 hours. */
#define OFFSET_LEAST (-89999)
#define OFFSET_MOST  93599

/* Arithmetic with an offset or a day cannot overflow within this. */
#define INSTANT_MOST (INT64_C(1) << 46)

struct transition {
	int64_t at;
	int32_t offset; /* from then on */
};
struct zone {
	char name[NAME_MOST + 1];
	int32_t first; /* before the first transition */
	int has_rule;
	struct zone_rule rule; /* from the last on */
	size_t n;
	struct transition list[];
};

/* The counts of a TZif header, in the file's order. */
struct header {
	char version;
	uint32_t isut, isstd, leap, times, types, chars;
};

static uint32_t read_32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static int64_t read_64(const unsigned char *p)
{
	return (int64_t)((uint64_t)read_32(p) << 32 | read_32(p + 4));
}

#define HEADER_SIZE 44

static int read_header(const unsigned char *p, size_t len, struct header *h)
{
	if (len < HEADER_SIZE || memcmp(p, "TZif", 4) != 0)
		return 0;
	h->version = (char)p[4];
	h->isut = read_32(p + 20);
	h->isstd = read_32(p + 24);
	h->leap = read_32(p + 28);
	h->times = read_32(p + 32);
	h->types = read_32(p + 36);
	h->chars = read_32(p + 40);
	return 1;
}

/* The bytes behind a header whose times take ${size} bytes each. */
static uint64_t block_size(const struct header *h, uint64_t size)
{
	return h->times * (size + 1) + h->types * UINT64_C(6) + h->chars +
	       h->leap * (size + 4) + h->isstd + h->isut;
}

static enum status fail_damaged(const char *name)
{
	return fail(ST_INVALID,
	    "time zone %s: damaged file: reinstall the package tzdata", name);
}

static int check_types(const unsigned char *types, const struct header *h)
{
	for (uint32_t i = 0; i < h->types; i++) {
		const unsigned char *type = types + i * TYPE_SIZE;
		int32_t offset = (int32_t)read_32(type);

		if (offset < OFFSET_LEAST || offset > OFFSET_MOST ||
		    type[4] > 1 || type[5] >= h->chars)
			return 0;
	}
	return 1;
}

/* The block of 64-bit data: instants, the type of each, the types. */
static int read_block(
    const unsigned char *p, const struct header *h, struct zone *z)
{
	const unsigned char *index = p + (size_t)h->times * 8;
	const unsigned char *types = index + h->times;

	if (!check_types(types, h))
		return 0;
	z->first = (int32_t)read_32(types);
	for (uint32_t i = 0; i < h->times; i++) {
		struct transition *t = &z->list[z->n++];

		if (index[i] >= h->types)
			return 0;
		t->at = read_64(p + (size_t)i * 8);
		t->offset = (int32_t)read_32(types + index[i] * TYPE_SIZE);
		if (i > 0 && t->at <= t[-1].at)
			return 0;
	}
	return 1;
}

/* "\nTZ\n"; an empty rule means that nobody knows, and the last offset goes
 * on. */
static int read_footer(const unsigned char *p, size_t len, struct zone *z)
{
	const unsigned char *end;

	if (len < 2 || *p != '\n' ||
	    (end = memchr(p + 1, '\n', len - 1)) == NULL)
		return 0;
	z->has_rule = end > p + 1;
	return !z->has_rule || zone_rule_parse((const char *)p + 1,
				   (size_t)(end - p) - 1, &z->rule) == ST_OK;
}

/* Continue the list by the rule: looking up is ten times as fast as working
 * out, and what is kept for ten years mostly ends behind the file's list. */
static void work_out(struct zone *z)
{
	struct transition *t;
	struct zone_span span;

	if (!z->has_rule || z->n == 0)
		return;
	t = &z->list[z->n - 1];
	span = zone_rule_span(&z->rule, t->at);
	t->offset = span.offset;
	for (int i = 0; i < WORKED_OUT && span.end != INT64_MAX; i++) {
		t = &z->list[z->n++];
		t->at = span.end;
		span = zone_rule_span(&z->rule, t->at);
		t->offset = span.offset;
	}
}

/* The header of the 64-bit data, with all that it announces behind it. */
static enum status find_block(
    const char *name, const unsigned char **p, size_t *len, struct header *h)
{
	uint64_t skip;

	if (!read_header(*p, *len, h))
		return fail_damaged(name);
	if (h->version < '2')
		return fail(ST_INVALID,
		    "time zone %s: a file of 32-bit times, which end in 2038: "
		    "install a newer tzdata",
		    name);
	skip = HEADER_SIZE + block_size(h, 4);
	if (skip > *len)
		return fail_damaged(name);
	*p += skip;
	*len -= skip;
	if (!read_header(*p, *len, h) || h->types == 0 || h->types > 256 ||
	    block_size(h, 8) > *len - HEADER_SIZE)
		return fail_damaged(name);
	if (h->leap != 0)
		return fail(ST_INVALID,
		    "time zone %s: counts leap seconds, which Unix time does "
		    "not: use the name without \"right/\"",
		    name);
	*p += HEADER_SIZE;
	*len -= HEADER_SIZE;
	return ST_OK;
}

enum status zone_parse(
    const char *name, const void *bytes, size_t len, struct zone **out)
{
	const unsigned char *p = bytes;
	struct header h;
	struct zone *z;
	enum status st;
	size_t size;

	if (strlen(name) > NAME_MOST)
		return fail(ST_INVALID, "time zone: name too long");
	if ((st = find_block(name, &p, &len, &h)) != ST_OK)
		return st;
	z = calloc(1,
	    sizeof(*z) + (h.times + (size_t)WORKED_OUT) * sizeof(z->list[0]));
	if (z == NULL)
		return fail(ST_NOMEM, "out of memory");
	size = (size_t)block_size(&h, 8);
	if (!read_block(p, &h, z) || !read_footer(p + size, len - size, z)) {
		zone_free(z);
		return fail_damaged(name);
	}
	work_out(z);
	memcpy(z->name, name, strlen(name));
	*out = z;
	return ST_OK;
}

/* A name as the database has them: "America/Port-au-Prince", "Etc/GMT+1".
 * No dots, so none leads out of the folder. */
static int good_name(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz"
				      "0123456789/_+-";
	size_t len = strspn(name, allowed);

	return name[len] == '\0' && len > 0 && len <= NAME_MOST &&
	       name[0] != '/';
}

enum status zone_open(const char *name, struct zone **out)
{
	struct buf file = BUF_INIT;
	const char *folder = getenv("TZDIR");
	char *path = NULL;
	struct stat sb;
	enum status st;

	if (folder == NULL || *folder == '\0')
		folder = "/usr/share/zoneinfo";
	if (!good_name(name))
		return fail(ST_NOTFOUND,
		    "time zone \"%.40s\": not a name of the tz database: use "
		    "one like Europe/Berlin",
		    name);
	if ((path = str_format("%s/%s", folder, name)) == NULL)
		return fail(ST_NOMEM, "out of memory");
	if (stat(path, &sb) != 0 || !S_ISREG(sb.st_mode))
		st = fail(ST_NOTFOUND,
		    "time zone \"%s\": not in %s: check the spelling, or "
		    "install the package tzdata",
		    name, folder);
	else
		st = file_read(path, FILE_MOST, &file);
	if (st == ST_OK)
		st = zone_parse(name, file.data, file.len, out);
	buf_release(&file);
	free(path);
	return st;
}

void zone_free(struct zone *z) { free(z); }

const char *zone_name(const struct zone *z) { return z->name; }

/* The transitions that lie at or before ${instant}. */
static size_t passed(const struct zone *z, int64_t instant)
{
	size_t low = 0, high = z->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (z->list[middle].at <= instant)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct zone_span span_at(const struct zone *z, int64_t instant)
{
	size_t i = passed(z, instant);

	if (i == z->n && z->has_rule)
		return zone_rule_span(&z->rule, instant);
	return (struct zone_span){ i > 0 ? z->list[i - 1].offset : z->first,
		i < z->n ? z->list[i].at : INT64_MAX };
}

int32_t zone_offset(const struct zone *z, int64_t instant)
{
	return span_at(z, instant).offset;
}

static int64_t bounded(int64_t instant)
{
	if (instant > INSTANT_MOST)
		return INSTANT_MOST;
	return instant < -INSTANT_MOST ? -INSTANT_MOST : instant;
}

int32_t zone_day(const struct zone *z, int64_t instant)
{
	int64_t local = bounded(instant) + zone_offset(z, instant);

	return (int32_t)(local / CIVIL_DAY_SECONDS -
			 (local % CIVIL_DAY_SECONDS < 0));
}

int64_t zone_midnight(const struct zone *z, int32_t day)
{
	int64_t local = (int64_t)day * CIVIL_DAY_SECONDS;
	int64_t t = local - OFFSET_MOST - 1; /* earlier, in any zone */
	struct zone_span span;

	/*
	 * Span by span, until the clock shows that time or more: after a jump
	 * over it, that is the first instant of the next span.
	 */
	for (;; t = span.end) {
		span = span_at(z, t);
		if (local - span.offset > t)
			t = local - span.offset;
		if (t < span.end)
			return t;
	}
}

void zone_format(const struct zone *z, int64_t instant, char out[ZONE_TEXT])
{
	int32_t offset = zone_offset(z, instant) / 60 * 60;
	int minutes = abs(offset) / 60;
	char *p = out + 19;

	civil_format_instant(bounded(instant) + offset, out);
	*p++ = offset < 0 ? '-' : '+';
	*p++ = (char)('0' + minutes / 600);
	*p++ = (char)('0' + minutes / 60 % 10);
	*p++ = ':';
	*p++ = (char)('0' + minutes % 60 / 10);
	*p++ = (char)('0' + minutes % 10);
	*p = '\0';
}
