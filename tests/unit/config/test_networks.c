/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "config/networks.h"

static bool contains(const char *network, const char *address)
{
	struct config_network parsed;
	cr_assert(network_parse(network, &parsed), "%s", network);
	return networks_contain(&parsed, 1, address);
}

Test(networks, an_address_is_a_network_of_one)
{
	cr_assert(contains("192.0.2.7", "192.0.2.7"));
	cr_assert_not(contains("192.0.2.7", "192.0.2.6"));
	cr_assert(contains("2001:db8::7", "2001:db8:0::7"));
}

Test(networks, prefixes_count_bits)
{
	cr_assert(contains("192.0.2.0/23", "192.0.3.255"));
	cr_assert_not(contains("192.0.2.0/23", "192.0.4.0"));
	cr_assert(contains("192.0.2.4/30", "192.0.2.7"));
	cr_assert_not(contains("192.0.2.4/30", "192.0.2.8"));
	cr_assert(contains("2001:db8::/33", "2001:db8:7fff::1"));
	cr_assert_not(contains("2001:db8::/33", "2001:db8:8000::1"));
}

Test(networks, all_of_ipv4_is_not_all_of_ipv6)
{
	cr_assert(contains("0.0.0.0/0", "203.0.113.7"));
	cr_assert_not(contains("0.0.0.0/0", "2001:db8::1"));
	cr_assert(contains("::/0", "203.0.113.7"));
}

Test(networks, a_mapped_address_is_the_same_one)
{
	cr_assert(contains("192.0.2.0/24", "::ffff:192.0.2.9"));
}

Test(networks, an_empty_list_and_no_address_contain_nothing)
{
	struct config_network network;
	cr_assert(network_parse("::/0", &network));
	cr_assert_not(networks_contain(&network, 0, "::1"));
	cr_assert_not(networks_contain(&network, 1, "unknown"));
}

Test(networks, slips_of_the_pen)
{
	static const char *const wrong[] = {
		"192.0.2.7/24",   "192.0.2.0/33",   "192.0.2/24",
		"2001:db8::/129", "2001:db8::1/32", "",
		"192.0.2.0/",     "192.0.2.0/2x",   "/24",
		"192.0.2.0/-1",   "example.org"
	};
	struct config_network network;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_expect_not(network_parse(wrong[i], &network), "%s", wrong[i]);
}
