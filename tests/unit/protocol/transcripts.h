/* SPDX-License-Identifier: MIT */
/*
 * What real terminals answered, byte for byte, from 2N's public pages: "How to read data
 * from 2N SmartCOM PRO memory" (MBUS, WMBUS, the test form), "M-Bus auto-detect" (the
 * PRO380), "AMS for inputs" (AIN_DIN), "AMS protocol IEC 62056-21" and "AMS protocol
 * M-Bus" (the device table). The pages do not show how lines end.
 */
#ifndef READOUT_TESTS_UNIT_PROTOCOL_TRANSCRIPTS_H
#define READOUT_TESTS_UNIT_PROTOCOL_TRANSCRIPTS_H

#define RECORD_MBUS                                                                      \
	"^SCDATA: \"AMS\",1449585962,4,\"MBUS\",1,0,\"\",\"685E5E68080072681703086532"   \
	"9906AF0000000C13022000000B22746404046D0511E81C326C00000C786817030806FD0C0A00"   \
	"0100FA010DFD0B05313248465701FD0E004C1374180000426CDF1C0F37FD1700000000000000"   \
	"00027A2502027825021F16\""

#define RECORD_WMBUS                                                                     \
	"^SCDATA: \"WMBUS\",1449586020,5,-68,20,\"44B409466316140A077A9B0800000C13050"   \
	"00000\""

#define RECORD_PRO380_1                                                                  \
	"^SCDATA: \"AMS\",1467365701,10506,\"MBUS\",1,0,\"\",\"684B4B6808017216040215"   \
	"92B00102090000000C04790200008C1004790200008C2004000000001C04660300009C100466"   \
	"0300009C2004000000002C0487000000AC100487000000AC2004000000008016\""

#define RECORD_PRO380_2                                                                  \
	"^SCDATA: \"AMS\",1467365762,10508,\"MBUS\",1,0,\"\",\"684B4B6808017216040215"   \
	"92B001020A0000000C04790200008C1004790200008C2004000000001C04660300009C100466"   \
	"0300009C2004000000002C0487000000AC100487000000AC2004000000008116\""

#define RECORD_PRO380_3                                                                  \
	"^SCDATA: \"AMS\",1467365822,10509,\"MBUS\",1,0,\"\",\"684B4B6808017216040215"   \
	"92B001020B0000000C04790200008C1004790200008C2004000000001C04660300009C100466"   \
	"0300009C2004000000002C0487000000AC100487000000AC2004000000008216\""

#define RECORD_INPUT_1 "^SCDATA: \"AMS\",1461340261,12091,\"AIN_DIN\",1,0,\"\",\"131\""

#define RECORD_INPUT_2 "^SCDATA: \"AMS\",1461340381,12093,\"AIN_DIN\",1,0,\"\",\"228\""

#define RECORD_INPUT_3 "^SCDATA: \"AMS\",1461340441,12094,\"AIN_DIN\",1,0,\"\",\"234\""

/* The page leaves lines out where the dots stand. */
#define RECORD_IEC                                                                       \
	"^SCDATA: "                                                                      \
	"\"AMS\",1463246887,48962,\"IEC62056-21\",1,0,\"ZE310.iv30_012\",\"F.F(000000)"  \
	"\n"                                                                             \
	"C.1.0(04869551)\n"                                                              \
	"C.90(869551)\n"                                                                 \
	"1.8.1(0000002.7#kWh)\n"                                                         \
	"1.8.2(0000002.0*kWh)\n"                                                         \
	"...\n"                                                                          \
	"0.3.3(000250.00*i\\kWh)\n"                                                      \
	"...\n"                                                                          \
	"0.4.2(001)\n"                                                                   \
	"\""

#define TRANSCRIPT_TEST_FORM                                                             \
	"AT^SCDATA=?\n"                                                                  \
	"^SCDATA: \"MESS_CNT\"\n"                                                        \
	"^SCDATA: \"GET_SPACE\"\n"                                                       \
	"^SCDATA: \"GET_OLDEST\"\n"                                                      \
	"^SCDATA: \"GET_FILTERED\",\"0-150\"\n"                                          \
	"^SCDATA: \"DEL_OLDEST\"\n"                                                      \
	"^SCDATA: \"DEL_ALL\"\n"                                                         \
	"OK\n"

#define SCAMS_ENABLE       "^SCAMS: \"ENABLE\",1"
#define SCAMS_RETRY        "^SCAMS: \"RETRY\",0"
#define SCAMS_NONE         "^SCAMS: NO DEVICE"
#define SCAMS_DEVICE_COUNT "^SCAMS: \"DEV_CNT\",1"
#define SCAMS_ROW_MBUS     "^SCAMS: 1> 2,\"MBUS\",\"*15020416@2400\",\"1M\""
#define SCAMS_ROW_INPUT_1  "^SCAMS: 1> 128,\"AIN_DIN\",\"1/PULSE/ABS\",\"5M\""
#define SCAMS_ROW_INPUT_2  "^SCAMS: 2> 128,\"AIN_DIN\",\"2/PULSE/REL\",\"5M\""

#endif
