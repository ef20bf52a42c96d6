/* SPDX-License-Identifier: MIT */
/* The little of <math.h> that the compiler does not expand itself. */
#include <math.h>
#include <stdint.h>
#include <string.h>

double fabs(double x)
{
	uint64_t v;

	memcpy(&v, &x, sizeof(v));
	v &= INT64_MAX;
	memcpy(&x, &v, sizeof(x));
	return x;
}

float fabsf(float x)
{
	return (float)fabs(x);
}

double sqrt(double x)
{
	double r;

	__asm__("fsqrtd %1, %0" : "=e"(r) : "e"(x));
	return r;
}

float sqrtf(float x)
{
	float r;

	__asm__("fsqrts %1, %0" : "=f"(r) : "f"(x));
	return r;
}

double copysign(double x, double y)
{
	return __builtin_signbit(x) == __builtin_signbit(y) ? x : -x;
}

float copysignf(float x, float y)
{
	return __builtin_signbit(x) == __builtin_signbit(y) ? x : -x;
}

double floor(double x)
{
	double t;

	if (!(fabs(x) < 4503599627370496.0))
		return x;
	t = (double)(int64_t)x;
	return copysign(t > x ? t - 1 : t, x);
}

double ceil(double x)
{
	return -floor(-x);
}

double trunc(double x)
{
	return x < 0 ? ceil(x) : floor(x);
}

double fmod(double x, double y)
{
	double a = fabs(x), b = fabs(y), t;

	if (!(b > 0) || a - a != 0)
		return (x * y) / (x * y);
	while (a >= b) {
		for (t = b; t <= a / 2;)
			t *= 2;
		a -= t;
	}
	return copysign(a, x);
}

double ldexp(double x, int n)
{
	for (; n > 0; n--)
		x *= 2;
	for (; n < 0; n++)
		x /= 2;
	return x;
}

double fmax(double x, double y)
{
	return x > y || y != y ? x : y;
}

float fmaxf(float x, float y)
{
	return x > y || y != y ? x : y;
}

double fmin(double x, double y)
{
	return x < y || y != y ? x : y;
}

float fminf(float x, float y)
{
	return x < y || y != y ? x : y;
}

int ilogb(double x)
{
	uint64_t v;
	int e;

	memcpy(&v, &x, sizeof(v));
	e = (int)(v >> 52 & 0x7ff);
	if (e == 0x7ff)
		return INT32_MAX;
	if (e)
		return e - 1023;
	v &= INT64_MAX;
	return v ? -1011 - __builtin_clzll(v) : -INT32_MAX;
}

int ilogbf(float x)
{
	return ilogb(x);
}
