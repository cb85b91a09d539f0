/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exporters/csv/csv.h"

enum { PREFIX_MAX = 64 };

enum {
	OPTION_DIRECTORY,
	OPTION_PREFIX,
	OPTION_LAYOUT,
	OPTION_COLUMNS,
	OPTION_DELIMITER,
	OPTION_DECIMAL,
	OPTION_TIME_ZONE,
	OPTION_BOM,
	OPTION_ROTATE_AGE,
	OPTION_ROTATE_SIZE,
	OPTION_GZIP,
	OPTION_MANIFEST,
	OPTION_UPLOAD_URL,
	OPTION_UPLOAD_USER,
	OPTION_UPLOAD_PASSWORD,
	OPTION_UPLOAD_KEY,
	OPTION_UPLOAD_KNOWN_HOSTS,
	OPTION_UPLOAD_CA_FILE,
};

const struct exporter_option csv_option_table[] = {
	[OPTION_DIRECTORY] = { "directory", EXPORTER_TEXT, NULL,
			       "where the files go; must exist" },
	[OPTION_PREFIX] = { "prefix", EXPORTER_TEXT, "readings",
			    "begin of the file names: letters, digits, _ and -" },
	[OPTION_LAYOUT] = { "layout", EXPORTER_TEXT, "long",
			    "long: a row per reading; wide: a row per telegram" },
	[OPTION_COLUMNS] = { "columns", EXPORTER_JSON, "[]",
			     "which columns, in which order; [] all (long only)" },
	[OPTION_DELIMITER] = { "delimiter", EXPORTER_TEXT, ",",
			       "between cells: comma, semicolon, tab or |" },
	[OPTION_DECIMAL] = { "decimal", EXPORTER_TEXT, ".",
			     "decimal sign: . or , (not with a comma as delimiter)" },
	[OPTION_TIME_ZONE] = { "time_zone", EXPORTER_TEXT, "UTC",
			       "UTC, or local: Readout's, with its offset" },
	[OPTION_BOM] = { "bom", EXPORTER_BOOLEAN, "false",
			 "begin with a byte order mark, for Excel" },
	[OPTION_ROTATE_AGE] = { "rotate_age", EXPORTER_DURATION, "0s",
				"a file for so long; 0s: a file for each batch" },
	[OPTION_ROTATE_SIZE] = { "rotate_size", EXPORTER_SIZE, "0",
				 "or until it is so large before gzip" },
	[OPTION_GZIP] = { "gzip", EXPORTER_BOOLEAN, "false", "pack files: .csv.gz" },
	[OPTION_MANIFEST] = { "manifest", EXPORTER_BOOLEAN, "false",
			      "beside each file FILE.sha256, for sha256sum -c" },
	[OPTION_UPLOAD_URL] = { "upload_url", EXPORTER_TEXT, "",
				"directory to upload to: sftp://HOST/PATH/ or ftps://" },
	[OPTION_UPLOAD_USER] = { "upload_user", EXPORTER_TEXT, "", "account there" },
	[OPTION_UPLOAD_PASSWORD] = { "upload_password", EXPORTER_TEXT, "",
				     "its password" },
	[OPTION_UPLOAD_KEY] = { "upload_key", EXPORTER_TEXT, "",
				"file of the private SSH key, instead of a password" },
	[OPTION_UPLOAD_KNOWN_HOSTS] = { "upload_known_hosts", EXPORTER_TEXT, "",
					"file with the SSH server's key" },
	[OPTION_UPLOAD_CA_FILE] = { "upload_ca_file", EXPORTER_TEXT, "",
				    "certificates that FTPS trusts; empty: the "
				    "system's" },
	{ NULL, EXPORTER_TEXT, NULL, NULL },
};

