/* SPDX-License-Identifier: MIT */
#ifndef GUEST_INTTYPES_H
#define GUEST_INTTYPES_H

#include <stdint.h>

#endif
