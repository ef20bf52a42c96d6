/* SPDX-License-Identifier: MIT */
/* What mkfuse and mkloop share: the instructions of EXEC_OPS, and errors with file and line. */
#ifndef TOOLS_MKEXEC_H
#define TOOLS_MKEXEC_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_OPS 256

struct op {
	char name[32];
	char form; /* N R I: plain; others: what the generator adds */
	int w, d;
};

static struct op ops[MAX_OPS];
static int nr_ops;
static const char *path;
static int line;

static void die(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s:%d: ", path, line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

static char *read_file(const char *name)
{
	FILE *f = fopen(name, "r");
	size_t cap = 1 << 21, len;
	char *buf = malloc(cap);

	path = name;
	if (!f || !buf)
		die("cannot be read");
	len = fread(buf, 1, cap - 1, f);
	buf[len] = 0;
	fclose(f);
	return buf;
}

static void add_op(const char *name, const char *suffix, char form, int w, int d)
{
	struct op *o = &ops[nr_ops++];

	if (nr_ops > MAX_OPS)
		die("too many instructions");
	snprintf(o->name, sizeof(o->name), "%s%s", name, suffix);
	o->form = form;
	o->w = w;
	o->d = d;
}

/* X(name, form, W, D) after "#define EXEC_OPS(X)", in the order of enum kind. */
static void read_exec_ops(const char *name)
{
	const char *p = strstr(read_file(name), "#define EXEC_OPS(X)"), *end;
	char op[32], form;
	int w, d;

	if (!p)
		die("no EXEC_OPS");
	p += strlen("#define EXEC_OPS(X)");
	end = strstr(p, "\n\n");
	while ((p = strstr(p, "X(")) && p < end) {
		if (sscanf(p, "X(%31[a-z0-9_], %c, %d, %d)", op, &form, &w, &d) != 4)
			die("EXEC_OPS: what is '%.20s'?", p);
		add_op(op, "", form, w, d);
		p += 2;
	}
}

/* Is it one of these, whatever form its operands have? */
static bool is_one_of(const struct op *o, const char *names)
{
	size_t n = strlen(o->name);
	const char *p;

	if (o->form != 'N' && n > 3 && o->name[n - 3] == '_')
		n -= 3;
	else if (o->form != 'N' && n > 2 && o->name[n - 2] == '_')
		n -= 2;
	for (p = names; *p; p += strcspn(p, " "), p += *p == ' ')
		if (strcspn(p, " ") == n && !strncmp(p, o->name, n))
			return true;
	return false;
}

/* Can it do no more than write r[rd]? */
static bool is_pure(const struct op *o)
{
	return is_one_of(o, "nop mov mov_i add sub and or xor andn orn xnor sll srl sra addx subx");
}

#endif
