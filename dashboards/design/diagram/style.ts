import type { SiteRole } from '../../../infra/city/identity.js';
import type { EndpointKind, LinkKind, Node } from '../../../infra/city/model.js';

/** Colours by kind, the same in every diagram. Dark enough for a line on white; a label says what colour alone would. */
export const LINK_COLOURS = {
  core: '#1f2937',
  uplink: '#2563eb',
  access: '#9aa5b1',
  internet: '#d97706',
} as const satisfies Record<LinkKind, string>;

export const SITE_COLOURS = { primary: '#15803d', backup: '#b45309', witness: '#57606a' } as const satisfies Record<SiteRole, string>;

export const NODE_COLOURS = { aggregation: '#1e40af', external: '#7c3aed' } as const satisfies Partial<Record<Node['kind'], string>>;

export const CLASS_COLOURS = {
  ward: '#0e7490',
  district: '#be185d',
  department: '#a16207',
  agency: '#4d7c0f',
  party: '#b91c1c',
  'socio-political': '#7e22ce',
} as const satisfies Record<EndpointKind, string>;

export const INK = '#111827';
export const FAINT_INK = '#57606a';

/** The style sheet of a diagram. Every rule begins with its class: it may stand in a page with others. */
export const styleSheet = (root: string): string =>
  [
    rule('', "font-family:system-ui,'Segoe UI','Noto Sans',sans-serif"),
    rule(' text', `fill:${INK}`),
    rule(' .on-dark', 'fill:#fff'),
    rule(' .faint', `fill:${FAINT_INK}`),
    rule(' .halo', 'paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round'),
    rule(' .area', 'fill:#eef2ee;stroke:#c3cdc6;stroke-width:1px;vector-effect:non-scaling-stroke'),
    rule(' .link', 'fill:none'),
    rule(' .ring', `fill:#fff;fill-opacity:.6;stroke:${NODE_COLOURS.aggregation};stroke-width:3px`),
    rule(' .pointer', `stroke:${FAINT_INK};stroke-width:1px`),
    ...Object.entries(LINK_COLOURS).map(([kind, colour]) =>
      rule(` .link.${kind}`, `stroke:${colour};stroke-width:${WIDTHS[kind as LinkKind]}px`),
    ),
    ...Object.entries(LINK_COLOURS).map(([kind, colour]) => rule(` .on-${kind}`, `fill:${colour}`)),
    ...Object.entries(SITE_COLOURS).map(([role, colour]) => rule(` .site.${role}`, `fill:${colour}`)),
    ...Object.entries(NODE_COLOURS).map(([kind, colour]) => rule(` .${kind}`, `fill:${colour}`)),
    ...Object.entries(CLASS_COLOURS).map(([kind, colour]) => rule(` .office.${kind}`, `fill:${colour}`)),
  ]
    .map(line => line.replaceAll('$', `.${root}`))
    .join('');

const WIDTHS = { core: 2.5, uplink: 1.5, access: 1, internet: 1.5 } as const satisfies Record<LinkKind, number>;
const rule = (selector: string, body: string): string => `$${selector}{${body}}`;
