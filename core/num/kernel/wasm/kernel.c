// The loops of kernel.go for WebAssembly with SIMD. The module works on the
// memory of the Go program that calls it, in place. It has leaf functions only,
// and neither data nor a stack of its own, so it writes nothing but what its
// arguments point to. Every sum runs in the same order as in plain.go, and
// nothing is fused: the results are the same to the last bit.
//
// Build it with "make kernel"; kernel.wasm is kept beside this file.

#include <wasm_simd128.h>

#define EXPORT(name) __attribute__((export_name(#name)))

typedef long long i64;

static inline v128_t add(v128_t a, v128_t b) { return wasm_f64x2_add(a, b); }
static inline v128_t mul(v128_t a, v128_t b) { return wasm_f64x2_mul(a, b); }
static inline v128_t zero(void) { return wasm_f64x2_splat(0); }
static inline double sum(v128_t a) { return wasm_f64x2_extract_lane(a, 0) + wasm_f64x2_extract_lane(a, 1); }
static inline v128_t wide(const float *p) { return wasm_f64x2_promote_low_f32x4(wasm_v128_load64_zero(p)); }
static inline int smaller(int a, int b) { return a < b ? a : b; }

EXPORT(present) int present(void) { return 1; }

EXPORT(dot) double dot(const double *a, const double *b, int n) {
  v128_t s0 = zero(), s1 = zero();
  int j = 0;
  for (; j + 8 <= n; j += 8) {
    s0 = add(s0, add(mul(wasm_v128_load(a + j), wasm_v128_load(b + j)), mul(wasm_v128_load(a + j + 4), wasm_v128_load(b + j + 4))));
    s1 = add(s1, add(mul(wasm_v128_load(a + j + 2), wasm_v128_load(b + j + 2)), mul(wasm_v128_load(a + j + 6), wasm_v128_load(b + j + 6))));
  }
  double s = sum(s0) + sum(s1);
  for (; j < n; j++) s += a[j] * b[j];
  return s;
}

EXPORT(axpy) void axpy(double *dst, double t, const double *x, int n) {
  v128_t f = wasm_f64x2_splat(t);
  int j = 0;
  for (; j + 2 <= n; j += 2) wasm_v128_store(dst + j, add(wasm_v128_load(dst + j), mul(f, wasm_v128_load(x + j))));
  for (; j < n; j++) dst[j] += t * x[j];
}

// Four rows. Where there are fewer, the last one stands in for the others.
typedef struct { const float *r0, *r1, *r2, *r3; } quad;

static inline quad rows(const float *data, const i64 *index, int cols, int n) {
  quad q;
  q.r0 = data + index[0] * cols;
  q.r1 = data + index[smaller(1, n - 1)] * cols;
  q.r2 = data + index[smaller(2, n - 1)] * cols;
  q.r3 = data + index[smaller(3, n - 1)] * cols;
  return q;
}

typedef struct { double s0, s1, s2, s3; } four;

static inline four dots(quad q, const double *v, int cols) {
  v128_t a = zero(), b = zero(), c = zero(), d = zero();
  int j = 0;
  for (; j + 2 <= cols; j += 2) {
    v128_t w = wasm_v128_load(v + j);
    a = add(a, mul(wide(q.r0 + j), w));
    b = add(b, mul(wide(q.r1 + j), w));
    c = add(c, mul(wide(q.r2 + j), w));
    d = add(d, mul(wide(q.r3 + j), w));
  }
  four s = {sum(a), sum(b), sum(c), sum(d)};
  if (j < cols) {
    s.s0 += (double)q.r0[j] * v[j];
    s.s1 += (double)q.r1[j] * v[j];
    s.s2 += (double)q.r2[j] * v[j];
    s.s3 += (double)q.r3[j] * v[j];
  }
  return s;
}

static inline void add_row(double *dst, const float *row, double t, int cols) {
  v128_t f = wasm_f64x2_splat(t);
  int j = 0;
  for (; j + 2 <= cols; j += 2) wasm_v128_store(dst + j, add(wasm_v128_load(dst + j), mul(f, wide(row + j))));
  if (j < cols) dst[j] += t * (double)row[j];
}

