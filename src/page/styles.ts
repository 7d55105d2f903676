/** The whole look of the page. Colours keep a contrast of 4.5 or more, and never tell anything alone. */
export const styles = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --panel: #f4f6f8; --ink: #1a1f24; --soft: #566069; --rule: #d4dae0; --link: #0a55a5;
  --bad: #a82015; --bad-ground: #fdecea; --busy: #754a00; --busy-ground: #fff2d9;
  --aside: #47505b; --aside-ground: #e9edf1; --good: #1b6334; --good-ground: #e4f3e8;
  --key: #2864b4; --key-soft: #b9cfec; --old: #b06f00; --old-soft: #fbe3b8; --dead: #69737d; --dead-soft: #e3e7eb;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --ground: #14171b; --panel: #1c2126; --ink: #e5e9ed; --soft: #a4aeb8; --rule: #353d46; --link: #82b7f6;
    --bad: #ff9f95; --bad-ground: #43211e; --busy: #f2c272; --busy-ground: #3a2c12;
    --aside: #c2cad3; --aside-ground: #2a3138; --good: #8ad7a4; --good-ground: #173424;
    --key: #70a8ef; --key-soft: #2b4a73; --old: #e2a54a; --old-soft: #4d3a19; --dead: #929ca6; --dead-soft: #2c333a;
  }
}
@media print { :root { color-scheme: light; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
main:focus { outline: none; }
.skip { position: absolute; left: -100vw; padding: .5rem 1rem; background: var(--ink); color: var(--ground); }
.skip:focus { left: 1rem; top: .5rem; z-index: 2; }
header, footer, .columns { max-width: 82rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 2.5rem; }
footer { padding-top: 3rem; padding-bottom: 3rem; color: var(--soft); font-size: .875rem; }
main { min-width: 0; }
h1, h2, h3, h4, h5 { line-height: 1.25; margin: 0; text-wrap: balance; }
h1 { font-size: 2rem; font-weight: 650; letter-spacing: -.015em; }
h2 { font-size: 1.5rem; font-weight: 650; letter-spacing: -.01em; margin-top: 3.5rem; padding-top: 1.25rem; border-top: 2px solid var(--ink); }
h3 { font-size: 1.1875rem; font-weight: 650; margin: 2.75rem 0 .75rem; }
h4 { font-size: 1rem; font-weight: 650; margin: 1.75rem 0 .5rem; }
h5 { font-size: 1rem; font-weight: 600; }
p { margin: .25rem 0; max-width: 46rem; }
ul { margin: .25rem 0; padding-left: 1.25rem; }
li { max-width: 46rem; }
code, .code, .lane { font-family: var(--mono); font-size: .875em; }
.soft, .facts, .nothing, .count, .reason { color: var(--soft); }
.count { font-weight: 400; margin-left: .25rem; }
.lead { font-size: 1.125rem; margin-top: .75rem; }
.label { color: var(--soft); font-size: .8125rem; font-weight: 600; margin-right: .35rem; }

.rules { display: flex; flex-wrap: wrap; gap: .25rem 2rem; margin: .75rem 0 0; }
.rules dt { color: var(--soft); font-size: .8125rem; }
.rules dd { margin: 0; font-weight: 550; }

nav { font-size: .875rem; margin-top: 1.5rem; }
nav ul { list-style: none; padding: 0; margin: 0; }
nav ul ul { padding-left: .75rem; border-left: 1px solid var(--rule); margin: .25rem 0 .5rem; }
nav li { padding: .125rem 0; }
nav a { display: inline-block; padding: .125rem 0; text-decoration: none; }
nav a:hover { text-decoration: underline; }
@media screen and (min-width: 68rem) {
  .columns { display: grid; grid-template-columns: 13rem minmax(0, 1fr); gap: 3rem; }
  nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 2.75rem 0 1rem; margin: 0; }
}
@media screen and (max-width: 67.99rem) {
  nav > ul { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; }
  nav ul ul { display: flex; flex-wrap: wrap; gap: 0 1rem; }
}

.badge {
  display: inline-block; padding: .0625rem .5rem; border: 1px solid currentColor; border-radius: .75rem;
  font-size: .75rem; font-weight: 600; line-height: 1.4; vertical-align: .1em;
}
.badge.bad { color: var(--bad); background: var(--bad-ground); }
.badge.busy { color: var(--busy); background: var(--busy-ground); }
.badge.aside { color: var(--aside); background: var(--aside-ground); }
.badge.good { color: var(--good); background: var(--good-ground); }

.groups { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.25rem, 1fr)); gap: 1.5rem; margin: 1.25rem 0 .75rem; }
.groups > div { border-top: 3px solid; padding-top: .5rem; }
.groups > .bad { border-color: var(--bad); } .groups > .busy { border-color: var(--busy); }
.groups > .aside { border-color: var(--aside); } .groups > .good { border-color: var(--good); }
.groups .total { font-weight: 600; }
.groups .number { display: block; font-size: 2.25rem; line-height: 1.15; letter-spacing: -.02em; }
.groups dl { margin: .5rem 0 0; }
.groups dl div { display: flex; justify-content: space-between; gap: 1rem; padding: .3125rem 0; border-top: 1px solid var(--rule); font-size: .875rem; line-height: 1.35; }
.groups dd { margin: 0; font-weight: 600; }
.groups .meaning { display: block; color: var(--soft); font-size: .8125rem; }
.groups .none dt, .groups .none dd { color: var(--soft); font-weight: 400; }
.shares { display: block; margin: .75rem 0; border-radius: 2px; overflow: hidden; }
.shares rect { stroke: var(--ground); stroke-width: 1; }
.shares .bad { fill: var(--bad); } .shares .busy { fill: var(--busy); } .shares .aside { fill: var(--aside); } .shares .good { fill: var(--good); }

