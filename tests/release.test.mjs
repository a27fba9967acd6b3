// One period through the publication desk, in browsers, by everybody it concerns: computed; a draft that only the platform sees; for
// comment, each unit its own; an objection upheld by who did not issue it, recomputed; decided by a leader; published, with papers and
// a bundle; corrected after that with an erratum, what was there kept. On both databases. Prints TAP. Needs build/jingjian, Debian's
// Chromium and npm.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Database, Person, Server, Steps, command, password, root, run, tempFolder, until } from './lib/county.mjs';
import { Someone, browser, pdfText } from './lib/someone.mjs';

const t = new Steps();
const units = [['QX', '', '青石县', 'county', ''], ['T01', 'QX', '云岭镇', 'town', '乡镇'], ['T02', 'QX', '石门镇', 'town', '乡镇'], ['T03', 'QX', '竹溪乡', 'town', '乡镇']];
const towns = units.slice(1);
const accounts = [['xitong', '何稳', 'QX', 'sysadmin'], ['anquan', '李敏', 'QX', 'secadmin'], ['shenji', '孙察', 'QX', 'auditadmin'], ['shuji', '陈衡', 'QX', 'leader'],
    ['jisuan', '周设', 'QX', 'platform'], ['fuhe', '吴核', 'QX', 'platform'], ...towns.map((u, i) => [`jing${i + 1}`, `经办${'甲乙丙'[i]}`, u[0], 'clerk'])];
const scheme = [['iCode', 'iName', 'Level', 'Parent', 'Direction', 'Weight', 'Unit', 'Type', 'Frequency', 'Formula', 'Method', 'Params'],
    ['I', '指数', 2, '', 1, 1, '分', 'Aggregate', '', '', '', ''], ['a', '决策部署按期落实率', 1, 'I', 1, 60, '%', 'Indicator', 'quarter', 'P1/P2*100', 'goalposts', '{"l":0,"u":100,"a":100}'],
    ['b', '村务公开及时率', 1, 'I', 1, 40, '%', 'Indicator', 'quarter', 'P3', 'goalposts', '{"l":0,"u":100,"a":100}']];
const points = [['code', 'indicator', 'name', 'owner', 'unit_of_measure', 'frequency', 'direction', 'legal_basis', 'purpose', 'retention', 'contact'],
    ...[['P1', 'a', '按期落实的部署数'], ['P2', 'a', '到期的部署数'], ['P3', 'b', '村务公开及时率']].map(p => [...p, 'QX', '项', 'quarter', 1, '《政府督查工作条例》', '监测部署是否落地', '5年', '督查室'])];
const now = new Date(), quarter = Math.floor(now.getMonth() / 3);
const period = quarter === 0 ? `${now.getFullYear() - 1}Q4` : `${now.getFullYear()}Q${quarter}`;
const values = [['unit', 'point', 'period', 'value'], ...towns.flatMap((u, i) => [['P1', 12 + i], ['P2', 20], ['P3', 70 + 5 * i]].map(([p, v]) => [u[0], p, period, v]))];
const csv = rows => rows.map(r => r.map(c => `"${String(c).replaceAll('"', '""')}"`).join(',')).join('\n') + '\n';

