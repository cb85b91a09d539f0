/* SPDX-License-Identifier: MIT */
#include "storage/log_reader.h"

#include <criterion/criterion.h>

#include "store_fixture.h"

static struct store_fixture f;
static struct log_reader *reader;

static void setup(void)
{
	fixture_begin(&f);
	reader = log_reader_open(f.path, f.error);
	cr_assert_not_null(reader, "%s", f.error);
}

static void teardown(void)
{
	log_reader_close(reader);
	fixture_end(&f);
}

TestSuite(log_reader, .init = setup, .fini = teardown);

static void store(int64_t from, int64_t until)
{
	for (int64_t i = from; i <= until; i++) {
		struct store_telegram telegram =
			fixture_telegram(STAMP_TRUE + i, i, "a\0b");
		telegram.raw.size = (size_t)i % 4;
		telegram.raw_is_text = i % 2 == 0;
		fixture_store(&f, &telegram);
	}
}

Test(log_reader, gives_the_log_page_by_page_to_its_end)
{
	const struct log_telegram *telegrams;
	cr_assert_eq(log_reader_last(reader), 0);
	cr_assert_eq(log_reader_next(reader, 0, -1, 3, &telegrams), 0);
	store(1, 7);
	cr_assert_eq(log_reader_last(reader), 7);
	int64_t after = 0;
	int64_t expected = 1;
	int count;
	while ((count = log_reader_next(reader, after, -1, 3, &telegrams)) > 0) {
		for (int i = 0; i < count; i++, expected++) {
			cr_assert_eq(telegrams[i].id, expected);
			cr_assert_eq(telegrams[i].sequence, expected);
			cr_assert_eq(telegrams[i].raw.size, (size_t)expected % 4);
			cr_assert_eq(memcmp(telegrams[i].raw.data, "a\0b",
					    telegrams[i].raw.size),
				     0);
			cr_assert_eq(telegrams[i].raw_is_text,
				     expected % 2 == 0 && expected % 4 != 0);
		}
		after = telegrams[count - 1].id;
	}
	cr_assert_eq(count, 0);
	cr_assert_eq(expected, 8);
}

Test(log_reader, keeps_within_the_announced_range)
{
	const struct log_telegram *telegrams;
	store(1, 5);
	cr_assert_eq(log_reader_next(reader, 1, 3, 10, &telegrams), 2);
	cr_assert_eq(telegrams[0].id, 2);
	cr_assert_eq(telegrams[1].id, 3);
	cr_assert_str_eq(telegrams[0].meter, "");
	cr_assert_str_eq(telegrams[0].kind, "mbus");
	cr_assert_str_eq(telegrams[0].decode_status, "ok");
	cr_assert_eq(telegrams[0].read_at, STAMP_TRUE + 2);
}

Test(log_reader, refuses_a_database_that_is_not_there)
{
	char error[LOG_READER_ERROR_MAX] = "";
	cr_assert_null(log_reader_open("/tmp/readout-no-such.db", error));
	cr_assert_not_null(strstr(error, "readout-no-such.db"), "%s", error);
}
