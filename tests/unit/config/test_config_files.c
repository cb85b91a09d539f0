/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/config.h"

/* Every test works in a directory of its own, so that messages have short names. */
static void enter_directory(void)
{
	char directory[] = "/tmp/readout-config-XXXXXX";
	cr_assert_not_null(mkdtemp(directory));
	cr_assert_eq(chdir(directory), 0);
}

static void leave_directory(void)
{
	static const char *const FILES[] = {
		"readout.d/10-a.json",    "readout.d/20-b.json",
		"readout.d/.hidden.json", "readout.d/30-c.json.bak",
		"readout.json",           "secret"
	};
	char directory[PATH_MAX];
	for (size_t i = 0; i < sizeof(FILES) / sizeof(FILES[0]); i++)
		unlink(FILES[i]);
	rmdir("readout.d");
	cr_assert_not_null(getcwd(directory, sizeof(directory)));
	cr_assert_eq(rmdir(directory), 0);
}

TestSuite(config_files, .init = enter_directory, .fini = leave_directory);

static void put(const char *name, mode_t mode, const char *text, size_t size)
{
	int descriptor = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	cr_assert_geq(descriptor, 0, "%s", name);
	cr_assert_eq(write(descriptor, text, size), (ssize_t)size);
	cr_assert_eq(fchmod(descriptor, mode), 0);
	close(descriptor);
}

static void put_text(const char *name, const char *text)
{
	put(name, 0600, text, strlen(text));
}

static void expect_error(const char *message)
{
	struct config config;
	struct config_errors errors;
	cr_assert_not(config_load("readout.json", &config, &errors));
	cr_assert_geq(errors.count, 1);
	cr_expect_str_eq(errors.texts[0], message, "%s", errors.texts[0]);
	cr_expect_eq(errors.count, 1);
	config_errors_free(&errors);
}

static struct config loaded(void)
{
	struct config config;
	struct config_errors errors;
	bool good = config_load("readout.json", &config, &errors);
	cr_assert(good, "%s", errors.count ? errors.texts[0] : "");
	config_errors_free(&errors);
	return config;
}

Test(config_files, drop_ins_merge_in_the_order_of_names)
{
	put_text("readout.json",
		 "{\"terminals\": {\"interval\": \"1h\", \"jitter\": \"1s\"}}");
	mkdir("readout.d", 0700);
	put_text("readout.d/20-b.json", "{\"terminals\": {\"batch\": 9}}");
	put_text("readout.d/10-a.json",
		 "{\"terminals\": {\"batch\": 8, "
		 "\"interval\": \"2h\", \"identify\": [\"imei\"]}}");
	put_text("readout.d/.hidden.json", "not read");
	put_text("readout.d/30-c.json.bak", "not read");
	struct config config = loaded();
	cr_expect_eq(config.terminals.collecting.interval_ms, 7200000);
	cr_expect_eq(config.terminals.collecting.jitter_ms, 1000);
	cr_expect_eq(config.terminals.collecting.batch, 9);
	cr_expect_eq(config.terminals.identify_count, 1);
	config_free(&config);
}

Test(config_files, an_error_names_the_file_that_said_it_last)
{
	put_text("readout.json", "{\"terminals\": {\n\"batch\": 0}}");
	expect_error("readout.json:2: $.terminals.batch: 0 is out of range; allowed are "
		     "2 to 1000");
	mkdir("readout.d", 0700);
	put_text("readout.d/10-a.json", "{\n\"terminals\":\n{\"batch\": 1}}");
	expect_error("readout.d/10-a.json:3: $.terminals.batch: 1 is out of range; "
		     "allowed are 2 to 1000");
	put_text("readout.d/10-a.json", "{\"terminals\":");
	struct config config;
	struct config_errors errors;
	cr_assert_not(config_load("readout.json", &config, &errors));
	cr_expect_str_eq(errors.texts[0],
			 "readout.d/10-a.json:1:13: not valid JSON: value expected near "
			 "end of file");
	config_errors_free(&errors);
}

