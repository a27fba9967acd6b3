// Bad input against the running server, on both databases, as named steps: each gets the status and the sentence that say what
// is wrong and what would be right, and nothing of the county has changed. Prints TAP.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { command, Database, password, Person, run, Server, Steps, tempFolder, until } from './lib/county.mjs';
import { container, xlsx, zip, zipBomb } from './lib/sheets.mjs';

const t = new Steps();
const folder = tempFolder('scenario');
const list = ['unit', 'point', 'period', 'value', 'missing', 'note'];
const csv = (...rows) => [list.join(','), ...rows].join('\n') + '\n';
let x; // the county at hand: { db, server, platform, supplier, … }

/** Chinese and ASCII punctuation are the same to these tests. */
const plain = s => s.replaceAll(/[\uff01-\uff5e]/g, c => ('，；：（）？！'.includes(c) ? String.fromCharCode(c.charCodeAt(0) - 0xfee0) : c)).replaceAll(/([,;:]) /g, '$1');

/** The answer is as wanted and nothing has changed. want: { status, says: [texts] } */
async function refused(name, answer, { status, says = [] }, said = null) {
    const r = await answer, text = plain(said ? said(r) ?? '' : r.message || r.text), now = x.db.state();
    const lacks = says.map(plain).filter(s => !text.includes(s));
    t.step(name, [status].flat().includes(r.status) && lacks.length === 0 && now === x.state,
        `status ${r.status}, said: ${text.slice(0, 500)}${lacks.length ? `; lacks ${lacks.join(' and ')}` : ''}${now === x.state ? '' : `; changed:\n${x.state}\n${now}`}`);
    x.state = now;
}
/** Something that changes the county, on purpose. */
async function done(name, answer, check, why = r => `status ${r.status} ${r.text.slice(0, 300)}`) {
    const r = await answer;
    t.step(name, await check(r), why(r));
    x.state = x.db.state();
    return r;
}
const problems = r => (r.json?.problems ?? []).map(p => `${p.cell} ${p.what} ${p.hint}`).join(' | ');

/** A file of values that is read, with its problems by cell, and that cannot be confirmed. */
async function wrongCells(name, file, bytes, says) {
    const up = await x.platform.upload('/import/new', file, bytes, { period: '2026Q3' });
    await refused(name, up.headers.location ? x.platform.get(up.headers.location) : up, { status: 200, says }, problems);
    if (up.headers.location)
        await refused(`${name}: nor can it be confirmed`, x.platform.post(`${up.headers.location}/confirm`), { status: 400 }, r => r.text);
}
const send = (name, file, bytes, want) => refused(name, x.platform.upload('/import/new', file, bytes, { period: '2026Q3' }), want);

// ---- workbooks ----
async function workbooks() {
    const head = list.slice(0, 4);
    await send('a text that calls itself xlsx', '报送.xlsx', 'hello', { status: 400, says: ['报送.xlsx', '不是xlsx文件', '另存为'] });
    await send('a zip that is no workbook', 'a.xlsx', zip([{ name: 'a.txt', data: 'x' }]), { status: 400, says: ['a.xlsx', '没有工作簿'] });
    await send('a workbook with a password', 'a.xlsx', container(['EncryptionInfo', 'EncryptedPackage']), { status: 400, says: ['a.xlsx', '有密码保护'] });
    await send('an old xls', 'a.xls', container(['Workbook']), { status: 400, says: ['a.xls', '旧版xls', '.xlsx'] });
    await send('a workbook cut short', 'a.xlsx', xlsx([head, ['T01', 'P001', '2026Q3', 1]]).subarray(0, 900), { status: 400, says: ['a.xlsx', '不完整'] });
    await send('a workbook whose sheet unzips to three gigabytes', 'a.xlsx', zipBomb(3 * 2 ** 30), { status: 413, says: ['a.xlsx', '上限'] });
    await send('a workbook that unzips to gigabytes and says it does not', 'a.xlsx', zipBomb(3 * 2 ** 30, 5000), { status: 413, says: ['a.xlsx', '上限'] });
    await send('a workbook of gigabytes outside any cell', 'a.xlsx', zipBomb(3 * 2 ** 30, 5000, '<a>'), { status: [400, 413], says: ['a.xlsx'] });
    await wrongCells('a formula, a date and a text where numbers belong', 'a.xlsx',
        xlsx([head, ['T01', 'P001', '2026Q3', { formula: '1+1', was: 2 }], ['T02', 'P001', '2026Q3', { day: 46000 }], ['T03', 'P001', '2026Q3', '十二件']]),
        ['D2 这一格是公式', '粘贴为数值', 'D3 “2025-12-09”是日期,这里要数字', 'D4 “十二件”不是数字']);
}

