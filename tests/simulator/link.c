/* SPDX-License-Identifier: MIT */
/*
 * Happy path: connect -> read -> a complete line -> execute -> the outbox is written
 * chunk by chunk -> the next line.
 *
 * What goes wrong: a connect that fails, a peer that closes and every fault end in
 * link_close, and its callback tells the outstation. Bytes are offered to the kernel by
 * uv_try_write, which says how many it took. Only when it takes none is a request queued,
 * and then for no more than one line, so that a failed request never leaves in doubt
 * which records were sent.
 */
#include "tests/simulator/link.h"

#include "tests/simulator/answer.h"
#include "tests/simulator/outstation.h"

#include <stdlib.h>
#include <string.h>

enum {
	GARBAGE_MAX = 64,
};

static void pump(struct link *link);
static void process_input(struct link *link);

void link_init(struct link *link, struct outstation *outstation,
	       struct terminal *terminal, uv_loop_t *loop)
{
	*link = (struct link){ .outstation = outstation, .terminal = terminal };
	uv_timer_init(loop, &link->timer);
	link->timer.data = link;
}

static void end_answer(struct link *link)
{
	free(link->outbox);
	link->outbox = NULL;
	link->is_busy = false;
}

static void on_closed(uv_handle_t *handle)
{
	struct link *link = handle->data;

	end_answer(link);
	link->state = LINK_IDLE;
	outstation_link_closed(link->outstation, link);
}

void link_close(struct link *link, bool is_reset)
{
	if (link->state != LINK_CONNECTING && link->state != LINK_OPEN)
		return;
	if (link->state == LINK_CONNECTING)
		is_reset = false;
	link->state = LINK_CLOSING;
	uv_timer_stop(&link->timer);
	if (!is_reset || uv_tcp_close_reset(&link->tcp, on_closed) != 0)
		uv_close((uv_handle_t *)&link->tcp, on_closed);
}

void link_shut_down(struct link *link)
{
	link_close(link, false);
	uv_close((uv_handle_t *)&link->timer, NULL);
}

void link_drop(struct link *link)
{
	link_close(link, dice_below(&link->terminal->dice, 2) == 0);
}

static void on_mute_end(uv_timer_t *timer)
{
	link_close(timer->data, false);
}

static void on_resume(uv_timer_t *timer)
{
	pump(timer->data);
	process_input(timer->data);
}

/* The request may have been completed although the link closes: it counts first. */
static void on_written(uv_write_t *request, int status)
{
	struct link *link = request->data;

	if (status == 0)
		outbox_take(link->outbox, link->write_size);
	if (link->state != LINK_OPEN)
		return;
	if (status < 0) {
		link_close(link, false);
		return;
	}
	pump(link);
	process_input(link);
}

static void write_line(struct link *link, const char *bytes, size_t size)
{
	uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)bytes, (unsigned)size);

	link->write.data = link;
	link->write_size = size;
	if (uv_write(&link->write, (uv_stream_t *)&link->tcp, &buffer, 1, on_written) !=
	    0)
		link_close(link, false);
}

/* One piece of the answer; false when the rest has to wait or there is none. */
static bool write_piece(struct link *link)
{
	const char *bytes;
	bool is_dropped;
	size_t size = outbox_peek(link->outbox, &bytes, &is_dropped);
	int taken;

	if (size == 0) {
		if (is_dropped)
			link_drop(link);
		else
			end_answer(link);
		return false;
	}
	if (link->pieces_left > 0) {
		size_t piece = 1 + dice_below(&link->terminal->dice, link->piece_max);

		size = piece < size ? piece : size;
	}
	taken = uv_try_write((uv_stream_t *)&link->tcp,
			     &(uv_buf_t){ .base = (char *)(uintptr_t)bytes, .len = size },
			     1);
	if (taken == UV_EAGAIN) {
		write_line(link, bytes, outbox_line_size(link->outbox, size));
		return false;
	}
	if (taken < 0) {
		link_close(link, false);
		return false;
	}
	outbox_take(link->outbox, (size_t)taken);
	if (link->pieces_left == 0)
		return true;
	link->pieces_left--;
	uv_timer_start(&link->timer, on_resume,
		       dice_below(&link->terminal->dice, link->delay_max_ms + 1), 0);
	return false;
}

