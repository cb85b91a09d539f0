/* SPDX-License-Identifier: MIT */
/* VIF and VIFE to quantity, unit, scale and modifiers. */
#include "protocol/mbus/mbus_register.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/unit/protocol/mbus_bench.h"

static struct reading_register read(const char *record)
{
	static struct bench bench;

	bench_value(&bench, record);
	return bench.registers[0];
}

static void expect(const char *record, const char *quantity, const char *modifiers,
		   const char *value, const char *unit)
{
	static struct bench bench;
	const char *text = bench_value(&bench, record);

	cr_assert_str_eq(text, value, "%s gives %s", record, text);
	cr_assert_str_eq(bench.registers[0].quantity, quantity, "%s", record);
	cr_assert_str_eq(bench.registers[0].modifiers, modifiers, "%s", record);
	cr_assert_str_eq(bench.registers[0].unit, unit, "%s", record);
}

Test(mbus_register, first_and_last_code_of_each_primary_run_are_scaled_right)
{
	expect("01 00 01", "energy", "", "0.001", "Wh");
	expect("01 07 01", "energy", "", "10000", "Wh");
	expect("01 08 01", "energy", "", "1", "J");
	expect("01 0F 01", "energy", "", "10000000", "J");
	expect("01 10 01", "volume", "", "0.000001", "m3");
	expect("01 17 01", "volume", "", "10", "m3");
	expect("01 18 01", "mass", "", "0.001", "kg");
	expect("01 1F 01", "mass", "", "10000", "kg");
	expect("01 20 02", "on time", "", "2", "s");
	expect("01 21 02", "on time", "", "120", "s");
	expect("01 26 02", "operating time", "", "7200", "s");
	expect("01 27 02", "operating time", "", "172800", "s");
	expect("01 28 01", "power", "", "0.001", "W");
	expect("01 2F 01", "power", "", "10000", "W");
	expect("01 30 01", "power", "", "1", "J/h");
	expect("01 37 01", "power", "", "10000000", "J/h");
	expect("01 38 01", "volume flow", "", "0.000001", "m3/h");
	expect("01 3F 01", "volume flow", "", "10", "m3/h");
	expect("01 40 01", "volume flow", "", "0.0000001", "m3/min");
	expect("01 47 01", "volume flow", "", "1", "m3/min");
	expect("01 48 01", "volume flow", "", "0.000000001", "m3/s");
	expect("01 4F 01", "volume flow", "", "0.01", "m3/s");
	expect("01 50 01", "mass flow", "", "0.001", "kg/h");
	expect("01 57 01", "mass flow", "", "10000", "kg/h");
	expect("01 58 01", "flow temperature", "", "0.001", "°C");
	expect("01 5F 01", "return temperature", "", "1", "°C");
	expect("01 60 01", "temperature difference", "", "0.001", "K");
	expect("01 67 01", "external temperature", "", "1", "°C");
	expect("01 68 01", "pressure", "", "0.001", "bar");
	expect("01 6B 01", "pressure", "", "1", "bar");
	expect("01 6E 01", "heat cost allocation", "", "1", "HCA");
	expect("01 73 01", "averaging duration", "", "86400", "s");
	expect("01 74 01", "actuality duration", "", "1", "s");
	expect("01 7A 01", "bus address", "", "1", "");
}

Test(mbus_register, the_fb_table_is_in_base_units)
{
	expect("01 FB00 02", "energy", "", "200000", "Wh");
	expect("01 FB01 02", "energy", "", "2000000", "Wh");
	expect("01 FB02 02", "reactive energy", "", "2000", "varh");
	expect("01 FB05 02", "apparent energy", "", "20000", "VAh");
	expect("01 FB08 02", "energy", "", "200000000", "J");
	expect("01 FB0F 02", "energy", "", "200000000", "cal");
	expect("01 FB11 02", "volume", "", "2000", "m3");
	expect("01 FB17 02", "reactive power", "", "2000", "var");
	expect("01 FB19 02", "mass", "", "2000000", "kg");
	expect("02 FB1A F401", "relative humidity", "", "50.0", "%");
	expect("01 FB21 02", "volume", "", "0.2", "ft3");
	expect("01 FB29 02", "power", "", "2000000", "W");
	expect("02 FB2E F401", "frequency", "", "50.0", "Hz");
	expect("01 FB31 02", "power", "", "2000000000", "J/h");
	expect("01 FB37 02", "apparent power", "", "2000", "VA");
	expect("01 FB77 02", "temperature limit", "", "2", "°C");
	expect("01 FB79 02", "cumulative maximum power", "", "0.02", "W");
}

