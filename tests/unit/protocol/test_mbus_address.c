/* SPDX-License-Identifier: MIT */
#include "protocol/mbus/mbus_address.h"

#include <criterion/criterion.h>

enum { LSE = 0x3265, AMT = 0x05B4, EFE = 0x14C5, RKE = 0x4965 };

Test(mbus_address, the_text_has_the_order_of_a_secondary_address)
{
	struct mbus_address address = { "08031768", LSE, 0x99, 0x06 };
	char text[MBUS_ADDRESS_TEXT_SIZE];

	mbus_address_text(&address, text);
	cr_assert_str_eq(text, "0803176865329906");
}

Test(mbus_address, a_manufacturer_is_three_letters)
{
	char text[4];

	mbus_manufacturer_text(LSE, text);
	cr_assert_str_eq(text, "LSE");
	mbus_manufacturer_text(0, text);
	cr_assert_str_eq(text, "@@@");
	mbus_manufacturer_text(0xFFFF, text);
	cr_assert_str_eq(text, "___");
	mbus_manufacturer_text(0x0421, text);
	cr_assert_str_eq(text, "AAA");
	mbus_manufacturer_text(0x6B5A, text);
	cr_assert_str_eq(text, "ZZZ");
}

Test(mbus_address, media_have_names_and_gaps_are_reserved)
{
	cr_assert_str_eq(mbus_medium_text(0x00), "other");
	cr_assert_str_eq(mbus_medium_text(0x04), "heat (outlet)");
	cr_assert_str_eq(mbus_medium_text(0x07), "water");
	cr_assert_str_eq(mbus_medium_text(0x37), "radio converter (meter side)");
	cr_assert_str_eq(mbus_medium_text(0x22), "reserved");
	cr_assert_str_eq(mbus_medium_text(0xFF), "reserved");
}

static const char *product(uint16_t manufacturer, uint8_t version, uint8_t medium)
{
	struct mbus_address address = { "00000000", manufacturer, version, medium };

	return mbus_product_text(&address);
}

Test(mbus_address, products_go_by_manufacturer_version_and_medium)
{
	cr_assert_str_eq(product(LSE, 0x99, 0x06), "Siemens WFH21");
	cr_assert_str_eq(product(LSE, 0x98, 0x06), "");
	cr_assert_str_eq(product(AMT, 0xC0, 0x04), "Aquametro CALEC ST");
	cr_assert_str_eq(product(AMT, 0xBF, 0x04), "Aquametro CALEC MB");
	cr_assert_str_eq(product(AMT, 0x40, 0x04), "Aquametro SAPHIR");
	cr_assert_str_eq(product(AMT, 0x3F, 0x04), "Aquametro AMTRON");
	cr_assert_str_eq(product(EFE, 0x00, 0x06), "Engelmann WaterStar");
	cr_assert_str_eq(product(EFE, 0x00, 0x04), "Engelmann / Elster SensoStar 2");
	cr_assert_str_eq(product(RKE, 0x69, 0x07), "Ista sensonic II mbus");
	cr_assert_str_eq(product(0, 0, 0), "");
}

Test(mbus_address, a_manufacturer_has_a_name_where_it_is_known)
{
	cr_assert_str_eq(mbus_manufacturer_name(LSE), "Landis Staefa electronic");
	cr_assert_str_eq(mbus_manufacturer_name(0x0421), "Aventies");
	cr_assert_str_eq(mbus_manufacturer_name(0x6A4D), "ZENNER International");
	cr_assert_str_eq(mbus_manufacturer_name(0), "");
	cr_assert_str_eq(mbus_manufacturer_name(0x7FFF), "");
}
