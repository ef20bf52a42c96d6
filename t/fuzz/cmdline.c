/* SPDX-License-Identifier: MIT */
/* Any words, one a line, as a command line. Parsing opens nothing; a refusal is one line that says why. */
#include <string.h>

#include "machine/boot.h"

enum { WORDS = 40 };

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	char text[2048], err[512] = "", *argv[WORDS + 2] = { "vonk" }, *save;
	struct machine_config config;
	struct options o;
	int argc = 1;

	len = len < sizeof(text) - 1 ? len : sizeof(text) - 1;
	memcpy(text, data, len);
	text[len] = '\0';
	for (char *w = strtok_r(text, "\n", &save); w && argc <= WORDS;
	     w = strtok_r(NULL, "\n", &save))
		argv[argc++] = w;
	argv[argc] = NULL;
	if (options_parse_all(&o, argc, argv, err, sizeof(err))) {
		if (!*err || strchr(err, '\n'))
			__builtin_trap();
		options_release(&o);
		return 0;
	}
	*err = '\0';
	if (boot_config(&o, &config, err, sizeof(err)) && !*err)
		__builtin_trap();
	options_release(&o);
	return 0;
}