// ---- CSV ----
async function texts() {
    const gbk = execFileSync('iconv', ['-f', 'UTF-8', '-t', 'GBK'], { input: '单位,监测点,期间,数值,缺失原因,备注\nT01,P001,2026Q3,9321,,原始台账\n' });
    let up = await x.platform.upload('/import/new', 'a.csv', '\ufeff' + csv('T01,P001,2026Q3,18,,'), { period: '2026Q3' });
    await refused('a CSV with a byte order mark is read', x.platform.get(up.headers.location), { status: 200, says: ['rows 1 problems 0'] },
        r => `rows ${r.json.rows} problems ${r.json.problem_total}`);
    up = await x.platform.upload('/import/new', 'a.csv', gbk, { period: '2026Q3' });
    await refused('a CSV in GBK is converted, and the page says so', x.platform.get(up.headers.location, { html: true }),
        { status: 200, says: ['原文件是GBK编码,已转换为UTF-8'] });
    await done('what was GBK is taken in', x.platform.post(`${up.headers.location}/confirm`), r => r.status === 201);
    t.step('the remark that was GBK reads as it was meant', x.db.sql("SELECT note FROM collect_cell WHERE text = '9321'") === '原始台账');
    t.step('and no value has changed: what was signed is corrected by a signature', x.db.sql('SELECT count(*) FROM value WHERE value = 9321') === '0');
    await send('a CSV neither UTF-8 nor GBK', 'a.csv', Buffer.concat([Buffer.from(csv('T01,P001,2026Q3,18,,备注文字')), Buffer.from([0xff, 0xfe, 10])]),
        { status: 400, says: ['a.csv', '第3行', '不是有效的UTF-8'] });
    await send('ragged rows', 'a.csv', csv('T01,P001,2026Q3,18,,', 'T02,P001,2026Q3,18,'), { status: 400, says: ['a.csv', '第3行有5列', '6列'] });
    await send('ten million columns', 'a.csv', 'a,'.repeat(10_000_000) + '\n', { status: 413, says: ['a.csv', '第1行超过16384列的上限'] });
    await send('an unfinished quote', 'a.csv', csv('T01,P001,2026Q3,"18,,'), { status: 400, says: ['第2行有引号没有结束'] });
    await send('a byte of zero', 'a.csv', csv('T01,P001,2026Q3,1\u00008,,'), { status: 400, says: ['第2行有空字符'] });
    await send('no rows and no head', 'a.csv', '\n', { status: 400, says: ['a.csv'] });
    await send('a table of something else', 'a.csv', 'x,y\n1,2\n', { status: 400, says: ['a.csv', 'unit,point,period,value,missing,note'] });
    await send('the same column twice', 'a.csv', 'unit,point,period,value,value\nT01,P001,2026Q3,1,2\n', { status: 400, says: ['两列都是value'] });
    await send('a column missing', 'a.csv', 'unit,point,period\nT01,P001,2026Q3\n', { status: 400, says: ['缺少value列'] });
    await wrongCells('an unknown column', 'a.csv', 'unit,point,period,value,colour\nT01,P001,2026Q3,18,red\n', ['E1 没有“colour”这一列', '可用的列']);
    await wrongCells('NaN and infinities', 'a.csv', csv('T01,P001,2026Q3,NaN,,', 'T02,P001,2026Q3,inf,,', 'T03,P001,2026Q3,-Infinity,,', 'T05,P001,2026Q3,1e999,,'),
        ['D2 “NaN”不是有限的数', 'D3 “inf”', 'D4 “-Infinity”', 'D5 “1e999”', '写缺失原因']);
    await wrongCells('thousands parted in the wrong place', 'a.csv', csv('T02,P001,2026Q3,"12,34",,'), ['D2 “12,34”的千位分隔符位置不对', '去掉逗号']);
    up = await x.platform.upload('/import/new', 'a.csv', csv('T01,P001,2026Q3,"1,234",,', 'T03,P001,2026Q3,１８,,'), { period: '2026Q3' });
    await refused('thousands parted rightly and full-width digits are read and asked about', x.platform.get(up.headers.location),
        { status: 200, says: ['D2 1,234', 'D3 “１８”是全角字符,按18读入'] }, r => r.json.asks.map(a => `${a.cell} ${a.what}`).join(' | '));
    await wrongCells('unknown unit and point codes', 'a.csv', csv('T99,P001,2026Q3,1,,', 'T01,P999,2026Q3,1,,'),
        ['A2 没有叫“T99”的单位', 'B3 没有叫“P999”的监测点', '最接近的是']);
    await wrongCells("a period that is not the point's", 'a.csv', csv('T01,P001,202609,1,,', 'T01,P001,2026Q5,1,,', 'T01,P001,2029Q1,1,,'),
        ['C2 这个监测点按季报,不能填“202609” 写成2026Q3', 'C3 “2026Q5”不是期间 写法如2026Q3', 'C4 “2029Q1”还没有到']);
    await wrongCells('rows for the same value that disagree', 'a.csv', csv('T01,P001,2026Q3,1,,', 'T01,P001,2026Q3,2,,'), ['D3 与D2是同一个数值,却不一样', '只留对的那一个']);
    await wrongCells('neither value nor reason', 'a.csv', csv('T01,P001,2026Q3,,,', 'T02,P001,2026Q3,,forgot,', 'T03,P001,2026Q3,1,lost,'),
        ['E2 没有数值,也没写缺失原因', 'E3 “forgot”不是缺失原因', 'E4 既有数值又有缺失原因']);
    await send('a list of persons', 'a.csv', 'unit,point,period,value,姓名,身份证号\n' +
        Array.from({ length: 30 }, (_, i) => `T01,P001,2026Q3,18,张三${i},3301011990010112${String(i).padStart(2, '0')}`).join('\n') + '\n', { status: [200, 201, 400] });
    t.step('and nothing of it was kept', x.db.sql("SELECT count(*) FROM import WHERE file_name LIKE '%33010%'") === '0' &&
        spawnGrep('330101199001011', path.join(x.data, 'files')) === '');
    await send('a file without a byte', 'a.csv', '', { status: 400, says: ['请选择一个文件'] });
    await refused('no file at all', x.platform.post('/import/new', { period: '2026Q3' }), { status: 400, says: ['请选择一个文件'] });
    await refused('a browser sees the same on the page', x.platform.upload('/import/new', 'a.csv', csv('T01,P001,2026Q3'), {}, { html: true }),
        { status: 400, says: ['第2行有3列', '<form'] });
}
function spawnGrep(text, where) {
    try { return execFileSync('grep', ['-rl', text, where], { encoding: 'utf8' }); } catch { return ''; }
}

