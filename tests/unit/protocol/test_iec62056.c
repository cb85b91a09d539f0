/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <string.h>

#include "protocol/decimal.h"
#include "protocol/decimal_read.h"
#include "protocol/iec62056/iec62056.h"
#include "protocol/scdata/scdata_input.h"

/* The reading in hand, all of it as text. */
static struct iec62056_block block;
static struct reading_register reg;
static struct value value;
static char text[READING_TEXT_MAX];

static bool next(void)
{
	struct iec62056_reading reading;

	if (!iec62056_next(&block, &reading))
		return false;
	iec62056_register(&reading, &reg);
	iec62056_value(&reading, &reg, &value);
	value_write(&value, &reg, text);
	return true;
}

static void open(const char *lines)
{
	iec62056_open(span_text(lines), &block);
}

static void expect(const char *lines, const char *header, const char *quantity,
		   const char *wanted, const char *unit)
{
	open(lines);
	cr_assert(next(), "%s", lines);
	cr_expect_eq(reg.source, READING_SOURCE_IEC62056);
	cr_expect_eq(reg.header_size, strlen(header), "%s: %.*s", lines, reg.header_size,
		     (const char *)reg.header);
	cr_expect_eq(memcmp(reg.header, header, reg.header_size), 0, "%s", lines);
	cr_expect_str_eq(reg.quantity, quantity, "%s", lines);
	cr_expect_str_eq(text, wanted, "%s", lines);
	cr_expect_str_eq(reg.unit, unit, "%s", lines);
}

Test(iec62056, units_become_base_units_and_digits_stay)
{
	expect("1.8.1(0000002.7#kWh)", "1.8.1(1*kWh)", "energy", "2700", "Wh");
	expect("1.8.0(0000002.725*kWh)", "1.8.0(3*kWh)", "energy", "2725", "Wh");
	expect("6.8(0017.2773*MWh)", "6.8(4*MWh)", "energy", "17277300", "Wh");
	expect("3.7.0(-0.5*kvar)", "3.7.0(1*kvar)", "reactive power", "-500", "var");
	expect("6.26(01872.12*m3)", "6.26(2*m3)", "volume", "1872.12", "m3");
	expect("6.31(0006784*h)", "6.31(0*h)", "duration", "24422400", "s");
	expect("14.7(50.01*Hz)", "14.7(2*Hz)", "frequency", "50.01", "Hz");
}

Test(iec62056, a_backslash_in_a_unit_is_a_slash)
{
	expect("0.3.3(000250.00*i\\kWh)", "0.3.3(2*i\\kWh)", "meter constant", "250.00",
	       "i/kWh");
}

Test(iec62056, the_case_of_a_prefix_counts_and_that_of_the_rest_does_not)
{
	expect("1.7.0(5*MW)", "1.7.0(0*MW)", "power", "5000000", "W");
	expect("1.7.0(5*mW)", "1.7.0(0*mW)", "", "5", "mW");
	expect("3.8.0(5*kVArh)", "3.8.0(0*kVArh)", "reactive energy", "5000", "varh");
}

Test(iec62056, names_keep_their_zeros)
{
	expect("F.F(000000)", "F.F(t)", "error flags", "000000", "");
	expect("C.1.0(04869551)", "C.1.0(t)", "identification", "04869551", "");
	expect("0.0.0(00012345)", "0.0.0(t)", "identification", "00012345", "");
	expect("0.4.2(001)", "0.4.2(0)", "transformer ratio", "1", "");
	expect("9.21(06615369)", "9.21(t)", "identification", "06615369", "");
}

Test(iec62056, the_clock_of_the_meter_is_iso)
{
	expect("0.9.1(153059)", "0.9.1(H)", "time", "15:30:59", "");
	expect("0.9.2(140401)", "0.9.2(D)", "date", "2014-04-01", "");
	expect("0.9.2(990401)", "0.9.2(D)", "date", "1999-04-01", "");
	expect("0.9.2(999999)", "0.9.2(t)", "date", "999999", "");
}

Test(iec62056, a_maximum_has_its_time_behind_it)
{
	open("1.6.1*03(0.042*kW)(1404011215)\r\n");
	cr_assert(next());
	cr_expect_eq(reg.function, READING_MAXIMUM);
	cr_expect_eq(reg.storage, 3);
	cr_expect_eq(reg.tariff, 1);
	cr_expect_str_eq(text, "42");
	cr_assert(next());
	cr_expect_str_eq(reg.quantity, "date time");
	cr_expect_eq(reg.function, READING_MAXIMUM);
	cr_expect_eq(reg.storage, 3);
	cr_expect_str_eq(text, "2014-04-01T12:15:00");
	cr_expect_not(next());
}

Test(iec62056, times_have_many_forms)
{
	static const struct {
		const char *sent;
		const char *wanted;
		bool is_summertime;
	} times[] = {
		{ "1.6.1(1*kW)(14-04-01 12:15)", "2014-04-01T12:15:00", false },
		{ "1.6.1(1*kW)(140401121559)", "2014-04-01T12:15:59", false },
		{ "1.6.1(1*kW)(140701121559S)", "2014-07-01T12:15:59", true },
		{ "1.6.1(1*kW)(1140701121559)", "2014-07-01T12:15:59", true },
		{ "1.6.1(1*kW)(0140701121559)", "2014-07-01T12:15:59", false },
	};

	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		open(times[i].sent);
		cr_assert(next() && next());
		cr_expect_str_eq(text, times[i].wanted);
		cr_expect_eq(value.is_summertime, times[i].is_summertime);
	}
	open("1.6.1(1*kW)(0000000000)");
	cr_assert(next() && next());
	cr_expect_eq(value.kind, VALUE_NONE);
	cr_expect_eq(value.no_value, NO_VALUE_DATE_INVALID);
}

