/* SPDX-License-Identifier: MIT */
/* What every way to run a machine begins with. */
#include "machine/run.h"

#include <errno.h>

#include "machine/boot.h"
#include "machine/reboot.h"

int run_complain(const char *text)
{
	fprintf(stderr, "vonk: %s\n", text);
	return EXIT_USAGE;
}

/* Then nothing is put into RAM. */
static bool only_prom(const struct options *o)
{
	return o->bios && !o->kernel && !o->image;
}

int run_power_on(struct run *r, char *err, size_t errlen)
{
	int ret = boot_config(&r->o, &r->config, err, errlen);

	if (!ret)
		ret = plug_open(&r->o, &r->config, err, errlen);
	if (!ret)
		ret = machine_new(&r->m, &r->config, err, errlen);
	if (!ret)
		ret = boot_nvram_file(r->m, &r->o, &r->nvram, err, errlen);
	if (!ret)
		ret = boot_load(r->m, &r->o, r->batch, err, errlen);
	if (!ret && (only_prom(&r->o) ? reboot_note_blank(r->m) : reboot_note(r->m))) {
		snprintf(err, errlen, "out of memory");
		ret = -ENOMEM;
	}
	return ret;
}

int run_wants_sandbox(const struct run *r, const char *missing, char *err, size_t errlen)
{
	if (r->o.sandbox == OPT_SANDBOX_OFF || (missing && r->o.sandbox == OPT_SANDBOX_AUTO))
		return 0;
	if (!missing)
		return 1;
	snprintf(err, errlen, "-sandbox on: %s", missing);
	return -ENOTSUP;
}
