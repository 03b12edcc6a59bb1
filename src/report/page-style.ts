/** The page's style: system fonts, colours as variables for light and dark, one column on a phone, plain on paper. */
const LIGHT = `  --paper: #ffffff; --card: #f6f7f9; --ink: #16191d; --muted: #5b6470; --rule: #d9dde3; --accent: #1d4ed8;
  --warn-paper: #fff4dc; --warn-ink: #6b4200; --warn-rule: #e5a833;
  --series-1: #b45309; --series-2: #0369a1; --series-3: #047857; --series-4: #9d3a84; --series-5: #7c6f00; --series-6: #5b5bd6;
  --up: #c2255c; --down: #1971c2; --good: #e3f4ea; --bad: #fdeaea;
  --level-1: #1f5fbf; --level-2: #6b7fd0; --level-3: #9b7bb8; --level-4: #cf5a8d; --level-5: #d1174f;
`;

const DARK = `    --paper: #14171b; --card: #1d2126; --ink: #eceff3; --muted: #a3adb9; --rule: #363c44; --accent: #8ab4ff;
    --warn-paper: #33270f; --warn-ink: #ffdb94; --warn-rule: #a5772a;
    --series-1: #f5a742; --series-2: #5cb8f0; --series-3: #3ecf9a; --series-4: #e58fd0; --series-5: #d9c94a; --series-6: #a8a8ff;
    --up: #ff7aa2; --down: #63b3ff; --good: #17382a; --bad: #45232a;
    --level-1: #4c9bff; --level-2: #8aa2f2; --level-3: #b99ad6; --level-4: #ec86ae; --level-5: #ff6b93;
`;