// ---- schemes ----
async function schemes() {
    const head = 'iCode,iName,Level,Parent,Direction,Weight,Type\n', top = 'I,总指数,3,,1,1,Aggregate\n';
    const up = (name, body, says, status = 400) => refused(name, x.platform.upload('/scheme/import', '方案.csv', head + body), { status, says: ['方案.csv', ...says] });
    await up('a scheme with a cycle', top + 'A,甲,2,B,1,1,Aggregate\nB,乙,2,A,1,1,Aggregate\nx,指标,1,A,1,1,Indicator\n', ['D3', 'D4', '绕了一圈']);
    await up('a scheme with an orphan', top + 'A,甲,2,I,1,1,Aggregate\nx,指标,1,NO,1,1,Indicator\n', ['D4', '没有编码为“NO”的上级']);
    await up('a scheme with two roots', top + 'J,另一个,3,,1,1,Aggregate\nx,指标,1,I,1,1,Indicator\ny,指标,1,J,1,1,Indicator\n', ['D3', '两个根']);
    await up('a weight of zero', top + 'x,指标,1,I,1,0,Indicator\n', ['F3', '权重不对', '大于0']);
    await up('a weight below zero', top + 'x,指标,1,I,1,-2,Indicator\n', ['F3', '大于0']);
    await up('a weight that is a word', top + 'x,指标,1,I,1,许多,Indicator\n', ['F3', '应为数字']);
    await up('the same code twice', top + 'x,指标,1,I,1,1,Indicator\nx,指标,1,I,1,1,Indicator\n', ['A4', '写了两次']);
    await up('a level that is none', top + 'x,指标,1e300,I,1,1,Indicator\n', ['C3', '1至64']);
    await up('a direction that is none', top + 'x,指标,1,I,7,1,Indicator\n', ['E3', '1 或 -1']);
    await up('a scheme of nothing', '', ['没有指标']);
    const draft = await done('a draft for editing', x.platform.upload('/scheme/import', '好.csv', head + 'I,总指数,2,,1,1,Aggregate\nx,甲,1,I,1,1,Indicator\ny,乙,1,I,1,1,Indicator\n'), r => r.status === 201);
    for (const [name, value, says] of [['zero', '0', ['权重']], ['below zero', '-1', ['权重']], ['a word', 'abc', ['权重']]])
        await refused(`a draft's weight set to ${name}`, x.platform.post(`${draft.headers.location}/weights`, { parent: 'I', 'weight:x': value, 'weight:y': '1' }), { status: 400, says });
}

// ---- indicators without anything to tell ----
function figures() {
    const dir = path.join(folder, 'score');
    const score = (name, data, meta = 'iCode,iName,Level,Parent,Direction,Weight,Type\nI,I,2,,1,1,Aggregate\na,a,1,I,1,1,Indicator\nb,b,1,I,1,1,Indicator\n') => {
        const d = path.join(dir, name);
        mkdirSync(d, { recursive: true });
        writeFileSync(path.join(d, 'meta.csv'), meta);
        writeFileSync(path.join(d, 'data.csv'), data);
        const r = command(['score', '--meta', path.join(d, 'meta.csv'), '--data', path.join(d, 'data.csv'), '--out', path.join(d, 'out')]);
        let scores = '';
        try { scores = readFileSync(path.join(d, 'out/scores.csv'), 'utf8'); } catch { /* none were made */ }
        return { ...r, scores };
    };
    let r = score('constant', 'uCode,uName,a,b\nu1,甲,5,1\nu2,乙,5,2\nu3,丙,5,3\n');
    t.step('a constant indicator has no score, and is warned of', r.code === 0 && /\ba\b/.test(r.err) && /u3,1,100/.test(r.scores) && r.scores.includes('NA'), r.err + r.scores);
    r = score('missing', 'uCode,uName,a,b\nu1,甲,,1\nu2,乙,NA,2\nu3,丙,,3\n');
    t.step('an indicator without any value has no score, and is warned of', r.code === 0 && /\ba\b/.test(r.err) && r.scores.includes('NA'), r.err + r.scores);
    r = score('nobody', 'uCode,uName,a,b\nu1,甲,,\nu2,乙,1,2\nu3,丙,2,3\n');
    t.step('a unit without any value has neither score nor rank', r.code === 0 && /u1,NA,NA/.test(r.scores), r.err + r.scores);
    r = score('word', 'uCode,uName,a,b\nu1,甲,many,1\nu2,乙,1,2\n');
    t.step('a word among the data is named by its cell and nothing is written', r.code === 1 && r.err.includes('data.csv') && r.err.includes('C2') && r.scores === '', `${r.code} ${r.err}`);
}