/** A county that is live, with the values of a period. */
async function county(folder, data, where) {
    const file = (name, rows) => { writeFileSync(path.join(folder, name), csv(rows)); return path.join(folder, name); };
    run('init', '--data', data, '--name', '青石县', '--origin', 'release.example/test', ...where);
    run('account', 'add', '--data', data, '--code', 'jisuan', '--name', '周设', '--role', 'platform');
    run('import', 'units', file('units.csv', [['code', 'parent', 'name', 'kind', 'peer_group'], ...units]), '--data', data, '--as', 'jisuan');
    for (const [code, name, unit, role] of accounts.filter(a => a[0] !== 'jisuan'))
        run('account', 'add', '--data', data, '--code', code, '--name', name, '--unit', unit, '--role', role);
    for (const [code] of accounts) {
        const r = command(['account', 'passwd', code, '--data', data, '--stdin'], { input: `${password}\n` });
        if (r.code !== 0) throw new Error(r.err);
    }
    run('import', 'calendar', path.join(root, 'demo/calendar.csv'), '--data', data, '--as', 'jisuan');
    run('import', 'points', file('points.csv', points), '--data', data, '--as', 'jisuan');
    run('import', 'scheme', file('scheme.csv', scheme), '--data', data, '--as', 'jisuan', '--adopt-from', period.slice(0, 4) + 'Q1');
    const sent = file('values.csv', values);
    run('import', 'values', sent, '--data', data, '--as', 'jisuan');
    run('compute', '--data', data, '--period', period);
    const server = await new Server(data).start(), desk = new Person(server);
    await desk.signIn('jisuan');
    for (const step of ['clear', 'live']) {
        const r = await desk.post(`/setup/${step}`);
        if (r.status >= 400) throw new Error(`${step}: ${r.status} ${r.message}`);
    }
    run('import', 'values', sent, '--data', data, '--as', 'jisuan');
    return server;
}

