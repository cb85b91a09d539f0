# SPDX-License-Identifier: MIT
# Warnings, hardening and instrumentation, the same for every target.
# readout_library(NAME FILES...) makes a static library of one room: warnings on,
# includes rooted at the project.

add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
	-Wformat=2 -Wundef -Wcast-qual -Wstrict-prototypes -Wmissing-prototypes -Wvla
	-Wswitch-enum -Wdouble-promotion -Wwrite-strings -Wnull-dereference)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
	add_compile_options(-Wduplicated-cond -Wlogical-op)
endif()
if(READOUT_WERROR)
	add_compile_options(-Werror)
endif()

if(READOUT_HARDEN)
	add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong
		-fstack-clash-protection -fcf-protection=full)
	add_link_options(-Wl,-z,relro,-z,now -pie)
	include(CheckIPOSupported)
	check_ipo_supported(RESULT READOUT_IPO OUTPUT READOUT_IPO_WHY LANGUAGES C)
	set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ${READOUT_IPO})
	if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
		add_link_options(-flto=auto)
	endif()
endif()

if(READOUT_SANITIZE)
	add_compile_options(-fsanitize=${READOUT_SANITIZE} -fno-omit-frame-pointer
		-fno-sanitize-recover=all)
	add_link_options(-fsanitize=${READOUT_SANITIZE})
endif()
if(READOUT_COVERAGE)
	add_compile_options(--coverage)
	add_link_options(--coverage)
endif()
if(READOUT_FUZZ)
	add_compile_options(-fsanitize=fuzzer-no-link)
endif()

function(readout_library NAME)
	add_library(${NAME} STATIC ${ARGN})
	target_include_directories(${NAME} PUBLIC ${PROJECT_SOURCE_DIR})
endfunction()