.needs { list-style: none; padding: 0; margin: 0; }
.needs li { display: grid; grid-template-columns: 6rem minmax(0, 1fr); gap: .75rem; align-items: baseline; padding: .5rem 0; border-top: 1px solid var(--rule); max-width: none; }
.needs li:last-child { border-bottom: 1px solid var(--rule); }
.needs .badge { justify-self: start; }
@media (max-width: 30rem) { .needs li { grid-template-columns: minmax(0, 1fr); gap: .25rem; } }
.alert { border-left: 4px solid var(--bad); background: var(--bad-ground); padding: .5rem .75rem; margin: .75rem 0; }

.user, .finding { padding: 1rem 0 1.125rem; border-top: 1px solid var(--rule); }
.user h5 { font-size: 1.0625rem; }
.user .reason { font-weight: 400; margin-left: .25rem; }
.finding h4 { margin: 0; }
.name { margin-right: .25rem; }
.remedy { margin-top: .5rem; }

.timeline { display: block; margin: .625rem 0 .25rem; overflow: hidden; }
text.lane { fill: var(--ink); font-size: .8125rem; stroke: var(--ground); stroke-width: 4; paint-order: stroke; }
.told { font-family: system-ui, sans-serif; fill: var(--soft); }
text.tick, text.now { font-size: .75rem; text-anchor: middle; }
text.tick { fill: var(--soft); }
text.now { fill: var(--ink); font-weight: 600; }
line.tick { stroke: var(--rule); }
line.now { stroke: var(--ink); stroke-width: 1.5; }
rect.current { fill: var(--key); stroke: var(--key); }
rect.standby { fill: var(--ground); stroke: var(--key); stroke-width: 1.5; stroke-dasharray: 3 2; }
rect.replaced { fill: url(#hatch); stroke: var(--old); }
rect.disabled { fill: url(#cross); stroke: var(--dead); }
rect.unused { fill: url(#cross); stroke: var(--dead); stroke-dasharray: 3 2; }
rect.orphan { fill: var(--bad-ground); stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 3 2; }
rect.other { fill: url(#dots); stroke: var(--dead); }
rect.ahead { fill: var(--ground); fill-opacity: .001; stroke-dasharray: 2 4; }
.patterns { position: absolute; }
#hatch .ground { fill: var(--old-soft); } #hatch .line { fill: var(--old); }
#dots .ground, #cross .ground { fill: var(--dead-soft); } #dots .dot { fill: var(--dead); } #cross path { stroke: var(--dead); fill: none; }
.mark { overflow: visible; }
.mark * { stroke: var(--ground); stroke-width: 1.5; paint-order: stroke; }
.mark .last-use { fill: var(--ink); }
.mark .limit { stroke: var(--ink); stroke-width: 2; fill: none; }
.mark .grace-ends { fill: var(--old); }
.mark .deletion { stroke: var(--bad); stroke-width: 2.5; fill: none; }
.legend { list-style: none; padding: 0; margin: 0 0 1rem; display: flex; flex-wrap: wrap; gap: .125rem 1.25rem; font-size: .8125rem; color: var(--soft); }
.legend li { display: inline-flex; align-items: center; gap: .4rem; }
.legend .sample { flex: none; overflow: visible; }

.scroll { overflow-x: auto; margin: .5rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; line-height: 1.4; overflow-wrap: normal; }
th, td { text-align: left; vertical-align: top; padding: .4375rem 1.25rem .4375rem 0; border-bottom: 1px solid var(--rule); }
thead th { color: var(--soft); font-size: .8125rem; font-weight: 600; white-space: nowrap; border-bottom-color: var(--soft); }
tbody th { font-weight: 550; white-space: nowrap; }
tbody th .soft { font-weight: 400; }
td.short { white-space: nowrap; }
th.number, td.number { text-align: right; white-space: nowrap; }
th.code { font-weight: 400; }
thead th.code { font-family: inherit; font-size: .8125rem; font-weight: 600; }
td.long { min-width: 18rem; max-width: 34rem; overflow-wrap: anywhere; }
td, tbody th { max-width: 24rem; overflow-wrap: break-word; }
time { white-space: nowrap; }
.plain { list-style: none; padding: 0; margin: 0; }
.notes { color: var(--soft); font-size: .875rem; }
.age { display: block; min-width: 8rem; }
.age .track { fill: var(--dead-soft); } .age .within { fill: var(--key); } .age .over { fill: var(--bad); }
.age .limit { stroke: var(--ink); stroke-width: 2; }

details { margin: .375rem 0; }
summary { cursor: pointer; color: var(--link); width: fit-content; padding: .125rem .25rem .125rem 0; }
.folded { padding: .125rem 0 .5rem; }

@media print {
  html { font-size: 11.5px; }
  nav, .skip { display: none; }
  header, footer, .columns { max-width: none; padding-left: 0; padding-right: 0; }
  header { padding-top: 0; }
  details::details-content { content-visibility: visible; display: block; block-size: auto; }
  .groups { grid-template-columns: repeat(4, 1fr); }
  summary { color: inherit; list-style: none; font-weight: 600; }
  .scroll { overflow: visible; }
  th, td { padding-right: .5rem; max-width: none; }
  th, td, thead th, tbody th, time, td.short { white-space: normal; }
  td.long { min-width: 0; }
  h2, h3, h4, h5 { break-after: avoid; }
  .user, .finding, tr, .needs li { break-inside: avoid; }
  thead { display: table-header-group; }
  svg, .badge, .alert { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  a { color: inherit; text-decoration: none; }
}
`;
