/* SPDX-License-Identifier: MIT */
#include "tests/simulator/fleet.h"

int main(int argc, char **argv)
{
	struct options options;

	switch (options_parse(argc, argv, &options)) {
	case OPTIONS_HELP_SHOWN: return 0;
	case OPTIONS_WRONG: return 2;
	case OPTIONS_RUN: break;
	}
	return (int)fleet_run(&options);
}