Test(config_files, a_missing_file_is_said)
{
	expect_error("readout.json: cannot be opened: No such file or directory; check "
		     "the path and who may read it");
}

Test(config_files, a_directory_is_no_file)
{
	mkdir("readout.json", 0700);
	expect_error("readout.json: cannot be read: Is a directory");
	rmdir("readout.json");
}

Test(config_files, a_file_of_more_than_1_MiB_is_refused)
{
	size_t size = (1u << 20) + 1;
	char *text = malloc(size);
	cr_assert_not_null(text);
	memset(text, ' ', size);
	memcpy(text, "{}", 2);
	put("readout.json", 0600, text, size - 1);
	struct config config = loaded();
	config_free(&config);
	put("readout.json", 0600, text, size);
	free(text);
	expect_error("readout.json: larger than 1MiB; is this the right file?");
}

#define WITH_SECRET(SOURCE)                                                              \
	"{\"exporters\": {\"x\": {\"options\": {\n\"token\": " SOURCE "}}}}"
#define SECRET_PLACE "readout.json:2: $.exporters.x.options.token: "

Test(config_files, a_secret_comes_from_the_environment)
{
	put_text("readout.json", WITH_SECRET("{\"env\": \"READOUT_TEST_TOKEN\"}"));
	setenv("READOUT_TEST_TOKEN", "s3cret", 1);
	struct config config = loaded();
	cr_expect_str_eq(config.exporters[0].options[0].text, "s3cret");
	config_free(&config);
	setenv("READOUT_TEST_TOKEN", "", 1);
	expect_error(SECRET_PLACE "the environment variable \"READOUT_TEST_TOKEN\" is "
				  "empty; put the secret into it");
	unsetenv("READOUT_TEST_TOKEN");
	expect_error(SECRET_PLACE "the environment variable \"READOUT_TEST_TOKEN\" is "
				  "not set; set it for the service, or name another");
}

Test(config_files, a_secret_comes_from_a_file_without_its_last_line_break)
{
	put_text("readout.json", WITH_SECRET("{\"file\": \"secret\", \"//\": 0}"));
	put_text("secret", "two\nlines\n");
	struct config config = loaded();
	cr_expect_str_eq(config.exporters[0].options[0].text, "two\nlines");
	config_free(&config);
	put("secret", 0640, "no break", 8);
	config = loaded();
	cr_expect_str_eq(config.exporters[0].options[0].text, "no break");
	config_free(&config);
}

Test(config_files, a_secret_file_must_be_private_and_hold_something)
{
	put_text("readout.json", WITH_SECRET("{\"file\": \"secret\"}"));
	expect_error(SECRET_PLACE "\"secret\" cannot be opened: No such file or "
				  "directory; check the path and who may read it");
	put("secret", 0644, "x", 1);
	expect_error(SECRET_PLACE "\"secret\" is open to everybody (mode 0644); run: "
				  "chmod o= \"secret\"");
	put("secret", 0600, "\n", 1);
	expect_error(SECRET_PLACE "\"secret\" is empty; put the secret into it as one "
				  "line of text");
	put("secret", 0600, "a\0b", 3);
	expect_error(SECRET_PLACE "\"secret\" holds a zero byte; put the secret into it "
				  "as one line of text");
	unlink("secret");
	cr_assert_eq(mkfifo("secret", 0600), 0);
	expect_error(SECRET_PLACE "\"secret\" is not a file; name a file");
}

Test(config_files, a_secret_file_has_a_limit)
{
	static char text[(64 << 10) + 1];
	memset(text, 'x', sizeof(text));
	put_text("readout.json", WITH_SECRET("{\"file\": \"secret\"}"));
	put("secret", 0600, text, sizeof(text));
	expect_error(SECRET_PLACE "\"secret\" cannot be read: larger than 64KiB");
}
