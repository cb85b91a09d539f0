/* SPDX-License-Identifier: MIT */
/*
 * Which columns a file has: names of the view `readings` for the long layout; for the
 * wide one names that belong to the telegram, and series, each picked by what it
 * measures. As the option "columns" says, or all of them.
 */
#ifndef READOUT_EXPORTERS_CSV_COLUMN_H
#define READOUT_EXPORTERS_CSV_COLUMN_H

#include "exporters/exporter.h"

/* The columns of the view; those up to CSV_OF_TELEGRAM are the same for a whole telegram.
 */
enum csv_field {
	CSV_ID,
	CSV_REVISION,
	CSV_TERMINAL,
	CSV_TERMINAL_NAME,
	CSV_METER,
	CSV_METER_NAME,
	CSV_PLACE,
	CSV_MEDIUM,
	CSV_READ_AT,
	CSV_RECEIVED_AT,
	CSV_TIME_QUALITY,
	CSV_OF_TELEGRAM,
	CSV_QUANTITY = CSV_OF_TELEGRAM,
	CSV_MODIFIERS,
	CSV_FUNCTION,
	CSV_STORAGE,
	CSV_TARIFF,
	CSV_SUBUNIT,
	CSV_OCCURRENCE,
	CSV_UNIT,
	CSV_VALUE,
	CSV_NO_VALUE_REASON,
	CSV_VALID_AT,
	CSV_OBIS,
	CSV_FIELDS,
	CSV_SERIES = CSV_FIELDS, /* of the wide layout: the value of one series */
};

enum { CSV_COLUMNS_MAX = 200, CSV_TEXT_MAX = 64 };

/* What a reading must be; "" and -1: anything. */
struct csv_series {
	char quantity[CSV_TEXT_MAX], unit[CSV_TEXT_MAX], function[CSV_TEXT_MAX];
	char modifiers[CSV_TEXT_MAX], obis[CSV_TEXT_MAX];
	bool has_modifiers;
	int64_t storage, tariff, subunit, occurrence;
};

struct csv_column {
	enum csv_field field;
	char heading[CSV_TEXT_MAX];
	struct csv_series series; /* of CSV_SERIES */
};

struct csv_columns {
	struct csv_column *columns;
	size_t count;
	bool is_wide;
};

/* Reads the option; "[]" means all. false and a message in error when it is wrong. */
bool csv_columns_read(struct csv_columns *columns, bool is_wide, const char *json,
		      char error[EXPORTER_ERROR_MAX]);
void csv_columns_free(struct csv_columns *columns); /* all zero is fine */

/* The first reading of the telegram that the series wants, or NULL. */
const struct exporter_reading *csv_series_find(const struct csv_series *series,
					       const struct exporter_telegram *telegram);

#endif