export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
${LIGHT}}
@media (prefers-color-scheme: dark) {
  :root:not([data-theme="light"]) {
${DARK}  }
}
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark;
${DARK}}
* { box-sizing: border-box; }
html { font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: break-word; }
main, header.page, footer { max-width: 74rem; margin: 0 auto; padding: 0 1.25rem; }
header.page { padding-top: 2rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; margin: 2.75rem 0 .5rem; padding-top: .75rem; border-top: 1px solid var(--rule); }
h3 { font-size: 1.02rem; margin: 1.5rem 0 .4rem; }
p { margin: .5rem 0; max-width: 72ch; }
a { color: var(--accent); }
small { font-size: .78rem; }
.muted, figcaption, footer { color: var(--muted); }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .5rem; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; padding: 0; margin: .75rem 0 0; font-size: .92rem; }
.verdict { background: var(--card); border: 1px solid var(--rule); border-left: .35rem solid var(--accent); border-radius: .5rem; padding: 1rem 1.25rem; margin: 1.25rem 0; }
.verdict h2 { border: 0; margin: 0 0 .5rem; padding: 0; font-size: 1.35rem; }
.verdict ul, .warnings ul { margin: .25rem 0; padding-left: 1.2rem; }
.verdict li, .warnings li { margin: .3rem 0; max-width: 78ch; }
.warnings { background: var(--warn-paper); color: var(--warn-ink); border: 1px solid var(--warn-rule); border-left-width: .35rem; border-radius: .5rem; padding: .75rem 1.25rem; margin: 1.25rem 0; }
.warnings h2 { border: 0; margin: 0; padding: 0; font-size: 1.05rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1.25rem 0 0; padding: 0; }
.tiles > div { background: var(--card); border: 1px solid var(--rule); border-radius: .5rem; padding: .7rem .9rem; }
.tiles dt { color: var(--muted); font-size: .85rem; }
.tiles dd { margin: 0; font-size: 1.5rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
.tiles dd small { display: block; color: var(--muted); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 1.25rem; margin: 1rem 0; }
figure { margin: 0; background: var(--card); border: 1px solid var(--rule); border-radius: .5rem; padding: .75rem .75rem .5rem; break-inside: avoid; }
figure h3 { margin: 0 0 .25rem; }
figcaption { font-size: .85rem; margin-top: .25rem; }
svg.chart { display: block; width: 100%; height: auto; max-width: 44rem; margin: 0 auto; font: 12.5px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; --plot-background: var(--card); }
svg.chart text { white-space: pre; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0; margin: .75rem 0; font-size: .92rem; }
.legend svg { width: 2.25rem; height: .7rem; vertical-align: middle; margin-right: .35rem; }
.scroll { overflow-x: auto; margin: .75rem 0 1.25rem; }
.scroll:focus-visible, summary:focus-visible, a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; min-width: min(100%, 30rem); font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .25rem 0 .4rem; }
th, td { padding: .35rem .8rem; border-bottom: 1px solid var(--rule); vertical-align: top; }
th:first-child { padding-left: 0; }
thead th { color: var(--muted); font-weight: 600; vertical-align: bottom; border-bottom-width: 2px; }
tbody th { font-weight: 500; max-width: 24rem; }
.text { text-align: left; overflow-wrap: break-word; }
.number { text-align: right; white-space: nowrap; }
tbody th.text, td.text { min-width: 6.5rem; }
td small { display: block; color: var(--muted); }
details { border: 1px solid var(--rule); border-radius: .5rem; padding: .5rem .9rem; margin: .75rem 0; }
details details { margin: .4rem 0; }
summary { cursor: pointer; font-weight: 600; }
details caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[hidden] { display: none !important; }
.top { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: start; justify-content: space-between; }
.top h1 { flex: 1 1 14rem; }
button, select, input { font: inherit; color: var(--ink); background: var(--paper); border: 1px solid var(--muted); border-radius: .4rem; padding: .3rem .6rem; max-width: 100%; }
input[type="number"] { width: 8.5rem; }
input[type="range"] { flex: 1 1 14rem; min-width: 10rem; padding: 0; accent-color: var(--accent); }
button { cursor: pointer; }
:is(button, select, input, svg):focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.control { display: flex; flex-wrap: wrap; gap: .4rem .8rem; align-items: center; max-width: none; }
.control select { min-width: min(22rem, 100%); }
.control output { font-variant-numeric: tabular-nums; font-weight: 600; min-width: 4rem; }
.panel { background: var(--card); border: 1px solid var(--rule); border-radius: .5rem; padding: .25rem 1rem 1rem; margin: 1.25rem 0; }
.side { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; align-items: flex-start; }
.side > svg { flex: 1 1 22rem; min-width: 0; max-width: 40rem; height: auto; }
.confusion { min-width: 0; }
.confusion td { font-size: 1.05rem; }
.confusion .good { background: var(--good); }
.confusion .bad { background: var(--bad); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .6rem 1.2rem; flex: 1 1 20rem; margin: .5rem 0; }
.facts dt { color: var(--muted); font-size: .85rem; }
.facts dd { margin: 0; font-size: 1.15rem; font-variant-numeric: tabular-nums; }
.problem { color: var(--up); margin: 0; }
.problem:empty { display: none; }
.charts.wide { grid-template-columns: minmax(0, 1fr); }
svg.chart.broad { max-width: none; font-size: 13px; }
.drawing { overflow-x: auto; }
.choice { scroll-margin-top: 1rem; }
.option h3.chosen { overflow-wrap: anywhere; }
.ring { fill: none; stroke: var(--ink); stroke-width: 2.5; }
[data-tip] { cursor: default; }
[data-feature] { cursor: pointer; }
path[fill="transparent"].marked { fill: var(--ink); fill-opacity: .07; }
path.marked:not([fill="transparent"]) { stroke: var(--ink); stroke-width: 2.4; opacity: 1; }
#tip { position: fixed; z-index: 10; max-width: min(24rem, 90vw); background: var(--ink); color: var(--paper); padding: .35rem .6rem; border-radius: .35rem; font-size: .85rem; line-height: 1.4; pointer-events: none; overflow-wrap: anywhere; }
.answer .big { font-size: 2.2rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.meter { height: .6rem; background: var(--rule); border-radius: .3rem; overflow: hidden; max-width: none; }
.meter > span { display: block; height: 100%; width: 0; background: var(--accent); }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(15rem, 100%), 1fr)); gap: .7rem 1.2rem; margin-top: 1rem; }
.field { display: flex; flex-direction: column; gap: .15rem; min-width: 0; border-left: 3px solid transparent; padding-left: .5rem; }
.field.changed { border-color: var(--accent); }
.field label { font-size: .9rem; overflow-wrap: anywhere; }
.field input, .field select { width: 100%; }
.lever { color: var(--accent); }
footer { margin-top: 3rem; padding-bottom: 3rem; font-size: .85rem; }
@media (max-width: 40rem) { html { font-size: 15px; } main, header.page, footer { padding-left: .9rem; padding-right: .9rem; } th, td { padding: .3rem .5rem; } .panel { padding: .1rem .7rem .8rem; } figure { padding: .5rem; } svg.chart { font-size: 14px; } svg.chart.broad { width: 54rem; } }
@page { margin: 14mm; }
@media print {
  :root, :root[data-theme="dark"], :root:not([data-theme="light"]) {
${LIGHT}    --card: #fff; --ink: #000; --muted: #444; --rule: #bbb; --warn-paper: #fff; --warn-ink: #000; }
  html { font-size: 11px; } nav, .skip, #theme, #tip, #what-if-panel, #profit-panel, .control { display: none !important; } .option[hidden] { display: none; } tr, dl, li { break-inside: avoid; } h3, .option > p { break-after: avoid; } td.text { min-width: 9rem; } h2 { break-after: avoid; } .scroll { overflow: visible; } tr { break-inside: avoid; }
  .charts { grid-template-columns: 1fr 1fr; } main, header.page, footer { max-width: none; padding: 0; }
}
`;

const COLOURS = new Map([...LIGHT.matchAll(/(--[\w-]+): (#[0-9a-f]{6})/g)].map(([, name, colour]) => [name, colour]));

/** A colour of the page as it is on paper: a variable's light value, ink for `currentColor`. */
export function printColour(colour: string): string {
  const name = /^var\((--[\w-]+)\)$/.exec(colour)?.[1] ?? (colour === 'currentColor' ? '--ink' : undefined);
  return name === undefined ? colour : (COLOURS.get(name) ?? '#000000');
}