static void pump(struct link *link)
{
	while (link->state == LINK_OPEN && link->outbox != NULL && write_piece(link))
		;
}

static bool begin_answer(struct link *link)
{
	link->outbox = malloc(sizeof *link->outbox);
	if (link->outbox == NULL) {
		link_close(link, false);
		return false;
	}
	outbox_init(link->outbox, link->terminal);
	link->is_busy = true;
	link->pieces_left = 0;
	return true;
}

static void execute(struct link *link, const char *line, size_t size)
{
	if (!begin_answer(link) || !answer_compose(link, line, size))
		return;
	if (terminal_fault(link->terminal, FAULT_SILENCE))
		uv_timer_start(&link->timer, on_resume,
			       link->terminal->options->silence_ms, 0);
	else
		pump(link);
}

/* The outstation opens another link, and this one may never answer again. */
static void roll_duplicate(struct link *link)
{
	struct terminal *terminal = link->terminal;

	if (!outstation_can_duplicate(link->outstation) ||
	    !terminal_fault(terminal, FAULT_DUPLICATE))
		return;
	outstation_duplicate(link->outstation);
	link->is_mute = dice_below(&terminal->dice, 2) == 0;
	if (link->is_mute)
		uv_timer_start(&link->timer, on_mute_end, terminal->options->silence_ms,
			       0);
}

static size_t find_line_end(const struct link *link)
{
	size_t at = 0;

	while (at < link->input_size && link->input[at] != '\r' &&
	       link->input[at] != '\n')
		at++;
	return at;
}

static void consume(struct link *link, size_t size)
{
	link->input_size = (uint16_t)(link->input_size - size);
	memmove(link->input, link->input + size, link->input_size);
}

/* Commands wait their turn; what a small buffer cannot hold is lost, as in a UART. */
static void process_input(struct link *link)
{
	while (link->state == LINK_OPEN && !link->is_busy && link->input_size > 0) {
		size_t size = find_line_end(link);

		if (size == link->input_size)
			break;
		if (size > 0) {
			link->is_heard = true;
			roll_duplicate(link);
			if (link->is_mute)
				break;
			execute(link, link->input, size);
		}
		consume(link, size + 1);
	}
	if (link->is_mute || link->input_size == LINK_INPUT_SIZE)
		link->input_size = 0;
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
	struct link *link = handle->data;

	(void)suggested;
	*buffer = uv_buf_init(link->input + link->input_size,
			      (unsigned)(LINK_INPUT_SIZE - link->input_size));
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
	struct link *link = stream->data;

	(void)buffer;
	if (size < 0) {
		link_close(link, false);
		return;
	}
	link->input_size = (uint16_t)(link->input_size + size);
	process_input(link);
}

static void send_garbage(struct link *link)
{
	struct dice *dice = &link->terminal->dice;
	uint32_t size = 1 + dice_below(dice, GARBAGE_MAX);

	if (!begin_answer(link))
		return;
	for (uint32_t i = 0; i < size; i++)
		text_put(&link->outbox->text, &(char){ (char)dice_below(dice, 256) }, 1);
	text_put_string(&link->outbox->text, link->terminal->options->style.line_end);
	pump(link);
}

static void on_connected(uv_connect_t *request, int status)
{
	struct link *link = request->data;

	if (link->state != LINK_CONNECTING)
		return;
	if (status < 0 ||
	    uv_read_start((uv_stream_t *)&link->tcp, on_alloc, on_read) != 0) {
		link_close(link, false);
		return;
	}
	link->state = LINK_OPEN;
	uv_tcp_nodelay(&link->tcp, 1);
	if (terminal_fault(link->terminal, FAULT_GARBAGE))
		send_garbage(link);
}

void link_connect(struct link *link, const struct sockaddr *address)
{
	uv_tcp_init(link->timer.loop, &link->tcp);
	link->tcp.data = link;
	link->connect.data = link;
	link->state = LINK_CONNECTING;
	link->is_echo_on = true;
	link->is_mute = false;
	link->is_heard = false;
	link->input_size = 0;
	uv_timer_stop(&link->timer);
	if (uv_tcp_connect(&link->connect, &link->tcp, address, on_connected) != 0)
		link_close(link, false);
}
