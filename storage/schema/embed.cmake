# SPDX-License-Identifier: MIT
# Writes the numbered migrations and the views into one C file:
# cmake -DOUTPUT=... -DFILES=... -DVIEWS=... -P embed.cmake
# As bytes, not as string literals: those may not exceed 4095 characters in C17.
set(ARRAYS "")
set(ROWS "")
set(LAST 0)
string(REPLACE "," ";" FILES "${FILES}")
foreach(FILE ${FILES})
	get_filename_component(NAME ${FILE} NAME_WE)
	string(REGEX MATCH "^[0-9]+" NUMBER ${NAME})
	math(EXPR EXPECTED "${LAST} + 1")
	if(NOT NUMBER EQUAL EXPECTED)
		message(FATAL_ERROR "${FILE}: migrations are numbered without gaps; expected ${EXPECTED}")
	endif()
	file(READ ${FILE} HEX HEX)
	string(REGEX REPLACE "(..)" "0x\\1," BYTES "${HEX}")
	string(APPEND ARRAYS "static const unsigned char migration_${NUMBER}[] = {${BYTES}0};\n")
	string(APPEND ROWS "\t(const char *)migration_${NUMBER},\n")
	set(LAST ${EXPECTED})
endforeach()
set(HEX "")
string(REPLACE "," ";" VIEWS "${VIEWS}")
foreach(FILE ${VIEWS})
	file(READ ${FILE} VIEW HEX)
	string(APPEND HEX ${VIEW})
endforeach()
string(SHA256 DIGEST "${HEX}")
string(REGEX REPLACE "(..)" "0x\\1," BYTES "${HEX}")
string(APPEND ARRAYS "static const unsigned char views[] = {${BYTES}0};\n")
file(WRITE ${OUTPUT} "/* Made from storage/schema/ by embed.cmake. */
#include \"storage/schema.h\"
${ARRAYS}
const char *const schema_migrations[] = {
${ROWS}};
const int schema_version = ${LAST};
const char *const schema_views = (const char *)views;
const char *const schema_views_digest = \"${DIGEST}\";
")
