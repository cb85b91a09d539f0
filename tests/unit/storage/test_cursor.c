/* SPDX-License-Identifier: MIT */
#include "storage/cursor.h"

#include <criterion/criterion.h>

#include "store_fixture.h"

static struct store_fixture f;

static void setup(void)
{
	fixture_begin(&f);
}

static void teardown(void)
{
	fixture_end(&f);
}

TestSuite(cursor, .init = setup, .fini = teardown);

static struct cursor_state state;

static void on_cursor(const struct cursor_state *answer, enum store_result result,
		      void *context)
{
	(void)context;
	state = *answer;
	f.result = result;
	f.is_answered = true;
}

static void assert_stands(int64_t position, int64_t announced)
{
	fixture_wait(&f, &f.is_answered);
	cr_assert_eq(f.result, STORE_COMMITTED);
	cr_assert_eq(state.position, position);
	cr_assert_eq(state.announced, announced);
	f.is_answered = false;
}

Test(cursor, goes_from_announced_to_moved_and_is_there_after_a_restart)
{
	f.is_answered = false;
	cursor_open(f.store, f.port, "csv", on_cursor, NULL);
	assert_stands(0, 0);
	cursor_announce(f.store, f.port, "csv", 10, on_cursor, NULL);
	assert_stands(0, 10);
	fixture_close(&f);
	fixture_open(&f);
	cursor_open(f.store, f.port, "csv", on_cursor, NULL);
	assert_stands(0, 10);
	cursor_move(f.store, f.port, "csv", 4, NULL, 0, on_cursor, NULL);
	assert_stands(4, 10);
	cursor_move(f.store, f.port, "csv", 10, NULL, 0, on_cursor, NULL);
	assert_stands(10, 10);
}

Test(cursor, never_moves_back)
{
	f.is_answered = false;
	cursor_open(f.store, f.port, "csv", NULL, NULL);
	cursor_move(f.store, f.port, "csv", 10, NULL, 0, NULL, NULL);
	cursor_move(f.store, f.port, "csv", 3, NULL, 0, on_cursor, NULL);
	assert_stands(10, 10);
}

Test(cursor, that_was_never_opened_is_rejected)
{
	f.is_answered = false;
	cursor_move(f.store, f.port, "nobody", 3, NULL, 0, on_cursor, NULL);
	fixture_wait(&f, &f.is_answered);
	cr_assert_eq(f.result, STORE_REJECTED);
}

Test(cursor, puts_dead_letters_aside_with_the_last_reason)
{
	char text[512];
	dead_letter_add(f.store, f.port, "csv", 7,
			&(struct dead_letter){ "first", "", "" }, 1);
	dead_letter_add(f.store, f.port, "csv", 7,
			&(struct dead_letter){ "second", "", "" }, 2);
	dead_letter_add(f.store, f.port, "other", 7,
			&(struct dead_letter){ "third", "", "" }, 3);
	fixture_contact(&f, "T1");
	fixture_text(&f,
		     "SELECT group_concat(exporter || telegram || reason || at_ms) FROM "
		     "dead_letter",
		     text);
	cr_assert_str_eq(text, "csv7second2,other7third3");
}
