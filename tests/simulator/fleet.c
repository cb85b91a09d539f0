/* SPDX-License-Identifier: MIT */
/*
 * Happy path: resolve the reader's name, make the terminals, let them connect at the rate
 * asked for, and look every 20 ms whether the run is over.
 *
 * What goes wrong: without an address, memory or ledger nothing starts. A reader that is
 * not there is no failure: the terminals dial on. At the end every handle is closed and
 * the loop must be empty.
 */
#include "tests/simulator/fleet.h"

#include "tests/simulator/outstation.h"
#include "tests/simulator/report.h"

#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum {
	TICK_MS = 20,
	FILES_BESIDE_LINKS = 64,
};

struct fleet {
	const struct options *options;
	uv_loop_t loop;
	uv_timer_t tick;
	uv_signal_t terminated;
	uv_signal_t interrupted;
	uv_signal_t wound_up;
	struct sockaddr_storage address;
	struct ledger *ledger;
	struct outstation *outstations;
	uint32_t started;
	uint64_t started_at_ms;
	bool is_stopping;
	bool is_winding_up;
};

static bool resolve(const struct options *options, struct sockaddr_storage *ret_address)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *found;
	int error = getaddrinfo(options->host, options->port, &hints, &found);

	if (error != 0) {
		fprintf(stderr, "readout-simulator: --connect %s:%s: %s\n", options->host,
			options->port, gai_strerror(error));
		return false;
	}
	memcpy(ret_address, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	return true;
}

/* Two links each at worst. Fewer are allowed: some terminals then wait for their turn. */
static void raise_file_limit(uint32_t terminals)
{
	struct rlimit limit;
	rlim_t wanted = (rlim_t)terminals * OUTSTATION_LINKS + FILES_BESIDE_LINKS;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < (rlim_t)terminals + FILES_BESIDE_LINKS)
		fprintf(stderr,
			"readout-simulator: only %llu open files are allowed for %u "
			"terminals; raise `ulimit -n'\n",
			(unsigned long long)limit.rlim_cur, terminals);
}

static void stop(struct fleet *fleet)
{
	if (fleet->is_stopping)
		return;
	fleet->is_stopping = true;
	for (uint32_t i = 0; i < fleet->options->terminals; i++)
		outstation_stop(&fleet->outstations[i]);
	uv_close((uv_handle_t *)&fleet->tick, NULL);
	uv_close((uv_handle_t *)&fleet->terminated, NULL);
	uv_close((uv_handle_t *)&fleet->interrupted, NULL);
	uv_close((uv_handle_t *)&fleet->wound_up, NULL);
}

static void on_signal(uv_signal_t *handle, int number)
{
	(void)number;
	stop(handle->data);
}

static void on_wind_up(uv_signal_t *handle, int number)
{
	struct fleet *fleet = handle->data;

	(void)number;
	fleet->is_winding_up = true;
	for (uint32_t i = 0; i < fleet->options->terminals; i++)
		fleet->outstations[i].terminal.is_ended = true;
}

static bool is_drained(const struct fleet *fleet)
{
	if (fleet->started < fleet->options->terminals)
		return false;
	for (uint32_t i = 0; i < fleet->options->terminals; i++) {
		const struct terminal *terminal = &fleet->outstations[i].terminal;

		if (!terminal_is_drained(terminal) ||
		    (fleet->options->records_total != 0 &&
		     !terminal_is_finished(terminal)))
			return false;
	}
	return true;
}

static void start_due(struct fleet *fleet, uint64_t elapsed_ms)
{
	uint64_t due = fleet->options->terminals;
	uint64_t rate = fleet->options->connect_rate;

	if (rate != 0 && (elapsed_ms + TICK_MS) * rate / 1000 + 1 < due)
		due = (elapsed_ms + TICK_MS) * rate / 1000 + 1;
	while (fleet->started < due)
		outstation_start(&fleet->outstations[fleet->started++]);
}

