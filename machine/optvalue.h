/* SPDX-License-Identifier: MIT */
/*
 * The pieces that option arguments are made of. All cut the text in place and
 * return 0 or -EINVAL; those that take a struct optctx leave the reason in its err.
 */
#ifndef MACHINE_OPTVALUE_H
#define MACHINE_OPTVALUE_H

#include "machine/options.h"

/* One option while it is being read. */
struct optctx {
	struct options *o;
	const char *opt; /* with its dash: "-drive" */
	char *const *rest; /* the arguments behind its own, NULL at their end */
	unsigned took; /* how many of them it has taken */
	char *err;
	size_t errlen;
};

/* Puts "OPT: text" into err; always -EINVAL. */
int opt_fail(struct optctx *c, const char *fmt, ...) __printf(2, 3);

/* One part of "key=value,key=value"; a doubled comma stands for itself. */
struct optpart {
	char *key; /* the whole part where there is no '=' */
	char *val; /* NULL where there is no '=' */
};
/* The next part of *rest; false at the end. */
bool opt_part(char **rest, struct optpart *part);
/* For arguments that end in ",key=value": the part before the first lone comma. */
char *opt_first_word(char **arg);

int opt_number(const char *text, u64 max, u64 *val); /* decimal or 0x... */
int opt_bool(const char *text, bool *val); /* on off yes no true false; NULL is on */
int opt_seconds(const char *text, u64 *ns); /* decimal seconds with a fraction -> ns, above 0 */
int opt_date(const char *text, s64 *seconds); /* YYYY-MM-DD[THH:MM[:SS]] -> since 1970, UTC */
int opt_mac(const char *text, u8 mac[6]); /* 08:00:20:01:02:03; a station address, not a group's */
int opt_uuid(const char *text, u8 uuid[16]);
/* "HOST:PORT", HOST possibly in brackets or empty; cut in place. */
int opt_hostport(char *text, const char **host, u16 *port);

/* A character back end by its kind; text stays whole and must stay. */
int opt_chr(struct optctx *c, struct opt_chr *chr, const char *text);

/* A word that an option takes; lists end with a NULL name. */
struct opt_word {
	const char *name, *help;
};
/* The words of an option, by its name without a dash, or of "model" and "stream"; NULL: it has no list. */
const struct opt_word *opt_words(const char *name);
void opt_list(FILE *out, const struct opt_word *words);
/* Refuse a word that is none of them: WHAT it is (NULL: a value), which is nearest, and which there are. */
int opt_none_of(struct optctx *c, const char *what, const char *word, const char *list);

/* Which of several candidates is spelled most like a word; best: NULL, none comes near. */
struct opt_near {
	const char *word, *best;
	unsigned limit;
};
void opt_near_begin(struct opt_near *near, const char *word);
void opt_near_try(struct opt_near *near, const char *candidate);
/* The same among the words of an option's list. */
const char *opt_nearest(const char *word, const char *list);

/* The number of single-character edits (insert, delete, change, swap neighbours) between two words. */
unsigned opt_distance(const char *a, const char *b);

/* The handlers of the options that describe what is plugged in. */
int opt_drive(struct optctx *c, char *arg);
int opt_hda(struct optctx *c, char *arg); /* and -hdb, -hdc, -hdd: by the letter in c->opt */
int opt_cdrom(struct optctx *c, char *arg);
int opt_fda(struct optctx *c, char *arg);
int opt_nic(struct optctx *c, char *arg);
int opt_netdev(struct optctx *c, char *arg);
int opt_net(struct optctx *c, char *arg);
int opt_object(struct optctx *c, char *arg);
/* After the last option: unit numbers, -snapshot, names that must exist. */
int opt_drives_finish(struct optctx *c);
int opt_nets_finish(struct optctx *c);

/* optdebug.c: those of the options for tests and for debugging. */
int opt_tlim(struct optctx *c, char *arg);
int opt_expect(struct optctx *c, char *arg);
int opt_fail_on(struct optctx *c, char *arg);
int opt_report(struct optctx *c, char *arg);
int opt_gdb(struct optctx *c, char *arg);
int opt_s(struct optctx *c, char *arg);
int opt_log(struct optctx *c, char *arg);
int opt_dfilter(struct optctx *c, char *arg);
int opt_symbols(struct optctx *c, char *arg);
int opt_profile(struct optctx *c, char *arg);

#endif