Test(mbus_register, the_fd_table_is_known)
{
	expect("01 FD08 02", "access number", "", "2", "");
	expect("01 FD17 02", "error flags", "", "2", "");
	expect("01 FD27 02", "storage interval", "", "172800", "s");
	expect("01 FD28 0C", "storage interval", "", "12", "month");
	expect("01 FD29 02", "storage interval", "", "2", "year");
	expect("01 FD31 02", "duration of tariff", "", "120", "s");
	expect("01 FD3A 02", "dimensionless", "", "2", "");
	expect("01 FD40 02", "voltage", "", "0.000000002", "V");
	expect("01 FD4F 02", "voltage", "", "2000000", "V");
	expect("01 FD50 02", "current", "", "0.000000000002", "A");
	expect("01 FD5F 02", "current", "", "2000", "A");
	expect("01 FD6C 02", "operating time battery", "", "7200", "s");
	expect("01 FD71 B0", "rf level", "", "-80", "dBm");
	expect("01 FD74 02", "remaining battery lifetime", "", "2", "d");
	cr_assert(read("01 FD28 0C").is_duration_months);
	cr_assert_not(read("01 FD27 0C").is_duration_months);
}

Test(mbus_register, reserved_codes_keep_their_record_with_the_raw_value)
{
	expect("01 6F 05", "", "", "5", "");
	expect("01 7B 05", "", "", "5", "");
	expect("01 FD7C 05", "", "", "5", "");
	expect("01 FB40 05", "", "", "5", "");
	expect("01 EF00 05", "", "", "5", "");
}

Test(mbus_register, corrections_apply_to_every_table_and_add_up)
{
	expect("01 8670 05", "energy", "", "0.005", "Wh");
	expect("01 8677 05", "energy", "", "50000", "Wh");
	expect("01 867D 05", "energy", "", "5000000", "Wh");
	expect("01 86F77D 05", "energy", "", "50000000", "Wh");
	expect("02 FDC974 3412", "voltage", "", "46.60", "V");
	expect("01 FB8275 05", "reactive energy", "", "500", "varh");
	expect("01 86BB73 05", "energy", "forward", "5", "Wh");
}

Test(mbus_register, modifiers_are_listed_in_order)
{
	expect("01 93BB22 05", "volume", "forward, per hour", "0.005", "m3");
	expect("01 93BC3E 05", "volume", "backward, base conditions", "0.005", "m3");
	expect("01 ABC8FC10 05", "power", "upper limit, absolute accumulation", "5", "W");
	expect("02 FDC8FC01 0909", "voltage", "L1", "231.3", "V");
	expect("02 FDC8FC8522 0909", "voltage", "L1 to L2, per hour", "231.3", "V");
	expect("01 9345 05", "volume", "reserved 45", "0.005", "m3");
	expect("01 937E 05", "volume", "future", "0.005", "m3");
	expect("01 9312 05", "volume", "average", "0.005", "m3");
}

Test(mbus_register, vifes_that_replace_the_quantity_bring_their_unit)
{
	expect("01 BE49 0A", "volume flow", "upper limit exceeds", "10", "");
	expect("01 BE41 0A", "volume flow", "lower limit exceeds", "10", "");
	expect("01 BE58 0A", "volume flow", "duration of first upper limit exceed", "10",
	       "s");
	expect("01 BE59 0A", "volume flow", "duration of first upper limit exceed", "600",
	       "s");
	expect("01 BB56 01", "volume flow", "duration of last lower limit exceed", "3600",
	       "s");
	expect("01 8667 01", "energy", "duration of last", "86400", "s");
	expect("04 AE4F 1A0B3212", "power", "date of end of last upper limit exceed",
	       "2009-02-18T11:26:00", "");
	expect("02 ED6A DF1C", "date time", "date of begin of first", "2014-12-31", "");
	expect("02 9339 DF1C", "volume", "start date", "2014-12-31", "");
	expect("01 9368 05", "volume", "value during lower limit exceed", "0.005", "m3");
}

