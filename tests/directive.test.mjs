// A county prepares for 全国文明城市, in browsers, by the people themselves: the secretary's 批示; the office's draft, signed off and
// sent; secretary → deputy → the propaganda department → its office, each with a receipt and a plan; written down on the phone as
// it happens, with a picture; the stationed group asks at once and is answered; reported, signed, looked at, 销号; drawn by a public
// seed, come back, opened again, ended. At every step the three statuses, and what each person finds on the own 今日. On both
// databases; the clerks are on their phones. Prints TAP. Needs build/jingjian, Debian's Chromium and npm.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Database, Server, Steps, command, root, run, tempFolder, until } from './lib/county.mjs';
import { Someone, browser, pdfText } from './lib/someone.mjs';

const t = new Steps();
const words = '全国文明城市复查只剩五个月，菜场周边一下雨就积水，占道又回来了。请宣传部牵头，十一月里见效，不搞突击。';
const title = '迎接全国文明城市复查：菜场周边积水和占道', photo = readFileSync(path.join(root, 'tests/corpus/picture/exif_gps.jpg'));

async function walk(name, url) {
    const folder = tempFolder('directive'), data = path.join(folder, 'demo'), schema = 'directive_test', where = url ? ['--db', url, '--schema', schema] : [];
    const db = new Database(data, url, schema), place = {}, who = {};
    t.prefix = `${name}: `;
    run('demo', '--data', data, ...where);
    // The county's clock is a simulated one: a day later, all sign in anew.
    const later = async (day, hour) => {
        if (place.server) await place.server.stop();
        db.sql(`UPDATE county SET clock = ${Date.parse(`${day}T${hour}+08:00`)}000 WHERE id = 1`);
        place.server = await new Server(data).start();
        for (const [account, person] of Object.entries(who)) {
            await person.page.context().clearCookies();
            await person.signIn(account);
        }
    };
    for (const account of ['guheng', 'luyun', 'wenshu', 'qiumo', 'danqing', 'xuanmu', 'shenyuan']) who[account] = await Someone.at(place);
    for (const account of ['sunian', 'hezhiwei']) who[account] = await Someone.at(place, 390);
    const { guheng, luyun, wenshu, qiumo, danqing, xuanmu, shenyuan, sunian, hezhiwei } = who;
    const code = {}; // of the matter of each layer
    // What somebody finds on the own page in the morning leads to the matter.
    const due = async (person, layer, what) => {
        const today = await person.json('/today.json'), href = `/matter/${code[layer]}`;
        let found = today.tasks.some(x => x.href.startsWith(href));
        if (!found && today.mores.length) // more than a page holds: a link leads to all
            for (const more of today.mores) found ||= (await (await person.get(more.href)).text()).includes(href);
        t.step(what, found, JSON.stringify(today.tasks));
        await person.open(href);
    };
    // The three statuses of a layer, as anyone sees them who may see it.
    const stands = async (person, layer, ...said) => {
        const m = await person.json(`/matter/${code[layer]}.json`), is = m.facts.map(f => f.value);
        t.step(`${layer}, ${m.state_name}: ${said.join('; ')}`, m.facts.map(f => f.name).join() === '单位所说,佐证所示,对照原定期限' && said.every((s, i) => is[i] === s), is.join('; '));
        return m;
    };
    const part = async (person, up) => { // the newest part of a layer
        const m = await person.json(`/matter/${code[up]}.json`);
        return m.parts.at(-1).code;
    };
    const unpacked = bytes => { // the texts of a docx or xlsx
        writeFileSync(path.join(folder, 'packed'), bytes);
        return execFileSync('python3', ['-c', 'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); print("".join(z.read(n).decode() for n in z.namelist() if n.endswith(".xml")))', path.join(folder, 'packed')], { encoding: 'utf8' });
    };
    const papers = async (person, layer, paper, ...has) => {
        const of = `/directive/${code[layer]}/${paper}`;
        const texts = [pdfText(await person.bytes(`${of}.pdf`)), unpacked(await person.bytes(`${of}.docx`))];
        texts.forEach((text, i) => {
            const all = text.replace(/<[^>]*>|\s/g, '');
            for (const h of [...has, '演示数据']) t.step(`${paper}.${['pdf', 'docx'][i]} says ${h.slice(0, 24)}`, all.includes(h.replace(/\s/g, '')), all.slice(0, 1500));
        });
    };
    const still = '还有27天';

    // 批示 → 拟办 → 审签 → 发出
    await later('2026-11-03', '09:00:00');
    await guheng.open('/instruction');
    await guheng.fill('#text', words);
    await guheng.click('main form[action="/instruction"] button.btn');
    code.instruction = guheng.where.split('/').at(-1);
    await due(wenshu, 'instruction', 'the office finds the 批示 on its page');
    await wenshu.click('form button:text-is("转为廉动令")');
    code.secretary = wenshu.where.split('/').at(-1);
    t.step('one press makes a draft with the leader\'s words', (await wenshu.page.inputValue('#f-order').catch(() => '')).includes('不搞突击') || (await wenshu.text()).includes('不搞突击'), await wenshu.text());
    await wenshu.move('改拟稿', { title, order: `${words}\n积水点一处一处销，占道连续三周不反复。`, layer: 'secretary', duty: 'first', holder: 'guheng', due: '2026-11-30', problem: '菜场周边九处积水，占道清了又回', problem_kind: '贯彻落实决策部署不到位', severity: 'early' });
    await wenshu.move('送审签');
    await stands(guheng, 'secretary', '还没有发出', '—', still);
    await due(guheng, 'secretary', 'the leader finds it to be signed off');
    await guheng.look(t, 'directive-approve');
    await papers(guheng, 'secretary', 'approval', '廉动令签批单', title, '领导审签');
    await guheng.open(`/matter/${code.secretary}`);
    await guheng.move('审签', { opinion: '同意，结果要看得见。' });
    await due(wenshu, 'secretary', 'the office finds it to be sent');
    await wenshu.move('发出');
    await stands(guheng, 'secretary', '还没有签收', '—', still);

    // 书记 → 分管领导 → 宣传部
    const take = async (person, layer, plan) => {
        await due(person, layer, `${layer}: on the page of who is to sign for it`);
        await person.move('签收');
        await stands(person, layer, '已签收，还没有受理', '—', still);
        await person.move('受理');
        await stands(person, layer, '已受理，在拟方案', '—', still);
        await due(person, layer, `${layer}: a plan is to be made`);
        await (plan ? person.move('报工作方案', { plan }) : person.move('开始办理，不另报方案'));
        await stands(person, layer, '办理中', '还没有佐证材料', still);
    };
    await take(guheng, 'secretary', '由分管领导统筹，宣传部牵头，城管配合；每周三对一次账。');
    await guheng.move('交分管领导', { deputy: 'luyun', part_title: '统筹文明城市复查菜场周边整治', part_due: '2026-11-30' });
    code.deputy = await part(guheng, 'secretary');
    await take(luyun, 'deputy', '积水归城管、占道归街道、宣传部一本账；月底前我到现场看两次。');
    await luyun.move('分解给单位', { units: ['D39'], part_title: '菜场周边积水和占道销号', part_due: '2026-11-30', part_minutes: '40' });
    code.department = await part(luyun, 'deputy');
    await due(luyun, 'deputy', 'the deputy keeps it on the page while others work');
    await take(sunian, 'department', '一处一号，九处积水点先通后铺；占道点位早晚各看一次。');
    await sunian.look(t, 'directive-department');
    await papers(sunian, 'department', 'order', '廉动令督办单', '菜场周边积水和占道销号', '不搞突击', '单位所说');
    await sunian.open(`/matter/${code.department}`);
    await sunian.move('交科室', { section: 'hezhiwei', part_title: '九处积水点台账', part_due: '2026-11-30' });
    code.section = await part(sunian, 'department');
    await take(hezhiwei, 'section');

    // 云记录 on the phone; the stationed group asks at once.
    await later('2026-11-04', '10:20:00');
    await hezhiwei.open(`/worklog/${code.section}`);
    await hezhiwei.look(t, 'directive-worklog');
    await hezhiwei.page.setViewportSize({ width: 390, height: 844 });
    await hezhiwei.fill('#text', '九处走了一遍，三处是篦子堵了，当场清开；六处路面低，已放线。');
    await hezhiwei.page.setInputFiles('#files', { name: 'IMG_0001.jpg', mimeType: 'image/jpeg', buffer: photo });
    await hezhiwei.page.click('form[data-worklog] .btn');
    await hezhiwei.page.waitForSelector('.worklog .said', { timeout: 20000 });
    await sunian.open(`/worklog/${code.department}`);
    await sunian.fill('#text', '城管出两台抽水车，占道点位今早七点看，剩四摊。');
    await sunian.page.click('form[data-worklog] .btn');
    await sunian.page.waitForSelector('.worklog .said', { timeout: 20000 });
    const entries = (await shenyuan.json(`/worklog/${code.section}.json`)).log.entries;
    t.step('the group reads the section\'s entry with its picture', entries.length === 1 && entries[0].pictures.length === 1, JSON.stringify(entries));
    await shenyuan.open(`/worklog/${code.department}?kind=question`);
    await shenyuan.fill('#text', '六处路面低的，雨天之前能不能先垫？谁来看？');
    await shenyuan.page.click('form[data-worklog] .btn');
    await shenyuan.page.waitForSelector('.worklog .asked', { timeout: 20000 });
    t.step('the group may not write into the unit\'s log', !(await shenyuan.json(`/worklog/${code.department}.json`)).may_write);
    t.step('the unit is told that it was asked', (await (await sunian.get('/today')).text()).includes(code.department));
    await sunian.open(`/worklog/${code.department}`);
    await sunian.click('.worklog a:text-is("答复")');
    await sunian.fill('#text', '今天下午先用沙袋垫三处，城管值守到雨停；另三处明天浇。');
    await sunian.page.click('form[data-worklog] .btn');
    await sunian.page.waitForSelector('main .worklog :text("用沙袋垫")', { timeout: 20000 });
    // And in writing, with a day to answer.
    await shenyuan.open(`/matter/${code.department}`);
    await shenyuan.click('main a:has-text("问一句")');
    await shenyuan.fill('#text', '占道的四摊去了哪里，有没有给地方？');
    await shenyuan.click('main form button.btn');
    code.contact = shenyuan.where.split('/').at(-1);
    await due(sunian, 'contact', 'the 派驻联系单 is on the unit\'s page');
    await sunian.move('说明情况', { answer: '四摊进了菜场北侧便民点，摊位费免三个月。' });
    await due(shenyuan, 'contact', 'its answer is on the group\'s page');

    // 办结报告 → 签字 → 审核 → 销号
    await later('2026-11-16', '09:30:00');
    const left = '还有14天', on = '按原定期限报办结', ended = '按原定期限办结';
    await stands(guheng, 'department', '办理中', '1项中0项审核通过', left);
    await due(hezhiwei, 'section', 'the section finds it to be reported on');
    await hezhiwei.move('报办结', { result: '九处积水点全部销号，两场雨后复看没有积水。', solved: 'yes' });
    await stands(sunian, 'section', '已办结', '还没有佐证材料', on);
    await due(sunian, 'section', 'the clerk finds the section\'s part to be looked at');
    await sunian.move('审核通过', { found: '雨后一起看过，属实。' });
    await stands(sunian, 'section', '已办结', '审核通过', ended);
    await stands(sunian, 'department', '办理中', '1项中1项审核通过', left);
    await sunian.open(`/matter/${code.department}`);
    await sunian.move('报办结', { result: '九处积水点销号；占道点位由31处降到2处，连续两周没有反复。', solved: 'yes' });
    await stands(sunian, 'department', '经办人报完成，负责人没有签字', '1项中1项审核通过', left);
    t.step('the clerk may not sign for the head', !(await sunian.json(`/matter/${code.department}.json`)).moves.some(m => m.verb.startsWith('head_sign')));
    await due(xuanmu, 'department', 'the head finds it to be signed');
    await xuanmu.move('签字上报');
    await stands(luyun, 'department', '已办结', '1项中1项审核通过', on);
    await due(luyun, 'department', 'the deputy finds the department\'s report');
    await luyun.move('审核通过', { found: '早晚各去看了一次，属实。' });
    await luyun.open(`/matter/${code.deputy}`);
    await luyun.move('报办结', { result: '菜场周边积水和占道已经解决，机制由街道接着用。', solved: 'yes' });
    await due(guheng, 'deputy', 'the secretary finds the deputy\'s report');
    await guheng.move('审核通过', { found: '群众认可。' });
    await guheng.open(`/matter/${code.secretary}`);
    await guheng.move('报办结', { result: '九处积水点销号，占道点位降到2处，市民巡访没有新的意见。', solved: 'yes' });
    await stands(wenshu, 'secretary', '已办结', '1项中1项审核通过', on);
    await wenshu.open(`/matter/${code.secretary}`);
    t.step('who drafted it is not offered to close it', !(await wenshu.json(`/matter/${code.secretary}.json`)).moves.some(m => m.verb === 'close'));
    await due(danqing, 'secretary', 'who had no hand in it finds it to be looked at');
    await danqing.look(t, 'directive-review');
    await danqing.move('销号', { found: '看了九处现场照片和巡访台账，随机问了三家商户，属实。' });
    await stands(guheng, 'secretary', '已办结', '审核通过', ended);
    const sheet = unpacked(await guheng.bytes('/directive/export.xlsx?state=all'));
    t.step('the exported list has it, and says that it is invented', sheet.includes(title) && sheet.includes('演示数据'), sheet.slice(0, 600));
    const said = await guheng.json(`/matter/${code.instruction}.json`);
    t.step('with it the 批示 is done', said.state_name === '办结', said.state_name);

    // 回头看 by a public seed
    const issue = '清溪公证处2026年第9期公开摇号', numbers = '03 12 17 24 29 31 06';
    await later('2026-11-17', '09:00:00');
    await wenshu.open('/lookback?from=2026-11-16&to=2026-11-16');
    for (const [k, v] of Object.entries({ k: '1', issue, day: '2026-11-18' })) await wenshu.fill(`#${k}`, v);
    await wenshu.page.check('input[name=event][value=other]');
    await wenshu.page.$eval('details.more', d => { d.open = true; });
    await wenshu.fill('#minute', '15:00');
    await wenshu.fill('#source', '清溪公证处公告栏（虚构）');
    await wenshu.look(t, 'directive-lookback');
    await wenshu.click('main form[method=post] button.btn');
    const draw = wenshu.where;
    t.step('the list is announced before the seed can be known', /^\/draw\/L-/.test(draw), draw);
    await later('2026-11-17', '09:05:00');
    t.step('and is in the signed log before', await until(async () => (await wenshu.json(`${draw}.json`)).state === 'sealed', 60000), JSON.stringify(await wenshu.json(`${draw}.json`)));
    await later('2026-11-18', '16:00:00');
    await wenshu.open(draw);
    for (const [k, v] of Object.entries({ issue, outcome: numbers, day: '2026-11-18', minute: '15:05', from: '清溪公证处公告栏' })) await wenshu.fill(`#${k}`, v);
    await wenshu.click('main form[action$="/seed"] button');
    await danqing.open(draw);
    for (const [k, v] of Object.entries({ issue, outcome: numbers })) await danqing.fill(`#${k}`, v);
    await danqing.click('main form[action$="/check"] button');
    t.step('the department\'s directive is drawn', (await danqing.json(`${draw}.json`)).drawn.some(d => d.code === code.department), await danqing.text());
    writeFileSync(path.join(folder, 'a.draw'), await danqing.bytes(`${draw}.draw`));
    const verified = command(['draw', 'verify', path.join(folder, 'a.draw')]);
    t.step('anyone draws the same', verified.code === 0, verified.out + verified.err);
    await stands(guheng, 'department', '已办结', '审核通过，正在回头看', ended);
    await due(qiumo, 'department', 'the office finds it to be looked at again');
    await qiumo.move('发现反弹，重开', { lacks: '雨后又有一处积水，垫的沙袋没有换成路面。', due: '2026-11-27' });
    await stands(sunian, 'department', '重新办理中', '不足', '还有9天');
    await due(sunian, 'department', 'the clerk finds it again');
    await later('2026-11-20', '16:00:00');
    await sunian.open(`/matter/${code.department}`);
    await sunian.move('报办结', { result: '那一处已浇路面，雨后复看两次没有积水；其余八处一并再看过。', solved: 'yes' });
    await xuanmu.open(`/matter/${code.department}`);
    await xuanmu.move('签字上报');
    await luyun.open(`/matter/${code.department}`);
    await luyun.move('审核通过', { found: '雨天到现场看过。' });
    await stands(guheng, 'department', '已办结', '审核通过', ended);
    await papers(sunian, 'department', 'order', '重开1次', '审核通过');
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
