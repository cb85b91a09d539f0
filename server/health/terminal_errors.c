/* SPDX-License-Identifier: MIT */
/* The terminal's error buffer (AT^SCERR?): each of its entries is told once, as an event.
 */
#include <inttypes.h>
#include <stdio.h>

#include "server/health/health_parts.h"

/* Of one listing: who sends more is broken, or no friend. */
enum { ERRORS_TOLD_MAX = 20 };

/* IDs of the vendor's error buffer, as far as they are published. */
static const char *error_text(int64_t id)
{
	static const char *const texts[] = {
		"no error",
		"the SIM card is missing",
		"few attempts are left to enter the PIN",
		"the PIN is wrong",
		"the SIM card is busy",
		"the registration in the network was lost",
		"the registration in the network took too long",
		"the radio module is silent on its command channel",
		"the radio module is silent on its data channel",
		"the multiplexer of the radio module did not open in time",
		"unexpected number of parameters",
		"error of the radio module (CME)",
		"error of the radio module (CMS)",
	};
	size_t count = sizeof(texts) / sizeof(texts[0]);
	return id >= 0 && (size_t)id < count ? texts[id] : "an error not published";
}

/* "72> 8,10": number of the entry, what, and more about it. */
static bool read_error(struct span line, int64_t ret_numbers[3])
{
	size_t found = 0;
	bool is_inside = false;

	for (size_t i = 0; i < line.size; i++) {
		bool is_digit = line.data[i] >= '0' && line.data[i] <= '9';
		if (is_digit && !is_inside) {
			if (found == 3)
				break;
			ret_numbers[found++] = 0;
		}
		is_inside = is_digit;
		if (is_digit && ret_numbers[found - 1] < INT32_MAX)
			ret_numbers[found - 1] =
				ret_numbers[found - 1] * 10 + line.data[i] - '0';
	}
	return found >= 2;
}

static void tell(struct session *session, const int64_t numbers[3])
{
	char detail[240];

	(void)snprintf(detail, sizeof(detail),
		       "entry %" PRId64 " of its error buffer: %s (%" PRId64 ", %" PRId64
		       ")",
		       numbers[0], error_text(numbers[1]), numbers[1], numbers[2]);
	session_event(session, "info", "terminal_error", detail);
}

void health_terminal_error(struct session *session, struct span line)
{
	struct terminal *terminal = session->terminal;
	struct terminal_health *health = &terminal->health;
	int64_t numbers[3] = { 0 };

	if (!read_error(line, numbers) || numbers[1] == 0)
		return;
	if (numbers[0] > health->error_listed)
		health->error_listed = numbers[0];
	if (numbers[0] <= terminal->kept.error_seen ||
	    health->errors_told == ERRORS_TOLD_MAX)
		return;
	health->errors_told++;
	tell(session, numbers);
}

/* The numbers rise. If the highest is below one told before, the buffer was cleared, and
 * everything in it is new the next time. */
void health_errors_listed(struct session *session, int64_t stored_count)
{
	struct terminal *terminal = session->terminal;
	struct terminal_health *health = &terminal->health;
	int64_t listed = health->error_listed;

	(void)stored_count;
	health->error_listed = 0;
	health->errors_told = 0;
	if (listed == 0 || listed == terminal->kept.error_seen)
		return;
	terminal->kept.error_seen = listed > terminal->kept.error_seen ? listed : 0;
	(void)terminal_record_keep(session->fleet->store, session->fleet->port,
				   terminal->id, &terminal->kept);
}
