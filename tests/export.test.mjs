// Everything leaves (export all): a whole demo county is written and read back with other tools: Python's zipfile and XML parser
// for sheets, sha256sum, pdftotext, sqlite3. Counts and sums are those of the database. Prints TAP.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { command, Database, run, Steps, tempFolder } from './lib/county.mjs';

const t = new Steps();
const folder = tempFolder('export'), data = path.join(folder, 'county'), out = path.join(folder, 'out'), zip = path.join(folder, 'out.zip');

/** Rows of a sheet as lists of texts, by Python: no code of ours, no library of ours. */
const reader = path.join(folder, 'sheet.py');
writeFileSync(reader, `
import json, re, sys, zipfile
import xml.etree.ElementTree as E
n = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
names = [s.get('name') for s in E.fromstring(z.read('xl/workbook.xml')).iter(n + 'sheet')]
shared = []
if 'xl/sharedStrings.xml' in z.namelist():
    shared = [''.join(x.text or '' for x in s.iter(n + 't')) for s in E.fromstring(z.read('xl/sharedStrings.xml')).iter(n + 'si')]
def column(ref):
    k = 0
    for c in re.match('[A-Z]+', ref)[0]: k = 26 * k + ord(c) - 64
    return k - 1
sheets = {}
for i, name in enumerate(names):
    rows = []
    for _, row in E.iterparse(z.open('xl/worksheets/sheet%d.xml' % (i + 1))):
        if row.tag != n + 'row': continue
        cells = {}
        for c in row.iter(n + 'c'):
            v, s = c.find(n + 'v'), c.find(n + 'is')
            text = ''.join(x.text or '' for x in s.iter(n + 't')) if s is not None else '' if v is None else v.text or ''
            cells[column(c.get('r'))] = shared[int(text)] if c.get('t') == 's' else text
        rows.append([cells.get(k, '') for k in range(max(cells) + 1)] if cells else [])
        row.clear()
    sheets[name] = rows
json.dump(sheets, sys.stdout)
`);
const sheets = name => JSON.parse(execFileSync('python3', [reader, path.join(out, name)], { encoding: 'utf8', maxBuffer: 1 << 30 }));
/** A book's data as objects by its heads; sheets that go on are put together. */
function rows(name) {
    const all = sheets(name), list = [];
    for (const [sheet, [heads, ...body]] of Object.entries(all))
        if (/^data(-\d+)?$/.test(sheet))
            list.push(...body.map(r => Object.fromEntries(heads.map((h, i) => [h, r[i] ?? '']))));
    return list;
}
const sum = (list, key) => list.reduce((s, r) => s + Number(r[key] || 0), 0);

run('demo', '--data', data);
const db = new Database(data, null, null), count = q => Number(db.sql(q));
run('export', 'all', '--data', data, '--out', out);

// ---- tables ----
const left = new Set(readFileSync(path.join(out, 'README.md'), 'utf8').split('## 没有导出的')[1].split('\n')
    .filter(l => l.includes('全部 (all)')).map(l => l.split(' ')[1]));
