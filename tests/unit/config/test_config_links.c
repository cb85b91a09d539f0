/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/config.h"
#include "config/psk_file.h"

#define PSK32 "000102030405060708090a0b0c0d0e0f"

static void expect_error(const char *text, const char *part)
{
	struct config config;
	struct config_errors errors;

	cr_assert_not(config_parse("r.json", text, &config, &errors), "%s", text);
	cr_assert_eq(errors.count, 1, "%s: %zu errors", text, errors.count);
	cr_expect(strstr(errors.texts[0], part), "%s", errors.texts[0]);
	config_errors_free(&errors);
}

static struct config read_good(const char *text)
{
	struct config config;
	struct config_errors errors;

	cr_assert(config_parse("r.json", text, &config, &errors), "%s",
		  errors.count > 0 ? errors.texts[0] : "");
	config_errors_free(&errors);
	return config;
}

Test(config_links, a_plain_listener_has_neither_tls_nor_proxies)
{
	struct config config = read_good("{}");
	cr_assert_eq(config.listener_count, 1);
	cr_expect_not(config.listeners[0].tls.is_given);
	cr_expect_eq(config.listeners[0].proxy_count, 0);
	cr_expect_eq(config.listeners[0].accept_rate, 1000);
	cr_expect_eq(config.listeners[0].connections, 0);
	cr_expect_eq(config.dial_count, 0);
	config_free(&config);
}

Test(config_links, a_listener_with_keys_and_proxies)
{
	cr_assert_eq(setenv("TEST_PSK", PSK32, 1), 0);
	struct config config = read_good(
		"{\"listeners\": {\"a\": {\"limits\": {\"connections\": 7},"
		"\"proxy_protocol\": {\"from\": [\"192.0.2.0/24\", \"::1\"]},"
		"\"tls\": {\"psk\": [{\"identity\": \"t\", \"secret\": {\"env\": "
		"\"TEST_PSK\"}}], \"min_version\": \"1.3\"}}}}");
	const struct config_listener *listener = &config.listeners[0];
	cr_expect_eq(listener->connections, 7);
	cr_assert_eq(listener->proxy_count, 2);
	cr_expect(networks_contain(listener->proxies, 2, "192.0.2.77"));
	cr_expect(listener->tls.is_tls13_only);
	cr_assert_eq(listener->tls.psk_count, 1);
	cr_expect_str_eq(listener->tls.psk[0].identity, "t");
	cr_expect_eq(listener->tls.psk[0].key_size, 16);
	cr_expect_eq(listener->tls.psk[0].key[15], 15);
	config_free(&config);
}

Test(config_links, a_dialled_terminal_has_telnet_and_pauses_by_default)
{
	struct config config = read_good("{\"dial\": {\"c\": {\"host\": \"h\"}}}");
	cr_assert_eq(config.dial_count, 1);
	cr_expect_eq(config.dials[0].port, 10000);
	cr_expect(config.dials[0].is_telnet);
	cr_expect_str_empty(config.dials[0].user);
	cr_expect_eq(config.dials[0].reconnect_least_ms, 5000);
	config_free(&config);
}

Test(config_links, says_what_is_wrong)
{
	cr_assert_eq(setenv("TEST_PSK", "0011", 1), 0);
	expect_error("{\"listeners\": {\"a\": {\"tls\": {}}}}", "needs \"certificate\"");
	expect_error("{\"listeners\": {\"a\": {\"tls\": {\"certificate\": \"c\"}}}}",
		     "belong together");
	expect_error("{\"listeners\": {\"a\": {\"tls\": {\"certificate\": \"c\", "
		     "\"key\": \"k\", \"client_certificate\": \"required\"}}}}",
		     "\"client_ca\"");
	expect_error("{\"listeners\": {\"a\": {\"tls\": {\"certificate\": \"c\", "
		     "\"key\": \"k\", \"client_certificate\": \"require\"}}}}",
		     "did you mean \"required\"");
	expect_error("{\"listeners\": {\"a\": {\"tls\": {\"psk\": [{\"identity\": \"t\", "
		     "\"secret\": {\"env\": \"TEST_PSK\"}}]}}}}",
		     "$.listeners.a.tls.psk[0].secret: the secret is no key");
	expect_error("{\"listeners\": {\"a\": {\"tls\": {\"psk\": [{\"identity\": "
		     "\"t\"}]}}}}",
		     "needs both");
	expect_error("{\"listeners\": {\"a\": {\"proxy_protocol\": {\"from\": "
		     "[\"192.0.2.1/24\"]}}}}",
		     "$.listeners.a.proxy_protocol.from[0]: is no network");
	expect_error("{\"dial\": {\"c\": {}}}", "\"host\" is missing");
	expect_error(
		"{\"dial\": {\"c\": {\"host\": \"h\", \"reconnect_least\": \"1h\"}}}",
		"more than \"reconnect_most\"");
}

/* ---- files of keys ---- */

static bool read_keys(const char *text, mode_t mode, char error[PSK_FILE_ERROR_MAX],
		      struct config_psk **ret_keys, size_t *ret_count)
{
	char path[] = "/tmp/readout-psk-XXXXXX";
	int descriptor = mkstemp(path);
	cr_assert_geq(descriptor, 0);
	cr_assert_eq(write(descriptor, text, strlen(text)), (ssize_t)strlen(text));
	cr_assert_eq(fchmod(descriptor, mode), 0);
	close(descriptor);
	bool good = psk_file_read(path, ret_keys, ret_count, error);
	(void)unlink(path);
	return good;
}

Test(config_links, a_file_of_keys)
{
	char error[PSK_FILE_ERROR_MAX];
	struct config_psk *keys;
	size_t count;
	cr_assert(read_keys("# fleet\n\na:" PSK32 "\r\nb:" PSK32 PSK32, 0600, error,
			    &keys, &count),
		  "%s", error);
	cr_assert_eq(count, 2);
	cr_expect_str_eq(keys[0].identity, "a");
	cr_expect_eq(keys[0].key_size, 16);
	cr_expect_str_eq(keys[1].identity, "b");
	cr_expect_eq(keys[1].key_size, 32);
	psk_file_free(keys, count);
}

Test(config_links, a_file_of_keys_with_a_mistake_names_the_line_and_no_key)
{
	static const char *const wrong[] = { "a:" PSK32 "\nb:0011\n",
					     "a:" PSK32 "\n:" PSK32 "\n",
					     "a:" PSK32 "\n" PSK32 "\n",
					     "a:" PSK32 "\nb:" PSK32 "x\n" };
	char error[PSK_FILE_ERROR_MAX];
	struct config_psk *keys;
	size_t count;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		cr_assert_not(read_keys(wrong[i], 0600, error, &keys, &count));
		cr_expect(strstr(error, "line 2"), "%s", error);
		cr_expect_not(strstr(error, "0011"), "%s", error);
	}
}

Test(config_links, a_file_of_keys_that_everybody_can_read_is_refused)
{
	char error[PSK_FILE_ERROR_MAX];
	struct config_psk *keys;
	size_t count;
	cr_assert_not(read_keys("a:" PSK32 "\n", 0644, error, &keys, &count));
	cr_expect(strstr(error, "chmod o="), "%s", error);
}
