/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "exporters/smartme/smartme_map.h"

#define READING(quantity_, unit_, value_)                                                \
	.quantity = quantity_, .unit = unit_, .modifiers = "",                           \
	.function = "instantaneous", .value_text = value_, .is_number = true,            \
	.no_value_reason = "", .valid_at = "", .obis = ""

static struct smartme_overrides *overrides;

static struct exporter_telegram
telegram_of(const char *medium, const struct exporter_reading *readings, uint32_t count)
{
	return (struct exporter_telegram){
		.meter = "1234567801020304",
		.meter_name = "",
		.medium = medium,
		.read_at = 1461340261,
		.readings = readings,
		.reading_count = count,
	};
}

static void use(const char *json)
{
	char error[EXPORTER_ERROR_MAX];
	overrides = smartme_overrides_new(json, error);
	cr_assert_not_null(overrides, "%s", error);
}

/* The body of a part, or "nothing", or what is wrong. */
static void expect(const struct exporter_telegram *telegram, unsigned int part,
		   const char *expected)
{
	char body[SMARTME_BODY_MAX] = "nothing";
	char reason[EXPORTER_ERROR_MAX];
	struct smartme_post post;
	enum smartme_mapped mapped =
		smartme_map(overrides, telegram, part, &post, reason);
	if (mapped == SMARTME_MAPPED)
		(void)smartme_post_body(&post, "", body, sizeof body);
	cr_expect_str_eq(mapped == SMARTME_BAD_UNIT ? reason : body, expected);
}

static void teardown(void)
{
	smartme_overrides_free(overrides);
}

TestSuite(smartme_map, .fini = teardown);

Test(smartme_map, a_heat_meter_gives_energy_power_and_flow_temperature)
{
	struct exporter_reading readings[] = {
		{ READING("energy", "Wh", "15432100") },
		{ READING("energy", "Wh", "14000000"), .storage = 1 },
		{ READING("volume", "m3", "12.3") },
		{ READING("power", "W", "2410") },
		{ READING("flow temperature", "°C", "61.3") },
		{ READING("flow temperature", "°C", "99") },
	};
	readings[5].function = "maximum";
	struct exporter_telegram telegram = telegram_of("heat (outlet)", readings, 6);
	use("{}");
	expect(&telegram, 0,
	       "{\"Name\":\"heat (outlet) 1234567801020304\",\"Serial\":12345678,"
	       "\"DeviceEnergyType\":4,\"MeterSubType\":0,\"CounterReading\":15432.1,"
	       "\"ActivePower\":2.41,\"Temperature\":61.3,"
	       "\"ValueDate\":\"2016-04-22T15:51:01Z\"}");
	expect(&telegram, 1, "nothing");
}

Test(smartme_map, the_cooling_register_is_a_device_of_its_own)
{
	struct exporter_reading readings[] = {
		{ READING("energy", "Wh", "1000") },
		{ READING("energy", "Wh", "2000"), .tariff = 1 },
	};
	struct exporter_telegram telegram = telegram_of("heat/cooling load", readings, 2);
	use("{}");
	expect(&telegram, 0,
	       "{\"Name\":\"heat/cooling load 1234567801020304\",\"Serial\":12345678,"
	       "\"DeviceEnergyType\":4,\"MeterSubType\":0,\"CounterReading\":1,"
	       "\"ValueDate\":\"2016-04-22T15:51:01Z\"}");
	expect(&telegram, 1,
	       "{\"Name\":\"heat/cooling load 1234567801020304 cooling\","
	       "\"DeviceEnergyType\":4,\"MeterSubType\":1,\"CounterReading\":2,"
	       "\"ValueDate\":\"2016-04-22T15:51:01Z\"}");
}

