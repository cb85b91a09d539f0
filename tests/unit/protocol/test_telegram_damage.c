/* SPDX-License-Identifier: MIT */
/* Telegrams cut at every byte and changed in every byte: nothing may go wrong in memory.
 */
#include "protocol/mbus/telegram.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/unit/protocol/mbus_bench.h"

static const char wfh21[] = "685E5E6808007268170308653299068E0000000C13911800000B22730404"
			    "046D3510E214326C00000C"
			    "786817030806FD0C0A000100FA010DFD0B05313248465701FD0E004C1374"
			    "180000426CDF1C0F37FD17"
			    "0000000000000000027A2500027825004116";
static const char pro380[] = "684B4B680801721604021592B00102090000000C04790200008C1004790"
			     "200008C2004000000001C04"
			     "660300009C1004660300009C2004000000002C0487000000AC100487000"
			     "000AC2004000000008016";

/* The frames that the next tests damage; together they reach every kind of record. */
static const char *const victims[] = {
	wfh21,
	pro380,
	"68131368080173785634120A00E97E01000000350100003816",
	"6815156808017278563412244001075500FFFF0C13270485021F16",
};

static const char *const victim_records[] = {
	"0DFD10056F6C6C6548 0D13C23412 0D13D23412 0D13E3010203 0D13F83412345678123456",
	"0D78F0000102030405060708090A0B0C0D0E0F 077904030201244001 04 02FC0348522574440D",
	"02FC7403485225440D 066D1E0F0C7F2C00 036D1E0F0C 052B0000C07F "
	"8D0493130834FE05000000",
	"04867D01000000 02E57B6400 04AE4F1A0B3212 02FDC8FC010909 0484FFF20010000000 "
	"1F0102",
};

/* Checks that no claim about a damaged telegram leads outside its bytes. */
static void expect_sane(struct bench *bench, const uint8_t *bytes, size_t size)
{
	bench_decode(bench, bytes, size);
	cr_assert_leq(bench->telegram.diagnosis_offset, size);
	cr_assert_leq(bench->count, size);
}

static void damage(const uint8_t *bytes, size_t size)
{
	static struct bench bench;
	uint8_t copy[BENCH_BYTES_MAX];

	for (size_t cut = 0; cut < size; cut++)
		expect_sane(&bench, bytes, cut);
	for (size_t i = 0; i < size; i++) {
		for (unsigned byte = 0; byte < 256; byte++) {
			memcpy(copy, bytes, size);
			/* The checksum follows, or the damage would end in the link
			 * layer. */
			copy[size - 2] = (uint8_t)(copy[size - 2] + byte - copy[i]);
			copy[i] = (uint8_t)byte;
			expect_sane(&bench, copy, size);
		}
	}
}

Test(telegram_damage, every_truncation_and_every_change_of_a_byte_is_harmless)
{
	struct bench bench;

	for (size_t i = 0; i < sizeof victims / sizeof *victims; i++) {
		bench_frame(&bench, victims[i]);
		damage(bench.bytes, bench.size);
	}
	for (size_t i = 0; i < sizeof victim_records / sizeof *victim_records; i++) {
		bench_records(&bench, victim_records[i]);
		damage(bench.bytes, bench.size);
	}
}

Test(telegram_damage, every_truncation_inside_a_valid_frame_is_harmless)
{
	struct bench whole;
	struct bench bench;

	for (size_t i = 0; i < sizeof victim_records / sizeof *victim_records; i++) {
		bench_records(&whole, victim_records[i]);
		for (size_t size = 12; size + 9 < whole.size; size++) {
			char hex[2 * BENCH_BYTES_MAX] = "72";

			for (size_t j = 0; j < size; j++)
				snprintf(hex + strlen(hex), 3, "%02X",
					 (unsigned)whole.bytes[7 + j]);
			bench_payload(&bench, hex);
			cr_assert_leq(bench.count, whole.count);
			cr_assert_neq(bench.telegram.diagnosis, DIAGNOSIS_FRAME);
		}
	}
}