// ---- JSON ----
async function json() {
    const p = x.program, deep = '{"a":'.repeat(40) + '1' + '}'.repeat(40);
    await refused('JSON nested forty deep', p.json('/rule', deep), { status: 400, says: ['嵌套超过 32 层'] });
    await refused('JSON nested a hundred thousand deep', p.json('/rule', '['.repeat(60_000)), { status: 400, says: ['嵌套超过 32 层'] });
    await refused('JSON with a key twice', p.json('/rule', '{"code":"a",\n"code":"b"}'), { status: 400, says: ['第 2 行', '同一个键写了两次'] });
    await refused('JSON that is not UTF-8', p.json('/rule', Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d])), { status: 400, says: ['第 1 行', 'UTF-8'] });
    await refused('JSON with NaN', p.json('/rule', '{"a":NaN}'), { status: 400, says: ['第 1 行第 8 列'] });
    await refused('JSON with U+0000', p.json('/rule', '{"a":"\\u0000"}'), { status: 400, says: ['U+0000'] });
    await refused('JSON with half a character', p.json('/rule', '{"a":"\\ud800"}'), { status: 400, says: ['第 1 行'] });
    await refused('JSON with something behind it', p.json('/rule', '{"a":1} x'), { status: 400, says: ['结束以后还有内容'] });
    await refused('JSON that breaks off', p.json('/rule', '{"a":'), { status: 400, says: ['没有写完'] });
    await refused('JSON that is a list', p.json('/rule', '[1]'), { status: 400, says: ['应为一个对象'] });
    await refused('a form that is not UTF-8', p.send('POST', '/rule', 'application/x-www-form-urlencoded', 'code=%ff'), { status: 400, says: ['code', 'UTF-8'] });
    await refused('a form with broken escapes', p.send('POST', '/rule', 'application/x-www-form-urlencoded', 'code=%zz'), { status: 400, says: ['code'] });
    await refused('a multipart form without an end', p.send('POST', '/import/new', 'multipart/form-data; boundary=B', '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1'), { status: 400 });
    await refused('a multipart form without its boundary', p.send('POST', '/import/new', 'multipart/form-data', '--B--'), { status: 400 });
}

