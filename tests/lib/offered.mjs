// What a person is offered: from the day's page every link is followed, a few of each kind, without a browser. And which pages
// there are at all, read from the tables of routes in the source.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** The paths that are asked for by GET: "/unit/:unit". */
export function pages(root) {
    const src = path.join(root, 'src'), found = new Set();
    for (const file of readdirSync(src, { recursive: true }).filter(f => f.endsWith('.c') && !/test_|fuzz_|bench_/.test(f))) {
        const text = readFileSync(path.join(src, file), 'utf8');
        for (const [, table] of text.matchAll(/^const struct route \w+\[\] = \{\n(.*?)^\};/gms))
            for (const row of table.split(/^ {4}\{/m).slice(1)) {
                const macro = /^\s*([A-Z_]+)[,(]/.exec(row), means = macro ? new RegExp(`#define ${macro[1]}\\b(?:.*\\\\\n)*.*`).exec(text)?.[0] : '';
                const where = /\.path = "([^"]+)"|"(\/[^"]*)"/.exec(row);
                if (where && !/\bPOST\b/.test(row + means)) found.add(where[1] || where[2]);
            }
    }
    return [...found].sort();
}

const part = p => p.replace(/[.\\+?]/g, '\\$&').replace(/:\w+/g, '[A-Za-z0-9_-]+').replace(/\*\w*/g, '.+');
/** Of which of the paths an address is: the one with the fewest places to fill in. */
export function pageOf(paths, address) {
    const holes = p => (p.match(/[:*]/g) || []).length;
    return paths.filter(p => new RegExp(`^${part(p)}$`).test(address)).sort((a, b) => holes(a) - holes(b))[0];
}

/**
 * Follow what is offered, at most `each` of a page with the same names in its query. What was opened is added to `opened`;
 * answers what is wrong, a line a page.
 */
export async function follow(paths, ask, opened, each = 2) {
    const wrong = [], times = new Map(), queue = [['/today', '']], queued = new Set(['/today']);
    while (queue.length) {
        const [url, from] = queue.shift(), at = new URL(url, 'http://x'), page = pageOf(paths, at.pathname);
        const file = /\.\w[\w-]*$|\/(file|scan|thumb)(\/|$)/.test(page ?? ''), like = `${page} ${[...at.searchParams.keys()].sort()}`, n = times.get(like) ?? 0;
        if (n >= each || (file && opened.has(page))) continue;
        times.set(like, n + 1);
        const { status, type, text } = await ask(url);
        if (page) opened.add(page);
        if (status !== 200) { wrong.push(`${url} from ${from}: ${status}`); continue; }
        if (!type.startsWith('text/html')) continue;
        const body = text.replace(/<(script|style)\b.*?<\/\1>/gs, ''), heads = [...body.matchAll(/<h([1-6])\b/g)].map(m => +m[1]);
        if (heads.filter(h => h === 1).length !== 1) wrong.push(`${url}: ${heads.filter(h => h === 1).length} first headings`);
        if (heads.some((h, i) => i > 0 && h - heads[i - 1] > 1)) wrong.push(`${url}: headings ${heads.join('')}`);
        const side = /<nav class="side".*?<\/nav>/s.exec(body)?.[0];
        if (side && (side.match(/aria-current/g) || []).length !== 1) wrong.push(`${url}: no section is marked`);
        const ids = [...body.matchAll(/ id="([^"]+)"/g)].map(m => m[1]), twice = ids.find((id, i) => ids.indexOf(id) !== i);
        if (twice) wrong.push(`${url}: id ${twice} twice`);
        if (/>[a-z_]+\.[a-z_]+<\/(dd|td|h1|h2)>/.test(body)) wrong.push(`${url}: a kind without a name`);
        for (const [, href] of body.matchAll(/<a\b[^>]*\shref="([^"]+)"/g)) {
            const to = new URL(href.replaceAll('&amp;', '&'), `http://x${url}`), next = to.pathname + to.search;
            if (to.host === 'x' && !to.searchParams.has('lang') && !queued.has(next)) { queued.add(next); queue.push([next, url]); }
        }
    }
    return wrong;
}