static inline void add_rows(double *dst, quad q, four t, int n, int cols) {
  if (n < 4) {
    add_row(dst, q.r0, t.s0, cols);
    if (n > 1) add_row(dst, q.r1, t.s1, cols);
    if (n > 2) add_row(dst, q.r2, t.s2, cols);
    return;
  }
  v128_t a = wasm_f64x2_splat(t.s0), b = wasm_f64x2_splat(t.s1), c = wasm_f64x2_splat(t.s2), d = wasm_f64x2_splat(t.s3);
  int j = 0;
  for (; j + 2 <= cols; j += 2) {
    v128_t s = add(add(add(mul(a, wide(q.r0 + j)), mul(b, wide(q.r1 + j))), mul(c, wide(q.r2 + j))), mul(d, wide(q.r3 + j)));
    wasm_v128_store(dst + j, add(wasm_v128_load(dst + j), s));
  }
  if (j < cols) dst[j] += ((t.s0 * (double)q.r0[j] + t.s1 * (double)q.r1[j]) + t.s2 * (double)q.r2[j]) + t.s3 * (double)q.r3[j];
}

EXPORT(mulVec) void mul_vec(double *dst, const float *data, const i64 *index, int n, const double *v, int cols) {
  for (int i = 0; i < n; i += 4) {
    int m = smaller(4, n - i);
    four s = dots(rows(data, index + i, cols, m), v, cols);
    dst[i] = s.s0;
    if (m > 1) dst[i + 1] = s.s1;
    if (m > 2) dst[i + 2] = s.s2;
    if (m > 3) dst[i + 3] = s.s3;
  }
}

EXPORT(addTo) void add_to(double *dst, const float *data, const i64 *index, int n, const double *t, int cols) {
  for (int i = 0; i < n; i += 4) {
    int m = smaller(4, n - i);
    four f = {t[i], t[i + smaller(1, m - 1)], t[i + smaller(2, m - 1)], t[i + smaller(3, m - 1)]};
    add_rows(dst, rows(data, index + i, cols, m), f, m, cols);
  }
}

EXPORT(gramVec) double gram_vec(double *dst, const float *data, const i64 *index, int n, const double *v, double shift, int cols) {
  double total = 0;
  for (int i = 0; i < n; i += 4) {
    int m = smaller(4, n - i);
    quad q = rows(data, index + i, cols, m);
    four s = dots(q, v, cols);
    s.s0 -= shift;
    s.s1 -= shift;
    s.s2 -= shift;
    s.s3 -= shift;
    total += s.s0;
    if (m > 1) total += s.s1;
    if (m > 2) total += s.s2;
    if (m > 3) total += s.s3;
    add_rows(dst, q, s, m, cols);
  }
  return total;
}

// pack writes n centred rows in strips of four columns, height rows each.
EXPORT(pack) void pack(double *strips, int height, const float *data, const i64 *index, int n, const double *mean, int cols) {
  for (int k = 0; k < n; k++) {
    const float *row = data + index[k] * cols;
    double *out = strips + 4 * k;
    int j = 0;
    for (; j + 4 <= cols; j += 4, out += 4 * height) {
      wasm_v128_store(out, wasm_f64x2_sub(wide(row + j), wasm_v128_load(mean + j)));
      wasm_v128_store(out + 2, wasm_f64x2_sub(wide(row + j + 2), wasm_v128_load(mean + j + 2)));
    }
    for (; j < cols; j++) *out++ = (double)row[j] - mean[j];
  }
}

static inline void store(double *dst, v128_t lo, v128_t hi, int left) {
  if (left >= 4) {
    wasm_v128_store(dst, add(wasm_v128_load(dst), lo));
    wasm_v128_store(dst + 2, add(wasm_v128_load(dst + 2), hi));
    return;
  }
  dst[0] += wasm_f64x2_extract_lane(lo, 0);
  if (left > 1) dst[1] += wasm_f64x2_extract_lane(lo, 1);
  if (left > 2) dst[2] += wasm_f64x2_extract_lane(hi, 0);
}

