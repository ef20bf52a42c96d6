/* SPDX-License-Identifier: MIT */
/* The compiler has the types; its own <stdint.h> would look for a system's first. */
#include <stdint-gcc.h>
