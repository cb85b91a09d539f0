/* SPDX-License-Identifier: MIT */
#include "protocol/at/at_command.h"

#include <criterion/criterion.h>

static void expect_command(const struct at_command *command, const char *text,
			   const char *prefix)
{
	cr_assert_str_eq(command->text, text);
	cr_assert_eq(command->size, strlen(text));
	cr_assert_str_eq(command->prefix, prefix);
}

Test(at_command, writes_the_commands_of_the_dialogue)
{
	struct at_command command;
	at_command_get_oldest(&command, 3);
	expect_command(&command, "AT^SCDATA=\"GET_OLDEST\",3", "^SCDATA:");
	at_command_del_oldest(&command, 2);
	expect_command(&command, "AT^SCDATA=\"DEL_OLDEST\",2", "^SCDATA:");
	at_command_get_space(&command);
	expect_command(&command, "AT^SCDATA=\"GET_SPACE\"", "^SCDATA:");
	at_command_message_count(&command);
	expect_command(&command, "AT^SCDATA=\"MESS_CNT\"", "^SCDATA:");
	at_command_device_table(&command);
	expect_command(&command, "AT^SCAMS?", "^SCAMS:");
	at_command_plain(&command, "ATI4", "");
	expect_command(&command, "ATI4", "");
}

Test(at_command, the_largest_count_stays_below_the_longest_command)
{
	struct at_command command;
	at_command_get_oldest(&command, UINT32_MAX);
	expect_command(&command, "AT^SCDATA=\"GET_OLDEST\",4294967295", "^SCDATA:");
}

Test(at_command, cuts_a_text_that_breaks_the_contract)
{
	struct at_command command;
	char text[2 * AT_COMMAND_MAX];
	memset(text, 'A', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	at_command_plain(&command, text, "");
	cr_assert_eq(command.size, AT_COMMAND_MAX - 1);
	cr_assert_eq(strlen(command.text), AT_COMMAND_MAX - 1);
}
