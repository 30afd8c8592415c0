/** The page's style sheet. Grey is unknown, never green; every colour also has a word. */
export const styles = `
:root{--ink:#1b2430;--soft:#5a6675;--line:#d9dee5;--paper:#fff;--ground:#f4f6f8;--pass:#1d7a46;--pass-bg:#e3f3ea;--fail:#b3261e;--fail-bg:#fbe6e4;--unknown:#5f6672;--unknown-bg:#e7e9ed;--accent:#24476b}
@media(prefers-color-scheme:dark){:root{--ink:#e7ebf0;--soft:#a3adba;--line:#38424f;--paper:#1c232c;--ground:#12171d;--pass:#7bd3a0;--pass-bg:#16382a;--fail:#ff9d94;--fail-bg:#4a1f1c;--unknown:#b9c0ca;--unknown-bg:#303843;--accent:#9cc3ea}}
*{box-sizing:border-box}
html{scroll-behavior:smooth}@media(prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
a,b,code,pre,dd,h1,.why,tbody th{unicode-bidi:isolate}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI","Noto Sans","Noto Sans CJK JP",sans-serif}
header,main{max-width:1180px;margin:0 auto;padding:0 24px}
header{padding-top:32px}
.brand{margin:0;font-weight:700;letter-spacing:.08em;text-transform:uppercase;color:var(--accent);font-size:13px}
h1{font-size:26px;line-height:1.3;margin:.3em 0;font-weight:650;max-width:60ch}
h2{font-size:20px;margin:44px 0 12px}
h3{font-size:17px;margin:26px 0 6px}
h4{font-size:13px;margin:18px 0 4px;color:var(--soft);text-transform:uppercase;letter-spacing:.05em}
h3 small,h2 small{font-weight:400;color:var(--soft)}
a{color:var(--accent)}
a:focus-visible,summary:focus-visible,pre:focus-visible,.scroll:focus-visible,.reach:focus-visible,input:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.small{font-size:13px;color:var(--soft);margin:.3em 0}
.skip{position:absolute;left:-999px}.skip:focus{left:12px;top:12px;background:var(--paper);padding:8px}
.tiles{display:grid;grid-template-columns:repeat(3,1fr);gap:14px;margin:24px 0}
.tile{display:block;background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:14px 16px;color:inherit;text-decoration:none}
.tile:hover{border-color:var(--accent)}
.tile h3{margin:0;font-size:14px;color:var(--soft);font-weight:600}
.tile .big{margin:2px 0 6px;font-size:17px}.tile .big b{font-size:30px;font-weight:650}.tile .bad{color:var(--fail)}
.bar{display:flex;height:8px;border-radius:4px;overflow:hidden;background:var(--line)}
.bar i{display:block;height:100%}.bar .pass{background:#2f9d62}.bar .fail{background:#d0453c}.bar .unknown{background:#9aa3af}
.state{display:inline-block;padding:0 8px;border-radius:9px;font-size:13px;font-weight:600;white-space:nowrap}
.state.pass,.state.log-on{background:var(--pass-bg);color:var(--pass)}
.state.fail,.state.log-off,.state.log-partial{background:var(--fail-bg);color:var(--fail)}
.state.unknown,.state.log-unknown{background:var(--unknown-bg);color:var(--unknown)}
.state.not-applicable{color:var(--soft);font-weight:400}
.scroll{overflow-x:auto;background:var(--paper);border:1px solid var(--line);border-radius:10px}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{text-align:left;padding:5px 10px;border-bottom:1px solid var(--line);vertical-align:top}
thead th{position:sticky;top:0;background:var(--paper);color:var(--soft);font-size:12px}
tbody tr:last-child>*{border-bottom:0}
tbody th{font-weight:400;overflow-wrap:anywhere}
.parts th,.parts td{padding-left:6px;padding-right:6px}.parts .state{padding:0 6px}.parts tbody th{min-width:190px;padding-left:26px}.parts tr.main th{font-weight:650;padding-left:10px}
.parts td.version{max-width:130px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;color:var(--soft)}.parts td.kind{white-space:nowrap;font-size:13px}
.parts thead button{all:unset;cursor:pointer;text-decoration:underline dotted;text-underline-offset:3px}.parts thead button:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
th[aria-sort=ascending] button::after{content:' ↑'}th[aria-sort=descending] button::after{content:' ↓'}
.tools{display:flex;gap:18px;flex-wrap:wrap;align-items:center;margin:0 0 10px;font-size:14px}.tools[hidden]{display:none}.tools input[type=search]{font:inherit;padding:4px 8px;border:1px solid var(--line);border-radius:6px;background:var(--paper);color:inherit}.tools output{color:var(--soft)}
tr.off{opacity:.62}
.number{text-align:right;font-variant-numeric:tabular-nums}
.flaws th[scope=row]{min-width:240px;font-weight:400}.flaws p,.card p.small{margin:1px 0}.flaws td,.flaws thead th{overflow-wrap:normal}details.aside{margin:8px 0}details.aside>summary{color:var(--accent);font-size:14px}
ol.findings{padding:0;list-style:none;counter-reset:n}
ol.findings>li,.card{background:var(--paper);border:1px solid var(--line);border-radius:10px;margin:0 0 10px}
ol.findings>li{padding:10px 16px}
summary{cursor:pointer;overflow-wrap:anywhere}
.why{color:var(--soft)}
pre{background:var(--ground);border:1px solid var(--line);border-radius:6px;padding:10px 12px;overflow-x:auto;font:13px/1.45 ui-monospace,"DejaVu Sans Mono",monospace;white-space:pre}
code{font:13px ui-monospace,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}.id{white-space:nowrap}
.evidence{font-size:14px;margin:8px 0;padding-left:20px}
.card{padding:6px 18px 12px}
.card h3{margin-top:10px;overflow-wrap:anywhere;max-height:30em;overflow-y:auto}
.card,.findings,.evidence,h1,.small,li{overflow-wrap:anywhere}
.logs td,.logs th{overflow-wrap:anywhere}.logs th{white-space:nowrap;font-weight:400}
dl{display:grid;grid-template-columns:repeat(3,1fr);gap:4px 20px;margin:8px 0;font-size:14px}
dt{color:var(--soft);font-size:12px}dd{margin:0;overflow-wrap:anywhere}
.verdicts{list-style:none;padding:0;font-size:14px}.verdicts li{padding:3px 0}.verdicts .plain{padding-left:16px}
.reach{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:12px;overflow-x:auto}
.reach svg{display:block;width:100%;height:auto;min-width:720px}
.reach text{fill:var(--ink);font:13px system-ui,"Noto Sans CJK JP",sans-serif}.reach .label{fill:var(--soft);font-size:12px}
.reach path{fill:none;stroke:var(--accent);stroke-opacity:.28}.reach path.fail{stroke:#d0453c;stroke-opacity:.4}
.reach svg.bars{min-width:440px;max-width:760px}.reach+.scroll{margin-top:10px}.number{white-space:nowrap}.reach line{stroke:var(--fail);stroke-dasharray:4 3}.reach rect{fill:var(--accent)}.reach rect.fail{fill:#d0453c}
@media(max-width:760px){.logs,.logs tbody,.logs tr,.logs td,.logs th{display:block}.logs th,.logs td{border:0;padding:2px 0}.logs tr{border-bottom:1px solid var(--line);padding:4px 0}.tiles,dl{grid-template-columns:1fr 1fr}h1{font-size:21px}header,main{padding-left:14px;padding-right:14px}}
@media screen and (max-width:760px){.parts th:nth-child(1){position:sticky;left:0;z-index:1;background:var(--paper)}.parts tbody th{min-width:150px;max-width:46vw;padding-left:16px}.parts .kind,.parts .version,.parts thead th:nth-child(2),.parts thead th:nth-child(3){display:none}.flaws thead{display:none}.flaws,.flaws tbody,.flaws tr,.flaws td,.flaws th{display:block}.flaws td,.flaws th{border:0;padding:1px 10px}.flaws td{white-space:normal;text-align:left}.flaws th[scope=row]{min-width:0}.flaws tr{border-bottom:1px solid var(--line);padding:6px 0}.flaws td::before{content:attr(data-label) ': ';color:var(--soft);font-size:13px}}
@page{margin:14mm}
@media print{.reach svg{max-height:9.5cm}:root{--ink:#000;--soft:#444;--line:#bbb;--paper:#fff;--ground:#fff;--accent:#123;--pass:#14532d;--pass-bg:#fff;--fail:#8b0000;--fail-bg:#fff;--unknown:#444;--unknown-bg:#fff}body{background:#fff;font-size:11pt}header,main{max-width:none;padding:0}.tools{display:none!important}nav.small{display:none}table{font-size:8pt}th,td{padding:2px 4px}.scroll,.reach{overflow:visible}.reach svg{min-width:0}.state{padding:0 2px;font-size:8pt}.parts{table-layout:fixed;font-size:7pt}.parts th,.parts td{padding:2px 3px}.parts .state{font-size:7pt;padding:0}.parts thead th{font-size:6.5pt}.parts thead th:nth-child(1){width:23%}.parts thead th:nth-child(2){width:10%}.parts thead th:nth-child(3){width:12%}.parts thead button{text-decoration:none}.parts tbody th{min-width:0;padding-left:12px}.parts tr.main th{padding-left:3px}.parts td.kind,.parts td.version{font-size:7pt;white-space:normal;overflow-wrap:anywhere;max-width:none}pre{white-space:pre-wrap;overflow-wrap:anywhere}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}h2,h3,h4{break-after:avoid}tr{break-inside:avoid}thead{display:table-header-group}.card{font-size:8pt;line-height:1.3;padding:2px 8px}.card .evidence,.card .verdicts,.card dl,.card .small,.card code,.card td,.card th{font-size:7.5pt}.card h3{font-size:10pt}.card .verdicts li{padding:1px 0}.card ul,.card p,.card h4,.card dl{margin:2px 0}.card pre{display:none}ol.findings>li{break-inside:avoid}ol.flaw-groups>li{break-inside:auto}.flaws td{white-space:normal}.flaws th[scope=row]{min-width:0;width:52%}pre{font-size:8pt}details::details-content{content-visibility:visible;block-size:auto}.skip{display:none}thead th{position:static}}
`;
