/* SPDX-License-Identifier: MIT */
/*
 * One address, two meters: nothing keeps a manufacturer, or whoever sets primary
 * addresses, from giving two meters the same one. While they hang on one wire the
 * terminal cannot read them; on two wires both are read, and to us they look like one.
 *
 * Splitting gives each terminal a meter of its own, from the first record on: what a
 * telegram is about stands in its origin, which is of one terminal, so history moves with
 * a few rows and no telegram is touched. The addresses get the terminal behind them,
 * "1234567893157203@4711": they are what exporters and people tell meters by. The meter
 * that was there stays that of the terminal that heard it first, with its name and
 * places. Joining is the way back: what the other meters were called and where they were
 * is lost.
 */
#include "storage/labels/address_conflict.h"
#include "storage/labels/label_run.h"

enum { ADDRESS_MAX = 128 };

/* Terminals that hear it by wire; by radio several may well hear one. */
static const char wires_sql[] =
	"SELECT count(DISTINCT origin.terminal) FROM origin JOIN word ON word.id = kind"
	" WHERE meter = ?1 AND text = 'mbus'";

static int count_split(struct label_run *run, const char *address, int64_t *ret_count)
{
	bool is_found = false;
	return small_sql_find(run->db,
			      "SELECT count(*) FROM meter WHERE address > ?1 || '@'"
			      " AND address < ?1 || 'A'",
			      (const struct sql_value[]){ SQL_TEXT(address) }, 1,
			      &is_found, ret_count);
}

/* "1234567893157203@4711" is 1234567893157203. */
static void cut_terminal(const char *text, char ret_address[ADDRESS_MAX])
{
	size_t size = strcspn(text, "@");
	if (size >= ADDRESS_MAX)
		size = ADDRESS_MAX - 1;
	for (size_t i = 0; i < size; i++)
		ret_address[i] = text[i] >= 'a' && text[i] <= 'f'
					 ? (char)(text[i] - 'a' + 'A')
					 : text[i];
	ret_address[size] = '\0';
}

static int split_rows(struct label_run *run, int64_t meter)
{
	static const char *const steps[] = {
		"UPDATE meter SET terminal = (SELECT terminal FROM origin WHERE meter = "
		"?1"
		" ORDER BY since, id LIMIT 1) WHERE id = ?1",
		"INSERT INTO meter (identification, manufacturer, version, medium,"
		" terminal, address, medium_name, product, first_seen_ms)"
		" SELECT identification, manufacturer, version, medium, o.terminal,"
		" address || '@' || identity, medium_name, product, min(o.since) * 1000"
		" FROM meter JOIN origin o ON o.meter = meter.id"
		" JOIN terminal ON terminal.id = o.terminal"
		" WHERE meter.id = ?1 AND o.terminal <> meter.terminal"
		" GROUP BY o.terminal",
		"UPDATE origin SET meter = (SELECT other.id FROM meter other JOIN meter"
		" first ON first.id = ?1 AND other.identification = first.identification"
		" AND other.manufacturer = first.manufacturer"
		" AND other.version = first.version AND other.medium = first.medium"
		" AND other.terminal = origin.terminal) WHERE meter = ?1",
		"UPDATE meter SET address = address || '@' || (SELECT identity FROM "
		"terminal"
		" WHERE terminal.id = meter.terminal) WHERE id = ?1",
	};
	const struct sql_value values[] = { SQL_NUMBER(meter) };
	int rc = SQLITE_OK;
	for (size_t i = 0; rc == SQLITE_OK && i < sizeof steps / sizeof steps[0]; i++)
		rc = small_sql_run(run->db, steps[i], values, 1);
	return rc;
}

int label_split(struct label_run *run, const struct label_change *change)
{
	const char *text = change->id;
	char address[ADDRESS_MAX];
	int64_t meter = 0, count = 0;
	bool is_found = false;
	cut_terminal(text, address);
	int rc = count_split(run, address, &count);
	if (rc != SQLITE_OK || count > 0)
		return rc;
	rc = label_find_meter(run, text, &meter);
	if (rc == SQLITE_OK && !run->is_wrong)
		rc = small_sql_find(run->db, wires_sql,
				    (const struct sql_value[]){ SQL_NUMBER(meter) }, 1,
				    &is_found, &count);
	if (rc != SQLITE_OK || run->is_wrong)
		return rc;
	if (count < 2)
		return label_complain(run,
				      "%.40s is heard by wire at %s terminal: there is "
				      "nothing to split",
				      text, count == 0 ? "no" : "one");
	rc = address_conflict_end(run->db, meter, run->options.now_ms,
				  "it is one meter for each terminal from now on");
	return rc == SQLITE_OK ? split_rows(run, meter) : rc;
}

static int join_rows(struct label_run *run, const char *address)
{
#define SPLIT "(SELECT id FROM meter WHERE address > ?1 || '@' AND address < ?1 || 'A')"
#define FIRST                                                                            \
	"(SELECT min(id) FROM meter WHERE address > ?1 || '@' AND address < ?1 || 'A')"
#define COUNTERS                                                                         \
	"(SELECT id FROM counter WHERE meter IN " SPLIT " AND meter <> " FIRST ")"
	static const char *const steps[] = {
		("UPDATE origin SET meter = " FIRST " WHERE meter IN " SPLIT),
		("DELETE FROM meter_place WHERE meter IN " SPLIT " AND meter <> " FIRST),
		/* What was worked out for them is worked out again for the first. */
		("DELETE FROM consumption WHERE counter IN " COUNTERS),
		("DELETE FROM counter_fall WHERE counter IN " COUNTERS),
		("DELETE FROM counter WHERE meter IN " SPLIT " AND meter <> " FIRST),
		("DELETE FROM gap WHERE meter IN " SPLIT " AND meter <> " FIRST),
		("DELETE FROM rhythm WHERE meter IN " SPLIT " AND meter <> " FIRST),
		("DELETE FROM meter WHERE id IN " SPLIT " AND id <> " FIRST),
		("UPDATE meter SET terminal = 0, address = ?1 WHERE id = " FIRST),
	};
	const struct sql_value values[] = { SQL_TEXT(address) };
	int rc = SQLITE_OK;
	for (size_t i = 0; rc == SQLITE_OK && i < sizeof steps / sizeof steps[0]; i++)
		rc = small_sql_run(run->db, steps[i], values, 1);
	return rc;
}

int label_join(struct label_run *run, const struct label_change *change)
{
	char address[ADDRESS_MAX];
	int64_t count = 0, meter = 0;
	cut_terminal(change->id, address);
	int rc = count_split(run, address, &count);
	if (rc != SQLITE_OK)
		return rc;
	/* A typo is told; an address that is one meter's is what was asked for. */
	return count == 0 ? label_find_meter(run, address, &meter)
			  : join_rows(run, address);
}
