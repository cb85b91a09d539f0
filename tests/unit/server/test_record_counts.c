/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "server/record_counts.h"

static struct store_telegram telegram(const char *kind, int64_t error_code,
				      const char *status)
{
	return (struct store_telegram){
		.kind = kind,
		.error_code = error_code,
		.decode_status = status,
		.decode_diagnosis = "",
	};
}

Test(record_counts, counts_each_record_under_its_kind)
{
	struct record_counts counts = { 0 };
	struct store_telegram mbus = telegram("mbus", 0, "ok");
	struct store_telegram wireless = telegram("wmbus", 0, "not_decoded");

	record_counts_add(&counts, &mbus);
	record_counts_add(&counts, &wireless);
	record_counts_add(&counts, &wireless);
	cr_expect_eq(counts.kinds[SCDATA_MBUS], 1);
	cr_expect_eq(counts.kinds[SCDATA_WMBUS], 2);
	cr_expect_eq(counts.kinds[SCDATA_UNKNOWN], 0);
	cr_expect_eq(counts.undecoded, 0);
	cr_expect_eq(counts.failed_reads, 0);
}

Test(record_counts, tells_a_failed_read_from_a_record_that_could_not_be_decoded)
{
	struct record_counts counts = { 0 };
	struct store_telegram failed = telegram("mbus", 131082, "failed_read");
	struct store_telegram broken = telegram("mbus", 0, "malformed");
	struct store_telegram partial = telegram("mbus", 0, "partial");

	record_counts_add(&counts, &failed);
	record_counts_add(&counts, &broken);
	record_counts_add(&counts, &partial);
	cr_expect_eq(counts.failed_reads, 1);
	cr_expect_eq(counts.undecoded, 2);
}

Test(record_counts, counts_the_data_records_of_a_layout)
{
	struct record_counts counts = { 0 };
	const struct layout layout = { .register_count = 11 };
	struct store_telegram decoded = telegram("mbus", 0, "ok");

	decoded.layout = &layout;
	record_counts_add(&counts, &decoded);
	record_counts_add(&counts, &decoded);
	cr_expect_eq(counts.readings, 22);
}