const tables = db.sql(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'migration' ORDER BY 1`).split('\n');
t.step('every table is a book or is named as left out', tables.every(n => left.has(n) !== existsSync(path.join(out, `tables/${n}.xlsx`))),
    tables.filter(n => left.has(n) === existsSync(path.join(out, `tables/${n}.xlsx`))).join(' '));
const wrong = [];
for (const n of tables.filter(n => !left.has(n))) {
    const got = rows(`tables/${n}.xlsx`).length, want = count(`SELECT count(*) FROM "${n}"`);
    if (got !== want) wrong.push(`${n}: ${got} of ${want}`);
}
t.step('each book has as many rows as its table', wrong.length === 0, wrong.join(', '));
const matter = sheets('tables/matter.xlsx');
t.step('each column is explained', matter.columns.length === matter.data[0].length + 1 && matter.columns.every(r => r[0] && r[1]));

// ---- what people read ----
const values = rows('values.xlsx'), scores = rows('scores.xlsx');
t.step('every version of every value', values.length === count('SELECT count(*) FROM value')
    && Math.abs(sum(values, 'value') - count('SELECT sum(value) FROM value')) < 1e-6 * Math.abs(sum(values, 'value')), `${values.length} ${sum(values, 'value')}`);
t.step('a value says from which file and row', values.every(v => v.file_name && v.row_no));
const scored = `score s JOIN computation c ON c.id = s.computation_id WHERE c.state = 'done'`;
t.step('scores add up', scores.length === count(`SELECT count(*) FROM ${scored}`)
    && Math.abs(sum(scores, 'contribution') - count(`SELECT total(contribution) FROM ${scored}`)) < 1e-6, `${scores.length} ${sum(scores, 'contribution')}`);
const matters = rows('matters.xlsx'), steps = rows('timeline.xlsx');
t.step('matters with every step', matters.length === count('SELECT count(*) FROM matter') && steps.length === count('SELECT count(*) FROM matter_step')
    && matters.every(m => m.code && m.title));
const m = matters[matters.length >> 1];
t.step('a title is as it was', m.title === db.sql(`SELECT title FROM matter WHERE code = '${m.code}'`), m.title);
t.step('people have roles and no secrets', rows('people.xlsx').length >= count('SELECT count(*) FROM account') && !Object.keys(rows('people.xlsx')[0]).some(h => /secret|hash/.test(h)));

// ---- reports, files, log ----
const published = db.sql(`SELECT DISTINCT period FROM publication WHERE stage = 4`).split('\n');
const pdfs = published.flatMap(p => readdirSync(path.join(out, 'reports', p)).filter(f => f.endsWith('.pdf')).map(f => path.join(out, 'reports', p, f)));
t.step('a PDF of each published report', pdfs.length === count(`SELECT count(*) FROM report r JOIN publication p ON p.computation_id = r.computation_id
    WHERE p.stage = 4 AND p.replaced_at = 0`), `${pdfs.length}`);
const text = spawnSync('pdftotext', [pdfs[0], '-'], { encoding: 'utf8' }).stdout;
t.step('pdftotext reads it', /体检报告/.test(text) && /监测参考/.test(text), text.slice(0, 200));
const one = pdfs[0].replace(/-[^-]*\.pdf$/, ''), at = path.dirname(pdfs[0]);
const checked = command(['verify', `${one}.tlog-proof`, '--record', `${one}.record`, '--vkey', readFileSync(path.join(at, 'log.vkey'), 'utf8').trim()]);
t.step('its receipt proves it without the county', checked.code === 0, JSON.stringify(checked));
t.step('files are there as they came', readdirSync(path.join(out, 'files')).length === count('SELECT count(*) FROM file')
    && readdirSync(path.join(out, 'files')).reduce((s, f) => s + statSync(path.join(out, 'files', f)).size, 0) === count('SELECT sum(size) FROM file'));
const records = readFileSync(path.join(out, 'log/records.jsonl'), 'utf8').trim().split('\n').map(l => JSON.parse(l));
t.step('every record with its parts', records.length === count('SELECT count(*) FROM record') && records.every(r => Array.isArray(r.record.parts)));
const audited = command(['audit', '--tiles', path.join(out, 'log')]);
t.step('the log is whole by itself', audited.code === 0, JSON.stringify(audited));

// ---- whole, and no more than that ----
const sums = spawnSync('sha256sum', ['--quiet', '-c', 'SHA256SUMS'], { cwd: out, encoding: 'utf8' });
t.step('sha256sum finds every file as it was written', sums.status === 0, sums.stdout + sums.stderr);
const every = readdirSync(out, { recursive: true, withFileTypes: true }).filter(f => f.isFile()).length;
t.step('every file is in the sums', readFileSync(path.join(out, 'SHA256SUMS'), 'utf8').trim().split('\n').length === every - 1, `${every}`);
t.step('no password goes along', spawnSync('grep', ['-rqa', 'argon2id', out]).status === 1);
t.step('the README says in both languages what is what', /用任何电子表格/.test(readFileSync(path.join(out, 'README.md'), 'utf8')) && /readable without it/.test(readFileSync(path.join(out, 'README.md'), 'utf8')));
t.step('only its owner may read it', (statSync(out).mode & 0o077) === 0);
const again = command(['export', 'all', '--data', data, '--out', out]);
t.step('what is there is not written over', again.code !== 0 && /already/.test(JSON.stringify(again)), JSON.stringify(again));
run('export', 'all', '--data', data, '--out', zip);
const listed = execFileSync('python3', ['-c', 'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(len(z.namelist()))', zip], { encoding: 'utf8' });
t.step('as a zip the same files', Number(listed) === every && !existsSync(`${zip}.part`), listed);
t.end();
