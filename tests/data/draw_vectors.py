#!/usr/bin/env python3
"""Writes the known draws of tests/corpus/draw: an implementation of docs/draw.md that shares nothing with src/lot. They are
frozen: running it again must change no byte (`draw_vectors.py DIR`, then `git diff`)."""
import hashlib
import hmac
import os
import sys


def draw(code, title, event, source, at, takes, items, seed):
    """The file of a draw. takes: stratum ('' without strata) -> k; items: (stratum, code)."""
    def line(item):
        return '/'.join(p for p in item if p)

    listed = sorted(items, key=lambda i: line(i).encode())
    text = ''.join(line(i) + '\n' for i in listed)
    said = f'draw: {code}\ntitle: {title}\nevent: {event}\nsource: {source}\nat: {at}\n'
    for stratum, k in sorted(takes.items(), key=lambda t: t[0].encode()):
        n = sum(1 for s, _ in items if s == stratum)
        said += f'take: {stratum + " " if stratum else ""}{k} of {n}\n'
    said += f'list: {hashlib.sha256(text.encode()).hexdigest()}\n'
    out = f'jingjian draw 1\n\nannouncement\n{said}\nlist\n{text}'
    if not seed:
        return out
    key = hashlib.sha256(f'jingjian draw 1\n{said}{seed}\n'.encode()).digest()
    result = ''
    for stratum, k in sorted(takes.items(), key=lambda t: t[0].encode()):
        mine = [line(i) for i in listed if i[0] == stratum]
        mine.sort(key=lambda x: hmac.new(key, x.encode(), hashlib.sha256).digest())
        result += ''.join(x + '\n' for x in mine[:k])
    return f'{out}\nseed\n{seed}\n\nresult\n{result}'


SSQ = ('中国福利彩票双色球第2026136期开奖号码', '中国福利彩票发行管理中心网站 www.cwl.gov.cn', '2026-11-24T13:15:00.000000Z')
DLT = ('中国体育彩票超级大乐透第26130期开奖号码', '国家体育总局体育彩票管理中心网站 www.lottery.gov.cn', '2026-11-16T13:25:00.000000Z')
FIRMS = [(c, f'{c}{i:04d}') for c, n in (('A', 40), ('A-1', 7), ('B', 25), ('C', 3)) for i in range(n)]
KNOWN = {
    'directives': draw('L-2026-0001', '2026年第三季度销号廉动令回头看', *SSQ, {'': 5}, [('', f'D-2026-{i:05d}') for i in range(1, 43)],
                       '03 08 15 21 27 33 09'),
    'one_of_one': draw('L-1', 'one', *SSQ, {'': 1}, [('', 'x')], '01 02 03 04 05 06 16'),
    'all': draw('L-2', '全部', *DLT, {'': 12}, [('', f'U{i:02d}') for i in range(12)], '01 12 23 34 35 01 12'),
    'strata': draw('L-3', '企业按信用等级抽查', *DLT, {'C': 3, 'A': 2, 'B': 5, 'A-1': 1}, FIRMS, '05 06 07 08 09 10 11'),
    'other_event': draw('L-4', 'officers', 'Block 900000 of a public chain: its hash', 'any explorer', '2026-12-01T00:00:00.000000Z', {'': 3},
                        [('', c) for c in 'wang li zhang liu chen yang zhao huang zhou wu'.split()],
                        '000000000000000000010538edbfd2d5b809a33dd83f284aeea41c6d0d96968a'),
    'announced': draw('L-5', '还没有种子', *SSQ, {'': 2}, [('', c) for c in 'b a C _ - 0'.split()], ''),
}
for name, text in KNOWN.items():
    with open(os.path.join(sys.argv[1], name + '.draw'), 'w', encoding='utf-8', newline='\n') as f:
        f.write(text)
