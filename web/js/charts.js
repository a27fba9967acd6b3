// The two charts that move: a trend of several series and the county's own map. Both read the table that stands beside
// them, so there is always one, and both draw into a box whose height is reserved. Colours come from the style sheet.
import { LineChart, MapChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { init, registerMap, use } from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { SVGRenderer } from 'echarts/renderers';

use([LineChart, MapChart, GridComponent, TooltipComponent, LabelLayout, SVGRenderer]);

const style = getComputedStyle(document.body);
const colour = (name) => style.getPropertyValue(`--${name}`).trim();
const font = style.fontFamily;
const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
const number = (text) => {
  const value = parseFloat(String(text ?? '').replace(/,/g, '').replace('\u2212', '-'));
  return Number.isFinite(value) ? value : null;
};
// Rich text instead of HTML: the page's security policy allows no inline style.
const tooltip = {
  renderMode: 'richText', backgroundColor: colour('sheet'), borderColor: colour('edge'), borderRadius: 2, shadowBlur: 0,
  textStyle: { color: colour('ink'), fontFamily: font, fontSize: 14 },
};

/* Head: period, then one name a series. Body: <td data-lo data-hi>value</td>. At most five series. */
function readTrend(table) {
  const names = [...table.tHead.rows[0].cells].slice(1, 6).map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows];
  return {
    periods: rows.map((row) => row.cells[0].textContent.trim()),
    series: names.map((name, i) => ({
      name,
      cells: rows.map((row) => {
        const cell = row.cells[i + 1];
        return { v: number(cell.textContent), lo: number(cell.dataset.lo), hi: number(cell.dataset.hi) };
      }),
    })),
  };
}

const SERIES = ['accent', 'd1', 's3', 'ink', 'edge'];
const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond', 'emptyCircle'];

/* The scale's ends: round, at least ten points wide, within what a score can be. */
function ends({ min, max }) {
  const room = Math.max(max - min, 10) * 0.3;
  return [Math.max(0, Math.floor((min - room) / 5) * 5), Math.min(100, Math.ceil((max + room) / 5) * 5)];
}

function drawTrend(box, table) {
  const data = readTrend(table);
  const series = [];

  data.series.forEach(({ name, cells }, i) => {
    const ink = colour(SERIES[i]);
    if (i === 0 && cells.some((cell) => cell.lo !== null)) {
      const band = { type: 'line', stack: 'interval', symbol: 'none', silent: true, lineStyle: { opacity: 0 }, tooltip: { show: false } };
      series.push({ ...band, data: cells.map((cell) => cell.lo) });
      series.push({ ...band, areaStyle: { color: ink, opacity: 0.15 }, data: cells.map((cell) => (cell.lo === null ? null : cell.hi - cell.lo)) });
    }
    series.push({
      type: 'line', name, data: cells.map((cell) => cell.v), color: ink, symbol: SYMBOLS[i], symbolSize: 8, lineStyle: { width: 2 }, labelLayout: { moveOverlap: 'shiftY' },
      endLabel: { show: true, formatter: '{a}', color: ink === colour('s3') ? colour('ink-2') : ink, fontFamily: font, fontSize: 13 },
    });
  });
  box.textContent = ''; // the server's drawing, which needs no script
  const chart = init(box, null, { renderer: 'svg' });
  chart.setOption({
    animation: !still,
    grid: { left: 44, right: 120, top: 16, bottom: 32 },
    tooltip: {
      ...tooltip, trigger: 'axis',
      formatter: (items) => [items[0].axisValue].concat(items.filter((item) => item.seriesName && data.series.some((one) => one.name === item.seriesName))
        .map((item) => `${item.seriesName}  ${item.value ?? '—'}`)).join('\n'),
    },
    xAxis: { type: 'category', data: data.periods, axisLine: { lineStyle: { color: colour('edge') } }, axisTick: { show: false }, axisLabel: { color: colour('ink-2'), fontFamily: font, fontSize: 13 } },
    yAxis: { type: 'value', min: (v) => ends(v)[0], max: (v) => ends(v)[1], splitLine: { lineStyle: { color: colour('rule-2') } }, axisLabel: { color: colour('ink-2'), fontFamily: font, fontSize: 13 } },
    series,
  });
  return chart;
}

/* Rows with data-code (the feature's property "code", else its name), data-band 0..5 and a link; the score in .main1. */
async function drawMap(box, table) {
  const answer = await fetch(box.dataset.url, { credentials: 'same-origin' });
  if (!answer.ok) throw new Error(`map: ${answer.status}`);
  const shape = await answer.json();
  for (const feature of shape.features) {
    feature.properties = { ...feature.properties, name: String(feature.properties.code ?? feature.properties.name) };
  }
  registerMap('county', shape);
  const rows = [...table.querySelectorAll('tr[data-code]')].map((row) => ({
    name: row.dataset.code, title: row.cells[0].textContent.trim(), words: row.querySelector('.main1').textContent.trim(),
    band: Number(row.dataset.band), href: row.querySelector('a') && row.querySelector('a').href,
  }));
  const chart = init(box, null, { renderer: 'svg' });
  chart.setOption({
    animation: false,
    tooltip: { ...tooltip, trigger: 'item', formatter: (item) => (item.data ? `${item.data.title}  ${item.data.words}` : item.name) },
    series: [{
      type: 'map', map: 'county', labelLayout: { hideOverlap: true }, selectedMode: false, roam: false, nameProperty: 'name',
      itemStyle: { areaColor: colour('sheet'), borderColor: colour('edge'), borderType: 'dashed' },
      emphasis: { label: { show: true }, itemStyle: { areaColor: null, borderColor: colour('ink'), borderWidth: 2 } },
      data: rows.map((row) => ({
        ...row, value: row.band,
        itemStyle: row.band > 0 ? { areaColor: colour(`s${row.band}`), borderColor: colour('sheet'), borderType: 'solid' } : { areaColor: colour('wash'), borderColor: colour('edge'), borderType: 'dashed', borderWidth: 1.5 },
        label: { show: true, formatter: row.title.replace(/(?<=..)(街道|镇|乡)$/, ''), fontFamily: font, fontSize: 13, color: row.band > 3 ? colour('sheet') : colour('ink') },
      })),
    }],
  });
  chart.on('click', (item) => { if (item.data && item.data.href) window.location.assign(item.data.href); });
  return chart;
}

for (const box of document.querySelectorAll('[data-chart]')) {
  const table = document.getElementById(box.dataset.table);
  if (!table) continue;
  Promise.resolve(box.dataset.chart === 'map' ? drawMap(box, table) : drawTrend(box, table))
    .then((chart) => {
      box.setAttribute('role', 'img');
      window.addEventListener('resize', () => chart.resize());
    })
    .catch(() => { box.hidden = true; }); // the table beside it says the same
}
