/* SPDX-License-Identifier: MIT */
/* eeprom NAME...: the PROM's variables by /dev/openprom, each in a line; NAME=VALUE sets one first. */
#include "prog.h"

#include <asm/openpromio.h>
#include <fcntl.h>
#include <sys/ioctl.h>

static union {
	struct openpromio io;
	char room[sizeof(struct openpromio) + OPROMMAXPARAM];
} arg;

int main(int argc, char **argv)
{
	int fd = open("/dev/openprom", O_RDWR);

	check(fd >= 0, "/dev/openprom: %s", strerror(errno));
	for (int i = 1; i < argc && !failures; i++) {
		char *name = argv[i], *value = strchr(name, '=');

		memset(&arg, 0, sizeof(arg));
		if (value) {
			*value++ = 0;
			strcpy(arg.io.oprom_array, name);
			strcpy(arg.io.oprom_array + strlen(name) + 1, value);
			arg.io.oprom_size = strlen(name) + strlen(value) + 2;
			check(!ioctl(fd, OPROMSETOPT, &arg), "%s: cannot be set: %s", name,
			      strerror(errno));
			memset(&arg, 0, sizeof(arg));
		}
		strcpy(arg.io.oprom_array, name);
		arg.io.oprom_size = OPROMMAXPARAM;
		check(!ioctl(fd, OPROMGETOPT, &arg), "%s: cannot be read: %s", name,
		      strerror(errno));
		printf("eeprom: %s=%s\n", name, arg.io.oprom_array);
	}
	return finish("eeprom");
}
