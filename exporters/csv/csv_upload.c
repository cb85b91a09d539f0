/* SPDX-License-Identifier: MIT */
#include "exporters/csv/csv_upload.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum {
	CONNECT_S = 30,
	SLOW_BYTES_S = 100, /* slower than this for */
	SLOW_S = 60,        /* so long is a hang */
	TEXT_MAX = 1024,
};

static bool is_sftp(const char *url)
{
	return strncmp(url, "sftp://", 7) == 0;
}

const char *csv_upload_mistake(const struct csv_upload *upload)
{
	if (upload->url[0] == '\0')
		return NULL;
	if (!is_sftp(upload->url) && strncmp(upload->url, "ftps://", 7) != 0)
		return "upload_url: must begin with sftp:// or ftps://";
	if (strlen(upload->url) > TEXT_MAX / 2)
		return "upload_url: too long";
	if (strchr(upload->url, '@'))
		return "upload_url: user and password have options of their own";
	if (is_sftp(upload->url) && upload->known_hosts[0] == '\0')
		return "upload_known_hosts: name a file with the server's key "
		       "(ssh-keyscan), "
		       "or anybody could take the files";
	return NULL;
}

/* The part of the URL behind the host, with a slash at its end. */
static void directory_of(const char *url, char ret_path[TEXT_MAX])
{
	const char *host = strstr(url, "://") + 3;
	const char *path = strchr(host, '/');
	size_t size = path ? strlen(path) : 0;
	snprintf(ret_path, TEXT_MAX, "%s%s", path ? path : "",
		 size > 0 && path[size - 1] == '/' ? "" : "/");
}

/* What makes the finished upload the file; a "*" in front: it may fail. */
static struct curl_slist *rename_commands(const struct csv_upload *upload,
					  const char *name)
{
	char path[TEXT_MAX], line[3 * TEXT_MAX];
	struct curl_slist *list = NULL;
	directory_of(upload->url, path);
	if (is_sftp(upload->url)) {
		snprintf(line, sizeof line, "*rm \"%s%s\"", path, name);
		list = curl_slist_append(list, line);
		snprintf(line, sizeof line, "rename \"%s.%s.part\" \"%s%s\"", path, name,
			 path, name);
		return curl_slist_append(list, line);
	}
	snprintf(line, sizeof line, "*DELE %s", name);
	list = curl_slist_append(list, line);
	snprintf(line, sizeof line, "RNFR .%s.part", name);
	list = curl_slist_append(list, line);
	snprintf(line, sizeof line, "RNTO %s", name);
	return curl_slist_append(list, line);
}

static void set_account(CURL *curl, const struct csv_upload *upload)
{
	curl_easy_setopt(curl, CURLOPT_USERNAME, upload->user);
	if (upload->password[0] != '\0')
		curl_easy_setopt(curl, CURLOPT_PASSWORD, upload->password);
	if (is_sftp(upload->url)) {
		curl_easy_setopt(curl, CURLOPT_SSH_AUTH_TYPES,
				 upload->key[0] ? (long)CURLSSH_AUTH_PUBLICKEY
						: (long)CURLSSH_AUTH_PASSWORD);
		curl_easy_setopt(curl, CURLOPT_SSH_KNOWNHOSTS, upload->known_hosts);
		if (upload->key[0] != '\0')
			curl_easy_setopt(curl, CURLOPT_SSH_PRIVATE_KEYFILE, upload->key);
	} else if (upload->ca_file[0] != '\0') {
		curl_easy_setopt(curl, CURLOPT_CAINFO, upload->ca_file);
	}
}

static CURLcode transfer(CURL *curl, const struct csv_upload *upload, FILE *file,
			 const char *name, char *why)
{
	struct stat status;
	char url[TEXT_MAX];
	size_t size = strlen(upload->url);
	struct curl_slist *commands = rename_commands(upload, name);
	if (!commands || fstat(fileno(file), &status) != 0)
		return CURLE_OUT_OF_MEMORY;
	snprintf(url, sizeof url, "%s%s.%s.part", upload->url,
		 upload->url[size - 1] == '/' ? "" : "/", name);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "sftp,ftps");
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_READDATA, file);
	curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)status.st_size);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES_S);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)SLOW_S);
	curl_easy_setopt(curl, CURLOPT_POSTQUOTE, commands);
	set_account(curl, upload);
	CURLcode code = curl_easy_perform(curl);
	curl_slist_free_all(commands);
	return code;
}

bool csv_upload_file(const struct csv_upload *upload, const char *path, const char *name,
		     char *error, size_t error_size)
{
	char why[CURL_ERROR_SIZE] = "";
	FILE *file = fopen(path, "rbe");
	CURL *curl = file ? curl_easy_init() : NULL;
	CURLcode code =
		curl ? transfer(curl, upload, file, name, why) : CURLE_OUT_OF_MEMORY;
	if (code != CURLE_OK)
		snprintf(
			error, error_size,
			"cannot upload %.80s to %.80s: %.80s; check address, account and "
			"keys",
			name, upload->url, why[0] ? why : curl_easy_strerror(code));
	curl_easy_cleanup(curl);
	if (file)
		fclose(file);
	return code == CURLE_OK;
}
