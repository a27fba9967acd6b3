#!/usr/bin/env python3
"""The engine once more, independently: plain Python on the formulas of section 3 of the domain notes.

golden.py META.csv DATA.csv CONFIG.json DIR writes the same files as `jingjian score`. The random numbers are those of
docs/engine.md (xoshiro256**, a stream for each replication and factor), so that intervals and indices can be compared
number by number. The folders beside it are its output; src/cmd/test_score.c compares. Run again only when the formulas change:
  for c in config_*.json; do d=${c#config_}; ./golden.py META.csv DATA.csv $c expected_${d%.json}; done
"""
import csv
import json
import math
import os
import sys


def read(path):
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def number(s):
    return None if s is None or s.strip() in ("", "NA") else float(s)


def present(x):
    return [v for v in x if v is not None]


def mean(x):
    return math.fsum(x) / len(x) if x else None


def quantile(x, p):
    s = sorted(x)
    h = (len(s) - 1) * p
    i = int(h)
    return s[i] if i + 1 >= len(s) else s[i] + (h - i) * (s[i + 1] - s[i])


def median(x):
    return quantile(x, 0.5) if x else None


def shape(x):
    """skew and kurtosis, None where they are not defined"""
    v = present(x)
    n = len(v)
    if n < 3 or max(v) == min(v):
        return None, None
    m = mean(v)
    s2, s3, s4 = (math.fsum((a - m) ** k for a in v) for k in (2, 3, 4))
    skew = math.sqrt(n) * s3 / s2 ** 1.5 * math.sqrt(n * (n - 1)) / (n - 2)
    if n < 4:
        return skew, None
    r = n * s4 / s2 ** 2
    return skew, ((n + 1) * (r - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))


def treat(x, c):
    winmax, limit_s, limit_k = c.get("winmax", 5), c.get("skew", 2), c.get("kurt", 3.5)

    def passes(s, k):
        return (s is not None and abs(s) < limit_s) or (k is not None and k < limit_k)

    s0, k0 = shape(x)
    if s0 is None or passes(s0, k0):
        return x, (0, False, s0, k0, s0, k0, True)
    y, high, low = list(x), 0, 0
    while high + low < winmax:
        s, _ = shape(y)
        if s is None:
            break
        v = present(y)
        if s >= 0:
            top = max(v)
            below = [a for a in v if a < top]
            if not below:
                break
            high = v.count(top)
            y = [max(below) if a == top else a for a in y]
        else:
            bottom = min(v)
            above = [a for a in v if a > bottom]
            if not above:
                break
            low = v.count(bottom)
            y = [min(above) if a == bottom else a for a in y]
        s, k = shape(y)
        if passes(s, k):
            return y, (high + low, False, s0, k0, s, k, True)
    v = present(x)
    lo, hi = min(v), max(v)
    y = [None if a is None else math.log(a - lo + 0.01 * (hi - lo)) for a in x]
    s, k = shape(y)
    return y, (0, True, s0, k0, s, k, passes(s, k))


def points(c, x):
    full, floor = c.get("full", 100), c.get("floor", 0)
    if "steps" in c:
        v = floor
        for start, p in c["steps"]:
            if start <= x:
                v = p
    else:
        d = c.get("per_event", 0) * x
        if "cap" in c:
            d = max(-c["cap"], min(c["cap"], d))
        v = full + d
    return max(floor, min(full + c.get("bonus", 0), v))


