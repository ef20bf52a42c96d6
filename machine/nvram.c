/* SPDX-License-Identifier: MIT */
#include "machine/nvram.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/be.h"
#include "lib/host-load.h"
#include "lib/host-save.h"

/* Without any other: a locally administered address. */
static const u8 default_mac[6] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 };

/* OpenBIOS's partition of variables: a header of 16 bytes, then "name=value" texts, an empty one last. */
#define PART_SYSTEM 0x70
#define PART_HEADER 16

int nvram_open(struct nvram *n, const char *path, char *err, size_t errlen)
{
	size_t len;
	u8 *buf;
	int ret;

	*n = (struct nvram){ .path = path };
	if (!path)
		return 0;
	ret = host_read_file(path, NVRAM_FILE, &buf, &len, err, errlen);
	if (ret == -ENOENT)
		return 0;
	if (ret == -EFBIG || (!ret && len != NVRAM_FILE && len != M48T08_NVRAM)) {
		snprintf(err, errlen, "-nvram: %s: an NVRAM file has %u bytes, this one has %s",
			 path, NVRAM_FILE, ret ? "more" : "another number of them");
		if (!ret)
			free(buf);
		return -EINVAL;
	}
	if (ret)
		return ret;
	memcpy(n->have, buf, sizeof(n->have));
	/* With what is not 0 there, saving would change it. */
	n->there = len == NVRAM_FILE;
	for (size_t i = M48T08_NVRAM; i < len; i++)
		n->there &= !buf[i];
	n->filled = true;
	free(buf);
	return 0;
}

int nvram_save(struct nvram *n, void *chip, char *err, size_t errlen)
{
	static const u8 clock[NVRAM_FILE - M48T08_NVRAM];
	const u8 *now = m48t08_nvram(chip);
	struct host_replace file;
	int ret;

	if (!n->path || (n->there && !memcmp(now, n->have, sizeof(n->have))))
		return 0;
	ret = host_replace_begin(&file, &host_io, n->path, err, errlen);
	if (ret)
		return ret;
	ret = host_replace_write(&file, now, sizeof(n->have));
	if (!ret)
		ret = host_replace_write(&file, clock, sizeof(clock));
	ret = host_replace_end(&file, ret, err, errlen);
	if (ret)
		return ret;
	memcpy(n->have, now, sizeof(n->have));
	n->there = n->filled = true;
	return 0;
}

static bool idprom_good(const u8 *id)
{
	u8 sum = 0;

	for (unsigned i = 0; i < 0x10; i++)
		sum ^= id[i];
	return id[0] == 1 && !sum && !(id[2] & 1);
}

/* Ends before `end`, or NULL. */
static const char *partition_vars(const u8 *nvram, const u8 **end)
{
	size_t len = be16_get(nvram + 2) * 16u;
	u32 sum = nvram[0];

	for (unsigned i = 2; i < PART_HEADER; i++) {
		sum += nvram[i];
		if (sum > 255)
			sum -= 255;
	}
	if (nvram[0] != PART_SYSTEM || nvram[1] != sum || len < PART_HEADER || len > M48T08_IDPROM)
		return NULL;
	*end = nvram + len;
	return (const char *)nvram + PART_HEADER;
}

static bool blank(const u8 *p, size_t n)
{
	while (n && !*p)
		p++, n--;
	return !n;
}

static bool same_name(const char *a, const char *b)
{
	size_t n = strcspn(a, "=");

	return n == strcspn(b, "=") && !memcmp(a, b, n);
}

/* Variables of a file, those of the command line in their place. */
struct vars {
	const char *var[NVRAM_VARS];
	unsigned nr;
};

static bool put_var(struct vars *v, const char *var)
{
	unsigned i = 0;

	while (i < v->nr && !same_name(v->var[i], var))
		i++;
	if (i == NVRAM_VARS)
		return false;
	v->var[i] = var;
	v->nr += i == v->nr;
	return true;
}

/* False: there are too many. */
static bool file_vars(struct vars *v, const char *p, const char *end)
{
	while (p < end && *p) {
		size_t n = (size_t)(end - p);

		if (!memchr(p, 0, n))
			return true;
		if (*p != '=' && strchr(p, '=') && !put_var(v, p))
			return false;
		p += strlen(p) + 1;
	}
	return true;
}

static int set_vars(const struct nvram *n, void *chip, const char *const *var, unsigned nr,
		    char *err, size_t errlen)
{
	struct vars v = { .nr = 0 };
	const u8 *end = NULL;
	const char *old = n->filled ? partition_vars(n->have, &end) : NULL;
	bool fits = true;
	int ret;

	if (n->filled && !old && !blank(n->have, M48T08_IDPROM)) {
		if (!nr)
			return 0;
		snprintf(err, errlen,
			 "-prom-env: %s has another firmware's variables, not OpenBIOS's", n->path);
		return -EINVAL;
	}
	if (old && !nr)
		return 0;
	if (old)
		fits = file_vars(&v, old, (const char *)end);
	for (unsigned i = 0; i < nr && fits; i++)
		fits = put_var(&v, var[i]);
	ret = fits ? m48t08_set_vars(chip, v.var, v.nr) : -ENOSPC;
	if (ret)
		snprintf(err, errlen, "-prom-env: %s",
			 ret == -ENOSPC ? "the variables do not fit into the NVRAM"
					: "wants NAME=VALUE");
	return ret;
}

int nvram_fill(const struct nvram *n, void *chip, u8 machine_type, const u8 *mac,
	       const char *const *vars, unsigned nr, char *err, size_t errlen)
{
	const u8 *id = n->have + M48T08_IDPROM;
	bool known = n->filled && idprom_good(id);

	if (n->filled)
		memcpy(m48t08_nvram(chip), n->have, sizeof(n->have));
	if (!known || id[1] != machine_type || (mac && memcmp(mac, id + 2, 6)))
		m48t08_set_idprom(chip, machine_type, mac ? mac : known ? id + 2 : default_mac);
	return set_vars(n, chip, vars, nr, err, errlen);
}

bool nvram_set_var(void *chip, const char *name, const char *value)
{
	u8 was[M48T08_NVRAM];
	struct vars v = { .nr = 0 };
	const u8 *end = NULL;
	const char *old;
	char var[NVRAM_VAR];
	int n = snprintf(var, sizeof(var), "%s=%s", name, value);

	memcpy(was, m48t08_nvram(chip), sizeof(was));
	old = partition_vars(was, &end);
	if (!*name || strchr(name, '=') || n < 0 || (size_t)n >= sizeof(var) || !old)
		return false;
	return file_vars(&v, old, (const char *)end) && put_var(&v, var) &&
	       !m48t08_set_vars(chip, v.var, v.nr);
}