// ---- HTTP ----
async function bytes() {
    const host = 'Host: x\r\nAccept: application/json\r\n';
    const raw = async (name, text, status, says = []) => {
        const got = Buffer.from(await x.server.raw(text, { until: '\r\n\r\n', ms: 5000 }), 'latin1').toString();
        await refused(name, { status: Number(got.split(' ')[1]), text: got }, { status, says });
    };
    const both = await x.server.raw(`POST /signin HTTP/1.1\r\n${host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n${host}\r\n`);
    t.step('Content-Length with Transfer-Encoding is refused, and the connection ends', both.startsWith('HTTP/1.1 400') && both.split('HTTP/1.1').length === 2, both);
    await raw('Content-Length twice', `POST /signin HTTP/1.1\r\n${host}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`, 400);
    await raw('Content-Length twice and different', `POST /signin HTTP/1.1\r\n${host}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`, 400);
    await raw('Content-Length below zero', `POST /signin HTTP/1.1\r\n${host}Content-Length: -5\r\n\r\nhello`, 400);
    await raw('Content-Length with a space before the colon', `POST /signin HTTP/1.1\r\n${host}Content-Length : 5\r\n\r\nhello`, 400);
    await raw('an unknown transfer coding', `POST /signin HTTP/1.1\r\n${host}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, 400);
    await raw('a chunk that is none', `POST /signin HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n`, 400);
    await raw('two hosts', `GET /healthz HTTP/1.1\r\n${host}Host: y\r\n\r\n`, 400);
    await raw('a header over the limit', `GET /healthz HTTP/1.1\r\n${host}X: ${'a'.repeat(10_000)}\r\n\r\n`, 431);
    await raw('a header far over the limit', `GET /healthz HTTP/1.1\r\n${host}X: ${'a'.repeat(1_000_000)}\r\n\r\n`, 431);
    await raw('too many headers', `GET /healthz HTTP/1.1\r\n${host}${Array.from({ length: 150 }, (_, i) => `X-${i}: a\r\n`).join('')}\r\n`, 431);
    await raw('an address over the limit', `GET /${'a'.repeat(5000)} HTTP/1.1\r\n${host}\r\n`, 414);
    await raw('an unknown method', `BREW /overview HTTP/1.1\r\n${host}\r\n`, 405);
    await refused('a body over the limit', x.platform.post('/rule', { name: 'x'.repeat(100_000) }), { status: 413, says: ['65.5 KB', '上限'] });
    await refused('a body far over the limit is told why', x.program.json('/rule', `"${'x'.repeat(5_000_000)}"`), { status: 413, says: ['65.5 KB', '上限'] });
    await raw('a body of a terabyte', `POST /signin HTTP/1.1\r\n${host}Content-Length: 1000000000000\r\n\r\nhello`, 413);
    await refused('more fields than a form may have', x.platform.post('/rule', Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`f${i}`, '1']))), { status: [400, 413] });
    for (const target of ['/static/../../etc/passwd', '/static/%2e%2e/%2e%2e/etc/passwd', '/log/tile/..%2f..%2fkeys%2flog.key', '/log/tile/../../keys/log.key',
        '/log/tile/0/../../../keys/log.key', '//etc/passwd', '/report/..%2f/2026Q3', '/x/./y', '/log/tile/%2fetc%2fpasswd', '/static/..%5c..%5cetc'])
        await refused(`the path ${target}`, x.platform.get(target), { status: 404 }, r => `${r.text.includes('root:') || r.text.includes('PRIVATE') ? 'leaked' : ''}`);
    await refused('an uploaded file called ../../x', x.platform.upload('/import/new', '../../x.csv', 'x,y\n', {}), { status: 400, says: ['x.csv'] }, r => r.message.includes('../') ? 'kept the folders' : r.message);
}

// ---- who one is and what one may ----
async function journal(account, subject) {
    return until(() => x.db.sql(`SELECT count(*) FROM read_journal WHERE denied = 1 AND account = '${account}' AND subject = '${subject}'`) !== '0', 15000);
}
async function people() {
    const p = x.platform, rule = { code: 'S-1', name: '试' };
    await refused('a wrong CSRF token', p.post('/rule', rule, { csrf: '0'.repeat(64) }), { status: 403, says: ['表单已失效'] });
    await refused('no CSRF token', p.post('/rule', rule, { csrf: '' }), { status: 403, says: ['表单已失效'] });
    await refused("another session's CSRF token", p.post('/rule', rule, { csrf: x.clerk.csrf }), { status: 403, says: ['表单已失效'] });
    await refused('a right token from another site', p.post('/rule', rule, { headers: { Origin: 'http://elsewhere.example' } }), { status: 403, says: ['表单已失效'] });

    const old = new Person(x.server);
    await old.signIn('guheng');
    t.step('a session is let in', (await old.get('/overview')).status === 200);
    x.db.sql("UPDATE session SET expires_at = 1 WHERE account_id = (SELECT id FROM account WHERE code = 'guheng')");
    x.state = x.db.state();
    await refused('an expired session, by a program', old.get('/overview'), { status: 401, says: ['请先登录'] });
    await refused('an expired session, by a browser, goes to sign in', old.get('/overview', { html: true }), { status: 303, says: ['/signin?next='] }, r => r.headers.location);
    await refused('an expired session cannot post', old.post('/rule', rule), { status: 401 });
    await refused('a token that is none', new Person(x.server, { token: 'A'.repeat(43) }).get('/overview'), { status: 401 });
    await refused('nobody', new Person(x.server).get('/overview'), { status: 401 });

    await refused("a clerk reads another unit's report", x.clerk.get('/report/D31/2026Q3'), { status: 403, says: ['不在您的权限范围内'] });
    t.step('and it is recorded', await journal('zhoumin', '/report/D31/2026Q3'));
    await refused("a clerk reads another unit's value", x.clerk.get('/value/D31/P001/2026Q3'), { status: 403, says: ['不在您的权限范围内'] });
    await refused('a clerk writes a rule', x.clerk.post('/rule', rule), { status: 403, says: ['没有「维护预警规则」的权限'] });
    t.step('and it is recorded', await journal('zhoumin', '/rule'));
    await refused("a department looks at another's import", x.supplier.get('/import/I-000001'), { status: 403, says: ['别人报送'] });
    t.step('and it is recorded', await journal('linruoxi', '/import/I-000001'));
    await refused("a stationed group looks at another unit's report", x.group.get('/report/D31/2026Q3'), { status: 403, says: ['不在您的权限范围内'] });
    const up = await x.supplier.upload('/import/new', 'a.csv', csv('T01,P001,2026Q3,1,,'), { period: '2026Q3' });
    await refused("a department sends another's point", x.supplier.get(up.headers.location), { status: 200, says: ['B2', '不由本单位提供', '提供单位是'] }, problems);
    await refused('and cannot confirm it', x.supplier.post(`${up.headers.location}/confirm`), { status: 400 }, r => r.text);
    await refused('the security administrator sees no content', x.security.get('/report/D04/2026Q3'), { status: 403, says: ['权限'] });
    await refused('a limited token does no more than it may', x.limited.json('/rule', rule), { status: 403, says: ['权限'] });
    await refused('a limited token reads what it may', x.limited.get('/report/D04/2026Q3'), { status: 200 }, () => '');
}

// ---- the same request again ----
async function repeats() {
    const unit = { code: 'Z01', name: '新办', kind: 'department', parent: 'QX', peer_group: '', from: '2026-01-01', request_id: 'scenario-0001' };
    const first = await done('a named request is done', x.platform.post('/unit/new', unit), r => r.status === 201 && r.headers.location === '/unit/Z01');
    await refused('the same again gets the same answer', x.platform.post('/unit/new', unit), { status: first.status, says: ['/unit/Z01', 'true'] },
        r => `${r.headers.location} ${r.headers['idempotent-replay']}`);
    await refused('the same name for something else', x.platform.post('/unit/new', { ...unit, name: '另一个' }), { status: 409, says: ['scenario-0001', '另一份内容'] });
    await refused('the name in a header', x.platform.post('/unit/new', { ...unit, request_id: undefined, name: '又一个' }, { headers: { 'Idempotency-Key': 'scenario-0001' } }), { status: 409 });
    const at_once = await Promise.all(Array.from({ length: 8 }, () => x.platform.post('/unit/new', { ...unit, code: 'Z02', request_id: 'scenario-0002' })));
    x.state = x.db.state();
    t.step('eight times at once makes one unit', x.db.sql("SELECT count(*) FROM unit WHERE code = 'Z02'") === '1' &&
        x.db.sql("SELECT count(*) FROM record WHERE kind = 'unit.set' AND unit = 'Z02' OR kind = 'unit.set' AND subject = 'Z02'") === '1' &&
        at_once.every(r => r.status === 201 || r.status === 409), at_once.map(r => r.status).join(' '));
    await refused('somebody else may use the same name', x.clerk.post('/unit/new', unit), { status: 403 });
}

// ---- units in a circle ----
async function trees() {
    const unit = (code, parent, more = {}) => x.platform.post(`/unit/${code}`, { name: '新办', kind: 'department', parent, from: '2026-06-01', ...more });
    await refused('a unit under itself', unit('Z01', 'Z01'), { status: [400, 409] });
    await refused('a unit under nothing known', unit('Z01', 'NOPE'), { status: [400, 404], says: ['NOPE'] });
    await done('a unit under another', unit('Z02', 'Z01'), r => r.status === 201);
    await refused('two units under one another', unit('Z01', 'Z02'), { status: [400, 409] });
    await refused('a day that is none', unit('Z01', 'QX', { from: '2026-02-30' }), { status: 400, says: ['2026-02-30'] });
}

// ---- brute force; last, for it uses up what one address may try ----
async function force() {
    const tries = [];
    for (let i = 0; i < 7; i++) tries.push(await new Person(x.server).signIn('fangzhi', `wrong-${i}`));
    t.step('a wrong password is refused', tries[0].status === 401 && tries[0].text.includes('账号或密码不对'), tries[0].text);
    t.step('after some tries one must wait', tries.at(-1).status === 429 && /请在\d+秒后再试/.test(tries.at(-1).text), tries.map(r => r.status).join(' '));
    t.step('the right password has to wait too', (await new Person(x.server).signIn('fangzhi')).status === 429);
    const of = "provider = 'password' AND account_id = (SELECT id FROM account WHERE code = 'fangzhi')";
    x.db.sql(`UPDATE identity SET failures = 19, blocked_until = 0 WHERE ${of}`);
    await new Person(x.server).signIn('fangzhi', 'wrong again');
    const wait = /请在(\d+)秒后再试/.exec((await new Person(x.server).signIn('fangzhi')).text);
    t.step('after many it is locked for a day', wait && Number(wait[1]) > 86000, wait?.[0]);
    t.step('and that is recorded', x.db.sql("SELECT count(*) FROM record WHERE kind = 'account.blocked' AND subject = 'fangzhi'") === '1');
    x.db.sql(`UPDATE identity SET failures = 0, blocked_until = 0 WHERE ${of}`);
    const unknown = await new Person(x.server).signIn('nobody-here', 'wrong');
    t.step('an unknown account is told no more than a wrong password', unknown.status === 401 && unknown.text.includes('账号或密码不对'));
    const guesses = await Promise.all(Array.from({ length: 45 }, (_, i) => new Person(x.server).signIn(`guess${i}`, 'wrong')));
    t.step('many accounts from one address have to wait as well', guesses.some(r => r.status === 429 && Number(r.headers['retry-after']) > 0), guesses.map(r => r.status).join(' '));
    t.step('whoever is signed in goes on', (await x.platform.get('/overview')).status === 200);
}

// ---- one folder, one program, one version ----
async function folders() {
    const r = command(['serve', '--data', x.data, '--listen', '127.0.0.1:0', '--lang', 'zh']);
    t.step('a second server on the folder does not start, and says why', r.code !== 0 && r.err.includes(x.data) && r.out === '', `${r.code} ${r.err}`);
    t.step('the first goes on', (await x.platform.get('/overview')).status === 200);
    t.step('it stops cleanly', await x.server.stop() === 0);
    const asked = x.server.log.split('\n').slice(1).filter(l => l.includes('"event":"request"')).map(l => JSON.parse(l));
    const whose = asked.filter(l => 'account' in l || ['wenshu', 'fangzhi', 'linruoxi'].some(who => Object.entries(l).some(([key, v]) => key !== 'path' && v.includes(who))));
    t.step('the log of requests does not say whose they are', asked.length > 20 && whose.length === 0, `${asked.length} ${JSON.stringify(whose[0])}`);
    x.db.sql("INSERT INTO migration (number, name, digest, applied_at) SELECT 9999, '9999_from_later', digest, applied_at FROM migration WHERE number = 1");
    for (const args of [['serve', '--listen', '127.0.0.1:0'], ['audit'], ['account', 'list']]) {
        const newer = command([...args, '--data', x.data, '--lang', 'zh']);
        t.step(`a database newer than the program is not touched by ${args[0]}`, newer.code !== 0 && newer.err.includes('9999_from_later') && newer.err.includes('新版程序'), `${newer.code} ${newer.err}`);
    }
    x.db.sql('DELETE FROM migration WHERE number = 9999');
    const audit = command(['audit', '--data', x.data]);
    t.step('after all this the audit finds everything whole', audit.code === 0, audit.out + audit.err);
}

// ---- the disk fills up in the middle of a commit ----
/** A disk of so many megabytes mounted on dir; false where that is not allowed. */
function smallDisk(dir, mb) {
    mkdirSync(dir, { recursive: true });
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mb}m`, 'none', dir]).status !== 0) return false;
    process.prependListener('exit', () => spawnSync('umount', ['-l', dir])); // before the folder goes
    return true;
}
/** All but so many bytes of the disk taken by a file. */
function fill(dir, leave) {
    const { bavail, bsize } = statfsSync(dir);
    writeFileSync(path.join(dir, 'filler'), Buffer.alloc(Math.max(0, bavail * bsize - leave)));
}
async function diskFull(name, url) {
    const disk = path.join(folder, `small-${name}`), data = path.join(disk, 'county');
    t.prefix = `${name}: `;
    if (!smallDisk(disk, url ? 64 : 24)) return t.skip('a full disk', 'mounting is not allowed here');
    let where = [], full = null;
    if (url) { // a database of its own, whose files lie on the small disk
        const psql = text => execFileSync('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', url, '-c', text], { encoding: 'utf8' }), space = path.join(disk, 'space');
        mkdirSync(space);
        chmodSync(folder, 0o755);
        execFileSync('chown', ['postgres', disk, space]);
        psql(`CREATE TABLESPACE scenario_small LOCATION '${space}'`);
        psql('CREATE DATABASE scenario_small TABLESPACE scenario_small');
        full = url.replace('/postgres?', '/scenario_small?');
        where = ['--db', full];
    }
    const db = new Database(data, full, 'jingjian');
    run('init', '--data', data, '--name', '小盘', '--origin', 'small.example/test', ...where);
    run('account', 'add', '--data', data, '--code', 'boss', '--name', '甲', '--role', 'platform');
    command(['account', 'passwd', 'boss', '--data', data, '--stdin'], { input: `${password}\n` });
    const units = n => csvOf('code,parent,name,kind,peer_group,from,to', ['C,,小县,county,,2020-01-01,', ...Array.from({ length: n }, (_, i) => `N${i},C,第${i}号单位,department,部门,2020-01-01,`)]);
    writeFileSync(path.join(folder, 'units.csv'), units(0));
    run('import', 'units', path.join(folder, 'units.csv'), '--data', data, '--as', 'boss');
    let server = await new Server(data).start(), boss = new Person(server);
    await boss.signIn('boss');
    const add = async i => ({ code: `K${i}`, r: await boss.post('/unit/new', { code: `K${i}`, name: '单'.repeat(60), kind: 'department', parent: 'C', peer_group: '部门', from: '2026-01-01' }) });
    t.step('with room a change is taken', (await add(0)).r.status === 201);
    fill(disk, 300_000);
    const kept = ['K0'];
    let refused = null;
    for (let i = 1; i < 3000 && !refused; i += 8)
        for (const { code, r } of await Promise.all(Array.from({ length: 8 }, (_, k) => add(i + k)))) {
            if (r.status === 201) kept.push(code);
            else refused ??= r;
        }
    t.step('when the disk is full a change is refused with the reason', refused?.status === 503 && /磁盘/.test(refused.message), `${refused?.status} ${refused?.text}; ${kept.length} kept`);
    t.step('reading goes on', (await boss.get('/unit')).status === 200);
    rmSync(path.join(disk, 'filler')); // a new connection of PostgreSQL writes a little before it reads
    const there = new Set(db.sql("SELECT code FROM unit WHERE code LIKE 'K%'").split('\n'));
    t.step('exactly what was acknowledged is there', kept.every(c => there.has(c)) && there.size === kept.length, `${kept.length} acknowledged, ${there.size} there`);
    let again = (await add(5000)).r;
    if (again.status === 503) { // after a failed fsync nothing is written until a restart
        await server.stop();
        server = await new Server(data).start();
        boss.server = server;
        again = (await add(5001)).r;
    }
    t.step('with room again changes are taken again', again.status === 201, again.text);
    t.step('the server stops cleanly', await server.stop() === 0);
    const audit = command(['audit', '--data', data]);
    t.step('after a full disk the audit finds everything whole', audit.code === 0, audit.out + audit.err);
    if (url) {
        execFileSync('psql', ['-X', '-q', '-d', url, '-c', 'DROP DATABASE scenario_small WITH (FORCE)']);
        execFileSync('psql', ['-X', '-q', '-d', url, '-c', 'DROP TABLESPACE scenario_small']);
    }
}
// ---- draws whose seed could be known, or is not public yet ----
async function draws() {
    const announce = (more = {}) => x.platform.post('/lookback', { from: '2026-10-01', to: '2026-10-30', k: '2', event: 'ssq', issue: '2026129', day: '2026-11-03', ...more });
    const seed = (code, more = {}) => x.platform.post(`/draw/${code}/seed`, { issue: '2026129', outcome: '03 08 15 21 27 33 09', day: '2026-11-03', minute: '21:20', from: '中国福彩网', ...more });
    await refused('a draw by numbers that are public already', announce({ day: '2026-11-01', issue: '2026128' }), { status: 400, says: ['来不及先存证', '以后的一期'] });
    await refused('a draw on a day without the lottery', announce({ day: '2026-11-04' }), { status: 400, says: ['周二、周四、周日'] });
    await refused('a draw from days that are not over', announce({ to: '2026-11-02' }), { status: 400, says: ['还没有过完'] });
    await refused('a second draw over the same days', announce({ from: '2026-09-01', to: '2026-10-10' }), { status: 409, says: ['L-2026-0003', '只抽一次'] });
    await refused('more to draw than there are', announce({ k: '19999' }), { status: 400, says: ['现为19999'] });
    await refused('a draw by somebody who may not', x.clerk.post('/lookback', { k: '1' }), { status: 403 });
    await refused('a seed for a draw that has its result', seed('L-2026-0003'), { status: 409, says: ['已抽出'] });
    await done('a draw is announced', announce({ from: '2026-10-01' }), r => r.status === 201 && r.headers.location === '/draw/L-2026-0004');
    await refused('a seed that is not public yet', seed('L-2026-0004'), { status: 409, says: ['还没有种子', '以后再录'] });
    await refused('a result before there is a seed', x.platform.post('/draw/L-2026-0004/check', { issue: '2026129', outcome: '03 08 15 21 27 33 09' }), { status: 409 });
    await refused('a draw given up by who announced it', x.platform.post('/draw/L-2026-0004/void', { reason: '换一期' }), { status: 403, says: ['另一个人'] });
}
const csvOf = (head, rows) => [head, ...rows].join('\n') + '\n';