Test(iec62056, previous_values_are_storage)
{
	static const struct {
		const char *sent;
		uint64_t storage;
	} storages[] = {
		{ "1.8.1(1*kWh)", 0 },         { "1.8.1*01(1*kWh)", 1 },
		{ "1.8.1&12(1*kWh)", 12 },     { "1.8.1*00(1*kWh)", IEC62056_STORAGE_00 },
		{ "1-0:1.8.1*255(1*kWh)", 0 },
	};

	for (size_t i = 0; i < sizeof storages / sizeof *storages; i++) {
		open(storages[i].sent);
		cr_assert(next());
		cr_expect_eq(reg.storage, storages[i].storage, "%s", storages[i].sent);
	}
}

Test(iec62056, a_suffix_alone_belongs_to_the_code_before)
{
	open("1.8.1(7*kWh)\r\n*01(6*kWh)\r\n&02(5*kWh)\r\n");
	cr_assert(next() && next());
	cr_expect_eq(reg.storage, 1);
	cr_expect_str_eq(text, "6000");
	cr_assert(next());
	cr_expect_eq(reg.storage, 2);
	cr_expect_eq(memcmp(reg.header, "1.8.1&02(", 9), 0);
}

Test(iec62056, the_channel_is_the_subunit_and_directions_differ)
{
	open("1-2:1.8.0(1*kWh)1-2:2.8.0(1*kWh)1-2:21.8.0(1*kWh)");
	cr_assert(next());
	cr_expect_eq(reg.subunit, 2);
	cr_expect_str_eq(reg.modifiers, "import");
	cr_assert(next());
	cr_expect_str_eq(reg.modifiers, "export");
	cr_assert(next());
	cr_expect_str_eq(reg.modifiers, "phase L1, import");
}

Test(iec62056, a_bracket_may_hold_several_values)
{
	open("9.4(098.5*C&096.1*C)9.22(R)");
	cr_assert(next());
	cr_expect_str_eq(text, "98.5");
	cr_assert(next());
	cr_expect_str_eq(text, "96.1");
	cr_expect_str_eq(reg.unit, "°C");
	cr_assert(next());
	cr_expect_str_eq(text, "R");
	cr_expect_not(next());
}

Test(iec62056, no_content_is_no_data)
{
	open("1.8.1()");
	cr_assert(next());
	cr_expect_eq(value.kind, VALUE_NONE);
	cr_expect_eq(value.no_value, NO_VALUE_NO_DATA);
}

Test(iec62056, what_is_no_data_line_is_noted_and_passed_over)
{
	open("/ZE310\r\n\x02"
	     "1.8.1(1*kWh)\r\nrubbish\r\n1.8.2(\r\n(5)\r\n!\r\n\x03");
	cr_assert(next());
	cr_assert(next(), "(5) is a further value of 1.8.1");
	cr_expect_str_eq(text, "5");
	cr_expect_not(next());
	cr_expect(block.is_broken);
	cr_expect_eq(block.broken_offset, 23);
	open("(5)");
	cr_expect_not(next());
	cr_expect(block.is_broken);
	open("");
	cr_expect_not(next());
	cr_expect_not(block.is_broken);
}

Test(iec62056, every_cut_of_a_block_is_read_without_harm)
{
	static const char whole[] =
		"/X\r\n1-0:1.8.1*03(1.5*kWh&2)(1404011215)\r\nF.F(0)\r\n!";
	char cut[sizeof whole];

	for (size_t size = 0; size < sizeof whole; size++) {
		memcpy(cut, whole, size);
		iec62056_open(span_of(cut, size), &block);
		while (next())
			;
		cr_expect_leq(block.position, size);
	}
}

Test(iec62056, text_too_long_is_no_value)
{
	static char lines[2000] = "C.1.0(";

	memset(lines + 6, 'A', 1000);
	lines[1006] = ')';
	open(lines);
	cr_assert(next());
	cr_expect_eq(value.no_value, NO_VALUE_TOO_LONG);
}

Test(decimal_read, takes_numbers_and_nothing_else)
{
	static const char *const others[] = { "",    "-",   ".",  "1.2.3",
					      "1e3", "0x1", " 1", "1234567890123456789" };
	int64_t digits = 7;
	uint8_t places = 9;

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		cr_expect_not(decimal_read(span_text(others[i]), &digits, &places), "%s",
			      others[i]);
	cr_expect(digits == 7 && places == 9);
	cr_expect(decimal_read(span_text("000123456789012345.678"), &digits, &places));
	cr_expect_eq(digits, 123456789012345678);
	cr_expect_eq(places, 3);
	cr_expect(decimal_read(span_text("-0.50"), &digits, &places));
	cr_expect(digits == -50 && places == 2);
}

Test(scdata_input, is_one_reading_of_its_row)
{
	cr_assert(scdata_input_read(span_text("131"), 2, &reg, &value));
	cr_expect_eq(reg.source, READING_SOURCE_INPUT);
	cr_expect_eq(reg.subunit, 2);
	cr_expect_eq(memcmp(reg.header, "2(0)", reg.header_size), 0);
	cr_expect_eq(value.digits, 131);
	cr_assert(scdata_input_read(span_text("-0.0000000001"), 2, &reg, &value));
	cr_expect_eq(memcmp(reg.header, "2(10)", reg.header_size), 0);
	cr_expect_eq(reg.exponent, -10);
	cr_expect_not(scdata_input_read(span_text(""), 2, &reg, &value));
}