Test(smartme_map, a_water_meter_gives_volume_and_flow)
{
	struct exporter_reading readings[] = {
		{ READING("volume", "m3", "18.9") },
		{ READING("volume flow", "m3/h", "0.25") },
	};
	struct exporter_telegram telegram = telegram_of("cold water", readings, 2);
	use("{}");
	telegram.meter_name = "Bau A / \"Whg\" 12";
	expect(&telegram, 0,
	       "{\"Name\":\"Bau A / \\\"Whg\\\" 12\",\"Serial\":12345678,"
	       "\"DeviceEnergyType\":2,\"MeterSubType\":1,\"CounterReading\":18.9,"
	       "\"ActivePower\":0.25,\"ValueDate\":\"2016-04-22T15:51:01Z\"}");
}

Test(smartme_map, a_unit_without_a_rule_is_refused_with_its_name)
{
	struct exporter_reading readings[] = { { READING("energy", "units", "1") } };
	struct exporter_telegram telegram = telegram_of("electricity", readings, 1);
	use("{}");
	expect(&telegram, 0,
	       "bad unit: energy of meter 1234567801020304 is in \"units\", "
	       "CounterReading wants kWh");
}

Test(smartme_map, what_is_no_meter_to_the_service_is_a_custom_device)
{
	struct exporter_reading readings[] = {
		{ READING("pressure", "bar", "1.25") },
		{ READING("volume", "m3", "3"), .tariff = 2, .occurrence = 1 },
	};
	struct exporter_telegram telegram = telegram_of("pressure", readings, 2);
	use("{}");
	expect(&telegram, 0,
	       "{\"Name\":\"pressure 1234567801020304\",\"Serial\":12345678,\"Values\":["
	       "{\"Name\":\"pressure (bar)\",\"Value\":1.25},"
	       "{\"Name\":\"volume tariff 2 #2 (m3)\",\"Value\":3}],"
	       "\"ValueDate\":\"2016-04-22T15:51:01Z\"}");
}

Test(smartme_map, the_operator_says_otherwise_for_single_meters)
{
	struct exporter_reading readings[] = {
		{ READING("volume", "m3", "1") },
		{ READING("volume", "m3", "2"), .storage = 1 },
	};
	struct exporter_telegram telegram = telegram_of("water", readings, 2);
	use("{\"12345678\": {\"name\": \"Garten\", \"energy_type\": 3, \"sub_type\": 6,"
	    "\"fields\": {\"CounterReading\": {\"quantity\": \"volume\", \"storage\": "
	    "1}}}}");
	expect(&telegram, 0,
	       "{\"Name\":\"Garten\",\"Serial\":12345678,\"DeviceEnergyType\":3,"
	       "\"MeterSubType\":6,\"CounterReading\":2,"
	       "\"ValueDate\":\"2016-04-22T15:51:01Z\"}");
}

Test(smartme_map, a_skipped_meter_and_one_without_address_give_nothing)
{
	struct exporter_reading readings[] = { { READING("volume", "m3", "1") } };
	struct exporter_telegram telegram = telegram_of("water", readings, 1);
	use("{\"1234567801020304\": {\"skip\": true}}");
	expect(&telegram, 0, "nothing");
	telegram.meter = "";
	expect(&telegram, 0, "nothing");
}

static void refuse(const char *json, const char *expected)
{
	char error[EXPORTER_ERROR_MAX];
	cr_expect_null(smartme_overrides_new(json, error));
	cr_expect_str_eq(error, expected);
}

Test(smartme_map, a_wrong_override_is_refused_with_its_place)
{
	refuse("[]", "meters: must be an object: ");
	refuse("{\"1\": 5}", "meters.1.: must be an object");
	refuse("{\"1\": {\"idd\": \"a\"}}", "meters.1.idd: unknown; known are id, name, "
					    "skip, energy_type, sub_type and "
					    "fields");
	refuse("{\"1\": {\"sub_type\": \"a\"}}",
	       "meters.1.sub_type: must be a number from 0");
	refuse("{\"1\": {\"fields\": {\"Counter\": {}}}}",
	       "meters.1.Counter: no field of the service, such as CounterReading");
	refuse("{\"1\": {\"fields\": {\"CounterReading\": {}}}}",
	       "meters.1.CounterReading: must be an object with a \"quantity\"");
}
