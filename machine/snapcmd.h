/* SPDX-License-Identifier: MIT */
/* vonk snap: looking into snapshots, and getting disks out of them. */
#ifndef MACHINE_SNAPCMD_H
#define MACHINE_SNAPCMD_H

#include <stdio.h>

/*
 * args are the words after "snap". Results go to out, complaints to errors. Returns the exit status: 0;
 * 1 usage or a host failure, 3 a snapshot was refused; diff gives 2 where the two differ.
 */
int snapcmd(int nr, char **args, FILE *out, FILE *errors);

#endif