static void on_tick(uv_timer_t *timer)
{
	struct fleet *fleet = timer->data;
	const struct options *options = fleet->options;
	uint64_t elapsed_ms = uv_now(&fleet->loop) - fleet->started_at_ms;

	start_due(fleet, elapsed_ms);
	if (options->duration_s != 0 &&
	    elapsed_ms >= options->duration_s * (uint64_t)1000)
		stop(fleet);
	else if ((options->is_exit_when_drained || fleet->is_winding_up) &&
		 is_drained(fleet))
		stop(fleet);
}

static void make_terminals(struct fleet *fleet)
{
	const struct options *options = fleet->options;

	for (uint32_t i = 0; i < options->terminals; i++)
		outstation_init(&fleet->outstations[i], options,
				options->first_serial + i,
				(const struct sockaddr *)&fleet->address, fleet->ledger,
				&fleet->loop);
}

static void run_loop(struct fleet *fleet)
{
	uv_loop_init(&fleet->loop);
	make_terminals(fleet);
	uv_timer_init(&fleet->loop, &fleet->tick);
	uv_signal_init(&fleet->loop, &fleet->terminated);
	uv_signal_init(&fleet->loop, &fleet->interrupted);
	uv_signal_init(&fleet->loop, &fleet->wound_up);
	fleet->tick.data = fleet->terminated.data = fleet->interrupted.data = fleet;
	fleet->wound_up.data = fleet;
	uv_update_time(&fleet->loop);
	fleet->started_at_ms = uv_now(&fleet->loop);
	uv_timer_start(&fleet->tick, on_tick, 0, TICK_MS);
	uv_signal_start(&fleet->terminated, on_signal, SIGTERM);
	uv_signal_start(&fleet->interrupted, on_signal, SIGINT);
	uv_signal_start(&fleet->wound_up, on_wind_up, SIGUSR1);
	uv_run(&fleet->loop, UV_RUN_DEFAULT);
}

static enum fleet_outcome conclude(struct fleet *fleet)
{
	const struct options *options = fleet->options;
	struct report report = { .duration_ms =
					 uv_now(&fleet->loop) - fleet->started_at_ms };
	bool is_written = true;

	if (uv_loop_close(&fleet->loop) != 0) {
		fprintf(stderr, "readout-simulator: a handle was left open\n");
		is_written = false;
	}
	for (uint32_t i = 0; i < options->terminals; i++)
		report_add(&report, &fleet->outstations[i]);
	report_print(&report);
	if (options->report_path != NULL)
		is_written = report_write(&report, options->report_path,
					  fleet->outstations, options->terminals) &&
			     is_written;
	for (uint32_t i = 0; i < options->terminals; i++)
		outstation_free(&fleet->outstations[i]);
	is_written = ledger_close(fleet->ledger) && is_written;
	if (!is_written)
		return FLEET_FAILED;
	return report.records.deleted_unsent == 0 ? FLEET_DONE : FLEET_DELETED_UNSENT;
}

enum fleet_outcome fleet_run(const struct options *options)
{
	struct fleet fleet = { .options = options };
	enum fleet_outcome outcome = FLEET_FAILED;

	if (!resolve(options, &fleet.address))
		return FLEET_FAILED;
	if (options->ledger_path != NULL) {
		fleet.ledger = ledger_open(options->ledger_path);
		if (fleet.ledger == NULL)
			return FLEET_FAILED;
	}
	fleet.outstations = calloc(options->terminals, sizeof *fleet.outstations);
	if (fleet.outstations == NULL) {
		fprintf(stderr, "readout-simulator: no memory for %u terminals\n",
			options->terminals);
		ledger_close(fleet.ledger);
		return FLEET_FAILED;
	}
	raise_file_limit(options->terminals);
	/* A link that the peer has closed shows as an error of the write, not as a
	 * signal. */
	sigaction(SIGPIPE, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
	run_loop(&fleet);
	outcome = conclude(&fleet);
	free(fleet.outstations);
	return outcome;
}
