/** The page's style: system fonts, colours as variables for light and dark, one column on a phone, plain on paper. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --card: #f6f7f9; --ink: #16191d; --muted: #5b6470; --rule: #d9dde3; --accent: #1d4ed8;
  --warn-paper: #fff4dc; --warn-ink: #6b4200; --warn-rule: #e5a833;
  --series-1: #b45309; --series-2: #0369a1; --series-3: #047857; --series-4: #9d3a84; --series-5: #7c6f00; --series-6: #5b5bd6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --card: #1d2126; --ink: #eceff3; --muted: #a3adb9; --rule: #363c44; --accent: #8ab4ff;
    --warn-paper: #33270f; --warn-ink: #ffdb94; --warn-rule: #a5772a;
    --series-1: #f5a742; --series-2: #5cb8f0; --series-3: #3ecf9a; --series-4: #e58fd0; --series-5: #d9c94a; --series-6: #a8a8ff;
  }
}
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
svg.chart { display: block; width: 100%; height: auto; font: 12.5px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; --plot-background: var(--card); }
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
footer { margin-top: 3rem; padding-bottom: 3rem; font-size: .85rem; }
@media (max-width: 40rem) { html { font-size: 15px; } main, header.page, footer { padding-left: .9rem; padding-right: .9rem; } th, td { padding: .3rem .5rem; } }
@page { margin: 14mm; }
@media print {
  :root { --paper: #fff; --card: #fff; --ink: #000; --muted: #444; --rule: #bbb; --warn-paper: #fff; --warn-ink: #000;
    --series-1: #b45309; --series-2: #0369a1; --series-3: #047857; --series-4: #9d3a84; --series-5: #7c6f00; --series-6: #5b5bd6; }
  html { font-size: 11px; } nav, .skip { display: none; } h2 { break-after: avoid; } .scroll { overflow: visible; } tr { break-inside: avoid; }
  .charts { grid-template-columns: 1fr 1fr; } main, header.page, footer { max-width: none; padding: 0; }
}
`;
