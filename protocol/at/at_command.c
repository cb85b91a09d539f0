/* SPDX-License-Identifier: MIT */
#include "protocol/at/at_command.h"

#include "protocol/decimal.h"

static const char SCDATA[] = "^SCDATA:";
static const char SCAMS[] = "^SCAMS:";

void at_command_plain(struct at_command *ret_command, const char *text,
		      const char *prefix)
{
	size_t size = strlen(text);
	if (size >= AT_COMMAND_MAX)
		size = AT_COMMAND_MAX - 1;
	*ret_command = (struct at_command){ .size = (uint8_t)size, .prefix = prefix };
	memcpy(ret_command->text, text, size);
}

static void command_counted(struct at_command *ret_command, const char *text,
			    uint32_t count)
{
	at_command_plain(ret_command, text, SCDATA);
	size_t digits =
		decimal_write_integer(count, ret_command->text + ret_command->size);
	ret_command->size = (uint8_t)(ret_command->size + digits);
}

void at_command_get_oldest(struct at_command *ret_command, uint32_t count)
{
	command_counted(ret_command, "AT^SCDATA=\"GET_OLDEST\",", count);
}

void at_command_del_oldest(struct at_command *ret_command, uint32_t count)
{
	command_counted(ret_command, "AT^SCDATA=\"DEL_OLDEST\",", count);
}

void at_command_get_space(struct at_command *ret_command)
{
	at_command_plain(ret_command, "AT^SCDATA=\"GET_SPACE\"", SCDATA);
}

void at_command_message_count(struct at_command *ret_command)
{
	at_command_plain(ret_command, "AT^SCDATA=\"MESS_CNT\"", SCDATA);
}

void at_command_device_table(struct at_command *ret_command)
{
	at_command_plain(ret_command, "AT^SCAMS?", SCAMS);
}