async function scenarios(name, url) {
    const data = path.join(folder, name), schema = `scenario_${process.pid}`;
    const where = url ? ['--db', url, '--schema', schema] : [];
    x = { data, db: new Database(data, url, schema) };
    t.prefix = `${name}: `;
    run('demo', '--data', data, ...where);
    const token = (...args) => run('token', 'add', '--data', data, '--account', 'wenshu', '--name', 'scenario', ...args).trim().split(/\s+/).find(w => w.length === 43);
    const all = token(), limited = token('--caps', 'read_unit');
    x.server = await new Server(data).start();
    x.program = new Person(x.server, { token: all });
    x.limited = new Person(x.server, { token: limited });
    for (const [who, account] of [['platform', 'wenshu'], ['clerk', 'zhoumin'], ['supplier', 'linruoxi'], ['group', 'fangzhi'], ['security', 'secadmin']]) {
        x[who] = new Person(x.server);
        await x[who].signIn(account);
    }
    t.step('everybody is signed in', [x.platform, x.clerk, x.supplier, x.group, x.security].every(p => p.csrf));
    x.state = x.db.state();
    try {
        for (const group of [workbooks, texts, schemes, json, bytes, people, repeats, trees, draws, force, folders]) {
            const began = Date.now();
            await group();
            console.log(`# ${name} ${group.name}: ${Date.now() - began} ms`);
        }
    } finally {
        await x.server.stop('SIGKILL');
        if (url) x.db.sql(`DROP SCHEMA "${schema}" CASCADE`);
    }
}