async function walk(name, url) {
    const folder = tempFolder('release'), data = path.join(folder, 'county'), schema = 'release_test', where = url ? ['--db', url, '--schema', schema] : [];
    const db = new Database(data, url, schema), place = {};
    t.prefix = `${name}: `;
    place.server = await county(folder, data, where);
    const who = {};
    for (const code of ['jisuan', 'fuhe', 'shuji', 'jing1', 'jing2', 'jing3']) {
        who[code] = await Someone.at(place);
        await who[code].signIn(code);
    }
    const { jisuan, fuhe, shuji, jing1, jing2, jing3 } = who, report = unit => `/report/${unit}/${period}`;
    const desk = () => jisuan.json('/publish.json');
    const sees = async (person, unit) => (await person.get(report(unit))).status() === 200;
    const tell = async () => { // who sees which reports
        const all = [];
        for (const [code, person] of Object.entries(who))
            all.push(`${code} ${(await Promise.all(towns.map(u => sees(person, u[0])))).map(Number).join('')}`);
        return all.join(', ');
    };
    const unpacked = name => { // an archive of the folder, into a folder of its own
        execFileSync('python3', ['-m', 'zipfile', '-e', path.join(folder, `${name}.zip`), path.join(folder, name)]);
        return path.join(folder, name);
    };
    // The one step the desk offers, as the page says it.
    const press = async (person, words, fields = {}) => {
        await person.open('/publish');
        if (!await person.page.$(`.nextbox a.btn:has-text("${words}")`)) return t.step(`the desk offers ${words}`, false, await person.text());
        await person.click(`.nextbox a.btn:has-text("${words}")`);
        for (const [k, v] of Object.entries(fields)) await person.fill(`#f-${k}`, v);
        await person.click('.nextbox form button.btn');
    };
    const compute = async () => {
        await jisuan.open(`/report?period=${period}`);
        await jisuan.click('form[action="/compute"] button');
        await jisuan.page.waitForSelector('[data-job]', { state: 'detached', timeout: 60000 });
    };
    const answered = async () => { // everybody asked says that it is right
        for (const person of [jing1, jing2, jing3]) {
            await until(async () => (await (await person.get('/today')).text()).includes('/matter/Y-'));
            await person.open('/today');
            await person.click('main a[href^="/matter/Y-"]');
            await person.move('核对无误');
        }
    };

    // 计算 → 草稿
    await jisuan.open('/today');
    t.step('today says what is not computed yet', (await jisuan.text()).includes('还没有计算'), await jisuan.text());
    await compute();
    await jisuan.open('/publish');
    t.step('what is computed is a draft', (await jisuan.text()).includes('草稿'), await jisuan.text());
    await jisuan.look(t, 'release-draft');
    t.step('a draft is the platform\'s alone', await tell() === 'jisuan 111, fuhe 111, shuji 000, jing1 000, jing2 000, jing3 000', await tell());

    // 征求意见稿
    await press(jisuan, '送各单位征求意见', { minutes: '20' });
    t.step('each unit is asked', await until(async () => (await desk()).asked === 3), JSON.stringify(await desk()));
    t.step('for comment each unit sees its own report, the leader none', await tell() === 'jisuan 111, fuhe 111, shuji 000, jing1 100, jing2 010, jing3 001', await tell());
    await jing1.open('/today');
    t.step('the unit finds it on its desk', (await jing1.text()).includes('待核对') || (await jing1.text()).includes('征求意见'), await jing1.text());
    await jing1.click('main a[href^="/matter/Y-"]');
    await jing1.look(t, 'release-opinion');
    await jing1.move('核对无误', { note: '数都对。' });

    // 异议: of the second unit, to a value; the two who made it may not judge it.
    await jing2.open(report('T02'));
    await jing2.look(t, 'release-comment');
    await jing2.open(`/value/T02/P1/${period}`);
    await jing2.click('main a:text-is("提异议")');
    await jing2.fill('#grounds', '第三项部署已于季末办结，台账漏记了一件，应为14件。');
    await jing2.fill('#right', '14');
    await jing2.click('main form button.btn');
    const objection = jing2.where;
    t.step('an objection is a matter of its own', /^\/matter\/O-/.test(objection), objection);
    t.step('the unit has answered with it', (await desk()).objected === 1, JSON.stringify(await desk()));
    await jing3.open('/today');
    await jing3.click('main a[href^="/matter/Y-"]');
    await jing3.move('核对无误');
    t.step('after the last answer the objections are dealt with', (await desk()).state === 'objections', JSON.stringify(await desk()));
    await jisuan.open(objection);
    t.step('who issued it is not offered to judge it', !await jisuan.page.$('.nextbox form button.btn') && !await jisuan.page.$('main a:text-is("受理")'), await jisuan.text());
    await fuhe.open(objection);
    t.step('people are named, not coded', !(await fuhe.text()).includes('jisuan'), await fuhe.text());
    await fuhe.look(t, 'release-objection');
    await fuhe.move('受理');
    await fuhe.move('成立', { decision: '经查台账，第三项部署已办结，更正为14件。', value: '14' });
    t.step('upheld: put right and computed again by the program', await until(async () => (await fuhe.json(`${objection}.json`)).final, 30000) && (await fuhe.json(`${objection}.json`)).state_name === '成立', (await fuhe.json(`${objection}.json`)).state_name);
    const t02 = async (person, run) => (await person.json(`${report('T02')}.json${run ? `?run=${run}` : ''}`));
    await jing2.open(`/value/T02/P1/${period}`);
    t.step('the value has another version, the one before is kept', (await jing2.text()).includes('2个版本') && /14项，O-2026-00001[^]*13项/.test(await jing2.text()), await jing2.text());
    t.step('the leader still sees nothing', (await tell()).includes('shuji 000'), await tell());

    // 领导审定
    await press(jisuan, '送审定');
    t.step('who decides sees it now', (await tell()).includes('shuji 111'), await tell());
    await shuji.open('/today');
    await shuji.click('main a[href^="/matter/P-"]');
    await shuji.look(t, 'release-decide');
    await shuji.move('审定');

    // 发布
    await press(jisuan, '发布');
    t.step('it is published', (await desk()).state === 'published', JSON.stringify(await desk()));
    await jisuan.open('/publish');
    await jisuan.look(t, 'release-published');
    const first = (await desk()).periods[0];
    t.step('two computations, one objection, upheld; decided by name', first.runs === 2 && first.objections === 1 && first.upheld === 1 && first.approved_by === '陈衡', JSON.stringify(first));
    await shuji.open(`/overview?period=${period}`);
    t.step('the county\'s page shows the period', (await shuji.page.textContent('body')).includes('石门镇'), await shuji.text());
    t.step('a unit still reads no other', (await tell()).endsWith('jing1 100, jing2 010, jing3 001'), await tell());
    await jing2.open('/readers/T02');
    const readers = await jing2.text();
    t.step('the unit sees who opened its report: its own people by name, others by their post', readers.includes('经办乙') && readers.includes('平台专班') && readers.includes('领导'), readers);
    t.step('and no name of theirs', !['周设', '吴核', '陈衡', 'jisuan', 'shuji'].some(n => readers.includes(n)), readers);
    t.step('nor who opened another unit\'s', (await jing1.get('/readers/T02')).status() >= 403);
    const paper = pdfText(await jing2.bytes(`${report('T02')}.pdf`));
    t.step('the paper is one for reference, without a mark of a draft', paper.includes('监测参考') && !/试算|草稿|征求意见稿/.test(paper), paper.slice(0, 300));
    writeFileSync(path.join(folder, 'a.zip'), await jing2.bytes(`${report('T02')}.docx`));
    t.step('so is the document', readFileSync(path.join(unpacked('a'), 'word/document.xml'), 'utf8').includes('监测参考'));
    await jisuan.open('/publish');
    await jisuan.click('main form[action$="/bundle"] button');
    await until(async () => (await desk()).periods[0].bundle, 60000);
    writeFileSync(path.join(folder, 'all.zip'), await jisuan.bytes(`/publish/${period}.zip`));
    const out = unpacked('all'), list = readdirSync(out, { recursive: true }), proofs = list.filter(n => n.endsWith('.tlog-proof'));
    t.step('the bundle holds every report with its proof', towns.every(u => list.some(n => n.includes(u[0]) && n.endsWith('.pdf'))) && proofs.length >= 3, list.join(' '));

    // 更正: published, then a value changes; the line begins again and ends with an erratum.
    const published = (await t02(jing2)).run;
    await jisuan.open('/publish');
    await jisuan.click('.nextbox a:has-text("看办理经过"), main a[href^="/matter/P-"]');
    const before = await jisuan.text();
    await jisuan.move('更正', { erratum: '云岭镇村务公开及时率登记错，由70更正为80。' });
    t.step('correcting sends it back to be a draft', (await desk()).state === 'draft', before);
    writeFileSync(path.join(folder, 'right.csv'), csv([['unit', 'point', 'period', 'value'], ['T01', 'P3', period, 80]]));
    run('import', 'values', path.join(folder, 'right.csv'), '--data', data, '--as', 'jisuan');
    t.step('what was published stays until the corrected one is', (await jing1.json(`${report('T01')}.json`)).stage === 'published', (await jing1.json(`${report('T01')}.json`)).stage);
    await compute();
    await press(jisuan, '送各单位征求意见', { minutes: '20' });
    await answered();
    await press(jisuan, '送审定');
    await shuji.open('/today');
    await shuji.click('main a[href^="/matter/P-"]');
    await shuji.move('审定');
    await press(jisuan, '发布');
    const corrected = await jing1.json(`${report('T01')}.json`);
    t.step('the report in force says what was corrected', corrected.stage === 'corrected' && corrected.erratum.includes('由70更正为80'), JSON.stringify(corrected).slice(0, 400));
    await jing1.open(report('T01'));
    await jing1.look(t, 'release-corrected');
    await jing1.click('main a:text-is("看更正前的")');
    t.step('the one before is kept and marked', (await jing1.text()).includes('已更正') && (await jing1.text()).includes('由后来的一份代替'), (await jing1.text()).slice(0, 400));
    const vkey = /\S+\+[0-9a-f]{8}\+\S+/.exec(run('audit', '--data', data))[0];
    const checks = proofs.map(p => command(['verify', path.join(out, p), '--vkey', vkey, '--record', path.join(out, p.replace(/tlog-proof$/, 'record'))]));
    t.step('proofs of the first bundle still hold', checks.every(c => c.code === 0), JSON.stringify(checks[0]));
    const audit = command(['audit', '--data', data]);
    t.step('the audit finds everything whole', audit.code === 0, audit.out + audit.err);
    for (const person of Object.values(who)) await person.page.context().close();
    await place.server.stop();
    if (url) db.sql(`DROP SCHEMA "${schema}" CASCADE`);
}

try {
    await walk('sqlite');
    if (process.env.JINGJIAN_PG) await walk('postgresql', process.env.JINGJIAN_PG);
    else t.skip('postgresql', 'JINGJIAN_PG is not set');
} catch (e) {
    t.step('the walk came to its end', false, e.stack);
} finally {
    await browser.close();
    t.end();
}
process.exit();