// addProducts multiplies strips, four columns with four columns at a time.
EXPORT(addProducts) void add_products(double *dst, int cols, const double *strips, int height, int n) {
  for (int i = 0; i < cols; i += 4) {
    const double *a = strips + i * height, *end = a + 4 * n;
    for (int j = 0; j <= i; j += 4) {
      const double *b = strips + j * height;
      v128_t s00 = zero(), s01 = zero(), s10 = zero(), s11 = zero(), s20 = zero(), s21 = zero(), s30 = zero(), s31 = zero();
      for (const double *x = a; x < end; x += 4, b += 4) {
        v128_t lo = wasm_v128_load(b), hi = wasm_v128_load(b + 2), t;
        t = wasm_v128_load64_splat(x);
        s00 = add(s00, mul(t, lo));
        s01 = add(s01, mul(t, hi));
        t = wasm_v128_load64_splat(x + 1);
        s10 = add(s10, mul(t, lo));
        s11 = add(s11, mul(t, hi));
        t = wasm_v128_load64_splat(x + 2);
        s20 = add(s20, mul(t, lo));
        s21 = add(s21, mul(t, hi));
        t = wasm_v128_load64_splat(x + 3);
        s30 = add(s30, mul(t, lo));
        s31 = add(s31, mul(t, hi));
      }
      double *out = dst + i * cols + j;
      int left = cols - j;
      store(out, s00, s01, left);
      if (i + 1 < cols) store(out + cols, s10, s11, left);
      if (i + 2 < cols) store(out + 2 * cols, s20, s21, left);
      if (i + 3 < cols) store(out + 3 * cols, s30, s31, left);
    }
  }
}

// addDistances takes points by column: coordinate k of point j is x[k * n + j].
EXPORT(addDistances) double add_distances(double *to, const double *x, int n, int d, int i, int lo, int hi) {
  v128_t s0 = zero(), s1 = zero();
  int j = lo;
  for (; j + 4 <= hi; j += 4) {
    v128_t a = zero(), b = zero();
    const double *p = x;
    for (int k = 0; k < d; k++, p += n) {
      v128_t q = wasm_v128_load64_splat(p + i);
      v128_t u = wasm_f64x2_sub(q, wasm_v128_load(p + j)), v = wasm_f64x2_sub(q, wasm_v128_load(p + j + 2));
      a = add(a, mul(u, u));
      b = add(b, mul(v, v));
    }
    a = wasm_f64x2_sqrt(a);
    b = wasm_f64x2_sqrt(b);
    wasm_v128_store(to + j, add(wasm_v128_load(to + j), a));
    wasm_v128_store(to + j + 2, add(wasm_v128_load(to + j + 2), b));
    s0 = add(s0, a);
    s1 = add(s1, b);
  }
  double s = sum(s0) + sum(s1);
  for (; j < hi; j++) {
    double a = 0;
    for (int k = 0; k < d; k++) {
      double u = x[k * n + i] - x[k * n + j];
      a += u * u;
    }
    a = __builtin_sqrt(a);
    to[j] += a;
    s += a;
  }
  return s;
}

// What follows works on float32. Sums of four lanes are added in pairs.

static inline v128_t fadd(v128_t a, v128_t b) { return wasm_f32x4_add(a, b); }
static inline v128_t fmul(v128_t a, v128_t b) { return wasm_f32x4_mul(a, b); }
static inline float fsum(v128_t a) {
  return (wasm_f32x4_extract_lane(a, 0) + wasm_f32x4_extract_lane(a, 1)) + (wasm_f32x4_extract_lane(a, 2) + wasm_f32x4_extract_lane(a, 3));
}

EXPORT(dots) void dots_single(float *dst, const float *data, int cols, const int *index, int i, const int *others, int n) {
  const float *q = data + index[i] * cols;
  for (int k = 0; k < n; k += 4) {
    const float *r0 = data + index[others[k]] * cols;
    const float *r1 = data + index[others[smaller(k + 1, n - 1)]] * cols;
    const float *r2 = data + index[others[smaller(k + 2, n - 1)]] * cols;
    const float *r3 = data + index[others[smaller(k + 3, n - 1)]] * cols;
    v128_t a = zero(), b = zero(), c = zero(), d = zero();
    int j = 0;
    for (; j + 4 <= cols; j += 4) {
      v128_t w = wasm_v128_load(q + j);
      a = fadd(a, fmul(w, wasm_v128_load(r0 + j)));
      b = fadd(b, fmul(w, wasm_v128_load(r1 + j)));
      c = fadd(c, fmul(w, wasm_v128_load(r2 + j)));
      d = fadd(d, fmul(w, wasm_v128_load(r3 + j)));
    }
    float s0 = fsum(a), s1 = fsum(b), s2 = fsum(c), s3 = fsum(d);
    for (; j < cols; j++) {
      s0 += q[j] * r0[j];
      s1 += q[j] * r1[j];
      s2 += q[j] * r2[j];
      s3 += q[j] * r3[j];
    }
    dst[k] = s0;
    if (k + 1 < n) dst[k + 1] = s1;
    if (k + 2 < n) dst[k + 2] = s2;
    if (k + 3 < n) dst[k + 3] = s3;
  }
}

