#!/usr/bin/env python3
"""Agreement once more, independently: every pair counted (n²), plain Python, no library.

golden.py writes cases.csv (case, x, y, called, so, cluster) and expected.csv (case and the figures) beside itself; src/stats/test_agree.c
compares. The random numbers are those src/stats/agree.h documents (xoshiro256** seeded by splitmix64, a stream for each
replication; rejection as in src/base/rng.c), so that intervals can be compared digit by digit.
Case `kendall` is the example of scipy's documentation of kendalltau (tau-b -0.4714045207910317), so that one figure comes from a
third program, too.
"""
import csv
import math
import os

MASK = (1 << 64) - 1


class Rng:
    def __init__(self, seed, stream):
        x = seed

        def splitmix(x):
            x = (x + 0x9E3779B97F4A7C15) & MASK
            z = x
            z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & MASK
            z = ((z ^ z >> 27) * 0x94D049BB133111EB) & MASK
            return x, z ^ z >> 31

        x, first = splitmix(x)
        y = first ^ ((stream * 0xD1342543DE82EF95 + 1) & MASK)
        self.s = []
        for _ in range(4):
            y, z = splitmix(y)
            self.s.append(z)

    def u64(self):
        s = self.s
        rotl = lambda v, k: ((v << k) | (v >> (64 - k))) & MASK
        out = (rotl(s[1] * 5 & MASK, 7) * 9) & MASK
        t = s[1] << 17 & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotl(s[3], 45)
        return out

    def below(self, n):
        least = (1 << 64) % n
        while True:
            x = self.u64()
            if x >= least:
                return x % n


def sign(v):
    return (v > 0) - (v < 0)


def tau_b(x, y):
    n = len(x)
    s = tx = ty = 0
    for i in range(n):
        for j in range(i):
            a, b = sign(x[i] - x[j]), sign(y[i] - y[j])
            s += a * b
            tx += a != 0
            ty += b != 0
    return s / math.sqrt(tx * ty) if tx and ty else None


def ranks(x):
    return [sum(b < a for b in x) + (sum(b == a for b in x) + 1) / 2 for a in x]


def spearman(x, y):
    a, b = ranks(x), ranks(y)
    n = len(a)
    ma, mb = math.fsum(a) / n, math.fsum(b) / n
    xx = math.fsum((v - ma) ** 2 for v in a)
    yy = math.fsum((v - mb) ** 2 for v in b)
    return math.fsum((v - ma) * (w - mb) for v, w in zip(a, b)) / math.sqrt(xx * yy) if xx and yy else None


def median(x):
    s = sorted(x)
    n = len(s)
    return None if n == 0 else (s[(n - 1) // 2] + s[n // 2]) / 2


def quantile(x, p):
    s = sorted(x)
    h = (len(s) - 1) * p
    i = int(h)
    return s[i] if i + 1 >= len(s) else s[i] + (h - i) * (s[i + 1] - s[i])


def bootstrap(cluster, figure, seed=1, replications=2000, level=0.95):
    """cluster: of each item; whole clusters are drawn, as many as there are, in the order in which they first appear."""
    v = figure(range(len(cluster)))
    members = {}
    for i, c in enumerate(cluster):
        members.setdefault(c, []).append(i)
    members = list(members.values())
    got = []
    for k in range(replications):
        g = Rng(seed, k)
        r = figure([i for _ in members for i in members[g.below(len(members))]])
        if r is not None:
            got.append(r)
    if v is None or 2 * len(got) < replications:
        return v, None, None
    return v, min(v, quantile(got, (1 - level) / 2)), max(v, quantile(got, (1 + level) / 2))


def share(part, of):
    return part / of if of else None


def cases():
    g = Rng(2026, 7)
    yield "kendall", [12, 2, 1, 12, 2], [1, 4, 7, 1, 0]
    yield "same", [1, 2, 3, 4, 5, 6], [10, 20, 30, 40, 50, 60]
    yield "opposite", [1, 2, 3, 4], [4, 3, 2, 1]
    yield "three", [1, 3, 2], [2, 3, 1]
    yield "missing", [1, 2, None, 4, 5, 6, 7], [2, 1, 3, None, 5, 4, 4]
    yield "huge", [1e300, -1e300, 1e-300, 0, 5], [3, -1e308, 2, 2, 1e308]
    yield "two_grades", [g.below(1000) / 10 for _ in range(30)], [g.below(2) for _ in range(30)]
    x = [g.below(400) / 4 for _ in range(69)]
    yield "county", x, [1 + sum(v + g.below(60) - 30 > t for t in (25, 50, 75)) for v in x]
    x = [g.below(20) for _ in range(40)]
    yield "unrelated", x, [g.below(15) for _ in range(40)]
    x = [g.below(100) / 4 for _ in range(50)]
    yield "pooled", x, [None if g.below(8) == 0 else v + g.below(20) for v in x], [(i * 7 + i // 20) % 17 for i in range(50)]


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    show = lambda v: "NA" if v is None else repr(float(v))
    with open(os.path.join(here, "cases.csv"), "w", newline="") as f, open(os.path.join(here, "expected.csv"), "w", newline="") as out:
        rows, want = csv.writer(f, lineterminator="\n"), csv.writer(out, lineterminator="\n")
        rows.writerow(["case", "x", "y", "called", "so", "cluster"])
        names = ["tau_b", "spearman", "precision", "recall", "median"]
        want.writerow(["case", "n"] + [p + s for p in names for s in ("", "_lo", "_hi")])
        for name, x, y, *given in cases():
            cluster = given[0] if given else list(range(len(x)))
            for a, b, c in zip(x, y, cluster):
                rows.writerow([name, show(a), show(b), int(a is not None and a > 3), int(b is not None and b > 2), c])
            pairs = [(a, b) for a, b in zip(x, y) if a is not None and b is not None]
            both = lambda fn: lambda at: fn([pairs[i][0] for i in at], [pairs[i][1] for i in at])
            call = [a is not None and a > 3 for a in x]
            so = [b is not None and b > 2 for b in y]
            hit = [a and b for a, b in zip(call, so)]
            present = [a for a in x if a is not None]
            of = lambda there: [c for a, b, c in zip(x, y, cluster) if there(a, b)]
            both_there, x_there = of(lambda a, b: a is not None and b is not None), of(lambda a, b: a is not None)
            results = [
                bootstrap(both_there, both(tau_b)),
                bootstrap(both_there, both(spearman)),
                bootstrap(cluster, lambda at: share(sum(hit[i] for i in at), sum(call[i] for i in at))),
                bootstrap(cluster, lambda at: share(sum(hit[i] for i in at), sum(so[i] for i in at))),
                bootstrap(x_there, lambda at: median([present[i] for i in at])),
            ]
            want.writerow([name, len(pairs)] + [show(v) for r in results for v in r])


if __name__ == "__main__":
    main()
