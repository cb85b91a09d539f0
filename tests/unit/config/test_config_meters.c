/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "config/config.h"

static const char KEY[] = "000102030405060708090A0b0C0d0E0f";

Test(config_meters, takes_a_key_from_where_the_secret_is)
{
	struct config config;
	struct config_errors errors;

	cr_assert_eq(setenv("TEST_METER_KEY", KEY, 1), 0);
	cr_assert(config_parse("r.json",
			       "{\"meters\": {\"46631614\": {\"key\": {\"env\": "
			       "\"TEST_METER_KEY\"}}}}",
			       &config, &errors));
	cr_assert_eq(config.meter_count, 1);
	cr_expect_str_eq(config.meters[0].address, "46631614");
	cr_expect(config.meters[0].has_key);
	for (uint8_t i = 0; i < CONFIG_KEY_SIZE; i++)
		cr_expect_eq(config.meters[0].key[i], i);
	config_free(&config);
	config_errors_free(&errors);
}

static void expect_error(const char *text, const char *message)
{
	struct config config;
	struct config_errors errors;

	cr_assert_not(config_parse("r.json", text, &config, &errors));
	cr_assert_eq(errors.count, 1);
	cr_expect_str_eq(errors.texts[0], message);
	config_errors_free(&errors);
}

Test(config_meters, says_what_is_wrong_with_an_address_or_a_key)
{
	cr_assert_eq(setenv("TEST_METER_KEY", "0011", 1), 0);
	expect_error("{\"meters\": {\"12345678\": {\"key\": {\"env\": "
		     "\"TEST_METER_KEY\"}}}}",
		     "r.json:1: $.meters.12345678.key: the secret is no AES key; it must "
		     "be 32 hex digits and nothing else");
	expect_error("{\"meters\": {\"12345678\": {\"key\": \"00112233\"}}}",
		     "r.json:1: $.meters.12345678.key: is no secret; write {\"env\": "
		     "\"NAME\"} or {\"file\": \"/path\"}, and only one of them");
	expect_error(
		"{\"meters\": {\"1234\": {}}}",
		"r.json:1: $.meters.1234: no address of a meter; write its 8 digits, "
		"or 16 with manufacturer, version and medium as `readout decode` "
		"shows them");
}
