/* SPDX-License-Identifier: MIT */
/*
 * Happy path: a plain link's bytes go to the socket from where they are; those of others
 * are encoded into output, of which one block at a time is in flight.
 *
 * Failure modes: the socket fails; the peer does not read, and the output is full; TLS
 * cannot go on.
 */
#include <stdlib.h>
#include <string.h>

#include "server/links/link_parts.h"
#include "server/links/tls_engine.h"

bool link_is_coded(const struct link *link)
{
	const struct link_way *way = link->way;
	return way->tls != NULL || way->is_telnet || way->user != NULL;
}

static void tell_failure(struct link *link, int status)
{
	if (status != 0 && status != UV_ECANCELED && !link->is_closing)
		link->events->ended(link, CLOSE_NETWORK_ERROR, uv_strerror(status));
}

/* ---- coded ---- */

static void on_flown(uv_write_t *request, int status)
{
	struct link *link = request->data;

	free(link->flying);
	link->flying = NULL;
	link->written_bytes += link->flying_size;
	tell_failure(link, status);
	if (!link->is_closing && status == 0 && !link_flush(link))
		link->events->ended(link, CLOSE_NETWORK_ERROR, NULL);
}

bool link_flush(struct link *link)
{
	if (link->flying != NULL || link->output.size == 0)
		return true;
	link->flying = link_output_take(&link->output, &link->flying_size);
	link->coded_bytes += link->flying_size;
	link->write.data = link;
	uv_buf_t buffer = uv_buf_init(link->flying, (unsigned int)link->flying_size);
	if (uv_write(&link->write, (uv_stream_t *)&link->tcp, &buffer, 1, on_flown) == 0)
		return true;
	link->coded_bytes -= link->flying_size;
	free(link->flying);
	link->flying = NULL;
	return false;
}

void link_flush_last(struct link *link)
{
	uv_buf_t buffer = uv_buf_init(link->output.data, (unsigned int)link->output.size);
	if (link->flying == NULL && link->output.size > 0)
		(void)uv_try_write((uv_stream_t *)&link->tcp, &buffer, 1);
}

static bool encode(struct link *link, const char *data, size_t size)
{
	if (link->tls != NULL)
		return tls_engine_write(link->tls, data, size) == TLS_DONE;
	return link_output_add(&link->output, data, size);
}

/* Telnet writes a byte that is IAC twice. */
static bool encode_telnet(struct link *link, const char *data, size_t size)
{
	while (size > 0) {
		const char *iac = memchr(data, TELNET_IAC, size);
		size_t length = iac != NULL ? (size_t)(iac - data) + 1 : size;
		if (!encode(link, data, length) || (iac != NULL && !encode(link, iac, 1)))
			return false;
		data += length;
		size -= length;
	}
	return true;
}

bool link_put(struct link *link, const char *data, size_t size)
{
	return (link->way->is_telnet ? encode_telnet(link, data, size)
				     : encode(link, data, size)) &&
	       link_flush(link);
}

bool link_put_raw(struct link *link, const char *data, size_t size)
{
	return encode(link, data, size) && link_flush(link);
}

/* ---- plain ---- */

static void on_written(uv_write_t *request, int status)
{
	struct link *link = request->data;

	link->is_writing = false;
	tell_failure(link, status);
}

static bool write_plain(struct link *link, const char *data, size_t size)
{
	/* uv_write() does not write to the buffer, its type only says so. */
	uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)data, (unsigned int)size);

	link->is_writing = true;
	link->write.data = link;
	return uv_write(&link->write, (uv_stream_t *)&link->tcp, &buffer, 1,
			on_written) == 0;
}

bool link_write(struct link *link, const char *data, size_t size)
{
	if (!link_is_coded(link))
		return write_plain(link, data, size);
	bool is_put = link_put(link, data, size);
	link->command_end = link->coded_bytes + link->output.size;
	return is_put;
}

bool link_is_writing(const struct link *link)
{
	return link->is_writing || link->written_bytes < link->command_end;
}
