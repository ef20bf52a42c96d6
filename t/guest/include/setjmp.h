/* SPDX-License-Identifier: MIT */
#ifndef GUEST_SETJMP_H
#define GUEST_SETJMP_H

typedef int jmp_buf[2];

int setjmp(jmp_buf env) __attribute__((returns_twice));
int _setjmp(jmp_buf env) __attribute__((returns_twice));
void longjmp(jmp_buf env, int val) __attribute__((noreturn));

#endif