def normalise(x, c, direction, target, units):
    method = c.get("method", "minmax")
    raw = present(x)
    if not raw:
        return [None] * len(x)
    absolute = method in ("scaled", "goalposts", "points")
    if not absolute and max(raw) == min(raw):
        return [None] * len(x)
    d = [None if v is None else v * direction for v in x]
    v = present(d)
    lo, hi, n = min(v), max(v), len(v)

    def each(f, of=d):
        return [None if a is None else f(a) for a in of]

    def cap(y):
        return [None if a is None else min(a, 1) for a in y] if c.get("cap", False) else y

    rank = [None if a is None else 1 + sum(b < a for b in v) for a in d]
    if method == "minmax":
        l, u = c.get("l", 0), c.get("u", 100)
        return each(lambda a: (a - lo) / (hi - lo) * (u - l) + l)
    if method == "scaled":
        return each(lambda a: (a - c["l"]) / (c["u"] - c["l"]) * c.get("s", 100))
    if method == "zscore":
        m = mean(v)
        sd = math.sqrt(math.fsum((a - m) ** 2 for a in v) / (n - 1))
        return each(lambda a: (a - m) / sd * c.get("s", 1) + c.get("m", 0))
    if method == "dist2max":
        return each(lambda a: 1 - (hi - a) / (hi - lo))
    if method == "dist2ref":
        ref = d[units.index(c["ref"])]
        if ref is None or ref == lo:
            return [None] * len(x)
        return cap(each(lambda a: 1 - (ref - a) / (ref - lo)))
    if method == "dist2targ":
        if direction > 0:
            return cap(each(lambda a: (a - min(raw)) / (target - min(raw)), x))
        return cap(each(lambda a: (max(raw) - a) / (max(raw) - target), x))
    if method == "fracmax":
        return each(lambda a: a / hi)
    if method == "rank":
        return rank
    if method == "prank":
        return [None if r is None else (r - 1) / (n - 1) for r in rank]
    if method == "borda":
        return [None if r is None else r - 1 for r in rank]
    if method == "goalposts":
        l, u, a = c["l"], c["u"], c.get("a", 100)
        f = (lambda b: (b - l) / (u - l)) if direction > 0 else (lambda b: (b - u) / (l - u))
        return each(lambda b: a * max(0, min(1, f(b))), x)
    if method == "points":
        return each(lambda a: points(c, a), x)
    raise ValueError(method)


def aggregate(rows, w, c):
    """rows: one list of children's values a unit"""
    method, p = c.get("method", "amean"), c.get("p", 2)

    def one(r):
        if not present(r) or len(present(r)) / len(r) < c.get("threshold", 0):
            return None
        pairs = [(a, b) for a, b in zip(r, w) if a is not None]
        sw = math.fsum(b for _, b in pairs)
        if method == "amean":
            return math.fsum(a * b for a, b in pairs) / sw
        if method == "gmean":
            return math.exp(math.fsum(b * math.log(a) for a, b in pairs) / sw)
        if method == "hmean":
            return sw / math.fsum(b / a for a, b in pairs)
        return (math.fsum(b * a ** p for a, b in pairs) / sw) ** (1 / p)

    def tie(v):
        return 1e-14 * abs(v)

    if method != "copeland":
        return [one(r) for r in rows]
    out = []
    for i, a in enumerate(rows):
        if not present(a) or len(present(a)) / len(a) < c.get("threshold", 0):
            out.append(None)
            continue
        score = 0
        for j, b in enumerate(rows):
            if i == j:
                continue
            both = [(x, y, q) for x, y, q in zip(a, b, w) if x is not None and y is not None]
            if not both:
                continue
            o = math.fsum(q * (x > y + tie(y)) + q * (abs(x - y) <= tie(y)) / 2 for x, y, q in both) / math.fsum(q for _, _, q in both)
            score += (o > 0.5 + 1e-12) - (o < 0.5 - 1e-12)
        out.append(score)
    return out


def override(base, own, default):
    """own keys over base; another method starts afresh"""
    if own.get("method", base.get("method", default)) != base.get("method", default):
        return own
    return {**{k: v for k, v in base.items() if k not in ("per", "per_level")}, **own}


def pearson(x, y):
    pairs = [(a, b) for a, b in zip(x, y) if a is not None and b is not None]
    if len(pairs) < 2:
        return None
    mx, my = mean([a for a, _ in pairs]), mean([b for _, b in pairs])
    xx = math.fsum((a - mx) ** 2 for a, _ in pairs)
    yy = math.fsum((b - my) ** 2 for _, b in pairs)
    if len({a for a, _ in pairs}) == 1 or len({b for _, b in pairs}) == 1:
        return None
    return math.fsum((a - mx) * (b - my) for a, b in pairs) / math.sqrt(xx * yy)


FACTORS = ["weights", "normalise", "aggregate", "winmax"]
WORD = (1 << 64) - 1


class Stream:
    """xoshiro256** (Blackman and Vigna 2018), its state from splitmix64 of seed and stream"""

    def __init__(self, seed, stream):
        first, _ = self.mix(seed)
        y, self.s = first ^ (stream * 0xD1342543DE82EF95 + 1) & WORD, []
        for _ in range(4):
            z, y = self.mix(y)
            self.s.append(z)

    @staticmethod
    def mix(x):
        x = x + 0x9E3779B97F4A7C15 & WORD
        z = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & WORD
        z = (z ^ z >> 27) * 0x94D049BB133111EB & WORD
        return z ^ z >> 31, x

    def word(self):
        def turn(x, k):
            return (x << k | x >> 64 - k) & WORD
        s = self.s
        out, t = turn(s[1] * 5 & WORD, 7) * 9 & WORD, s[1] << 17 & WORD
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = turn(s[3], 45)
        return out

    def unit(self):
        return (self.word() >> 11) * 2.0 ** -53

    def below(self, n):
        x = self.word()
        while x < (1 << 64) % n:
            x = self.word()
        return x % n


