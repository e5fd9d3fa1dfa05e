import type { ElementNumber, Language } from '../../../../infra/city/identity.js';
import type { Node } from '../../../../infra/city/model.js';
import type { DrawnMark } from '../mark.js';
import type { OutlinePoint } from '../outline.js';
import type { DiagramParts } from '../parts.js';
import { shortNames } from '../words.js';

/** Where everything stands, pixels. */
export const MARGIN = 24;
const LEAST_WIDTH = 1600;
const SITE = { width: 230, height: 58 } as const;
const EXTERNALS_TOP = 92;
const SITES_TOP = 232;
export const NODES_TOP = 460;
const NODE = { gap: 4, leastWidth: 60, mostWidth: 360, height: 74 } as const;
export const OFFICES_TOP = NODES_TOP + NODE.height + 40;
const CHIP = { width: 32, height: 14, gap: 2, rowGap: 4 } as const;
/** Right of the last node: the lane of the offices' own Internet lines. */
export const INTERNET_LANE = 30;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A city with a place for each of its parts. */
export interface Arrangement {
  readonly parts: DiagramParts;
  readonly language: Language;
  readonly mark: DrawnMark;
  readonly widthPx: number;
  /** Of sites, externals and aggregation nodes. */
  readonly boxes: ReadonlyMap<ElementNumber, Box>;
  /** The most offices of one node that stand below each other. */
  readonly rows: number;
  /** Names of aggregation nodes, without what all of them begin with. */
  readonly names: ReadonlyMap<ElementNumber, string>;
}

/** Externals and the witness above, serving sites below them, then the aggregation nodes, each as wide as its offices need. */
export function arranged(parts: DiagramParts, language: Language, mark: DrawnMark): Arrangement {
  const { sites, externals, aggregations } = parts.city;
  const counts = aggregations.map(({ number }) => parts.offices.get(number)?.length ?? 0);
  const least = 2 * MARGIN + INTERNET_LANE + aggregations.length * (NODE.leastWidth + NODE.gap);
  const width = Math.max(LEAST_WIDTH, least);
  const room = width - 2 * MARGIN - INTERNET_LANE;
  const rows = rowsFor(counts, room);
  const [witnesses, serving] = [sites.filter(({ role }) => role === 'witness'), sites.filter(({ role }) => role !== 'witness')];
  return {
    parts,
    language,
    mark,
    widthPx: width,
    rows,
    boxes: new Map([
      ...row([...externals.slice(0, 1), ...witnesses, ...externals.slice(1)], EXTERNALS_TOP, width * 0.14, width * 0.86),
      ...row(serving, SITES_TOP, width * 0.1, width * 0.9),
      ...nodeRow(aggregations, widthsFor(counts, rows), room),
    ]),
    names: new Map(shortNames(aggregations.map(({ name }) => name[language])).map((name, index) => [numberAt(aggregations, index), name])),
  };
}

const numberAt = (nodes: readonly Node[], index: number): ElementNumber => nodes[index]?.number as ElementNumber;

const row = (nodes: readonly Node[], y: number, from: number, to: number): readonly (readonly [ElementNumber, Box])[] =>
  nodes.map(({ number }, index) => [
    number,
    { x: from + ((to - from) * (index + 0.5)) / nodes.length - SITE.width / 2, y, width: SITE.width, height: SITE.height },
  ]);

/** What is left of the room is shared equally. */
function nodeRow(nodes: readonly Node[], widths: readonly number[], room: number): readonly (readonly [ElementNumber, Box])[] {
  const spare = (room - widths.reduce((sum, width) => sum + width, 0)) / Math.max(1, nodes.length);
  let x = MARGIN;
  return nodes.map(({ number }, index) => {
    const width = (widths[index] ?? 0) + spare;
    const drawn = Math.min(NODE.mostWidth, width - NODE.gap);
    const box = { x: x + (width - NODE.gap - drawn) / 2, y: NODES_TOP, width: drawn, height: NODE.height };
    x += width;
    return [number, box];
  });
}

/** The fewest rows of offices with which all nodes fit beside each other. */
function rowsFor(counts: readonly number[], room: number): number {
  const most = Math.max(1, ...counts);
  let rows = Math.min(LEAST_ROWS, most);
  while (rows < most && widthsFor(counts, rows).reduce((sum, width) => sum + width, 0) > room) rows += 1;
  return rows;
}
const LEAST_ROWS = 4;

const widthsFor = (counts: readonly number[], rows: number): readonly number[] =>
  counts.map(count => Math.max(NODE.leastWidth, columnsFor(count, rows) * (CHIP.width + CHIP.gap) + 4) + NODE.gap);

const columnsFor = (count: number, rows: number): number => Math.max(1, Math.ceil(count / rows));

/** The place of the office at an index behind a node. */
export function chipAt({ boxes, parts, rows }: Arrangement, node: ElementNumber, index: number): Box {
  const columns = columnsFor(parts.offices.get(node)?.length ?? 0, rows);
  const left = middle(boxes.get(node)).x - (columns * (CHIP.width + CHIP.gap) - CHIP.gap) / 2;
  return {
    x: left + (index % columns) * (CHIP.width + CHIP.gap),
    y: OFFICES_TOP + Math.floor(index / columns) * (CHIP.height + CHIP.rowGap),
    width: CHIP.width,
    height: CHIP.height,
  };
}

/** The lower edge of all offices. */
export const bottomOf = ({ rows }: Arrangement): number => OFFICES_TOP + rows * (CHIP.height + CHIP.rowGap);

export const middle = (box: Box | undefined): OutlinePoint =>
  box === undefined ? { x: 0, y: 0 } : { x: box.x + box.width / 2, y: box.y + box.height / 2 };