static bool is_prefix(const char *prefix)
{
	size_t size = strspn(prefix, "abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
	return size > 0 && size <= PREFIX_MAX && prefix[size] == '\0';
}

static bool is_one_of(const char *text, const char *bytes)
{
	return *text && strchr(bytes, *text) && text[1] == '\0';
}

static bool check_directory(const char *path, char error[EXPORTER_ERROR_MAX])
{
	char why[64];
	DIR *directory = opendir(path);
	if (!directory) {
		snprintf(error, EXPORTER_ERROR_MAX,
			 "directory %.120s: %s: create it for the user readout runs as",
			 path, strerror_r(errno, why, sizeof why));
		return false;
	}
	bool can_write = faccessat(dirfd(directory), ".", W_OK | X_OK, AT_EACCESS) == 0;
	if (!can_write)
		snprintf(error, EXPORTER_ERROR_MAX,
			 "directory %.120s: %s: let the user readout runs as write there",
			 path, strerror_r(errno, why, sizeof why));
	closedir(directory);
	return can_write;
}

static bool check_words(const char *const *values, char error[EXPORTER_ERROR_MAX])
{
	const char *layout = values[OPTION_LAYOUT];
	const char *zone = values[OPTION_TIME_ZONE];
	error[0] = '\0';
	if (!is_prefix(values[OPTION_PREFIX]))
		snprintf(error, EXPORTER_ERROR_MAX,
			 "prefix \"%.64s\": only 1 to %d letters, digits, _ and -",
			 values[OPTION_PREFIX], PREFIX_MAX);
	else if (!is_one_of(values[OPTION_DELIMITER], ",;\t|"))
		snprintf(error, EXPORTER_ERROR_MAX,
			 "delimiter \"%.8s\": only one of comma, semicolon, tab and |",
			 values[OPTION_DELIMITER]);
	else if (!is_one_of(values[OPTION_DECIMAL], ".,") ||
		 (*values[OPTION_DECIMAL] == ',' && *values[OPTION_DELIMITER] == ','))
		snprintf(error, EXPORTER_ERROR_MAX,
			 "decimal \"%.8s\": a point, or a comma where the delimiter is "
			 "none",
			 values[OPTION_DECIMAL]);
	else if (strcmp(layout, "long") != 0 && strcmp(layout, "wide") != 0)
		snprintf(error, EXPORTER_ERROR_MAX, "layout \"%.32s\": long or wide",
			 layout);
	else if (strcmp(zone, "UTC") != 0 && strcmp(zone, "local") != 0)
		snprintf(error, EXPORTER_ERROR_MAX,
			 "time_zone \"%.32s\": UTC or local; which zone is local the key "
			 "time_zone of the configuration says",
			 zone);
	return error[0] == '\0';
}

static bool is_true(const char *text)
{
	return strcmp(text, "true") == 0;
}

bool csv_options_read(struct csv *csv, const char *const *values,
		      char error[EXPORTER_ERROR_MAX])
{
	struct csv_columns columns;
	csv->options = (struct csv_options){
		.directory = values[OPTION_DIRECTORY],
		.prefix = values[OPTION_PREFIX],
		.rotate_age_ms = strtoull(values[OPTION_ROTATE_AGE], NULL, 10),
		.rotate_size = strtoull(values[OPTION_ROTATE_SIZE], NULL, 10),
		.is_packed = is_true(values[OPTION_GZIP]),
		.has_manifest = is_true(values[OPTION_MANIFEST]),
		.upload = {
			.url = values[OPTION_UPLOAD_URL],
			.user = values[OPTION_UPLOAD_USER],
			.password = values[OPTION_UPLOAD_PASSWORD],
			.key = values[OPTION_UPLOAD_KEY],
			.known_hosts = values[OPTION_UPLOAD_KNOWN_HOSTS],
			.ca_file = values[OPTION_UPLOAD_CA_FILE],
		},
	};
	const char *mistake = csv_upload_mistake(&csv->options.upload);
	if (mistake)
		snprintf(error, EXPORTER_ERROR_MAX, "%s", mistake);
	if (mistake || !check_words(values, error) ||
	    !check_directory(csv->options.directory, error) ||
	    !csv_columns_read(&columns, strcmp(values[OPTION_LAYOUT], "wide") == 0,
			      values[OPTION_COLUMNS], error))
		return false;
	csv_rows_init(&csv->rows, *values[OPTION_DELIMITER], columns);
	csv->rows.has_comma = *values[OPTION_DECIMAL] == ',';
	csv->rows.has_bom = is_true(values[OPTION_BOM]);
	csv->rows.day.is_local = strcmp(values[OPTION_TIME_ZONE], "local") == 0;
	return true;
}
