/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "exporters/smartme/smartme_value.h"

static void expect(const char *text, const char *unit, const char *wanted,
		   const char *expected)
{
	char found[SMARTME_VALUE_MAX] = "";
	cr_expect(smartme_value(text, unit, wanted, found), "%s %s", text, unit);
	cr_expect_str_eq(found, expected, "%s %s is %s %s, not %s", text, unit, found,
			 wanted, expected);
}

static void refuse(const char *text, const char *unit, const char *wanted)
{
	char found[SMARTME_VALUE_MAX];
	cr_expect(!smartme_value(text, unit, wanted, found), "%s %s", text, unit);
}

Test(smartme_value, powers_of_ten_are_exact)
{
	expect("15432100", "Wh", "kWh", "15432.1");
	expect("1", "Wh", "kWh", "0.001");
	expect("12", "Wh", "kWh", "0.012");
	expect("999", "Wh", "kWh", "0.999");
	expect("-2410", "W", "kW", "-2.41");
	expect("0", "Wh", "kWh", "0");
	expect("0.000", "m3", "m3", "0");
	expect("1000000000", "Wh", "kWh", "1000000");
	expect("1.891", "m3", "m3", "1.891");
	expect("61.3", "°C", "°C", "61.3");
}

Test(smartme_value, joules_are_rounded_half_up_at_six_places)
{
	expect("3600000", "J", "kWh", "1");
	expect("1000000", "J", "kWh", "0.277778");
	expect("-1000000", "J", "kWh", "-0.277778");
	expect("1", "J", "kWh", "0");
	expect("1.8", "J", "kWh", "0.000001");
	expect("1.79", "J", "kWh", "0");
	expect("123456789000000", "J", "kWh", "34293552.5");
	expect("3600000", "J/h", "kW", "1");
}

Test(smartme_value, calories_and_flows_have_their_factors)
{
	expect("1000", "cal", "kWh", "0.001163");
	expect("1", "m3/min", "m3/h", "60");
	expect("0.001", "m3/s", "m3/h", "3.6");
}

Test(smartme_value, more_than_fifteen_digits_are_rounded)
{
	expect("1.10000002384185791015625", "m3", "m3", "1.10000002384186");
	expect("12345678901234567", "m3", "m3", "12345678901234600");
	expect("999999999999999.9", "m3", "m3", "1000000000000000");
	expect("0.000000000000000123", "m3", "m3", "0.000000000000000123");
}

Test(smartme_value, what_has_no_rule_or_is_no_number_is_refused)
{
	refuse("1", "Wh", "m3");
	refuse("1", "Wh", "kW");
	refuse("", "Wh", "kWh");
	refuse("-", "Wh", "kWh");
	refuse("1e3", "Wh", "kWh");
	refuse("1.2.3", "Wh", "kWh");
	refuse("0.0000000000000000000000000001", "m3", "m3");
}
