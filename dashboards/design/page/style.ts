/** The page's style sheet: one column, wide or narrow, on a screen or on A4. */

import { FAINT_INK, INK } from '../diagram/style.js';

/** Red is kept for what is not accepted. */
const COLOURS = { one: '#eab308', some: '#ea7317', many: '#7c2d12', tight: '#9333ea', problem: '#dc2626', fine: '#15803d' } as const;

export const STYLE = `
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;background:#f3f5f7;color:${INK};font:16px/1.5 system-ui,'Segoe UI','Noto Sans',sans-serif}
input[name=language]{position:absolute;opacity:0;pointer-events:none}
#language-vi:checked~.en,#language-en:checked~.vi{display:none}
.languages{max-width:1320px;margin:0 auto;padding:14px 20px 0;text-align:right}
.languages label{display:inline-block;padding:4px 12px;border:1px solid #cbd2d9;background:#fff;cursor:pointer;color:${FAINT_INK}}
.languages label:first-child{border-radius:6px 0 0 6px}
.languages label:last-child{border-radius:0 6px 6px 0;border-left:0}
#language-vi:checked~.languages label[for=language-vi],#language-en:checked~.languages label[for=language-en]{background:${INK};border-color:${INK};color:#fff}
#language-vi:focus-visible~.languages label[for=language-vi],#language-en:focus-visible~.languages label[for=language-en]{outline:3px solid #60a5fa}
.page{max-width:1320px;margin:0 auto;padding:0 20px 40px}
h1{font-size:34px;line-height:1.2;margin:0}
h2{font-size:22px;line-height:1.3;margin:0 0 10px}
h3{font-size:17px;margin:18px 0 4px}
p{margin:0 0 6px}
a{color:inherit;text-decoration-color:#9aa5b1;text-underline-offset:3px}
code{font:13px/1.4 ui-monospace,'DejaVu Sans Mono',monospace;color:${FAINT_INK};overflow-wrap:anywhere}
h3 code{font-weight:400}
.kicker{margin:6px 0 0;color:${FAINT_INK};letter-spacing:.06em;text-transform:uppercase;font-size:13px;font-weight:600}
.faint,.note{color:${FAINT_INK}}
.note{font-size:14.5px}
.scripted{display:none}
.ready .scripted{display:block}
.fine{color:${COLOURS.fine};font-weight:600}
.sentence::first-letter{text-transform:uppercase}
span.sentence{display:block}
section{background:#fff;border:1px solid #dde3e8;border-radius:10px;padding:20px 22px;margin-top:18px;scroll-margin-top:10px}
.verdict{margin-top:16px;padding:16px 22px;border-radius:10px;border:1px solid;border-left-width:10px;background:#fff}
.verdict strong{font-size:25px;line-height:1.25}
.verdict p{margin:2px 0 0}
.clean{border-color:${COLOURS.fine}}.clean strong{color:${COLOURS.fine}}
.broken{border-color:${COLOURS.problem}}.broken strong{color:${COLOURS.problem}}
.tiles{list-style:none;display:grid;grid-template-columns:repeat(auto-fit,minmax(170px,1fr));gap:12px;margin:14px 0 0;padding:0}
.tiles li{background:#fff;border:1px solid #dde3e8;border-radius:10px;padding:10px 16px;color:${FAINT_INK};font-size:14.5px;line-height:1.35}
.tiles b{display:block;font-size:26px;line-height:1.2;color:${INK};font-variant-numeric:tabular-nums}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:4px 20px;margin:0 0 10px;padding:0;font-size:14.5px}
.legend li{display:flex;align-items:center;gap:7px}
.swatch{flex:none}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14.5px;font-variant-numeric:tabular-nums}
th,td{text-align:left;vertical-align:top;padding:6px 12px 6px 0;border-bottom:1px solid #e6eaee}
td:first-child{min-width:9em}
th{color:${FAINT_INK};font-weight:600;white-space:nowrap}
details{border-top:1px solid #e6eaee;padding:8px 0}
summary{cursor:pointer;line-height:1.45}
summary:hover{background:#f6f8fa}
summary .title{font-weight:600}
summary .term{display:inline-block;margin-left:17px;color:${FAINT_INK};font-size:14.5px}
summary .term.line{display:block}
summary .term b{font-weight:600}
.count{display:inline-block;min-width:24px;padding:0 7px;border-radius:10px;background:#e6eaee;font-size:13px;font-weight:600;text-align:center}
.problems{margin:8px 0 4px;padding-left:26px}
.problems li{margin-bottom:14px}
.problems .says{font-weight:600;margin:0}
.problems p{margin:0}
.problems details{border:0;padding:0;color:${FAINT_INK};font-size:14.5px}
.names{color:${FAINT_INK};font-size:14.5px}
.effect{position:sticky;bottom:8px;pointer-events:none;background:#fffbea;border:1px solid ${COLOURS.one};border-left-width:5px;border-radius:6px;padding:8px 14px;font-size:14.5px;line-height:1.4}
.effect:empty{display:none}
.effect p{margin:0}
.map svg{display:block;width:100%;min-width:820px;height:auto}
.ready .map [data-name]{cursor:pointer}
.page .citydc-map .link.takes-one,.swatch line.takes-one{stroke:${COLOURS.one}}
.page .citydc-map .link.takes-some,.swatch line.takes-some{stroke:${COLOURS.some};stroke-width:3px}
.page .citydc-map .link.takes-many,.swatch line.takes-many{stroke:${COLOURS.many};stroke-width:4px}
.page .citydc-map .link.tight,.swatch line.tight{stroke:${COLOURS.tight};stroke-width:4.5px}
.page .citydc-map .link.unaccepted,.swatch line.unaccepted{stroke:${COLOURS.problem};stroke-width:5px}
.page .citydc-map .link.access.unaccepted{stroke-width:2px}
.swatch line.takes-one{stroke-width:2px}
.page .citydc-map .takes-one .ring,.swatch circle.takes-one{fill:#fef3c7;stroke:${COLOURS.one};fill-opacity:1}
.page .citydc-map .takes-some .ring,.swatch circle.takes-some{fill:#fed7aa;stroke:${COLOURS.some};fill-opacity:1}
.page .citydc-map .takes-many .ring,.swatch circle.takes-many{fill:#d9a38f;stroke:${COLOURS.many};fill-opacity:1}
.page .citydc-map .unaccepted .ring,.swatch circle.unaccepted{fill:#fecaca;stroke:${COLOURS.problem};fill-opacity:1}
.page .citydc-map .unaccepted .site{stroke:${COLOURS.problem};stroke-width:4px}
.swatch circle{stroke-width:3px}
.page .citydc-map .office.party{fill:#334155}
.page .citydc-map .office.unaccepted{stroke:${COLOURS.problem};stroke-width:3px}
.page .citydc-map circle.ringed{stroke:${INK};stroke-width:3px}
.page .citydc-map .area.ringed{fill:#fde68a}
.page .citydc-map .link.ringed{stroke:${INK}}
.page .citydc-map .node.ringed .ring,.page .citydc-map .node.ringed .site,.page .citydc-map .node.picked .ring,.page .citydc-map .node.picked .site,.page .citydc-map circle.picked{stroke:${INK};stroke-width:4px}
.page .citydc-map .link.picked{stroke:${INK};stroke-width:6px}
.page .citydc-map .area.picked{fill:#fcd34d}
.bar{display:grid;grid-template-columns:minmax(200px,1fr) 2fr minmax(250px,1.1fr);gap:4px 18px;align-items:center;padding:7px 0;border-top:1px solid #eef1f4;font-size:14.5px;line-height:1.35;break-inside:avoid}
.bar .faint{display:block;font-size:13px}
.gauge{width:100%;height:24px;display:block}
.figures b{font-size:16px}
.figures .tight{color:${COLOURS.tight}}.figures .full{color:${COLOURS.problem}}
.track{fill:#eef1f4}
.worst.roomy{fill:#93b4dc}.worst.tight{fill:#c084fc}.worst.full{fill:#f87171}
rect.normal{fill:#1e3a5f}
.mark{stroke:${INK};stroke-width:1.5px;vector-effect:non-scaling-stroke;stroke-dasharray:3 2}
.bars+details{margin-top:8px}
footer{margin-top:18px;color:${FAINT_INK};font-size:13px}
@media (max-width:760px){
.page{padding:0 10px 24px}.languages{padding:10px 10px 0}section{padding:16px 14px}h1{font-size:26px}h2{font-size:19px}
.tiles{grid-template-columns:repeat(2,1fr)}.tiles b{font-size:22px}
.bar{grid-template-columns:1fr}
}
@page{size:A4;margin:13mm}
@media print{
body{background:#fff;font-size:10.5pt}
.languages,.scripted,.effect{display:none!important}
.page{max-width:none;padding:0}
section,.tiles li{border-color:#bbb}
section{border:0;border-top:2px solid ${INK};border-radius:0;padding:10px 0 0;margin-top:16px}
.tiles{grid-template-columns:repeat(5,1fr);gap:6px}.tiles li{padding:6px 8px;font-size:8.5pt}.tiles b{font-size:14pt}
section[id^=map],header{break-inside:avoid}.note,.legend{break-after:avoid}
h1{font-size:22pt}h2{font-size:14pt;break-after:avoid}h3,summary{break-after:avoid}
table,.note,.legend,.bar,summary .term{font-size:9pt}.bar .faint{font-size:8pt}.figures b{font-size:10pt}
.bar{grid-template-columns:1fr 1.5fr 1.2fr;padding:4px 0}
.map{overflow:visible;break-inside:avoid}.map svg{min-width:0}
tr,.problems li{break-inside:avoid}
thead{display:table-header-group}
a{text-decoration:none}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`;
