/* SPDX-License-Identifier: MIT */
/*
 * The device tree, in the PROM's share of RAM. Big-endian words, links are virtual addresses:
 *
 *	node		+0 "NODE"  +4 parent  +8 first child  +c next of the same parent  +10 first property
 *	property	+0 "PROP"  +4 next  +8 length  +c room at the value  +10 value  +14 name, TREE_NAME bytes
 */
#include <stdio.h>
#include <string.h>

#include "machine/prom/parts.h"

enum { NODE_MAGIC = 0x4e4f4445, PROP_MAGIC = 0x50524f50 };
enum { NODE_PARENT = 4, NODE_CHILD = 8, NODE_NEXT = 12, NODE_PROPS = 16, NODE_SIZE = 20 };
enum { PROP_NEXT = 4, PROP_LEN = 8, PROP_ROOM = 12, PROP_VALUE = 16, PROP_NAME = 20 };
#define PROP_SIZE (PROP_NAME + TREE_NAME)

/* Where a list of either must have ended: lists that a guest spoiled may be circles. */
#define LIST_MAX 1024
#define DEPTH_MAX 32

/* The offset of a node, 0 for what is none. */
static u32 node_at(const struct prom *p, u32 node)
{
	u32 off = node - PROM_VA;

	return !(off & 3) && off >= OFF_HEAP && prom_bytes(p, off, NODE_SIZE) &&
			       prom_get(p, off) == NODE_MAGIC
		       ? off
		       : 0;
}

static u32 prop_at(const struct prom *p, u32 prop)
{
	u32 off = prop - PROM_VA;

	return !(off & 3) && off >= OFF_HEAP && prom_bytes(p, off, PROP_SIZE) &&
			       prom_get(p, off) == PROP_MAGIC
		       ? off
		       : 0;
}

static const char *prop_name(const struct prom *p, u32 prop)
{
	const char *name = prom_string(p, prop + PROP_NAME, TREE_NAME);

	return name ? name : "";
}

/* Hang `what` at the end of the list that starts at `link` and goes on at +next. */
static void append(const struct prom *p, u32 link, u32 next, u32 what)
{
	for (unsigned i = 0; i < LIST_MAX && prom_get(p, link); i++)
		link = prom_get(p, link) - PROM_VA + next;
	prom_put(p, link, what);
}

u32 tree_new(const struct prom *p, u32 parent, const char *name)
{
	u32 off = prom_alloc(p, NODE_SIZE);

	if (!off)
		return 0;
	prom_put(p, off, NODE_MAGIC);
	prom_put(p, off + NODE_PARENT, parent);
	if (parent)
		append(p, parent - PROM_VA + NODE_CHILD, NODE_NEXT, PROM_VA + off);
	else
		prom_put(p, VAR_ROOT, PROM_VA + off);
	if (name)
		tree_set(p, PROM_VA + off, "name", name, (u32)strlen(name) + 1);
	return PROM_VA + off;
}

static u32 find_prop(const struct prom *p, u32 node, const char *name)
{
	u32 off = node_at(p, node), prop;

	if (!off)
		return 0;
	off = prop_at(p, prom_get(p, off + NODE_PROPS));
	for (unsigned i = 0; off && i < LIST_MAX; i++) {
		if (!strcmp(prop_name(p, off), name))
			return off;
		prop = prom_get(p, off + PROP_NEXT);
		off = prop_at(p, prop);
	}
	return 0;
}

static u32 new_prop(const struct prom *p, u32 node, const char *name)
{
	u32 off = prom_alloc(p, PROP_SIZE);

	if (!off)
		return 0;
	prom_put(p, off, PROP_MAGIC);
	prom_put_bytes(p, off + PROP_NAME, name, (u32)strlen(name));
	append(p, node - PROM_VA + NODE_PROPS, PROP_NEXT, PROM_VA + off);
	return off;
}

bool tree_set(const struct prom *p, u32 node, const char *name, const void *val, u32 len)
{
	u32 prop, value;

	if (!node_at(p, node) || !*name || strlen(name) >= TREE_NAME || len > PROM_SIZE)
		return false;
	prop = find_prop(p, node, name);
	if (!prop)
		prop = new_prop(p, node, name);
	if (!prop)
		return false;
	value = prom_get(p, prop + PROP_VALUE) - PROM_VA;
	if (len && (len > prom_get(p, prop + PROP_ROOM) || value < OFF_HEAP ||
		    !prom_bytes(p, value, len))) {
		value = prom_alloc(p, len);
		if (!value)
			return false;
		prom_put(p, prop + PROP_VALUE, PROM_VA + value);
		prom_put(p, prop + PROP_ROOM, (len + 3) & ~3u);
	}
	prom_put_bytes(p, value, val, len);
	prom_put(p, prop + PROP_LEN, len);
	return true;
}

bool tree_set_cells(const struct prom *p, u32 node, const char *name, const u32 *cells, u32 nr)
{
	u8 buf[1024];

	if (nr > sizeof(buf) / 4)
		return false;
	for (u32 i = 0; i < nr; i++)
		be32_put(buf + 4 * i, cells[i]);
	return tree_set(p, node, name, buf, 4 * nr);
}