Test(mbus_register, behind_ff_everything_is_the_manufacturers)
{
	expect("04 84FFF200 10000000", "energy", "manufacturer F2 00", "160", "Wh");
	expect("01 FF01 05", "manufacturer specific", "manufacturer 01", "5", "");
	expect("01 7F 05", "manufacturer specific", "", "5", "");
	expect("01 937F 05", "volume", "", "0.005", "m3");
	expect("01 86FFF73D 05", "energy", "manufacturer F7 3D", "5000", "Wh");
}

Test(mbus_register, record_errors_are_apart_from_modifiers)
{
	cr_assert_eq(read("01 8615 05").record_error, 0x15);
	cr_assert_eq(read("01 869C00 05").record_error, 0x1C);
	cr_assert_eq(read("01 8600 05").record_error, 0);
	cr_assert_eq(read("01 861D 05").record_error, 0);
	cr_assert_str_eq(read("01 861D 05").modifiers, "standard conform");
	cr_assert_str_eq(read("01 86953B 05").modifiers, "forward");
	cr_assert_eq(read("01 86953B 05").record_error, 0x15);
}

Test(mbus_register, a_plain_text_unit_stands_in_either_place)
{
	expect("02 7C 03 656761 A005", "plain text unit", "", "1440", "age");
	expect("02 FC 03 485225 74 440D", "plain text unit", "", "33.96", "%RH");
	expect("02 FC 74 03 485225 440D", "plain text unit", "", "33.96", "%RH");
	expect("02 FC BB 22 02 43B0 0100", "plain text unit", "forward, per hour", "1",
	       "°C");
	expect("02 7C 00 0100", "plain text unit", "", "1", "");
}

Test(mbus_register, a_plain_text_unit_fits_or_is_refused)
{
	static struct bench bench;
	char hex[256] = "02 7C 39";

	for (int i = 0; i < 57; i++)
		memcpy(hex + strlen(hex), "B0", 3);
	snprintf(hex + strlen(hex), 8, "0100");
	bench_records(&bench, hex);
	cr_assert_eq(bench.telegram.status, TELEGRAM_OK);
	/* 57 characters of two bytes exceed the field and are left out whole. */
	cr_assert_str_eq(bench.registers[0].unit, "");
	hex[7] = 'A';
	bench_records(&bench, hex);
	cr_assert_eq(bench.telegram.diagnosis, DIAGNOSIS_LVAR_RESERVED);
}

Test(mbus_register, the_longest_header_is_kept_whole)
{
	static struct bench bench;
	char hex[512] = "82 80808080808080808000 FC BBBBBBBBBBBBBBBBBB3B 39";

	for (int i = 0; i < 57; i++)
		memcpy(hex + strlen(hex), "41", 3);
	snprintf(hex + strlen(hex), 8, "0100");
	bench_records(&bench, hex);
	cr_assert_eq(bench.telegram.status, TELEGRAM_OK);
	cr_assert_eq(bench.registers[0].header_size, READING_HEADER_MAX);
	cr_assert_eq(strlen(bench.registers[0].unit), 57);
}

Test(mbus_register, modifiers_that_do_not_fit_are_left_out_whole)
{
	struct reading_register reg = read("01 93 C2C2C2C2C2C2C2C2C242 05");

	cr_assert_lt(strlen(reg.modifiers), READING_MODIFIERS_MAX);
	cr_assert_str_eq(reg.modifiers + strlen(reg.modifiers) - 6, "exceed");
}

Test(mbus_register, header_bytes_and_source_are_kept)
{
	struct reading_register reg = read("84 11 06 01000000");

	cr_assert_eq(reg.source, READING_SOURCE_MBUS);
	cr_assert_eq(reg.header_size, 3);
	cr_assert_arr_eq(reg.header, "\x84\x11\x06", 3);
	cr_assert_eq(reg.occurrence, 0);
	cr_assert_eq(reg.factor, 1);
}
