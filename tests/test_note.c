/* engine/audit/note.c and tile.c: formats that others read, and read strictly
 */
#include <stdlib.h>
#include <string.h>

#include "engine/audit/note.h"
#include "engine/audit/tile.h"
#include "engine/crypto/crypto.h"
#include "tests/suites.h"

#define NAME "audit.example.com/purge-log"
#define VKEY NAME "+c4dbe1ad+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
#define ROOT "bWjp/2YlXp1nphIF3oZGBgPiZeCprkclcEAy8D/oN6g="
#define SIGNATURE                                                   \
	"xNvhrYsVXKGqTqkdUgnXedKxHawV6gKHZvIjtRQTgr5lPeMn61sqj0B4H" \
	"462u0U4i4iaAPHjjiaZt33u6EjraOypEg4="
#define TEXT_3 NAME "\n3\n" ROOT "\n"
#define LINE_3 "\xe2\x80\x94 " NAME " " SIGNATURE "\n"
#define NOTE_3 TEXT_3 "\n" LINE_3

static struct secret_key *seed;
static struct note_key key;

static void setup(void)
{
	uint8_t bytes[32];
	size_t i;

	ck_assert_int_eq(crypto_init(), ST_OK);
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	ck_assert_int_eq(secret_new(bytes, &seed), ST_OK);
	ck_assert_int_eq(ed25519_public(seed, bytes), ST_OK);
	ck_assert_int_eq(note_key_make(NAME, bytes, &key), ST_OK);
}

static void teardown(void) { secret_free(seed); }

static enum status open_text(const char *note, struct checkpoint *out)
{
	return checkpoint_open(&key, note, strlen(note), out);
}

START_TEST(a_key_and_a_checkpoint_are_those_that_others_made)
{
	struct buf b = BUF_INIT, text = BUF_INIT;
	struct checkpoint c = { 0 }, again = { .size = 3 };
	struct note_key parsed;

	note_key_add(&key, &b);
	ck_assert_str_eq(buf_text(&b), VKEY);
	ck_assert_int_eq(note_key_parse(VKEY, &parsed), ST_OK);
	ck_assert_mem_eq(&parsed, &key, sizeof(key));
	ck_assert_int_eq(open_text(NOTE_3, &c), ST_OK);
	ck_assert_uint_eq(c.size, 3);
	memcpy(again.root, c.root, sizeof(c.root));
	checkpoint_add(&again, NAME, &text);
	ck_assert_str_eq(buf_text(&text), TEXT_3);
	buf_clear(&b);
	ck_assert_int_eq(note_sign(&key, seed, buf_text(&text), &b), ST_OK);
	ck_assert_str_eq(buf_text(&b), NOTE_3);
	buf_release(&b);
	buf_release(&text);
}
END_TEST

