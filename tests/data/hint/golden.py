#!/usr/bin/env python3
"""Hints once more, independently: exact fractions for binomial tails, closed forms for chi-squared ones, plain Python.

golden.py writes beside itself tails.csv (which, a, b, c, want), columns.csv (case, x, y) and expected.csv (case, rule, figures);
src/stats/test_hint.c compares. Chi-squared with even degrees of freedom is a finite Poisson sum, with odd ones erf and a finite sum
(Abramowitz and Stegun 26.4.4, 26.4.5).
"""
import csv
import math
import os
from fractions import Fraction
from statistics import mean, median, stdev


def binomial(k, n, p):
    p = Fraction(p)
    return float(sum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1)))


def chi2(x, df):
    if df % 2 == 0:
        q = math.exp(-x / 2) * math.fsum((x / 2) ** i / math.factorial(i) for i in range(df // 2))
    else:
        q = math.erfc(math.sqrt(x / 2)) + math.sqrt(2 / math.pi) * math.exp(-x / 2) * math.fsum(
            x ** (r - 0.5) / math.prod(range(1, 2 * r, 2)) for r in range(1, (df - 1) // 2 + 1))
    if q < 0.5:
        return 1 - q
    # The lower tail as a series, so that small ones keep their digits.
    a, z = df / 2, x / 2
    return math.exp(-z + a * math.log(z) - math.lgamma(a)) * math.fsum(z**i / math.prod(a + j for j in range(i + 1)) for i in range(80))


def present(x):
    return [v for v in x if v is not None]


def robust(x):
    v = present(x)
    m = median(v)
    mad = 1.4826 * median(abs(a - m) for a in v)
    return m, mad if mad > 0 else math.sqrt(math.pi / 2) * mean(abs(a - m) for a in v)


def count(k, n, p):
    return [n, k, k / n, float(p), binomial(k, n, p)]


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    out = lambda name: csv.writer(open(os.path.join(here, name), "w", newline=""), lineterminator="\n")
    show = lambda v: "NA" if v is None else repr(float(v))
    w = out("tails.csv")
    w.writerow(["which", "a", "b", "c", "want"])
    for k, n, p in [(0, 5, 0.3), (1, 1, 0.25), (5, 5, 0.2), (9, 20, 0.2), (4, 20, 0.2), (1, 20, 0.5), (20, 20, 0.5), (60, 69, 0.05), (350, 1000, 0.3),
                    (10, 1000, 0.0078125), (1, 400, 0.5), (399, 400, 0.5)]:
        w.writerow(["binomial", k, n, p, show(binomial(k, n, p))])
    for x, df in [(0.001, 1), (0.5, 1), (3.84, 1), (0.01, 5), (2, 5), (30, 5), (0.2, 8), (8, 8), (40, 8), (0.5, 11), (11, 11), (20, 40), (90, 40)]:
        w.writerow(["chi2", x, df, 0, show(chi2(x, df))])

    # A few columns with what happens in counties: heaped, copied, bunched, ordinary, with holes and a stray.
    ordinary = [12, 47, 33, 28, 91, 64, 19, 76, 53, 38, None, 24, 67, 82, 41, 16, 59, 73, 35, 88, 44, 22]
    heaped = [10, 25, 30, 45, 50, 15, 20, 60, 35, 40, 12, 55, 70, 25, 30, 41, 20, 15, 65, 80, 90, 33, 7, 5, 2.5]
    copied = [12, 47, 33, 28, 91, 64, 19, 76, 53, 38, 5, 24, 67, 82, 41, 17, 59, 73, 35, 88, None, 0]
    near = [80, 80.5, 81, 80, 82, 80.2, 81.5, 80, 80.1, 80.9, 83, 80.4, 79.5, 95, 40, 60, 99, 77.5, 84.9, 85]
    same = [100, 100, 98, 100, None, 100, 100, 100]
    even = [50.1, 50.0, 49.9, 50.0, 50.1, 50.0, 49.95, 50.05]
    half_equal = [5, 5, 5, 5, 5, 5, 9, 5, 5, 30]
    arrivals = [0, 1, 0, 0, 1, 0, 0, 9, 0, -2, 14]
    own = [95, 97, 90, 99, 88, 91, 94, 96, 80, 93, 92, 98, 97]
    other = [80, 85, 70, 88, 60, 75, 81, 70, 80, 93, 70, 81, None]
    columns = {"ordinary": (ordinary, copied), "heaped": (heaped, None), "near": (near, None), "same": (same, None), "even": (even, None),
               "half_equal": (half_equal, None), "arrivals": (arrivals, None), "sources": (own, other)}
    w = out("columns.csv")
    w.writerow(["case", "x", "y"])
    for name, (x, y) in columns.items():
        for i, v in enumerate(x):
            w.writerow([name, show(v), show(y[i] if y else None)])

    w = out("expected.csv")
    w.writerow(["case", "rule", "n", "k", "share", "expected", "p"])
    row = lambda case, rule, v: w.writerow([case, rule] + [show(a) for a in v])
    for name in ("ordinary", "half_equal", "even"):
        x = columns[name][0]
        v = present(x)
        i = max(range(len(x)), key=lambda j: x[j] if x[j] is not None else -1)
        row(name, "z", [len(v), x[i], mean(v), stdev(v), (x[i] - mean(v)) / stdev(v)])
        m, s = robust(x)
        row(name, "modified_z", [len(v), x[i], m, s, (x[i] - m) / s])
        m, s = robust(x[:-1])
        row(name, "history", [len(present(x[:-1])), x[-1], m, s, (x[-1] - m) / s])
    for name in ("ordinary", "heaped"):
        v = [a for a in present(columns[name][0]) if a >= 10 and a == int(a)]
        row(name, "digits", count(sum(a % 5 == 0 for a in v), len(v), 0.2))
    pairs = [(a, b) for a, b in zip(ordinary, copied) if a is not None and b is not None and not (a == 0 and b == 0)]
    row("ordinary", "copy", count(sum(a == b for a, b in pairs), len(pairs), 0.25))
    v = [a for a in near if -2.5 <= a - 80 < 2.5]
    row("near", "bunch", count(sum(a >= 80 for a in v), len(v), 0.5))
    v = [a for a in near if -2.5 <= 80 - a < 2.5]
    row("near", "bunch_below", count(sum(a <= 80 for a in v), len(v), 0.5))
    row("same", "perfect", count(4, 4, 0.125))
    for sd in (1, 0.0625):
        s = stdev(even)
        row("even", "smooth_%g" % sd, [len(even), len(even), s, sd, chi2((len(even) - 1) * (s / sd) ** 2, len(even) - 1)])
    v = [a for a in arrivals if 0 <= a < 10]
    row("arrivals", "burst", count(sum(a < 2 for a in v), len(v), 0.2))
    pairs = [(a, b) for a, b in zip(own, other) if a is not None and b is not None and abs(a - b) > 0.05 * max(abs(a), abs(b))]
    row("sources", "source", count(sum(a > b for a, b in pairs), len(pairs), 0.5))


if __name__ == "__main__":
    main()