u32 tree_get(const struct prom *p, u32 node, const char *name, u32 *len)
{
	u32 prop = find_prop(p, node, name), value;

	*len = 0;
	if (!prop)
		return 0;
	value = prom_get(p, prop + PROP_VALUE) - PROM_VA;
	*len = prom_get(p, prop + PROP_LEN);
	if (!*len)
		return OFF_HEAP;
	if (value < OFF_HEAP || !prom_bytes(p, value, *len))
		*len = 0;
	return value;
}

u32 tree_next(const struct prom *p, u32 node)
{
	u32 off = node_at(p, node), next;

	if (!node)
		return prom_get(p, VAR_ROOT);
	next = off ? prom_get(p, off + NODE_NEXT) : 0;
	return node_at(p, next) ? next : 0;
}

u32 tree_child(const struct prom *p, u32 node)
{
	u32 off = node_at(p, node ? node : prom_get(p, VAR_ROOT));
	u32 child = off ? prom_get(p, off + NODE_CHILD) : 0;

	return node_at(p, child) ? child : 0;
}

u32 tree_next_prop(const struct prom *p, u32 node, const char *name)
{
	u32 off = node_at(p, node), prop;

	if (!off)
		return 0;
	if (*name) {
		prop = find_prop(p, node, name);
		prop = prop ? prop_at(p, prom_get(p, prop + PROP_NEXT)) : 0;
	} else {
		prop = prop_at(p, prom_get(p, off + NODE_PROPS));
	}
	return prop && prom_string(p, prop + PROP_NAME, TREE_NAME) ? PROM_VA + prop + PROP_NAME : 0;
}

/* --- paths --- */

/* One component of a path: "name", "@unit" or "name@unit", in hex with commas. */
struct component {
	char name[TREE_NAME];
	bool has_unit;
	u32 unit[2];
};

static u32 hex(const char **s)
{
	u32 val = 0;

	for (;; (*s)++) {
		char c = **s;

		if (c >= '0' && c <= '9')
			val = val << 4 | (u32)(c - '0');
		else if (c >= 'a' && c <= 'f')
			val = val << 4 | (u32)(c - 'a' + 10);
		else if (c >= 'A' && c <= 'F')
			val = val << 4 | (u32)(c - 'A' + 10);
		else
			return val;
	}
}

/* The component at *path, which moves to what follows; false: too long a name. */
static bool component(const char **path, struct component *c)
{
	const char *s = *path;
	size_t n = strcspn(s, "/@:");

	memset(c, 0, sizeof(*c));
	if (n >= sizeof(c->name))
		return false;
	memcpy(c->name, s, n);
	s += n;
	if (*s == '@') {
		s++;
		c->has_unit = true;
		c->unit[0] = hex(&s);
		if (*s == ',') {
			s++;
			c->unit[1] = hex(&s);
		}
	}
	*path = s + strcspn(s, "/:");
	return true;
}

static bool matches(const struct prom *p, u32 node, const struct component *c)
{
	u32 len, at = tree_get(p, node, "name", &len);
	const char *name = at ? prom_string(p, at, len) : NULL;
	const char *vendor = name ? strchr(name, ',') : NULL;

	if (c->name[0] &&
	    (!name || (strcmp(name, c->name) && (!vendor || strcmp(vendor + 1, c->name)))))
		return false;
	if (!c->has_unit)
		return true;
	at = tree_get(p, node, "reg", &len);
	return at && len >= 8 && prom_get(p, at) == c->unit[0] && prom_get(p, at + 4) == c->unit[1];
}

static u32 find_child(const struct prom *p, u32 parent, const struct component *c)
{
	u32 node = tree_child(p, parent);

	for (unsigned i = 0; node && i < LIST_MAX; i++) {
		if (matches(p, node, c))
			return node;
		node = tree_next(p, node);
	}
	return 0;
}

static u32 walk(const struct prom *p, const char *path, char *args, u32 room)
{
	u32 node = prom_get(p, VAR_ROOT);
	struct component c;

	for (unsigned depth = 0; node && *path == '/' && depth < DEPTH_MAX; depth++) {
		path++;
		if (!*path)
			break;
		if (!component(&path, &c))
			return 0;
		node = find_child(p, node, &c);
	}
	if (*path == ':')
		snprintf(args, room, "%s", path + 1);
	return *path && *path != ':' ? 0 : node;
}

u32 tree_find(const struct prom *p, const char *path, char *args, u32 room)
{
	size_t n = strcspn(path, "/:");
	char name[TREE_NAME], full[256];
	const struct component aliases = { .name = "aliases" };
	const char *text;
	u32 at, len, node;

	*args = 0;
	if (*path == '/')
		return walk(p, path, args, room);
	if (n >= sizeof(name))
		return 0;
	memcpy(name, path, n);
	name[n] = 0;
	at = tree_get(p, find_child(p, prom_get(p, VAR_ROOT), &aliases), name, &len);
	text = at ? prom_string(p, at, len) : NULL;
	if (!text || *text != '/')
		return 0;
	snprintf(full, sizeof(full), "%s", text);
	if (path[n] == '/') {
		snprintf(full, sizeof(full), "%s%s", text, path + n);
		return walk(p, full, args, room);
	}
	node = walk(p, full, args, room);
	if (path[n] == ':')
		snprintf(args, room, "%s", path + n + 1);
	return node;
}