def evaluate(nodes, x, units, weight, c, drawn):
    """-> scores of every node, treated columns, what treatment did; drawn: methods and winmax of one replication"""
    by = {m["iCode"]: m for m in nodes}
    score, treated, details = {}, {}, {}
    for k in [m["iCode"] for m in nodes if m["Level"] == 1]:
        v = x[k]
        if "treat" in c and c["treat"].get("method", "default") == "default":
            v, details[k] = treat(v, {**c["treat"], **({"winmax": drawn["winmax"]} if "winmax" in drawn else {})})
            treated[k] = v
        base, per = c.get("normalise", {}), c.get("normalise", {}).get("per", {}).get(k, {})
        own = override(base, per, "minmax")
        if "normalise" in drawn and "method" not in per:
            own = {**own, "method": drawn["normalise"]}
        score[k] = normalise(v, own, by[k]["Direction"], number(by[k]["Target"]), units)
    for m in sorted(nodes, key=lambda m: m["Level"]):
        if m["Level"] == 1:
            continue
        kids = [k["iCode"] for k in nodes if k["Parent"] == m["iCode"]]
        level = c.get("aggregate", {}).get("per_level", {}).get(str(m["Level"]), {})
        g = {**c.get("aggregate", {}), **level}
        if "aggregate" in drawn and "method" not in level:
            g = {**g, "method": drawn["aggregate"]}
        score[m["iCode"]] = aggregate([[score[k][i] for k in kids] for i in range(len(units))],
                                      [weight[k] for k in kids], g)
    return score, treated, details


def ranked(index):
    """1 = highest, ties the least, equal up to rounding is equal"""
    return [None if v is None else 1 + sum(b > v + 1e-14 * abs(v) for b in present(index)) for v in index]


def replication(nodes, x, units, weight, c, seed, streams):
    """the index with what the streams of the four factors draw; None when that has no meaning"""
    u = c.get("uncertainty", {})

    def stream(factor):
        return Stream(seed, streams[factor] * len(FACTORS) + FACTORS.index(factor))
    g, a = stream("weights"), u.get("weight_noise", 0.25)
    noisy = {m["iCode"]: weight[m["iCode"]] * (1 + a * (2 * g.unit() - 1)) for m in nodes}
    drawn = {f: u[f][stream(f).below(len(u[f]))] for f in FACTORS[1:] if u.get(f)}
    try:
        return evaluate(nodes, x, units, noisy, c, drawn)[0][max(nodes, key=lambda m: m["Level"])["iCode"]]
    except (ValueError, ZeroDivisionError):
        return None


def intervals(nodes, x, units, weight, c, nominal):
    seed = c["uncertainty"].get("seed", 1)
    runs = [replication(nodes, x, units, weight, c, seed, dict.fromkeys(FACTORS, i))
            for i in range(c["uncertainty"].get("replications", 1000))]
    runs = [r for r in runs if r is not None]
    ranks = [ranked(r) for r in runs]
    rows = [["uCode", "nominal", "rank_mean", "rank_median", "rank_q05", "rank_q95", "score_mean", "score_q05", "score_q95"]]
    for i, u in enumerate(units):
        r, s = present([v[i] for v in ranks]), present([v[i] for v in runs])
        rows.append([u, nominal[i], mean(r), *(quantile(r, p) if r else None for p in (0.5, 0.05, 0.95)),
                     mean(s), *(quantile(s, p) if s else None for p in (0.05, 0.95))])
    return rows


def sensitivity(nodes, x, units, weight, c, nominal):
    u, n, seed = c.get("uncertainty", {}), c["sensitivity"].get("samples", 500), c["sensitivity"].get("seed", 1)

    def moved(streams):
        index = replication(nodes, x, units, weight, c, seed, streams)
        return None if index is None else mean([abs(a - b) for a, b in zip(ranked(index), nominal) if a and b])

    def run(first, other=None):
        return [moved({**dict.fromkeys(FACTORS, 2 * i + first), **({other: 2 * i + 1} if other else {})}) for i in range(n)]
    a, b = run(0), run(1)
    both = present(a + b)
    v = math.fsum((y - mean(both)) ** 2 for y in both) / (len(both) - 1)
    rows = [["factor", "Si", "STi"]]
    for f in FACTORS:
        if not (u.get("weight_noise", 0.25) > 0 if f == "weights" else len(u.get(f, [])) > 1):
            continue
        three = [t for t in zip(a, b, run(0, f)) if None not in t]
        rows.append([f, mean([q * (r - p) for p, q, r in three]) / v, mean([(p - r) ** 2 for p, _, r in three]) / 2 / v])
    return rows