// ---- senders that take their time: begun first, looked at last ----
async function slowSenders() {
    const data = path.join(folder, 'slow');
    run('init', '--data', data, '--name', '慢', '--origin', 'slow.example/test');
    const server = await new Server(data).start();
    /** First this, then a byte of that a second, until the connection is ended: what came back. */
    const drip = (first, then) => new Promise(done => {
        const s = net.connect(server.port, '127.0.0.1', () => s.write(first));
        let at = 0, got = '';
        const timer = setInterval(() => then && s.write(then[at++ % then.length]), 1000);
        s.on('data', d => { got += d; });
        s.on('error', () => {});
        s.on('close', () => { clearInterval(timer); done(got); });
    });
    const post = 'POST /signin HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 50000\r\n\r\naccount=';
    const all = Promise.all([drip('GET /healthz HTTP/1.1\r\n', 'X: a\r\n'), drip(post, ''), drip('', '')]);
    return async () => {
        let late;
        const [header, body, silent] = await Promise.race([all, new Promise(done => { late = setTimeout(done, 120_000, ['not ended', 'not ended', null]); })]);
        clearTimeout(late);
        const told = got => got.startsWith('HTTP/1.1 408') && got.includes('请求发送得太慢');
        t.step('a sender that takes a second for a byte of its headers is told 408', told(header), header);
        t.step('a sender that stops in the middle of its body is told 408', told(body), body);
        t.step('a connection that says nothing is ended', silent !== null);
        t.step('others are served meanwhile', (await new Person(server).get('/healthz')).status === 200);
        await server.stop();
    };
}

const slow = await slowSenders();
figures();
await scenarios('sqlite', null);
await diskFull('sqlite', null);
if (process.env.JINGJIAN_PG) {
    await scenarios('postgresql', process.env.JINGJIAN_PG);
    await diskFull('postgresql', process.env.JINGJIAN_PG);
} else t.skip('postgresql', 'JINGJIAN_PG is not set');
t.prefix = '';
await slow();
t.end();
