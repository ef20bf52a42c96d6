/* SPDX-License-Identifier: MIT */
#ifndef GUEST_MATH_H
#define GUEST_MATH_H

#define HUGE_VAL __builtin_huge_val()
#define INFINITY __builtin_inff()
#define NAN __builtin_nanf("")
#define isnan(x) __builtin_isnan(x)
#define isinf(x) __builtin_isinf(x)
#define isfinite(x) __builtin_isfinite(x)
#define signbit(x) __builtin_signbit(x)

double fabs(double x);
float fabsf(float x);
double sqrt(double x);
float sqrtf(float x);
double fmax(double x, double y);
float fmaxf(float x, float y);
double fmin(double x, double y);
float fminf(float x, float y);
int ilogb(double x);
int ilogbf(float x);
double floor(double x);
double ceil(double x);
double trunc(double x);
double fmod(double x, double y);
double ldexp(double x, int n);
double copysign(double x, double y);
float copysignf(float x, float y);

#endif