def text(v):
    if v is None:
        return "NA"
    if isinstance(v, bool):
        return "true" if v else "false"
    return repr(v) if isinstance(v, float) else str(v)


def write(folder, name, rows):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "w", newline="", encoding="utf-8") as f:
        csv.writer(f, lineterminator="\n").writerows([[text(v) for v in r] for r in rows])


def main(meta_path, data_path, config_path, folder):
    meta, data = read(meta_path), read(data_path)
    with open(config_path, encoding="utf-8") as f:
        c = json.load(f)
    nodes = [m for m in meta if m["Level"] not in ("", "NA")]
    for m in nodes:
        m["Level"] = int(m["Level"])
        m["Direction"] = int(float(m["Direction"])) if number(m["Direction"]) is not None else 1
    leaves = [m["iCode"] for m in nodes if m["Level"] == 1]
    by = {m["iCode"]: m for m in nodes}
    x = {k: [number(r[k]) for r in data] for k in leaves}
    if c.get("denominate"):
        for k in leaves:
            den = by[k]["Denominator"]
            if den not in ("", "NA"):
                for i, r in enumerate(data):
                    d = number(r[den])
                    x[k][i] = None if x[k][i] is None or not d else x[k][i] / d
    how = c.get("impute", {}).get("method", "none")
    if how != "none":
        groups = [r[c["impute"]["group"]] for r in data] if how.startswith("group") else [0] * len(data)
        middle = median if how.endswith("median") else mean
        for k in leaves:
            fill = {g: middle(present([v for v, h in zip(x[k], groups) if h == g])) for g in set(groups)}
            x[k] = [fill[g] if v is None and g not in ("", "NA") else v for v, g in zip(x[k], groups)]
    keep = list(range(len(data)))
    if c.get("screen", {}).get("method", "none") == "by_na":
        limit = c["screen"].get("threshold", 0.66)
        keep = [i for i in keep if not sum(x[k][i] is not None for k in leaves) / len(leaves) < limit]
    x = {k: [x[k][i] for i in keep] for k in leaves}
    units = [data[i]["uCode"] for i in keep]
    equal = c.get("weights", {}).get("method", "meta") == "equal"
    weight = {m["iCode"]: 1.0 if equal or m["Parent"] in ("", "NA") else float(m["Weight"]) for m in nodes}
    score, treated, details = evaluate(nodes, x, units, weight, c, {})
    if treated:
        head = ["iCode", "winsorised", "log", "skew_before", "kurt_before", "skew_after", "kurt_after", "passed"]
        write(folder, "treatment.csv", [head] + [[k, *details[k]] for k in leaves])
        write(folder, "treated.csv", [["uCode", *leaves]] + [[u, *(treated[k][i] for k in leaves)] for i, u in enumerate(units)])
    write(folder, "normalised.csv", [["uCode", *leaves]] + [[u, *(score[k][i] for k in leaves)] for i, u in enumerate(units)])
    top = [m["iCode"] for m in sorted(nodes, key=lambda m: -m["Level"])]
    index = score[top[0]]
    rank = ranked(index)
    write(folder, "scores.csv", [["uCode", "Rank", *top]] +
          [[u, rank[i], *(score[k][i] for k in top)] for i, u in enumerate(units)])
    effective = {top[0]: 1.0}
    for k in top[1:]:
        p = by[k]["Parent"]
        effective[k] = effective[p] * weight[k] / math.fsum(weight[m["iCode"]] for m in nodes if m["Parent"] == p)
    write(folder, "effective_weights.csv", [["iCode", "Level", "Weight", "EffWeight"]] +
          [[k, by[k]["Level"], weight[k], effective[k]] for k in top])
    pairs = [["Parent", "iCode1", "iCode2", "Pearson"]]
    for p in top:
        kids = [k for k in leaves if by[k]["Parent"] == p]
        pairs += [[p, a, b, pearson(score[a], score[b])] for i, a in enumerate(kids) for b in kids[i + 1:]]
    write(folder, "correlations.csv", pairs)
    if "uncertainty" in c:
        write(folder, "intervals.csv", intervals(nodes, x, units, weight, c, rank))
    if "sensitivity" in c:
        write(folder, "sensitivity.csv", sensitivity(nodes, x, units, weight, c, rank))


main(*sys.argv[1:])
