/* SPDX-License-Identifier: MIT */
/*
 * The tables that snapshots are made of, and the version that says so. t/snap/layout has the signature
 * of every table beside the version they belong to: who changes a row has to raise SNAP_VERSION
 * (snap/tlv.h) and write the file anew, with `obj/t/2010-layout --write`. A released
 * version's tables never change.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/be.h"
#include "machine/snapshot.h"
#include "snap/tlv.h"
#include "t/tap.h"

#define FILE_NAME "t/snap/layout"

static u64 signature(const struct field *table)
{
	u8 digest[SHA256_SIZE];
	struct sha256 sha;

	sha256_init(&sha);
	field_layout(table, &sha);
	sha256_end(&sha, digest);
	return be64_get(digest);
}

struct table {
	const char *name;
	const struct field *fields;
	size_t size;
};

static bool table_at(unsigned n, struct table *t)
{
	if (n == 0)
		*t = (struct table){ "machine", machine_fields, sizeof(struct machine_state) };
	else if (n == 1)
		*t = (struct table){ "cpu", cpu_fields, sizeof(struct cpu_state) };
	else if (dev_classes[n - 2])
		*t = (struct table){ dev_classes[n - 2]->name, dev_classes[n - 2]->fields,
				     dev_classes[n - 2]->state_size };
	else
		return false;
	return true;
}

static void write_file(void)
{
	FILE *f = fopen(FILE_NAME, "w");
	struct table t;

	if (!f)
		exit(1);
	fprintf(f,
		"# Written by 2010-layout --write: the stream version, and the tables it means.\n");
	fprintf(f, "version %u\nall %016llx\n", SNAP_VERSION,
		(unsigned long long)snapshot_layout());
	for (unsigned i = 0; table_at(i, &t); i++)
		fprintf(f, "%s %016llx\n", t.name, (unsigned long long)signature(t.fields));
	fclose(f);
}

/* What the file says of a name; 0: nothing. */
static u64 recorded(const char *name, int base)
{
	FILE *f = fopen(FILE_NAME, "r");
	char line[256];
	size_t n = strlen(name);
	u64 v = 0;

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, name, n) && line[n] == ' ')
			v = strtoull(line + n + 1, NULL, base);
	if (f)
		fclose(f);
	return v;
}

static unsigned recorded_tables(void)
{
	FILE *f = fopen(FILE_NAME, "r");
	char line[256];
	unsigned n = 0;

	while (f && fgets(line, sizeof(line), f))
		n += *line != '#';
	if (f)
		fclose(f);
	return n - 2;
}

static void test_recorded(void)
{
	struct table t;
	unsigned i;

	is(recorded("version", 10), SNAP_VERSION, "%s is of this version", FILE_NAME);
	for (i = 0; table_at(i, &t); i++)
		is(signature(t.fields), recorded(t.name, 16),
		   "%s: the table is that of version %u (else raise SNAP_VERSION)", t.name,
		   SNAP_VERSION);
	is(recorded_tables(), i, "no table is gone");
	is(snapshot_layout(), recorded("all", 16), "nor are they in another order");
}

/* Copies of tables, deep, in which a row can be changed. */
static struct field *copy(const struct field *table)
{
	size_t n = 0;
	struct field *c;

	while (table[n++].type != FIELD_END)
		;
	c = malloc(n * sizeof(*c));
	memcpy(c, table, n * sizeof(*c));
	for (size_t i = 0; i < n; i++)
		if (c[i].type == FIELD_STRUCT)
			c[i].sub = copy(c[i].sub);
	return c;
}

static void release(struct field *c)
{
	for (struct field *f = c; f->type != FIELD_END; f++)
		if (f->type == FIELD_STRUCT)
			release((struct field *)(uintptr_t)f->sub);
	free(c);
}

struct count {
	u64 want;
	struct field *root;
	unsigned tried, missed;
};

static void differs(struct count *n, const char *name, const char *what)
{
	n->tried++;
	if (signature(n->root) != n->want)
		return;
	n->missed++;
	diag("%s: %s", name, what);
}

/* Every column of every row, one at a time. */
static void mutate(struct count *n, struct field *table)
{
	for (struct field *f = table; f->type != FIELD_END; f++) {
		struct field was = *f;
		char other[64];

		if (f->type == FIELD_STRUCT)
			mutate(n, (struct field *)(uintptr_t)f->sub);
		snprintf(other, sizeof(other), "%sx", f->name);
		f->name = other;
		differs(n, was.name, "another name");
		*f = was;
		f->count++;
		differs(n, was.name, "one element more");
		*f = was;
		f->type = f->type == FIELD_UINT ? FIELD_BYTES : FIELD_UINT;
		differs(n, was.name, "another type");
		*f = was;
		f->min++;
		differs(n, was.name, "another lowest value");
		*f = was;
		f->max--;
		differs(n, was.name, "another highest value");
		*f = was;
		if (f->type != FIELD_STRUCT) {
			f->size *= 2;
			differs(n, was.name, "another size");
			*f = was;
		}
		f->type = FIELD_END;
		differs(n, was.name, "the rest left out");
		*f = was;
		if (f[1].type != FIELD_END) {
			struct field next = f[1];

			f[0] = next;
			f[1] = was;
			differs(n, was.name, "swapped with the next");
			f[0] = was;
			f[1] = next;
		}
	}
}

static void test_rows(void)
{
	struct table t;

	for (unsigned i = 0; table_at(i, &t); i++) {
		struct count n = { .want = signature(t.fields), .root = copy(t.fields) };

		mutate(&n, n.root);
		is(n.missed, 0, "%s: %u changes of its rows change the signature", t.name, n.tried);
		ok(signature(n.root) == n.want, "%s: its copy does not", t.name);
		release(n.root);
	}
}

static void test_tiles(void)
{
	struct table t;

	for (unsigned i = 0; table_at(i, &t); i++) {
		const char *bad = field_check(t.fields, t.size);

		ok(!bad, "%s: every byte has a field (%s)", t.name, bad ? bad : "");
	}
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "--write")) {
		write_file();
		return 0;
	}
	test_tiles();
	test_recorded();
	test_rows();
	return tap_done();
}