EXPORT(halfSquares) void half_squares(float *dst, const float *data, int cols, int i, const int *others, int n) {
  const float *p = data + i * cols;
  for (int k = 0; k < n; k++) {
    const float *q = data + others[k] * cols;
    v128_t s = zero();
    for (int j = 0; j + 4 <= cols; j += 4) {
      v128_t d = wasm_f32x4_sub(wasm_v128_load(p + j), wasm_v128_load(q + j));
      s = fadd(s, fmul(d, d));
    }
    dst[k] = fsum(s) / 2;
  }
}

// multiply takes two rows of a with four of b at a time.
EXPORT(multiply) void multiply(float *dst, const float *a, int n, const float *b, int m, int d) {
  for (int i = 0; i < n; i += 2, a += 2 * d, dst += 2 * m) {
    for (int j = 0; j < m; j += 4) {
      const float *strip = b + j * d;
      v128_t s = zero(), t = zero();
      for (int k = 0; k < d; k++, strip += 4) {
        v128_t v = wasm_v128_load(strip);
        s = fadd(s, fmul(wasm_v128_load32_splat(a + k), v));
        t = fadd(t, fmul(wasm_v128_load32_splat(a + d + k), v));
      }
      wasm_v128_store(dst + j, s);
      wasm_v128_store(dst + m + j, t);
    }
  }
}

EXPORT(open) int open(int *list, const float *half, const float *products, const float *limits, float base, float own, int first, int n) {
  v128_t start = wasm_f32x4_splat(base), least = wasm_f32x4_splat(own);
  int found = 0, j = 0;
  for (; j + 4 <= n; j += 4) {
    v128_t v = wasm_f32x4_sub(fadd(start, wasm_v128_load(half + j)), wasm_v128_load(products + j));
    v128_t limit = wasm_f32x4_max(least, wasm_v128_load(limits + j));
    for (int bits = wasm_i32x4_bitmask(wasm_f32x4_le(v, limit)); bits; bits &= bits - 1)
      list[found++] = first + j + __builtin_ctz(bits);
  }
  for (; j < n; j++) {
    float limit = limits[j] > own ? limits[j] : own;
    if (base + half[j] - products[j] <= limit) list[found++] = first + j;
  }
  return found;
}

EXPORT(dotSingle) double dot_single(const float *a, const float *b, int n) {
  v128_t s0 = zero(), s1 = zero();
  int j = 0;
  for (; j + 8 <= n; j += 8) {
    s0 = add(s0, add(mul(wide(a + j), wide(b + j)), mul(wide(a + j + 4), wide(b + j + 4))));
    s1 = add(s1, add(mul(wide(a + j + 2), wide(b + j + 2)), mul(wide(a + j + 6), wide(b + j + 6))));
  }
  double s = sum(s0) + sum(s1);
  for (; j < n; j++) s += (double)a[j] * (double)b[j];
  return s;
}

EXPORT(squareSingle) double square_single(const float *a, const float *b, int n) {
  v128_t s = zero();
  int j = 0;
  for (; j + 4 <= n; j += 4) {
    v128_t u = wasm_f64x2_sub(wide(a + j), wide(b + j)), v = wasm_f64x2_sub(wide(a + j + 2), wide(b + j + 2));
    s = add(s, add(mul(u, u), mul(v, v)));
  }
  double total = sum(s);
  for (; j < n; j++) {
    double d = (double)a[j] - (double)b[j];
    total += d * d;
  }
  return total;
}