static const struct {
	const char *vkey;
} bad_keys[] = {
	{ "" },
	{ NAME },
	{ NAME "+c4dbe1ad" },
	{ NAME "+c4dbe1ae+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4" },
	{ NAME "+C4DBE1AD+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4" },
	{ NAME "x+c4dbe1ad+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4" },
	{ NAME "+c4dbe1ad+AgOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4" },
	{ NAME "+c4dbe1ad+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG" },
	{ NAME "+c4dbe1ad+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTE=" },
	{ NAME "+c4dbe1ad+" },
	{ "a b+c4dbe1ad+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4" },
	{ "+c4dbe1ad+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4" },
	/* y = 5: libgcrypt would abort */
	{ NAME "+c4dbe1ad+AQUAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
};

START_TEST(a_key_is_read_strictly)
{
	struct note_key k;

	ck_assert_int_eq(note_key_parse(bad_keys[_i].vkey, &k), ST_INVALID);
}
END_TEST

START_TEST(a_name_has_no_blanks_of_any_alphabet)
{
	static const char *const names[] = { "", "a b", "a+b", "a\nb",
		"a\u00a0b", "a\u2003b", "a\u3000b", "a\xff" };
	struct note_key k;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		ck_assert_int_eq(
		    note_key_make(names[i], key.public, &k), ST_INVALID);
	ck_assert_int_eq(
	    note_key_make("\u76e3\u67fb.example", key.public, &k), ST_OK);
}
END_TEST

#define OTHER "\xe2\x80\x94 other.example AAAAAAAA\n"

static const struct {
	const char *note;
	enum status want;
} notes[] = {
	{ TEXT_3 "\n" OTHER LINE_3, ST_OK },
	{ TEXT_3 "\n" LINE_3 OTHER, ST_OK },
	{ "", ST_INVALID },
	{ TEXT_3, ST_INVALID },
	{ TEXT_3 "\n", ST_INVALID },
	{ TEXT_3 LINE_3, ST_INVALID },
	{ TEXT_3 "\n" LINE_3 "\n", ST_INVALID },
	{ TEXT_3 "\n" LINE_3 "x\n", ST_INVALID },
	{ TEXT_3 "\n- " NAME " " SIGNATURE "\n", ST_INVALID },
	{ TEXT_3 "\n\xe2\x80\x94 " NAME "  " SIGNATURE "\n", ST_INVALID },
	{ TEXT_3 "\n\xe2\x80\x94 " NAME " " SIGNATURE, ST_INVALID },
	{ TEXT_3 "\n\xe2\x80\x94 " NAME " AAAA\n", ST_INVALID },
	{ TEXT_3 "\n\xe2\x80\x94 a+b " SIGNATURE "\n", ST_INVALID },
	{ NAME "\n3\t\n" ROOT "\n\n" LINE_3, ST_INVALID },
	/* not by us */
	{ TEXT_3 "\n" OTHER, ST_INTEGRITY },
	{ TEXT_3 "\n\xe2\x80\x94 " NAME "x " SIGNATURE "\n", ST_INTEGRITY },
	{ TEXT_3 "\n\xe2\x80\x94 " NAME " xNvhrQ==\n", ST_INVALID },
	{ TEXT_3 "\n\xe2\x80\x94 " NAME " xNvhrQA=\n", ST_INTEGRITY },
	/* not what was signed */
	{ NAME "\n4\n" ROOT "\n\n" LINE_3, ST_INTEGRITY },
	{ TEXT_3 "\n\n" LINE_3, ST_INTEGRITY },
	{ "\n" TEXT_3 "\n" LINE_3, ST_INTEGRITY },
};

START_TEST(a_note_is_read_strictly)
{
	struct checkpoint c;

	ck_assert_int_eq(open_text(notes[_i].note, &c), notes[_i].want);
}
END_TEST

/* Well signed, and still no checkpoint of this log. */
static const struct {
	const char *text;
	enum status want;
} texts[] = {
	{ NAME "\n0\n" ROOT "\n", ST_OK },
	{ NAME "\n3\n" ROOT "\nan extension\n", ST_OK },
	{ NAME "\n03\n" ROOT "\n", ST_INVALID },
	{ NAME "\n+3\n" ROOT "\n", ST_INVALID },
	{ NAME "\n\n" ROOT "\n", ST_INVALID },
	{ NAME "\n18446744073709551619\n" ROOT "\n", ST_INVALID },
	{ NAME "\n3\nAAAA\n", ST_INVALID },
	{ NAME "\n3\n" ROOT "=\n", ST_INVALID },
	{ NAME "\n3\n", ST_INVALID },
	{ NAME "\n", ST_INVALID },
	{ "another.example\n3\n" ROOT "\n", ST_INTEGRITY },
	{ NAME "x\n3\n" ROOT "\n", ST_INTEGRITY },
};

START_TEST(a_checkpoint_is_read_strictly)
{
	struct buf b = BUF_INIT;
	struct checkpoint c;

	ck_assert_int_eq(note_sign(&key, seed, texts[_i].text, &b), ST_OK);
	ck_assert_int_eq(open_text(buf_text(&b), &c), texts[_i].want);
	buf_release(&b);
}
END_TEST

START_TEST(every_byte_of_a_note_matters)
{
	char note[] = NOTE_3;
	struct checkpoint c;
	size_t i;

	for (i = 0; i + 1 < sizeof(note); i++) {
		note[i] ^= 1;
		MUST(open_text(note, &c) != ST_OK, "byte %zu", i);
		note[i] ^= 1;
		MUST(checkpoint_open(&key, note, i, &c) != ST_OK, "%zu", i);
	}
}
END_TEST

/* ---- tiles ---- */

START_TEST(a_tile_has_the_address_of_the_specification)
{
	char path[TILE_PATH];

	tile_path(0, 1234067, 256, path);
	ck_assert_str_eq(path, "tile/0/x001/x234/067");
	tile_path(1, 0, 256, path);
	ck_assert_str_eq(path, "tile/1/000");
	tile_path(0, 273, 112, path);
	ck_assert_str_eq(path, "tile/0/273.p/112");
	tile_bundle_path(1000, 1, path);
	ck_assert_str_eq(path, "tile/entries/x001/000.p/1");
	tile_path(7, UINT64_MAX, 255, path);
	ck_assert_str_eq(
	    path, "tile/7/x018/x446/x744/x073/x709/x551/615.p/255");
}
END_TEST

START_TEST(widths_are_those_of_the_specification)
{
	/* 70,000 entries: 273 full tiles and 112, one and 17, 1 */
	ck_assert_uint_eq(tile_width(0, 272, 70000), 256);
	ck_assert_uint_eq(tile_width(0, 273, 70000), 112);
	ck_assert_uint_eq(tile_width(0, 274, 70000), 0);
	ck_assert_uint_eq(tile_width(1, 0, 70000), 256);
	ck_assert_uint_eq(tile_width(1, 1, 70000), 17);
	ck_assert_uint_eq(tile_width(2, 0, 70000), 1);
	ck_assert_uint_eq(tile_width(3, 0, 70000), 0);
	ck_assert_uint_eq(tile_width(0, 0, 0), 0);
	ck_assert_uint_eq(tile_width(0, 1, 256), 0);
}
END_TEST

START_TEST(a_bundle_gives_back_its_entries)
{
	static char big[TILE_ENTRY_MOST + 1];
	struct buf b = BUF_INIT;
	const char *entry;
	size_t at = 0, len;

	ck_assert_int_eq(tile_add_entry(&b, "ab", 2), ST_OK);
	ck_assert_int_eq(tile_add_entry(&b, "", 0), ST_OK);
	ck_assert_int_eq(tile_add_entry(&b, big, TILE_ENTRY_MOST), ST_OK);
	ck_assert_int_eq(
	    tile_add_entry(&b, big, TILE_ENTRY_MOST + 1), ST_LIMIT);
	ck_assert_mem_eq(b.data, "\0\2ab\0\0\xff\xff", 8);
	ck_assert_int_eq(tile_next_entry(&b, &at, &entry, &len), ST_OK);
	ck_assert_mem_eq(entry, "ab", len);
	ck_assert_int_eq(tile_next_entry(&b, &at, &entry, &len), ST_OK);
	ck_assert_uint_eq(len, 0);
	ck_assert_int_eq(tile_next_entry(&b, &at, &entry, &len), ST_OK);
	ck_assert_uint_eq(len, TILE_ENTRY_MOST);
	ck_assert_int_eq(tile_next_entry(&b, &at, &entry, &len), ST_NOTFOUND);
	b.len--;
	at = 6;
	ck_assert_int_eq(tile_next_entry(&b, &at, &entry, &len), ST_INVALID);
	b.len = 7;
	ck_assert_int_eq(tile_next_entry(&b, &at, &entry, &len), ST_INVALID);
	buf_release(&b);
}
END_TEST

Suite *note_suite(void)
{
	Suite *s = suite_create("note");
	TCase *t = tcase_create("notes"), *tiles = tcase_create("tiles");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_key_and_a_checkpoint_are_those_that_others_made);
	tcase_add_loop_test(
	    t, a_key_is_read_strictly, 0, sizeof(bad_keys) / sizeof(*bad_keys));
	tcase_add_test(t, a_name_has_no_blanks_of_any_alphabet);
	tcase_add_loop_test(
	    t, a_note_is_read_strictly, 0, sizeof(notes) / sizeof(*notes));
	tcase_add_loop_test(t, a_checkpoint_is_read_strictly, 0,
	    sizeof(texts) / sizeof(*texts));
	tcase_add_test(t, every_byte_of_a_note_matters);
	suite_add_tcase(s, t);
	tcase_add_test(tiles, a_tile_has_the_address_of_the_specification);
	tcase_add_test(tiles, widths_are_those_of_the_specification);
	tcase_add_test(tiles, a_bundle_gives_back_its_entries);
	suite_add_tcase(s, tiles);
	return s;
}
