import { styleSheet } from './style.js';

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element of SVG; attributes that are undefined are left out, numbers have one decimal. Children are markup already. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const stated = Object.entries(attributes).filter((entry): entry is [string, string | number] => entry[1] !== undefined);
  const head = [name, ...stated.map(([key, value]) => `${key}="${escapeXml(typeof value === 'number' ? rounded(value) : value)}"`)].join(
    ' ',
  );
  return children.length === 0 ? `<${head}/>` : `<${head}>${children.join('')}</${name}>`;
}

/** Text as XML may hold it; characters that XML forbids become U+FFFD. */
export const escapeXml = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those are forbidden (XML 1.0, section 2.2)
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, character => ENTITIES[character as keyof typeof ENTITIES]);
const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' } as const;

const rounded = (value: number): string => String(Number(value.toFixed(1)));

/** Class names, without those that are undefined or empty. */
export const classes = (...names: readonly (string | undefined)[]): string => names.filter(name => name).join(' ');

/** About how wide a text is, pixels: without a font it is unknown. Bold is wider. */
export const widthPx = (text: string, sizePx: number, bold = false): number => [...text].length * sizePx * (bold ? 0.64 : 0.57);

/** A text in lines of at most so many pixels, as far as words allow. */
export function wrapped(text: string, sizePx: number, mostPx: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = [...lines.slice(-1), word].join(' ');
    if (lines.length > 0 && widthPx(longer, sizePx) <= mostPx) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Cut to a width, with a mark where it was cut. */
export function fitted(text: string, sizePx: number, mostPx: number): string {
  if (widthPx(text, sizePx) <= mostPx) return text;
  return `${[...text].slice(0, Math.max(0, Math.floor(mostPx / (sizePx * 0.57)) - 1)).join('')}…`;
}

/** A whole drawing, white below, its style sheet in it. */
export function svg(root: string, size: { readonly widthPx: number; readonly heightPx: number }, children: readonly string[]): string {
  const [width, height] = [Math.ceil(size.widthPx), Math.ceil(size.heightPx)];
  const frame = { xmlns: 'http://www.w3.org/2000/svg', class: root, viewBox: `0 0 ${width} ${height}`, width, height };
  const paper = element('rect', { width, height, fill: '#fff' });
  return `${element('svg', frame, element('style', {}, styleSheet(root)), paper, ...children.filter(child => child !== '').map(child => `\n${child}`), '\n')}\n`;
}

/** The title of a drawing and a line below it. */
export const heading = (x: number, title: string, below: string): string =>
  element('text', { x, y: 38, 'font-size': 24, 'font-weight': 600 }, escapeXml(title)) +
  element('text', { x, y: 62, 'font-size': 14, class: 'faint' }, escapeXml(below));
