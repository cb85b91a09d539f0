/* SPDX-License-Identifier: MIT */
#include "server/record_counts.h"

bool record_is_undecoded(const struct store_telegram *telegram)
{
	return telegram->error_code == 0 && strcmp(telegram->decode_status, "ok") != 0 &&
	       strcmp(telegram->decode_status, "not_decoded") != 0;
}

void record_counts_add(struct record_counts *counts,
		       const struct store_telegram *telegram)
{
	for (size_t i = 0; i < RECORD_KINDS; i++)
		counts->kinds[i] += strcmp(telegram->kind,
					   scdata_kind_text((enum scdata_kind)i)) == 0;
	counts->failed_reads += telegram->error_code != 0;
	counts->undecoded += record_is_undecoded(telegram);
	if (telegram->layout != NULL)
		counts->readings += telegram->layout->register_count;
}
