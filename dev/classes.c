/* SPDX-License-Identifier: MIT */
#include "dev/device.h"

#define D(X) extern const struct dev_class X##_class;
#include "dev/all.h"
#undef D

#define D(X) &X##_class,
const struct dev_class *const dev_classes[] = {
#include "dev/all.h"
	NULL,
};
#undef D
